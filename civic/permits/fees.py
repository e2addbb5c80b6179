"""What a permit costs: the lines of the book for the drawing, each with its clause; what cannot be told is an officer's to set.

In: a check as it is kept, what officers set.  Out: a `Bill`: lines in paise, and what is still open with the reason.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from civic.core.desk import Desk
from civic.core.money.model import LARGEST, Demand, DemandLine, rupees
from civic.core.people import Actor
from civic.permits.built import AsBuilt, as_built
from civic.permits.checking import Check
from civic.permits.model import Kind
from civic.permits.tables import PermitCaseRow, PermitCheckRow, PermitFeeSetRow, PermitRow
from civic.permits.work_fees import fees_of_other_work
from gis.errors import Conflict, Invalid, NotAllowed

APPLICATION_FEE, PERMIT_FEE = "application fee", "permit fee"
OTHER_WORKS = frozenset({Kind.DEMOLITION, Kind.LAYOUT, Kind.WELL, Kind.COMPOUND_WALL, Kind.REGULARISATION})
"""Kinds of work that the book does not charge as it charges a new building."""
HEADS = {
    APPLICATION_FEE: ("permit_application", "അപേക്ഷാ ഫീസ്"),
    PERMIT_FEE: ("permit_fee", "പെർമിറ്റ് ഫീസ്"),
    "scrutiny fee": ("permit_scrutiny", "പരിശോധനാ ഫീസ്"),
    "fee for additional floor space": ("permit_floor_space", "അധിക തറവിസ്തീർണ്ണത്തിനുള്ള ഫീസ്"),
}
"""The head of the ledger and the Malayalam title of each fee of the book."""
OTHER = ("permit_other", "മറ്റ് ഫീസ്")
BEYOND = (
    "permit_deviation",
    "double fee on the area built beyond the permit",
    "അനുമതിയിൽ കവിഞ്ഞ വിസ്തീർണ്ണത്തിനുള്ള ഇരട്ടി ഫീസ്",
)


@dataclass(frozen=True, kw_only=True)
class BillLine:
    """One line: what, how much in paise, on which clause, how it came about."""

    head: str
    what: str
    title: str
    title_ml: str
    paise: int
    clause: str
    step: str
    is_set: bool = False
    """Whether an officer set it, with the reason as its step."""


@dataclass(frozen=True, kw_only=True)
class OpenFee:
    """A fee that the drawing and the book do not tell."""

    head: str
    title: str
    title_ml: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Bill:
    """What a permit costs, line by line."""

    lines: tuple[BillLine, ...]
    open: tuple[OpenFee, ...]

    @property
    def paise(self) -> int:
        """The sum of what is told."""
        return sum(line.paise for line in self.lines)

    @property
    def is_told(self) -> bool:
        """Whether nothing is open."""
        return not self.open


def bill_of(found: Mapping[str, Any], settled: Sequence[PermitFeeSetRow] = ()) -> Bill:
    """The bill of a check document; without a statement (nobody knows whose book binds, or in which unit was drawn) everything is open."""
    if found["statement"] is None:
        reason = "It is not known whose rules bind on this plot, so no fee can be told."
        if not found["drawing"]["unit_is_certain"]:
            reason = "The unit of the drawing is in doubt, so no fee can be told."
        fees = _untold(HEADS, reason)
    else:
        fees = found["statement"]["fees"]
    return _billed(fees, settled)


def other_bill(
    kind: Kind,
    found: Mapping[str, Any],
    asked: Mapping[str, Any],
    settled: Sequence[PermitFeeSetRow] = (),
) -> Bill:
    """The bill of another work than a building, by rates of its own; what neither drawing nor form tells is the office's to set."""
    return _billed(fees_of_other_work(kind, found, asked), settled)


def _untold(titles: Iterable[str], reason: str) -> list[dict[str, Any]]:
    return [{"title": title, "lines": [{"paise": None, "reason": reason}]} for title in titles]


