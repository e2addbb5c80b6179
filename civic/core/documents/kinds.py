"""What a file is: its type by its content, its name without any path.

In: the first bytes of a file, the name that its sender gave.  Out: a media type that is taken here, or `TypeNotTaken`; a
name that is safe to write into a header and onto a disk.  Nothing is unpacked, so what swells when unpacked cannot.
"""

import re
import unicodedata

import filetype

from gis.errors import Invalid

HEAD = 4096
"""Bytes of a file that tell its type."""
ENDINGS = {
    "application/pdf": (".pdf",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "image/tiff": (".tif", ".tiff"),
    "image/webp": (".webp",),
    "image/heic": (".heic", ".heif"),
    "image/vnd.dxf": (".dxf",),
    "application/x-step": (".ifc",),
    "application/json": (".json",),
}
"""Types that are taken, and how their names end; JSON only where a plan may be a division of land."""
PLAN = "plan"
LONGEST_NAME = 120
JOINERS = "\u200c\u200d"
"""Signs that shape Malayalam letters."""
DXF = re.compile(rb"\s*(999\s*\n[^\n]*\n\s*)*0\s*\r?\n\s*SECTION\b")


class TypeNotTaken(Invalid):
    """The content of a file is of a type that is not taken here."""

    code = "type-not-taken"


def media_type(head: bytes, size: int, *, of: str = "") -> str:
    """The type of a file, by its first bytes; `of` is the kind of document that it is to be."""
    known = filetype.guess_mime(head)
    if known is None and of == PLAN and head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{"):
        return "application/json"
    if known in ENDINGS:
        return str(known)
    if known is None and head.startswith((b"AutoCAD Binary DXF\r\n", b"ISO-10303-21;")):
        return "application/x-step" if head.startswith(b"ISO") else "image/vnd.dxf"
    if known is None and DXF.match(head):
        return "image/vnd.dxf"
    found = f"It is {known}." if known else f"Its {size} bytes are of no type that is known here."
    raise TypeNotTaken(
        "A document is a PDF, a picture (JPEG, PNG, TIFF, WebP, HEIC) or a drawing (DXF, IFC), whatever its name says."
        f" {found} Scan or export it as PDF and send that."
    )


def own_name(name: str, kind: str) -> str:
    """A file's own name: no path, no signs that steer, ending as its type does."""
    plain = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    shown = "".join(
        letter for letter in plain if (letter.isprintable() or letter in JOINERS) and letter not in '<>:"|?*'
    )
    shown = " ".join(shown.split()).strip(". ")
    endings = ENDINGS[kind]
    if not shown.lower().endswith(endings):
        shown = f"{shown or 'document'}{endings[0]}"
    stem, dot, ending = shown.rpartition(".")
    return f"{stem[: LONGEST_NAME - len(ending) - 1]}{dot}{ending}"
