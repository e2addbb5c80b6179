"""Facts about shared ground made fresh: what has been measured stays, what has changed is measured, and nothing else.

In: a session of the owner, a place.  Out: rows of `parcel_overlap` and `overlap_measured`; a `Refreshed`.  Of a layer that was brought in
anew, features with the very same shape take their facts over; states of parcels that were recorded since are measured against what
they lie beside.  Facts of imports that stand no more are taken away: they can be measured again whenever someone asks.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import text
from sqlalchemy.orm import Session

from gis.db.quick import as_array
from gis.db.sql import statement
from gis.place import Jurisdiction
from gis.recordings import last_recording
from layers.overlaps.ground import on_the_ground
from layers.overlaps.measure import Areas, areas_ready, shared_ground
from layers.overlaps.queries import WAYS, Kept, kept
from layers.overlaps.reading import (
    FEW,
    Features,
    States,
    Stretch,
    extent_of,
    features_beside,
    features_named,
    features_of,
    reach_of,
    states_beside,
    states_in,
)
from layers.overlaps.writing import put_facts

SMALL = 0.1
"""Share of a place up to which the parcels beside features are looked up; more are read from end to end."""
NOBODY = np.zeros(0, np.int64)
Mask = NDArray[np.bool_]
Progress = Callable[[str, int, int], object]


def untold(_what: str, _done: int, _total: int) -> None:
    """Nobody looks."""


@dataclass(frozen=True, kw_only=True)
class Refreshed:
    """What was done: pairs measured, facts taken over from earlier imports, imports that had to be looked at, states read."""

    known: datetime
    measured: int
    taken_over: int
    imports: tuple[int, ...]
    states: int


@dataclass(frozen=True, kw_only=True)
class _Work:
    """Features of an import to be measured against the states above a number; all of its features where none are named."""

    of: Kept
    after: int
    features: tuple[int, ...] | None = None


def refresh(
    session: Session,
    place: Jurisdiction,
    *,
    anew: bool = False,
    cores: int | None = None,
    progress: Progress = untold,
) -> Refreshed:
    """Measure what has changed since the last time, or everything `anew`; another one at work is waited for."""
    session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended('overlaps:' || :j, 0))"), {"j": place.code}
    )
    known = last_recording(session, place.code)
    _forget(session, place, all_of_them=anew)
    standing = kept(session, place, known=known)
    upto = _newest_state(session, place, known)
    work, taken_over = _work(session, standing, upto)
    done = _Done(session=session, place=place, cores=cores, progress=progress)
    for after, some in _by_start(work):
        begins = min(each.of.begins for each in some)
        done.measure(some, Stretch(place=place, after=after, upto=upto, since=begins))
    imports = tuple(sorted({each.of.import_id for each in work}))
    _note(session, imports, upto, known)
    _forget(session, place, standing=[each.import_id for each in standing])
    return Refreshed(
        known=known, measured=done.pairs, taken_over=taken_over, imports=imports, states=done.states
    )


def _work(session: Session, standing: Sequence[Kept], upto: int) -> tuple[list[_Work], int]:
    """What is to be measured, and how many facts were taken over instead."""
    work: list[_Work] = []
    taken_over = 0
    for each in standing:
        if each.parcels_to is None:
            new, taken = _of_new_import(session, each)
            work += new
            taken_over += taken
        elif not each.is_fresh:
            work.append(_Work(of=each, after=each.parcels_to))
    return [each for each in work if each.after < upto or each.of.parcels_to is None], taken_over


def _of_new_import(session: Session, new: Kept) -> tuple[list[_Work], int]:
    """Features whose shape an earlier import had have its facts, up to where it was measured; the others are new."""
    question = {"import": new.import_id, "ways": WAYS}
    earlier = session.execute(statement(__package__, "earlier"), question).one_or_none()
    if earlier is None:
        return [_Work(of=new, after=0)], 0
    both = {"import": new.import_id, "earlier": earlier.id}
    found = session.execute(statement(__package__, "twins"), both).all()
    twins = {row.id: row.twin for row in found if row.twin is not None}
    arrays = {"features": as_array(twins), "twins": as_array(twins.values())}
    taken = session.connection().execute(statement(__package__, "taken_over"), both | arrays).rowcount
    fresh = tuple(row.id for row in found if row.twin is None)
    return [
        _Work(of=new, after=0, features=fresh),
        _Work(of=new, after=earlier.parcels_to, features=tuple(twins)),
    ], taken


def _by_start(work: Sequence[_Work]) -> Iterator[tuple[int, list[_Work]]]:
    groups: dict[int, list[_Work]] = defaultdict(list)
    for each in work:
        groups[each.after].append(each)
    yield from sorted(groups.items())


@dataclass(kw_only=True)
class _Done:
    """What has been measured so far."""

    session: Session
    place: Jurisdiction
    cores: int | None
    progress: Progress
    pairs: int = 0
    states: int = 0

    def measure(self, work: Sequence[_Work], stretch: Stretch) -> None:
        """Features of some work against the states of a stretch."""
        there = _number_of_states(self.session, stretch)
        for features in self._features(work, stretch, there):
            areas = areas_ready(features.shapes)
            seen = 0
            for states in self._states(features, stretch):
                self._measured(states, features, areas)
                seen += len(states.ids)
                self.progress("parcels measured", seen, max(there, seen))
            self.progress("parcels measured", there, there)

    def _features(self, work: Sequence[_Work], stretch: Stretch, states: int) -> Iterator[Features]:
        if states == 0:
            return
        named = {number for each in work for number in each.features or ()}
        whole = {each.of.import_id for each in work if each.features is None}
        if stretch.after and states <= FEW:
            ids = np.concatenate([each.ids for each in states_in(self.session, stretch)] or [NOBODY])
            beside = features_beside(self.session, ids, [each.of.import_id for each in work])
            for some in features_named(self.session, beside):
                yield _chosen(some, np.isin(some.ids, list(named)) | np.isin(some.imports, list(whole)))
            return
        yield from features_named(self.session, sorted(named))
        yield from features_of(self.session, sorted(whole))

    def _states(self, features: Features, stretch: Stretch) -> Iterator[States]:
        """The parcels beside the features where these reach over little of the place, else all."""
        whole = extent_of(self.session, self.place)
        ids = features.ids.tolist()
        if stretch.after == 0 and whole and reach_of(self.session, ids) < SMALL * whole:
            return states_beside(self.session, stretch, ids)
        return states_in(self.session, stretch)

    def _measured(self, states: States, features: Features, areas: Areas) -> None:
        pairs = shared_ground(states.shapes, areas, cores=self.cores)
        ground = on_the_ground(pairs, states.shapes, states.measured, features.shapes, self.place.metric)
        put_facts(
            self.session,
            features.imports[pairs.areas],
            states.ids[pairs.plots],
            features.ids[pairs.areas],
            ground,
        )
        self.pairs += len(pairs)
        self.states += len(states.ids)


def _chosen(features: Features, is_chosen: Mask) -> Features:
    return Features(
        ids=features.ids[is_chosen], imports=features.imports[is_chosen], shapes=features.shapes[is_chosen]
    )


def _number_of_states(session: Session, stretch: Stretch) -> int:
    question = (
        "SELECT count(*) FROM parcel WHERE jurisdiction = :jurisdiction AND id > :after AND id <= :upto"
    )
    return int(session.scalar(text(question), stretch.values()) or 0)


def _newest_state(session: Session, place: Jurisdiction, known: datetime) -> int:
    question = "SELECT max(id) FROM parcel WHERE jurisdiction = :j AND lower(recorded) <= :known"
    return int(session.scalar(text(question), {"j": place.code, "known": known}) or 0)


def _note(session: Session, imports: Sequence[int], upto: int, known: datetime) -> None:
    """Write down how far these imports have been measured."""
    session.execute(
        text(
            "INSERT INTO overlap_measured (import_id, parcels_to, known, ways, features)"
            " SELECT id, :upto, :known, :ways, (SELECT count(*) FROM layer_feature WHERE import_id = import.id)"
            " FROM dataset_import AS import WHERE id = ANY(CAST(:imports AS bigint[]))"
            " ON CONFLICT (import_id) DO UPDATE SET parcels_to = excluded.parcels_to, known = excluded.known"
        ),
        {"upto": upto, "known": known, "ways": WAYS, "imports": as_array(imports)},
    )


def _forget(
    session: Session, place: Jurisdiction, *, standing: Sequence[int] | None = None, all_of_them: bool = False
) -> None:
    """Take facts away: of imports beside those that stand, or of all; without either those measured in another way."""
    gone = (
        "m.import_id <> ALL(CAST(:standing AS bigint[]))"
        if standing is not None
        else ":all OR m.ways <> :ways"
    )
    values = {"j": place.code, "ways": WAYS, "all": all_of_them, "standing": as_array(standing or ())}
    ids = session.scalars(
        text(
            "DELETE FROM overlap_measured AS m USING dataset_import AS i"
            f" WHERE i.id = m.import_id AND i.jurisdiction = :j AND ({gone}) RETURNING m.import_id"
        ),
        values,
    ).all()
    if ids:
        session.execute(
            text("DELETE FROM parcel_overlap WHERE import_id = ANY(CAST(:gone AS bigint[]))"),
            {"gone": as_array(ids)},
        )
