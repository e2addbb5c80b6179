"""Watching a plot: whoever proves an interest in it is told of every case on it and on its neighbours.

In: a person, a plot, a reason; officers' decisions on it; the events of cases.  Out: watches; messages to the watchers, each
with a link that ends it.  A plot's neighbours are the parcels that touch it, or are parted from it by no more than a strip
too narrow to be a way; who watched a number that was divided or merged watches what became of it.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody, local_body
from civic.core.messages.tables import PlotWatchRow
from civic.core.owners import owns
from civic.core.services import Services
from civic.core.tables import CaseEventRow, CaseParcelRow, CasePartyRow, CaseRow, PersonRow
from civic.core.workflow import STAFF
from civic.core.working_days import day_there
from gis.asof import AsOf
from gis.errors import Conflict, Invalid, NotFound
from gis.jurisdictions import jurisdiction
from gis.parcels.neighbours import NARROWEST_WAY
from gis.parcels.queries import as_it_stood, forebears, parcel, parcels_touching
from gis.recordings import last_recording

LONGEST_REASON = 2000
GRANTED = "granted"
INTEREST = "interest"
"""The guard by which a service tests that whoever applies has an interest in the plot."""
OF_THE_LAND = ("applicant", "owner")
"""Parts in a case whose interest in the plot is what is tested."""


class NoSuchWatch(NotFound):
    """No watch has this identifier or this link."""

    code = "no-watch"


@dataclass(frozen=True, kw_only=True)
class Watch:
    """A person's wish to be told of what happens on a plot."""

    id: int
    person_id: int
    name: str
    number: str
    ground: str
    reason: str
    state: str
    asked: datetime
    decided: datetime | None
    stop: str


def ask_to_watch(
    session: Session,
    body: LocalBody,
    services: Services,
    *,
    person_id: int,
    number: str,
    reason: str,
    now: datetime,
) -> Watch:
    """A person's wish to watch a plot: at once for a known owner or whoever showed their interest in a case, else for staff to decide."""
    at = _at(body, now)
    standing = parcel(session, jurisdiction(session, body.jurisdiction), number, at=at)
    words = reason.strip()
    is_known = owns(session, body, person_id, [standing.number.whole], on=at.on) or _is_party(
        session, services, person_id, standing.number.whole
    )
    if not is_known and not words:
        raise Invalid(
            "Say what your interest in the plot is and how it shows, such as the number of your deed.",
            code="reason-missing",
        )
    if len(words) > LONGEST_REASON:
        raise Invalid(f"A reason has at most {LONGEST_REASON} characters.")
    if open_watch := _open(session, person_id, standing.number.whole):
        raise Conflict(
            f"You have asked to watch plot {open_watch.number} already; it is {open_watch.state}.",
            code="watched-already",
        )
    row = PlotWatchRow(
        body=body.code,
        person_id=person_id,
        jurisdiction=body.jurisdiction,
        number=standing.number.whole,
        ground="party" if is_known else "declared",
        reason=words,
        state="watching" if is_known else "asked",
        asked=now,
        decided=now if is_known else None,
        stop=secrets.token_urlsafe(24),
        known=last_recording(session, body.jurisdiction) if is_known else None,
        looked=at.on if is_known else None,
    )
    session.add(row)
    session.flush()
    return watch(session, row.id)


def _at(body: LocalBody, now: datetime) -> AsOf:
    return AsOf(on=day_there(now, body.time_zone), known=now)


def _is_party(session: Session, services: Services, person_id: int, number: str) -> bool:
    """Whether a person has a case on the plot in which an officer found their interest, and which did not fail since.

    A case that was only begun, an objection, or a question of the office proves nothing: anybody can begin a case on anybody's
    plot.  What counts is a step that the service holds until there is an interest, taken by an officer.
    """
    taken = session.execute(
        select(CaseRow.service, CaseRow.state, CaseEventRow.step)
        .join(CasePartyRow, CasePartyRow.case_id == CaseRow.id)
        .join(CaseParcelRow, CaseParcelRow.case_id == CaseRow.id)
        .join(CaseEventRow, CaseEventRow.case_id == CaseRow.id)
        .where(
            CasePartyRow.person_id == person_id,
            CasePartyRow.part.in_(OF_THE_LAND),
            CaseParcelRow.number == number,
            CaseEventRow.role.in_(STAFF),
        )
    )
    return any(_shows_interest(services, *each) for each in taken)


def _shows_interest(services: Services, name: str, state: str, step: str) -> bool:
    service = services.get(name)
    found = service.flow.steps.get(step) if service else None
    standing = service.flow.states.get(state) if service else None
    if found is None or standing is None:
        return False
    return INTEREST in found.guards and standing.outcome in (None, GRANTED)


