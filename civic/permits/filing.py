"""How a matter begins: on a plot, by its owner or for the owner by a licensee, with everything known filled in.

In: an `Asked`, who applies, whom they name.  Out: a draft with its parties; the drawing is handed in afterwards
(`civic.permits.drawings`).  The licensee can be changed at any time before the end, with one consent of the owner.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from civic.core.case import Case, parcels_of, parts_in
from civic.core.desk import Desk
from civic.core.people import Actor, introduce, person, person_reached_by, postings, reach
from civic.core.said import add_act
from civic.core.steps import hold, open_case
from civic.core.tables import CaseParcelRow, CasePartyRow
from civic.permits.consents import LICENSEE, OWNER, keep_change, withdraw_of
from civic.permits.following import check_in_time, permit_row, transferred_on, why_not_followed
from civic.permits.model import DEPENDENT, Asked, Kind
from civic.permits.routing import LICENCE_ENDED
from civic.permits.tables import PermitCaseRow, PermitRow
from gis.asof import AsOf
from gis.errors import Conflict, Invalid, NotAllowed
from gis.jurisdictions import jurisdiction
from gis.parcels.queries import parcel
from gis.recordings import last_recording

APPLICANT = "applicant"


@dataclass(frozen=True, kw_only=True)
class Licence:
    """A licensee who may draw today: what they are, of which class, and until when."""

    person_id: int
    name: str
    licence: str | None
    grade: str | None
    ends: date | None


def licences(session: Session, *, on: date) -> list[Licence]:
    """Whoever holds a licence on a day, by name."""
    held = {each.person_id: each for each in postings(session, on=on) if each.role == LICENSEE}
    found = [
        Licence(
            person_id=each.person_id,
            name=person(session, each.person_id).name,
            licence=each.licence,
            grade=each.grade,
            ends=each.ends,
        )
        for each in held.values()
    ]
    return sorted(found, key=lambda each: (each.name, each.person_id))


def begin(desk: Desk, asked: Asked, *, actor: Actor, form: Mapping[str, str]) -> Case:
    """Open a draft: by the owner, who may choose a licensee, or by a licensee for an owner who is named."""
    session = desk.session
    place = jurisdiction(session, desk.body.jurisdiction)
    at = AsOf(on=desk.today, known=last_recording(session, place.code))
    plot = parcel(session, place, asked.number, at=at).number.whole
    if asked.of_permit is not None:
        check_follows(session, desk.body.code, asked, plot, on=desk.today)
    if asked.kind is Kind.TRANSFER:
        transferred_on(asked.more, on=desk.today)
    is_licensee = form.get("as") == LICENSEE
    if is_licensee and LICENSEE not in actor.roles:
        raise NotAllowed("You hold no licence here today; apply as the owner.", code="no-licence")
    owner = _owner_named(desk, form) if is_licensee else actor.person.id
    licensee = actor.person.id if is_licensee else _licensee_chosen(session, form, on=desk.today)
    holder = _new_holder(desk, form) if asked.kind is Kind.TRANSFER else owner
    told = {"kind": str(asked.kind), "of_permit": asked.of_permit}
    opened = open_case(
        desk, parcels=[plot], actor=actor, told=told, part=LICENSEE if is_licensee else APPLICANT
    )
    parties = {(owner, APPLICANT), (holder, OWNER), (licensee, LICENSEE)}
    parties.discard((actor.person.id, LICENSEE if is_licensee else APPLICANT))
    add_parties(desk, opened.id, [(who, part) for who, part in sorted(parties, key=str) if who is not None])
    row = PermitCaseRow(
        case_id=opened.id,
        body=desk.body.code,
        kind=asked.kind,
        of_permit=asked.of_permit,
        licensee_id=licensee,
        title=asked.title,
        asked=dict(asked.more),
        route=None,
        why=[],
    )
    session.add(row)
    session.flush()
    return opened


def check_follows(session: Session, body: str, asked: Asked, plot: str, *, on: date) -> None:
    """Refuse to follow a permit that is not there, holds no more, is for another plot, or is too early or too late to be followed so."""
    row = permit_row(session, body, asked.of_permit or "")
    if row.kind in DEPENDENT:
        followed = session.get_one(PermitCaseRow, row.case_id).of_permit
        raise Conflict(f"{row.number} is no permit of its own; it follows permit {followed}: name that one.")
    if refused := why_not_followed(row, kind=asked.kind, on=on):
        raise refused
    if plot not in parcels_of(session, row.case_id):
        raise Conflict(f"Permit {row.number} is for another plot.", code="not-this-plot")
    check_in_time(asked.kind, row, on=on)


def can_follow(permit: PermitRow, *, kind: Kind, on: date) -> bool:
    """Whether an application of a kind can follow a permit on a day, as far as the permit itself tells."""
    if permit.kind in DEPENDENT or why_not_followed(permit, kind=kind, on=on) is not None:
        return False
    try:
        check_in_time(kind, permit, on=on)
    except Conflict:
        return False
    return True


def known_of_followed(session: Session, permit: PermitRow, person_id: int, *, on: date) -> dict[str, str]:
    """What a form that follows a permit can be filled in with, for a party of its case alone: what was built, and by whom if licensed still."""
    if not parts_in(session, permit.case_id, person_id):
        return {}
    case = session.get_one(PermitCaseRow, permit.case_id)
    is_licensed = case.licensee_id in {each.person_id for each in licences(session, on=on)}
    return {"title": case.title} | ({"licensee": str(case.licensee_id)} if is_licensed else {})


def change_licensee(desk: Desk, standing: Case, *, licensee_id: int, actor: Actor, language: str) -> None:
    """Another licensee draws and signs from now on, by one consent of an owner; drawings and fees stay with the case."""
    hold(desk, standing)
    if standing.closed is not None:
        raise Conflict("This case has ended.")
    if OWNER not in parts_in(desk.session, standing.id, actor.person.id):
        raise NotAllowed("The owner chooses who draws.", code="not-yours-to-sign")
    held = {each.person_id: each for each in licences(desk.session, on=desk.today)}
    if licensee_id not in held:
        raise Conflict("This person holds no licence today; choose another.", code="no-licence")
    row = desk.session.get_one(PermitCaseRow, standing.id, populate_existing=True)
    former = row.licensee_id
    if former == licensee_id:
        raise Conflict("This person is the licensee of this case already.", code="same-licensee")
    name = held[licensee_id].name
    if former is not None:
        withdraw_of(desk, standing.id, former, LICENSEE)
    keep_change(desk, standing, actor, name=name, language=language)
    add_parties(desk, standing.id, [(licensee_id, LICENSEE)])
    why = [each for each in row.why if each["code"] != LICENCE_ENDED]  # that was the former licensee's
    desk.session.execute(
        update(PermitCaseRow)
        .where(PermitCaseRow.case_id == standing.id)
        .values(licensee_id=licensee_id, why=why)
    )
    told = {"about": {"en": "Licensee", "ml": "ലൈസൻസി"}}
    add_act(desk, standing.id, "licensee_changed", role=OWNER, actor=actor, note=name, told=told)
    if former is not None:  # told before it is no case of theirs any more
        drop_party(desk.session, standing.id, former, LICENSEE)


def _owner_named(desk: Desk, form: Mapping[str, str]) -> int:
    """The owner for whom a licensee applies."""
    return named(desk, form.get("owner_name", ""), form.get("owner_address", ""))


def _new_holder(desk: Desk, form: Mapping[str, str]) -> int:
    """To whom a permit is transferred: they hold it from the day on which the transfer is granted."""
    return named(desk, form.get("new_holder", ""), form.get("new_holder_address", ""))


def named(desk: Desk, name: str, address: str) -> int:
    """Somebody named in a form with an address; whoever is new is introduced under the name given."""
    where = reach(address)
    known = person_reached_by(desk.session, where)
    if known is not None:
        return known.id
    if not name.strip():
        raise Invalid("Name the person, and an address under which they are reached.", code="field-missing")
    return introduce(
        desk.session, desk.body, name=name.strip(), address=where, language="ml", now=desk.now
    ).id


def _licensee_chosen(session: Session, form: Mapping[str, str], *, on: date) -> int | None:
    """The licensee that an owner chose; None where the choice is left for later."""
    said = form.get("licensee", "").strip()
    if not said:
        return None
    held = {str(each.person_id): each.person_id for each in licences(session, on=on)}
    if said not in held:
        raise Conflict("This person holds no licence today; choose another.", code="no-licence")
    return held[said]


def add_parties(desk: Desk, case_id: int, parties: list[tuple[int, str]]) -> None:
    """Give people a part in a case."""
    rows = [
        {"body": desk.body.code, "case_id": case_id, "person_id": who, "part": part} for who, part in parties
    ]
    if rows:
        desk.session.execute(insert(CasePartyRow), rows)


def drop_party(session: Session, case_id: int, person_id: int, part: str) -> None:
    """Take a part in a case from somebody."""
    session.execute(
        delete(CasePartyRow).where(
            CasePartyRow.case_id == case_id, CasePartyRow.person_id == person_id, CasePartyRow.part == part
        )
    )


def permits_on(session: Session, plot: str) -> list[PermitRow]:
    """The permits of a plot, newest first, to be followed by an application."""
    query = (
        select(PermitRow)
        .join(CaseParcelRow, CaseParcelRow.case_id == PermitRow.case_id)
        .where(CaseParcelRow.number == plot)
        .order_by(PermitRow.issued.desc(), PermitRow.number)
    )
    return list(session.scalars(query, execution_options={"populate_existing": True}))
