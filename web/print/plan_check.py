"""The PDF of a checked plan: verdict, the drawing to scale with the findings at their numbers, and every finding with its clause.

In: the content of the JSON document and the SVG that belongs to it.  Out: a PDF/A-2a and PDF/UA-1 file, the same bytes for the same check;
its date is that of the record of the plot, its identifiers derive from the content.
"""

from dataclasses import asdict, replace
from datetime import datetime

from web.check_view import Found
from web.languages import Language
from web.languages import Wording as PageWording
from web.print.fonts import print_fonts
from web.print.pdf import fit_for_paper, typeset
from web.print.plan_check_sheet import check_sheet
from web.print.words import Wording, wording

SHORT = 16
"""Letters of a digest that stand at the foot of each page."""


def check_pdf(found: Found, svg: str, *, language: Language) -> bytes:
    """The check as PDF; `FontsMissing` names the package to install where the fonts are not there."""
    t = PageWording(language=language)
    fonts = print_fonts()
    words = _words(found, t)
    sheet = fit_for_paper(asdict(check_sheet(found, svg, t)), fonts.letters, words)
    known = datetime.fromisoformat(found["site"]["known"])
    return typeset("plan_check.typ", sheet, words, fonts, timestamp=int(known.timestamp()))


def _words(found: Found, t: PageWording) -> Wording:
    """The words of the print with those of the check, which name the day, the digest and the file in head and foot."""
    own = wording(t.language.value)
    foot = t("check.print.footer", digest=found["drawing"]["sha256"][:SHORT])
    named = {"title": t("check.print.title"), "valid_on": t("check.print.day"), "footer": foot}
    named["digest"] = t("check.print.digest")
    checks = {f"check.{key}": text for key, text in t.part("check").items()}
    return replace(own, sentences={**own.sentences, **checks, **named})