def decide_watch(session: Session, watch_id: int, *, grants: bool, by: int, now: datetime) -> Watch:
    """An officer's decision on a wish, once."""
    row = session.get(PlotWatchRow, watch_id, with_for_update=True)
    if row is None:
        raise NoSuchWatch("There is no such wish to watch a plot here.")
    if row.state != "asked":
        raise Conflict(f"This wish is decided already; it is {row.state}.", code="watch-decided")
    if row.person_id == by:
        raise Conflict("Nobody decides on a wish of their own; leave it to a colleague.", code="same-person")
    row.state, row.decided, row.decided_by = ("watching" if grants else "refused"), now, by
    row.known = last_recording(session, row.jurisdiction) if grants else None
    row.looked = day_there(now, local_body(session, row.body).time_zone) if grants else None
    session.flush()
    return watch(session, watch_id)


def stop_watch(session: Session, stop: str, *, now: datetime) -> Watch:
    """End a watch by the link that came with its messages; ending it twice is no fault."""
    row = _by_link(session, stop)
    if row.state in ("asked", "watching"):
        row.state, row.decided = "stopped", now
        session.flush()
    return watch(session, row.id)


def watch_of_link(session: Session, stop: str) -> Watch:
    """The watch that a link ends."""
    return watch(session, _by_link(session, stop).id)


def _by_link(session: Session, stop: str) -> PlotWatchRow:
    row = session.scalars(select(PlotWatchRow).where(PlotWatchRow.stop == stop)).one_or_none()
    if row is None:
        raise NoSuchWatch("This link ends no watch here. Copy the whole link from the message.")
    return row


def watch(session: Session, watch_id: int) -> Watch:
    """One watch."""
    found = _watches(session, select(PlotWatchRow).where(PlotWatchRow.id == watch_id))
    if not found:
        raise NoSuchWatch("There is no such wish to watch a plot here.")
    return found[0]


def watches_of(session: Session, person_id: int) -> list[Watch]:
    """A person's watches, newest first."""
    query = select(PlotWatchRow).where(PlotWatchRow.person_id == person_id)
    return _watches(session, query.order_by(PlotWatchRow.id.desc()))


def watches_asked(session: Session) -> list[Watch]:
    """Wishes that wait for an officer, oldest first."""
    return _watches(
        session, select(PlotWatchRow).where(PlotWatchRow.state == "asked").order_by(PlotWatchRow.id)
    )


def is_anything_watched(session: Session) -> bool:
    """Whether anybody watches any plot of the body."""
    return bool(
        session.scalar(select(select(PlotWatchRow.id).where(PlotWatchRow.state == "watching").exists()))
    )


def watches_around(
    session: Session, body: LocalBody, numbers: Iterable[str], *, now: datetime
) -> list[Watch]:
    """The watches that plots, their neighbours or their forebears are under; one for each person, the nearest plot first."""
    near: dict[str, int] = {}
    for number in numbers:
        near[number] = 0
        for other in _around(session, body, number, at=_at(body, now)):
            near.setdefault(other, 1)
    query = select(PlotWatchRow).where(PlotWatchRow.state == "watching", PlotWatchRow.number.in_(near))
    found = sorted(
        _watches(session, query.order_by(PlotWatchRow.id)), key=lambda each: (near[each.number], each.id)
    )
    first: dict[int, Watch] = {}
    for each in found:
        first.setdefault(each.person_id, each)
    return list(first.values())


def _around(session: Session, body: LocalBody, number: str, *, at: AsOf) -> set[str]:
    place = jurisdiction(session, body.jurisdiction)
    stood = as_it_stood(session, place, number, at=at)
    if stood is None:
        return set()
    touching = parcels_touching(session, place, stood.boundary.buffer(NARROWEST_WAY), at=at)
    return {each.number.whole for each in touching} | set(forebears(session, place, number, at=at))


def _open(session: Session, person_id: int, number: str) -> PlotWatchRow | None:
    return session.scalars(
        select(PlotWatchRow).where(
            PlotWatchRow.person_id == person_id,
            PlotWatchRow.number == number,
            PlotWatchRow.state.in_(("asked", "watching")),
        )
    ).one_or_none()


def _watches(session: Session, query: Select[Any]) -> list[Watch]:
    rows = session.execute(
        query.join(PersonRow, PersonRow.id == PlotWatchRow.person_id).add_columns(PersonRow.name)
    )
    return [
        Watch(
            id=row.id,
            person_id=row.person_id,
            name=name,
            number=row.number,
            ground=row.ground,
            reason=row.reason,
            state=row.state,
            asked=row.asked,
            decided=row.decided,
            stop=row.stop,
        )
        for row, name in rows
    ]
