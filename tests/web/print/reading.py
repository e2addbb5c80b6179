"""Reading a PDF back, as a person's reader or an archive would.

In: the bytes of a PDF.  Out: its text page by page, by poppler's pdftotext; blanks of any kind are one blank.
"""

import re
import subprocess


def pages(pdf: bytes, *options: str) -> list[str]:
    """The text of each page: column by column, or line by line across it with “-layout”."""
    done = subprocess.run(
        ["pdftotext", *options, "-enc", "UTF-8", "-", "-"], input=pdf, capture_output=True, check=True
    )
    return [_one_line(page) for page in done.stdout.decode().split("\f")[:-1]]


def whole(pdf: bytes) -> str:
    """All text, by columns and then again by lines, without the invisible places where a long word may break."""
    return " ".join([*pages(pdf), *pages(pdf, "-layout")]).replace("\u200b", "")


def facts(pdf: bytes) -> str:
    """What poppler's pdfinfo tells of the file."""
    done = subprocess.run(["pdfinfo", "-isodates", "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode()


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
