"""Parcels and features read for measuring, so many at a time that memory does not grow with the place.

In: a session, a place, numbers of states and imports.  Out: `States` and `Features`, their shapes in metres.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import inf

import numpy as np
import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from gis.asof import AsOf
from gis.db.quick import as_array, connection_of, rows
from gis.parcels.ids import normal_number
from gis.place import Jurisdiction
from layers.overlaps.rings import Numbers, Places, Shapes

STATES = 20_000
"""States of parcels in memory at a time."""
CORNERS = 8_000_000
"""Corners of features in memory at a time, about; all of a town's have fewer."""
FEATURES = 2_000
FEW = 5_000
"""States up to which the features beside them are looked up; more are measured against all."""
_FEATURES = (
    b"SELECT id, import_id, ST_AsBinary(shape) FROM layer_feature"
    b" WHERE import_id = ANY(CAST(%(imports)s AS bigint[])) AND id > %(after)s ORDER BY id LIMIT %(most)s"
)
_CHOSEN = (
    b"SELECT id, import_id, ST_AsBinary(shape) FROM layer_feature"
    b" WHERE id = ANY(CAST(%(chosen)s AS bigint[])) ORDER BY id"
)
_NAMED = b"SELECT id, measured_area, ST_AsBinary(boundary) FROM parcel WHERE id = ANY(CAST(%s AS bigint[])) ORDER BY id"


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """States of a place's parcels: numbers above `after`, up to `upto`, believed at some instant after `since`."""

    place: Jurisdiction
    after: int
    upto: int
    since: datetime

    def values(self) -> dict[str, object]:
        """For statements."""
        return {
            "jurisdiction": self.place.code,
            "after": self.after,
            "upto": self.upto,
            "since": self.since,
        }


@dataclass(frozen=True, kw_only=True, eq=False)
class States:
    """Some states of parcels."""

    ids: Places
    measured: Numbers
    """Ground m²."""
    shapes: Shapes


@dataclass(frozen=True, kw_only=True, eq=False)
class Standing:
    """States of parcels that hold on a day, with their numbers."""

    states: States
    numbers: list[str]


@dataclass(frozen=True, kw_only=True, eq=False)
class Features:
    """Some features of layers."""

    ids: Places
    imports: Places
    shapes: Shapes


def states_in(session: Session, stretch: Stretch) -> Iterator[States]:
    """All states of a stretch."""
    values = stretch.values() | {"most": STATES}
    while found := rows(session, __package__, "states", values):
        yield _states(found)
        values["after"] = found[-1][0]


def states_beside(session: Session, stretch: Stretch, features: Sequence[int]) -> Iterator[States]:
    """Those states of a stretch alone that the boxes of some features meet."""
    values = stretch.values() | {"features": as_array(features)}
    found = [row[0] for row in rows(session, __package__, "states_beside", values)]
    for first in range(0, len(found), STATES):
        with connection_of(session).cursor(binary=True) as cursor:
            cursor.execute(_NAMED, (as_array(found[first : first + STATES]),))
            yield _states(cursor.fetchall())


def standing_states(session: Session, place: Jurisdiction, numbers: Sequence[str], *, at: AsOf) -> Standing:
    """The states of some numbers at a point in both times, by state; numbers that have none are left out."""
    values = {
        "jurisdiction": place.code,
        "numbers": [normal_number(each) for each in numbers],
        "on": at.on,
        "known": at.known,
    }
    found = rows(session, __package__, "states_standing", values)
    return Standing(states=_states([row[:3] for row in found]), numbers=[row[3] for row in found])


def features_beside(session: Session, parcels: Places, imports: Sequence[int]) -> list[int]:
    """Features of some imports that may meet a few states of parcels."""
    values = {"parcels": as_array(parcels.tolist()), "imports": as_array(imports)}
    return [row[0] for row in rows(session, __package__, "features_beside", values)]


def features_of(session: Session, imports: Sequence[int]) -> Iterator[Features]:
    """All features of some imports, `CORNERS` at a time."""
    after, gathered, corners = 0, list[Features](), 0
    while some := _some_features(session, imports, after):
        gathered.append(some)
        after = int(some.ids[-1])
        corners += int(shapely.get_num_coordinates(some.shapes).sum())
        if corners >= CORNERS:
            yield _together(gathered)
            gathered, corners = [], 0
    if gathered:
        yield _together(gathered)


def features_named(session: Session, chosen: Sequence[int]) -> Iterator[Features]:
    """Features by their numbers, some thousand at a time."""
    for first in range(0, len(chosen), FEATURES):
        with connection_of(session).cursor(binary=True) as cursor:
            cursor.execute(_CHOSEN, {"chosen": as_array(chosen[first : first + FEATURES])})
            yield _features(cursor.fetchall())


def reach_of(session: Session, features: Sequence[int]) -> float:
    """Square metres of the boxes of the pieces of some features; infinite where one was never cut into pieces."""
    found = session.execute(
        text(
            "SELECT sum((ST_XMax(shape) - ST_XMin(shape)) * (ST_YMax(shape) - ST_YMin(shape))) AS size,"
            " count(DISTINCT feature_id) AS cut FROM layer_piece WHERE feature_id = ANY(CAST(:features AS bigint[]))"
        ),
        {"features": as_array(features)},
    ).one()
    return float(found.size) if found.cut == len(features) and features else inf


def extent_of(session: Session, place: Jurisdiction) -> float | None:
    """Square metres of the box around a place's parcels, as their imports told; None where none did."""
    found = session.execute(
        text(
            "SELECT max((e ->> 2)::float8) - min((e ->> 0)::float8), max((e ->> 3)::float8) - min((e ->> 1)::float8)"
            " FROM dataset_import, LATERAL (SELECT report -> 'extent' AS e) AS box"
            " WHERE jurisdiction = :j AND target = 'parcels' AND upper_inf(recorded) AND jsonb_typeof(e) = 'array'"
        ),
        {"j": place.code},
    ).one()
    return None if found[0] is None else float(found[0] * found[1])


def _some_features(session: Session, imports: Sequence[int], after: int) -> Features | None:
    with connection_of(session).cursor(binary=True) as cursor:
        values = {"imports": as_array(imports), "after": after, "most": FEATURES}
        cursor.execute(_FEATURES, values)
        found = cursor.fetchall()
    return _features(found) if found else None


def _features(found: Sequence[tuple[int, int, bytes]]) -> Features:
    ids, imports, shapes = zip(*found, strict=True)
    return Features(ids=np.array(ids, np.int64), imports=np.array(imports, np.int64), shapes=_shapes(shapes))


def _together(parts: Sequence[Features]) -> Features:
    return Features(
        ids=np.concatenate([each.ids for each in parts]),
        imports=np.concatenate([each.imports for each in parts]),
        shapes=np.concatenate([each.shapes for each in parts]),
    )


def _states(found: Sequence[tuple[int, float, bytes]]) -> States:
    ids, measured, shapes = zip(*found, strict=True) if found else ((), (), ())
    return States(
        ids=np.array(ids, np.int64), measured=np.array(measured, np.float64), shapes=_shapes(shapes)
    )


def _shapes(content: Sequence[bytes]) -> Shapes:
    return np.asarray(shapely.from_wkb(list(content)), dtype=object)
