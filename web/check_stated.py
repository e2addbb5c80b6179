"""What the law says of a plan beside kept or broken, as lines for page and PDF: class of risk, who decides, fees, time limits.

In: the content of a check's JSON document and the reader's words.  Out: `Stated` lines; amounts in rupees.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from web.check_figures import rupees
from web.check_sentences import tidy
from web.languages import Wording

Found = dict[str, Any]
UNIT_IN_DOUBT = (
    "The unit of the drawing is in doubt, so neither its class of risk nor a fee or time limit is told."
)
NOBODYS_RULES = "It is not known whose rules bind on this plot, so neither its class of risk nor a fee or time limit is told."


@dataclass(frozen=True, kw_only=True)
class Stated:
    """One line: what it is (in the reader's language where `is_own`), what is said of it, how it came about, and its clause."""

    what: str
    is_own: bool
    says: str
    steps: tuple[str, ...]
    clause: str


def stated(found: Found, t: Wording) -> tuple[Stated, ...]:
    """Every line, in the order of the document; where nothing is stated, one that says why."""
    said = found["statement"]
    if said is None:
        is_doubted = not found["drawing"]["unit_is_certain"]
        why = UNIT_IN_DOUBT if is_doubted else NOBODYS_RULES
        return (
            Stated(
                what=t("check.stated.risk"),
                is_own=True,
                says=t("check.stated.level.open"),
                steps=(why,),
                clause="",
            ),
        )
    return (*_risk(said["risk"], t), *_fees(said["fees"], t), *_limits(said["time_limits"], t))


def _risk(risk: Found, t: Wording) -> Iterator[Stated]:
    level = t(f"check.stated.level.{risk['level'] or 'open'}")
    cited = risk["citations"][0] if risk["citations"] else None
    yield Stated(
        what=t("check.stated.risk"),
        is_own=True,
        says=level,
        steps=tuple(
            tidy(each) for each in (*risk["reasons"], *risk["reservations"], risk["decides"]) if each
        ),
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
            steps=tuple(tidy(each["step"] or f"{each['what']}: {each['reason']}") for each in lines),
            clause=next((each["clause"] for each in lines if each["clause"]), ""),
        )


def _limits(limits: list[Found], t: Wording) -> Iterator[Stated]:
    for each in limits:
        known = each["count"] is not None
        yield Stated(
            what=str(each["what"]),
            is_own=False,
            says=f"{each['count']} {_unit(each, t)}" if known else t("check.stated.open"),
            steps=() if known else (tidy(each["reason"]),),
            clause=each["clause"] or "",
        )


def _unit(limit: Found, t: Wording) -> str:
    unit = limit["unit"].replace(" ", "_")
    key = f"check.stated.one.{unit}" if limit["count"] == 1 else f"check.stated.unit.{unit}"
    return t(key) if t.knows(key) else str(limit["unit"])
