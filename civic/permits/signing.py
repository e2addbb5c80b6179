"""A signature and what follows from it: once all have signed, the fee is due, set, or nothing is to be paid.

In: who signs what.  Out: the case as it stands then; a case that was paid for while a signature was missing goes on its way.
"""

from collections.abc import Set as AbstractSet

from civic.core.case import Case, case
from civic.core.desk import Desk
from civic.core.people import Actor
from civic.core.steps import add_note, advance, hold
from civic.permits.checking import newest_check
from civic.permits.consents import sign, why_unsigned
from civic.permits.fees import FeeSet, set_fee
from civic.permits.guards import fee_paid, fees_told, queries_answered
from civic.permits.model import UNDRAWN
from civic.permits.routing import kind_of, settle
from civic.permits.service import demand_rest, owed
from gis.errors import Conflict

FEE_SET_IN = frozenset({"fee_open", "verifying", "consulting", "deciding", "council"})
"""States in which a fee may be set: before the payment, and after a new drawing or a new check has left one open."""


def sign_and_go_on(
    desk: Desk,
    standing: Case,
    *,
    actor: Actor,
    part: str,
    seq: int,
    declared: AbstractSet[str],
    language: str,
) -> Case:
    """Sign the newest drawing; with the last signature the case goes on."""
    hold(desk, standing)
    if standing.closed is not None or standing.state == "draft":
        raise Conflict("There is nothing to sign now: file the draft first.", code="nothing-to-sign")
    sign(desk, standing, actor=actor, part=part, seq=seq, declared=declared, language=language)
    if why_unsigned(desk.session, standing.id) is None:
        return _go_on(desk, standing, actor)
    add_note(desk, standing.id, f"Signed by {actor.person.name} ({part}).", actor=actor, seen="parties")
    return case(desk.session, standing.id)


def set_open_fee(desk: Desk, standing: Case, fee: FeeSet, *, actor: Actor) -> Case:
    """Set a fee that could not be told; when none is open any more, the fee is due, or what it costs beyond what was paid."""
    hold(desk, standing)
    session, check = desk.session, newest_check(desk.session, standing.id)
    cost = owed(session, desk.body, standing, desk)
    if standing.state not in FEE_SET_IN or cost is None:
        raise Conflict("No fee of this case waits to be set.", code="no-fee-open")
    set_fee(desk, standing.id, check, cost, fee, actor=actor)
    if standing.state != "fee_open":
        demand_rest(desk, standing)
        add_note(desk, standing.id, f"Fee set: {fee.reason.strip()}", actor=actor, seen="parties")
    elif fees_told(session, standing) is None:
        step = "fee_told" if kind_of(session, standing.id) in UNDRAWN else "signed"
        return advance(desk, standing.id, step, actor=actor, version=standing.version)
    return case(session, standing.id)


def answered(desk: Desk, standing: Case, *, actor: Actor) -> Case:
    """Give the turn back to the office once every question is answered and a new drawing is signed."""
    session = desk.session
    if queries_answered(session, standing) is None and why_unsigned(session, standing.id) is None:
        return advance(desk, standing.id, "answer", actor=actor, version=case(session, standing.id).version)
    return case(session, standing.id)


def _go_on(desk: Desk, standing: Case, actor: Actor) -> Case:
    if standing.state == "asked" and queries_answered(desk.session, standing) is None:
        return answered(desk, standing, actor=actor)
    if standing.state == "consenting":
        step = "signed" if fees_told(desk.session, standing) is None else "fee_not_told"
        return advance(desk, standing.id, step, actor=actor, version=standing.version)
    if standing.state in ("fee_due", "rechecking") and fee_paid(desk.session, standing) is None:
        settle(desk, standing, told={})
    else:
        add_note(desk, standing.id, "Signed anew.", actor=actor, seen="parties")
    return case(desk.session, standing.id)
