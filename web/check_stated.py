"""What the law says of a plan beside kept or broken, as lines for page and PDF: class of risk, who decides, fees, time limits.

In: the content of a check's JSON document and the reader's words.  Out: `Stated` lines; amounts in rupees.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from web.languages import Wording

Found = dict[str, Any]
PAISE = 100


@dataclass(frozen=True, kw_only=True)
class Stated:
    """One line: what it is (in the reader's language where `is_own`), what is said of it, how it came about, and its clause."""

    what: str
    is_own: bool
    says: str
    steps: tuple[str, ...]
    clause: str


def stated(found: Found, t: Wording) -> tuple[Stated, ...]:
    """Every line, in the order of the document; none where it is not known whose rules bind."""
    said = found["statement"]
    return (
        ()
        if said is None
        else (*_risk(said["risk"], t), *_fees(said["fees"], t), *_limits(said["time_limits"], t))
    )


def _risk(risk: Found, t: Wording) -> Iterator[Stated]:
    level = t(f"check.stated.level.{risk['level'] or 'open'}")
    cited = risk["citations"][0] if risk["citations"] else None
    yield Stated(
        what=t("check.stated.risk"),
        is_own=True,
        says=level,
        steps=(*risk["reasons"], *risk["reservations"], *([risk["decides"]] if risk["decides"] else [])),
        clause="" if cited is None else f"{cited['instrument']}, {cited['clause']}",
    )


def _fees(fees: list[Found], t: Wording) -> Iterator[Stated]:
    for fee in fees:
        lines = fee["lines"]
        known = t("check.stated.open") if fee["paise"] is None else rupees(fee["paise"])
        advisory = f" ({t('check.stated.advisory')})" if lines and fee["force"] != "binding" else ""
        yield Stated(
            what=str(fee["title"]),
            is_own=False,
            says=f"{known}{advisory}",
            steps=tuple(each["step"] or f"{each['what']}: {each['reason']}" for each in lines),
            clause=next((each["clause"] for each in lines if each["clause"]), ""),
        )


def _limits(limits: list[Found], t: Wording) -> Iterator[Stated]:
    for each in limits:
        known = each["count"] is not None
        yield Stated(
            what=str(each["what"]),
            is_own=False,
            says=f"{each['count']} {_unit(each['unit'], t)}" if known else t("check.stated.open"),
            steps=() if known else (each["reason"],),
            clause=each["clause"] or "",
        )


def _unit(unit: str, t: Wording) -> str:
    key = f"check.stated.unit.{unit.replace(' ', '_')}"
    return t(key) if t.knows(key) else unit


def rupees(paise: int) -> str:
    """An amount of money as it is written in India: rupees, with paise where there are any."""
    whole, rest = divmod(paise, PAISE)
    digits = str(whole)
    head, tail = digits[:-3], digits[-3:]
    pairs = [head[max(i - 2, 0) : i] for i in range(len(head), 0, -2)][::-1]
    return f"₹{','.join([*pairs, tail])}" + (f".{rest:02d}" if rest else "")