def _billed(fees: Sequence[Mapping[str, Any]], settled: Sequence[PermitFeeSetRow]) -> Bill:
    chosen = {row.head: row for row in settled}
    lines: list[BillLine] = []
    still: list[OpenFee] = []
    for fee in fees:
        head, title_ml = HEADS.get(fee["title"], OTHER)
        if head in chosen:
            lines.append(set_line(chosen[head], fee["title"], title_ml))
            continue
        untold = [each["reason"] for each in fee["lines"] if each["paise"] is None]
        if untold:
            still.append(OpenFee(head=head, title=fee["title"], title_ml=title_ml, reason=" ".join(untold)))
        else:
            lines += [_line(head, fee["title"], title_ml, each) for each in fee["lines"]]
    return Bill(lines=tuple(lines), open=tuple(still))


def bill(session: Session, check: Check) -> Bill:
    """The bill of a case by its newest check, with what officers set for that very drawing."""
    settled = _settled(session, check)
    built = as_built(session, check)
    if built is not None:
        return built_bill(built, settled)
    row = session.get_one(PermitCaseRow, check.case_id)
    if row.kind in OTHER_WORKS:
        return other_bill(Kind(row.kind), check.found, row.asked, settled)
    whole = bill_of(check.found, settled)
    if row.kind != Kind.REVISION or row.of_permit is None:
        return whole
    return revised_bill(whole, session.get_one(PermitRow, (row.body, row.of_permit)), settled)


def _settled(session: Session, check: Check) -> list[PermitFeeSetRow]:
    """What officers set for the very drawing of a check and what was said beside it, whichever day it was checked on."""
    then, now = aliased(PermitCheckRow), aliased(PermitCheckRow)
    query = (
        select(PermitFeeSetRow)
        .join(then, (then.case_id == PermitFeeSetRow.case_id) & (then.seq == PermitFeeSetRow.check_seq))
        .join(now, now.id == check.id)
        .where(
            PermitFeeSetRow.case_id == check.case_id,
            then.sha256 == now.sha256,
            then.answers.is_not_distinct_from(now.answers),
        )
        .order_by(PermitFeeSetRow.id)
    )
    return list(session.scalars(query))


def revised_bill(whole: Bill, former: PermitRow, settled: Sequence[PermitFeeSetRow] = ()) -> Bill:
    """What a revised permit costs: of the permit fee only what it is more than was paid for the former permit.

    On work that has started already the difference is double by the rule on deviation, and nobody but an officer can tell whether it has.
    """
    head, title_ml = HEADS[PERMIT_FEE]
    lines = tuple(each for each in whole.lines if each.head != head or each.is_set)
    if head in {row.head for row in settled} or head in {each.head for each in whole.open}:
        return Bill(lines=lines, open=whole.open)
    asked = sum(each.paise for each in whole.lines if each.head == head)
    paid = sum(each["paise"] for each in former.terms.get("fees", ()) if each["head"] == head)
    if paid and asked <= paid:
        return Bill(lines=lines, open=whole.open)
    reason = (
        f"The permit fee of this drawing is {rupees(asked)}; {rupees(paid)} were paid for permit {former.number}. The difference is due, and is"
        " double on work that has started already: the office says whether it has."
    )
    if not paid:
        reason = f"The permit fee of this drawing is {rupees(asked)}; what was paid for permit {former.number} is not recorded."
    still = OpenFee(head=head, title=PERMIT_FEE, title_ml=title_ml, reason=reason)
    return Bill(lines=lines, open=(*whole.open, still))


def built_bill(built: AsBuilt, settled: Sequence[PermitFeeSetRow] = ()) -> Bill:
    """What a finished building costs: nothing but the double fee on what was built beyond the permit, whose rate the book does not tell."""
    head, title, title_ml = BEYOND
    chosen = [row for row in settled if row.head == head]
    if not built.extra:
        return Bill(lines=(), open=())
    if chosen:
        return Bill(lines=(set_line(chosen[-1], title, title_ml),), open=())
    reason = (
        f"{built.extra} m² were built beyond permit {built.permit}; the rule on deviation asks for the double fee on them, and the"
        " book does not tell at which rate."
    )
    return Bill(lines=(), open=(OpenFee(head=head, title=title, title_ml=title_ml, reason=reason),))


