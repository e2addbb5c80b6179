"""The PDF of a receipt: what was received, for what, on which clause, and the code by which anyone looks it up.

In: a `ReceiptSheet` of the town hall.  Out: a PDF/A-2a and PDF/UA-1 file, the same bytes for the same receipt; its date is the
instant of the receipt, its identifiers derive from the content.
"""

import hashlib
import io
from dataclasses import asdict, dataclass, replace
from datetime import UTC
from zoneinfo import ZoneInfo

import orjson
import segno

from civic.core.money.desk import ReceiptSheet
from civic.core.money.model import rupees
from civic.core.working_days import day_there
from layers.extract.model import Words
from web.languages import Language
from web.languages import Wording as PageWording
from web.print.fonts import print_fonts
from web.print.pdf import fit_for_paper, typeset
from web.print.sheet import Fact
from web.print.words import Wording, wording


@dataclass(frozen=True, kw_only=True)
class PaidLine:
    """A line of what was paid for."""

    title: str
    clause: str
    amount: str


@dataclass(frozen=True, kw_only=True)
class ReceiptPrint:
    """Everything that is printed, in the reader's language."""

    is_synthetic: bool
    name: str
    place: str
    jurisdiction: str
    valid_on: str
    known_at: str
    digest: str
    digest_short: str
    instant: tuple[int, int, int, int, int, int]
    amount: str
    facts: tuple[Fact, ...]
    lines: tuple[PaidLine, ...]
    notes: tuple[str, ...]
    look_up: str
    link: str
    svg: str


def receipt_pdf(sheet: ReceiptSheet, language: str) -> bytes:
    """The receipt as PDF; `FontsMissing` names the package to install where the fonts are not there."""
    t = PageWording(language=Language(language))
    fonts, words = print_fonts(), _words(t)
    content = fit_for_paper(asdict(_print(sheet, t)), fonts.letters, words)
    return typeset("receipt.typ", content, words, fonts, timestamp=int(sheet.receipt.instant.timestamp()))


def _words(t: PageWording) -> Wording:
    """The words of the print with those of a receipt, in head and foot too."""
    own = wording(t.language.value)
    heads = {name: t(f"money.{name}") for name in ("head", "clause", "amount", "total")}
    named = {
        "title": t("money.receipt.print"),
        "lines": t("money.receipt.lines"),
        "valid_on": t("money.receipt.day"),
        "known_at": t("money.receipt.instant"),
        "footer": t("money.receipt.footer"),
    }
    return replace(own, sentences={**own.sentences, **heads, **named})


def _print(sheet: ReceiptSheet, t: PageWording) -> ReceiptPrint:
    got, instant = sheet.receipt, sheet.receipt.instant.astimezone(UTC)
    body = t.of(Words(en=sheet.body.name_en, ml=sheet.body.name_ml))
    facts = [
        Fact(name=t("money.receipt.received"), value=rupees(got.amount)),
        Fact(name=t("money.receipt.means"), value=t(f"money.means.{got.means}")),
    ]
    if sheet.case_number:
        facts.append(Fact(name=t("money.case"), value=sheet.case_number))
    digest = hashlib.sha256(orjson.dumps([asdict(got), sheet.demand and asdict(sheet.demand)])).hexdigest()
    return ReceiptPrint(
        is_synthetic=sheet.body.synthetic,
        name=t("money.receipt.title", number=got.number),
        place=body,
        jurisdiction=body,
        valid_on=t.day(got.day),
        known_at=_instant(sheet, t),
        digest=digest,
        digest_short=digest[:16],
        instant=(instant.year, instant.month, instant.day, instant.hour, instant.minute, instant.second),
        amount=rupees(got.amount),
        facts=tuple(facts),
        lines=tuple(
            PaidLine(
                title=t.of(Words(en=line.title_en, ml=line.title_ml)),
                clause=line.clause,
                amount=rupees(line.amount),
            )
            for line in (sheet.demand.lines if sheet.demand else ())
        ),
        notes=_notes(sheet, t),
        look_up=t("money.receipt.look_up"),
        link=sheet.address,
        svg=_code(sheet.address),
    )


def _instant(sheet: ReceiptSheet, t: PageWording) -> str:
    """An instant to the minute in the local body's own time, which is said; the page of the receipt tells the same."""
    there = sheet.receipt.instant.astimezone(ZoneInfo(sheet.body.time_zone))
    return f"{t.day(there.date())}, {there:%H:%M %Z}"


def _notes(sheet: ReceiptSheet, t: PageWording) -> tuple[str, ...]:
    got = sheet.receipt
    notes = []
    if got.cancelled is not None:
        notes.append(t("money.receipt.cancelled", day=t.day(day_there(got.cancelled, sheet.body.time_zone))))
    if got.held:
        notes.append(t("money.receipt.held", amount=rupees(got.held)))
    if sheet.demand is None:
        notes.append(t("money.receipt.no_demand"))
    return tuple(notes)


def _code(address: str) -> str:
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(out, kind="svg", scale=4, border=2, xmldecl=False)
    return out.getvalue().decode()
