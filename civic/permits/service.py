"""The building permit as a service of the town hall: its steps, and what it hears of money and of its own cases.

In: forms at the doors, the ledger's word that a fee was paid, time.  Out: cases; a permit is written in the same transaction as
the step that grants it, or neither is.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.case import Case, case
from civic.core.desk import Advanced, Desk
from civic.core.gone_plots import check_plots_stand, write_held
from civic.core.money.demands import by_head, demands_of, raise_demand
from civic.core.money.model import HeldForPayer, Paying, Settled
from civic.core.money.undoing import cancel_demand
from civic.core.people import Actor
from civic.core.services import Service, read_workflow
from civic.permits.agencies import check_answer
from civic.permits.checking import newest_check
from civic.permits.day_guards import DATED
from civic.permits.fees import Bill, bill, demand_lines, rest_lines
from civic.permits.following import PRICED, bill_of_following, check_in_time, permit_row, until_after
from civic.permits.guards import FREE, GUARDS, guards_against
from civic.permits.issuing import ROUTES, issue, tell_followed
from civic.permits.marks import marks_of
from civic.permits.model import SERVICE_NAME, UNDRAWN, Kind
from civic.permits.others import ask_others
from civic.permits.queries import shown
from civic.permits.routing import kind_of, settle
from civic.permits.tables import PermitCaseRow

GRANTED = frozenset({"permitted", "deemed"})


def _verify(desk: Desk, standing: Case, _actor: Actor, _form: Mapping[str, str]) -> Mapping[str, Any]:
    """Ask every authority that the findings call for, at once."""
    return ask_others(desk, standing)


def _refer(desk: Desk, standing: Case, _actor: Actor, _form: Mapping[str, str]) -> Mapping[str, Any]:
    """Ask every authority whom a silent office has left unasked: without its word neither the Council nor time can grant."""
    return ask_others(desk, standing, in_silence=True)


def _file_plain(desk: Desk, standing: Case, _actor: Actor, _form: Mapping[str, str]) -> Mapping[str, Any]:
    """See that what follows a permit is asked for in its time."""
    row = desk.session.get_one(PermitCaseRow, standing.id, populate_existing=True)
    kind, permit = Kind(row.kind), permit_row(desk.session, desk.body.code, row.of_permit or "")
    check_in_time(kind, permit, on=desk.today)
    if kind in (Kind.EXTENSION, Kind.RENEWAL):
        until_after(permit, body=desk.body, on=desk.today)  # before it is paid for
    return {}


def _decided(desk: Desk, standing: Case, _actor: Actor, _form: Mapping[str, str]) -> Mapping[str, Any]:
    """On which check it was decided."""
    check = newest_check(desk.session, standing.id)
    return {"check": check.seq} if check else {}


def _offered(desk: Desk, standing: Case) -> frozenset[str]:
    """The steps that this kind of case can ever take."""
    never = guards_against(desk.session, standing)
    return frozenset(name for name, step in desk.flow.steps.items() if never.isdisjoint(step.guards))


SERVICE = Service(
    flow=read_workflow("civic.permits", {**GUARDS, **DATED}),
    guards=GUARDS,
    dated=DATED,
    takes={
        "verify": _verify,
        "send_back": _verify,
        "refer": _refer,
        "file_plain": _file_plain,
        "file_untold": _file_plain,
        "approve": _decided,
        "refuse": _decided,
    },
    shown=shown,
    marks=marks_of,
    offered=_offered,
    part="town/permits/part.html",
    begins_at="permits/new",
)


def owed(session: Session, body: LocalBody, standing: Case, desk: Desk) -> Bill | None:
    """What a case costs today; None where nothing is to be paid for its kind."""
    row = session.get_one(PermitCaseRow, standing.id, populate_existing=True)
    kind = Kind(row.kind)
    if kind in PRICED:
        return bill_of_following(session, body, row, on=desk.today)
    check = newest_check(session, standing.id)
    return None if kind in FREE or check is None else bill(session, check)


def when_paid(session: Session, event: Settled) -> None:
    """The fee was paid: the permit is issued, an officer takes it up, or the drawing is checked again first."""
    if event.case_id is None:
        return
    standing = case(session, event.case_id)
    check_payable(session, event.body, standing, now=event.now)
    if standing.service == SERVICE_NAME and standing.state == "fee_due":
        settle(SERVICE.desk(session, event.body, now=event.now), standing, told={"demand": event.demand.id})


def check_payable(session: Session, body: LocalBody, standing: Case, *, now: datetime) -> None:
    """Refuse money for a drawing on a plot that is gone; what brings no drawing follows its permit, whatever became of the plot."""
    if standing.service == SERVICE_NAME and kind_of(session, standing.id) not in UNDRAWN:
        check_plots_stand(session, body, standing, now=now)


def when_paying(session: Session, event: Paying) -> None:
    """Somebody is about to pay for a case."""
    check_payable(session, event.body, event.case, now=event.now)


def when_held(session: Session, event: HeldForPayer) -> None:
    """Money came that a case could not take: its history and its parties are told."""
    write_held(SERVICE, session, event)


def when_advanced(session: Session, event: Advanced) -> None:
    """What follows from a step of a permit: its demand, its permit, or that nothing is asked any more."""
    if event.case.service != SERVICE_NAME:
        return
    check_answer(session, event)
    if event.case.state == event.state_before:
        return
    desk = SERVICE.desk(session, event.body, now=event.now)
    if event.case.state == "fee_due":
        _demand(desk, event.case)
    if event.step == "answer":
        demand_rest(desk, event.case)
    if event.case.state in GRANTED and event.step in ROUTES:
        tell_followed(desk, event, issue(session, event, on=desk.today))
    if event.case.closed:
        _ask_no_more(session, event)


def _demand(desk: Desk, standing: Case) -> None:
    """Ask for the fee once; where nothing is to be paid the case goes on at once."""
    if any(each.state in ("open", "paid") for each in demands_of(desk.session, standing.id)):
        return
    cost = owed(desk.session, desk.body, standing, desk)
    lines = demand_lines(cost) if cost else []
    if lines:
        raise_demand(
            desk.session, desk.body, lines=lines, now=desk.now, case_id=standing.id, due=standing.due
        )
    else:
        settle(desk, standing, told={})


def demand_rest(desk: Desk, standing: Case) -> None:
    """Ask for what a new drawing, or a fee set for it, costs beyond what was paid; a rest asked for a drawing before it is asked no more.

    Approval waits until it is paid.  While a fee is open the sum is not known, and what is asked already stays.
    """
    cost = owed(desk.session, desk.body, standing, desk)
    if cost is None:
        return
    demanded = demands_of(desk.session, standing.id)
    still = [each for each in demanded if each.state == "open"]
    lines = rest_lines(cost, demanded)
    if by_head(lines) == by_head([line for each in still for line in each.lines]) or (
        still and not cost.is_told
    ):
        return
    for each in still:
        reason = "The newest drawing costs otherwise than the one for which this was asked."
        cancel_demand(desk.session, desk.body, each.id, reason=reason, by=None, now=desk.now)
    if lines:
        raise_demand(desk.session, desk.body, lines=lines, now=desk.now, case_id=standing.id)


def _ask_no_more(session: Session, event: Advanced) -> None:
    for each in demands_of(session, event.case.id):
        if each.state == "open":
            reason = f"The case ended: {event.case.state}."
            cancel_demand(session, event.body, each.id, reason=reason, by=None, now=event.now)