def demand_lines(of: Bill) -> list[DemandLine]:
    """The lines that are more than nothing, as the ledger takes them."""
    return [
        DemandLine(
            head=line.head,
            title_en=_named(line)[:300],
            title_ml=line.title_ml,
            amount=line.paise,
            clause=line.clause,
        )
        for line in of.lines
        if line.paise > 0
    ]


def rest_lines(of: Bill, demanded: Sequence[Demand]) -> list[DemandLine]:
    """What a whole bill asks beyond what stands paid; lines that cost less are set off against those that cost more."""
    asked: dict[str, int] = {}
    for line in (line for each in demanded if each.state == "paid" for line in each.lines):
        asked[line.head] = asked.get(line.head, 0) + line.amount
    owed = of.paise - sum(asked.values())
    rest: list[DemandLine] = []
    for line in demand_lines(of):
        had = min(line.amount, asked.get(line.head, 0))
        asked[line.head] = asked.get(line.head, 0) - had
        more = min(line.amount - had, owed)
        if more > 0:
            rest.append(replace(line, amount=more))
            owed -= more
    return rest


@dataclass(frozen=True, kw_only=True)
class FeeSet:
    """A fee as an officer sets it: its head in the ledger, how much, why, and the clause or order that it rests on."""

    head: str
    paise: int
    reason: str
    source: str


def set_fee(desk: Desk, case_id: int, check: Check | None, of: Bill, fee: FeeSet, *, actor: Actor) -> None:
    """Set a fee that is open on a bill; one that the book tells is not an officer's to set."""
    if "verifier" not in actor.roles:
        raise NotAllowed("A fee that cannot be told is set by the verifier.")
    if fee.head not in {each.head for each in of.open}:
        raise Conflict("This fee is told by the book already; it is not set by hand.", code="fee-told")
    if not 0 <= fee.paise <= LARGEST:
        raise Invalid("A fee is a sum in rupees, not below nothing.", code="wrong-amount")
    reason, source = fee.reason.strip(), fee.source.strip()
    if not reason or not source or len(reason) > 2000 or len(source) > 300:
        raise Invalid("Say why this sum, and the clause or order that it rests on.", code="reason-missing")
    row = PermitFeeSetRow(
        body=desk.body.code,
        case_id=case_id,
        check_seq=check.seq if check is not None else None,
        head=fee.head,
        paise=fee.paise,
        reason=reason,
        source=source,
        by_id=actor.person.id,
        made=desk.now,
    )
    desk.session.add(row)
    desk.session.flush()


def set_without_drawing(session: Session, case_id: int, head: str) -> PermitFeeSetRow | None:
    """What an officer set last under a head for what brings no drawing."""
    query = (
        select(PermitFeeSetRow)
        .where(
            PermitFeeSetRow.case_id == case_id,
            PermitFeeSetRow.head == head,
            PermitFeeSetRow.check_seq.is_(None),
        )
        .order_by(PermitFeeSetRow.id.desc())
    )
    return session.scalars(query.limit(1)).one_or_none()


def beyond(title: str, what: str) -> str:
    """What words say beyond those that stand before them: a line beyond its fee's title, a step beyond its line."""
    return what.removeprefix(title).lstrip(" ,:")


def _named(line: BillLine) -> str:
    """The English name of a line as the ledger keeps it."""
    name = f"{line.title[0].upper()}{line.title[1:]}"
    return f"{name}: {line.what}" if line.what else name


def _line(head: str, title: str, title_ml: str, told: Mapping[str, Any]) -> BillLine:
    return BillLine(
        head=head,
        what=beyond(title, told["what"]),
        title=title,
        title_ml=title_ml,
        paise=told["paise"],
        clause=told["clause"] or "",
        step=beyond(told["what"], told["step"] or ""),
    )


def set_line(row: PermitFeeSetRow, title: str, title_ml: str) -> BillLine:
    """A fee as an officer set it, with the reason and what it rests on."""
    return BillLine(
        head=row.head,
        what="",
        title=title,
        title_ml=title_ml,
        paise=row.paise,
        clause=row.source,
        step=row.reason,
        is_set=True,
    )
