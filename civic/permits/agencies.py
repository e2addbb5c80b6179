"""Who answers for an authority: named by the Secretary, person by person, since a class of posting says nothing of whose word somebody has.

In: the authorities of `consultations.yaml`, people posted as an agency.  Out: rows with their beginning and end; `NotAllowed` where somebody
answers for an authority for which others are named.  Where nobody is named yet, whoever is posted as an agency answers, and the page says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from civic.core.desk import Advanced, Desk
from civic.core.people import Actor, people_in, person
from civic.core.side_tables import AnswersForRow
from civic.core.steps import PAPER
from civic.permits.consultations import authorities
from gis.errors import Conflict, Invalid, NotAllowed, NotFound
from layers.extract.model import Words

AGENCY = "agency"
NAMING = frozenset({"secretary", "admin"})
ANSWER = "answer:"
"""How the step of an answer begins in the history of a case."""


@dataclass(frozen=True, kw_only=True)
class Named:
    """A person who answers for an authority."""

    id: int
    person_id: int
    name: str


@dataclass(frozen=True, kw_only=True)
class Answering:
    """An authority with those who answer for it."""

    authority: Words
    named: tuple[Named, ...]


def answering(session: Session) -> tuple[Answering, ...]:
    """Every authority once, in the order of the list, with those who answer for it today."""
    query = select(AnswersForRow).where(AnswersForRow.ended.is_(None)).order_by(AnswersForRow.id)
    rows = session.scalars(query, execution_options={"populate_existing": True}).all()
    each_once = {each.authority.en: each.authority for each in authorities()}
    return tuple(
        Answering(
            authority=authority,
            named=tuple(
                Named(id=row.id, person_id=row.person_id, name=person(session, row.person_id).name)
                for row in rows
                if row.authority == name
            ),
        )
        for name, authority in each_once.items()
    )


def name_answering(desk: Desk, *, authority: str, person_id: int, actor: Actor) -> None:
    """Let a person answer for an authority from now on; again changes nothing."""
    _check_naming(actor)
    if authority not in {each.authority.en for each in authorities()}:
        raise Invalid("No plan calls for this authority; choose one of the list.", code="field-missing")
    if person_id not in {each.id for each in people_in(desk.session, AGENCY, on=desk.today)}:
        raise Conflict("Only somebody who is posted as an agency answers for an authority.", code="no-agency")
    if person_id == actor.person.id:
        raise NotAllowed("Nobody names themselves; another officer must do it.", code="own-posting")
    row = {
        "body": desk.body.code,
        "authority": authority,
        "person_id": person_id,
        "since": desk.now,
        "by_id": actor.person.id,
    }
    desk.session.execute(insert(AnswersForRow).values(row).on_conflict_do_nothing())


def end_answering(desk: Desk, identifier: int, *, actor: Actor) -> None:
    """Let a person answer for an authority no more."""
    _check_naming(actor)
    row = desk.session.get(AnswersForRow, identifier, with_for_update=True, populate_existing=True)
    if row is None or row.ended is not None:
        raise NotFound("Nobody answers under this number.")
    row.ended, row.ended_by = desk.now, actor.person.id
    desk.session.flush()


def check_answer(session: Session, event: Advanced) -> None:
    """Refuse an answer of somebody who is not among those named for the authority that was asked; a letter of it is the office's to record."""
    asked = _authority(event.told)
    if not event.step.startswith(ANSWER) or asked is None or event.actor is None or PAPER in event.told:
        return
    named = next((each.named for each in answering(session) if each.authority.en == asked), ())
    if named and event.actor.person.id not in {each.person_id for each in named}:
        raise NotAllowed(f"This was asked of: {asked}. Others are named to answer for it.", code="not-asked")


def _authority(told: Mapping[str, Any]) -> str | None:
    authority = told.get("authority")
    return str(authority["en"]) if isinstance(authority, Mapping) and "en" in authority else None


def _check_naming(actor: Actor) -> None:
    if not actor.roles & NAMING:
        raise NotAllowed("The Secretary or an administrator says who answers for an authority.")
