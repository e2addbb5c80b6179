"""Another owner joins a case to sign it, or leaves it again before signing.

In: the name of an owner with an address, by a party of the case.  Out: a party who signs the newest drawing as every owner does; the history
tells of both.
"""

from sqlalchemy import select

from civic.core.case import Case, acting_parts, parts_in
from civic.core.desk import Desk
from civic.core.people import Actor, person
from civic.core.steps import add_note, hold
from civic.core.tables import CasePartyRow
from civic.permits.consents import OWNER, signatures
from civic.permits.filing import add_parties, drop_party, named
from civic.permits.model import UNDRAWN
from civic.permits.routing import kind_of
from gis.errors import Conflict, NotAllowed


def join_owner(desk: Desk, standing: Case, *, name: str, address: str, actor: Actor) -> None:
    """Let another owner sign with the others; whoever is new is introduced under the name given."""
    _check_open(desk, standing, actor)
    who = named(desk, name, address)
    if OWNER in parts_in(desk.session, standing.id, who):
        raise Conflict("This person signs as an owner already.", code="same-owner")
    add_parties(desk, standing.id, [(who, OWNER)])
    words = f"Another owner signs: {person(desk.session, who).name}."
    add_note(desk, standing.id, words, actor=actor, seen="parties")


def leave_owner(desk: Desk, standing: Case, *, person_id: int, actor: Actor) -> None:
    """Take an owner who has not signed out of a case again; somebody signs as owner still."""
    _check_open(desk, standing, actor)
    owners = {each.person_id: each for each in signatures(desk.session, standing.id) if each.part == OWNER}
    if person_id not in owners or owners[person_id].is_given:
        raise Conflict("Who has signed stays in the case.", code="signed-already")
    if len(owners) == 1 or _has_begun(desk, standing, person_id):
        raise Conflict("Who applied signs as owner; name the other owners beside.", code="same-owner")
    words = f"Signs no more as owner: {owners[person_id].name}."
    add_note(
        desk, standing.id, words, actor=actor, seen="parties"
    )  # they are told before it is no case of theirs
    drop_party(desk.session, standing.id, person_id, OWNER)


def _check_open(desk: Desk, standing: Case, actor: Actor) -> None:
    hold(desk, standing)
    if standing.closed is not None:
        raise Conflict("This case has ended.")
    if kind_of(desk.session, standing.id) in UNDRAWN:
        raise Conflict("What is applied for here has no drawing to sign.", code="nothing-to-sign")
    if not acting_parts(desk.session, standing.id, actor):
        raise NotAllowed("The parties of a case name its owners.", code="not-yours-to-sign")


def _has_begun(desk: Desk, standing: Case, person_id: int) -> bool:
    query = select(CasePartyRow.part).where(
        CasePartyRow.case_id == standing.id, CasePartyRow.person_id == person_id
    )
    return "applicant" in set(desk.session.scalars(query))
