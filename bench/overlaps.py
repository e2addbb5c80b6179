"""What the ground shared by every plot and every area of a town costs: the compiled kernel beside `geopandas.overlay`.

In: a generated town (`bench.ground`).  Out: tables on the terminal: plots a processor second by both, on the same plots and on the whole
town; by how much their areas differ, pair by pair; what the facts cost, the first time and after a change of one layer or one plot.  The
processor time of `refresh` is that of this process and of its PostgreSQL together; what is tried on the facts is rolled back.
`geopandas.overlay` is measured on a stretch of the town.  Run: `python -m bench.overlaps [--parcels 1000000] [--stretch 20000]`.
"""

import argparse
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from time import clock_gettime_ns

import geopandas
import numpy as np
import pandas as pd
import shapely
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from bench.cost import SCHEDULED
from bench.ground import CODE, ground
from gis.asof import AsOf
from gis.db.session import make_engine, transaction
from gis.jurisdictions import jurisdiction
from gis.parcels.changes import NewParcel, correct
from gis.parcels.queries import parcel
from gis.place import Jurisdiction
from gis.recordings import last_recording, record
from layers.overlaps.measure import LEAST, Areas, Pairs, areas_ready, is_compiled, shared_ground
from layers.overlaps.queries import kept
from layers.overlaps.reading import Features, States, Stretch, features_of, states_in
from layers.overlaps.refresh import Refreshed, refresh

BOUND = 10.0
CLOSE = 1e-4
"""Square metres by which a pair may differ from GEOS."""
LAYER = "water_body"
"""The layer of which one feature is moved."""
ON = date(2026, 1, 1)
EVER = 2**60


@dataclass(frozen=True, kw_only=True)
class Town:
    """All of a town in memory."""

    states: list[States]
    features: Features

    @property
    def plots(self) -> int:
        """How many states of parcels there are."""
        return sum(len(each.ids) for each in self.states)


def town_of(engine: Engine) -> Town:
    """The plots and every feature that facts are kept about."""
    with transaction(engine) as session:
        place = jurisdiction(session, CODE)
        imports = kept(session, place, known=last_recording(session, CODE))
        begins = min(each.begins for each in imports)
        parts = list(features_of(session, [each.import_id for each in imports]))
        states = list(states_in(session, Stretch(place=place, after=0, upto=EVER, since=begins)))
    features = Features(
        ids=np.concatenate([each.ids for each in parts]),
        imports=np.concatenate([each.imports for each in parts]),
        shapes=np.concatenate([each.shapes for each in parts]),
    )
    return Town(states=states, features=features)


def spent(does: Callable[[], object]) -> tuple[float, float]:
    """Processor and wall seconds of something."""
    cpu, wall = time.process_time(), time.perf_counter()
    does()
    return time.process_time() - cpu, time.perf_counter() - wall


def by_kernel(town: Town) -> tuple[int, float]:
    """Pairs of the whole town and the processor seconds that they took, the features made ready included."""
    pairs = 0

    def all_of_it() -> None:
        nonlocal pairs
        areas = areas_ready(town.features.shapes)
        for states in town.states:
            pairs += len(shared_ground(states.shapes, areas))

    cpu, wall = spent(all_of_it)
    print(
        f"kernel, {town.plots} plots: {pairs} pairs, processor {cpu:.1f} s, wall {wall:.1f} s:"
        f" {town.plots / cpu:.0f} plots a processor second"
    )
    return pairs, town.plots / cpu


def stretch_of(town: Town, wanted: int) -> States:
    """So many plots from the middle of the register."""
    ids, measured, shapes = (
        np.concatenate([getattr(each, name) for each in town.states])
        for name in ("ids", "measured", "shapes")
    )
    first = max(0, (len(ids) - wanted) // 2)
    some = slice(first, first + wanted)
    return States(ids=ids[some], measured=measured[some], shapes=shapes[some])


def by_overlay(states: States, town: Town) -> tuple[pd.Series, float]:
    """Areas by plot and feature as `geopandas.overlay` finds them, and plots a processor second."""
    plots = geopandas.GeoDataFrame({"plot": np.arange(len(states.ids))}, geometry=states.shapes, crs=None)
    layer = geopandas.GeoDataFrame(
        {"feature": np.arange(len(town.features.ids))}, geometry=town.features.shapes, crs=None
    )
    found: geopandas.GeoDataFrame | None = None

    def overlay() -> None:
        nonlocal found
        found = geopandas.overlay(plots, layer, how="intersection", keep_geom_type=True)

    cpu, wall = spent(overlay)
    assert found is not None
    rate = len(plots) / cpu
    print(
        f"geopandas.overlay, {len(plots)} of these plots: processor {cpu:.1f} s, wall {wall:.1f} s: {rate:.0f}"
    )
    return found.assign(area=found.geometry.area).groupby(["plot", "feature"])["area"].sum(), rate


def differences(pairs: Pairs, others: pd.Series) -> tuple[float, int]:
    """The largest difference of a pair, m², and how many pairs only one of the two has (a touch is none)."""
    ours = pd.Series(pairs.size, index=pd.MultiIndex.from_arrays([pairs.plots, pairs.areas]))
    theirs = others[others > LEAST]
    both = pd.concat([ours, theirs], axis=1, keys=["ours", "theirs"])
    alone = both.isna().any(axis=1)
    near = both[alone].fillna(0.0).max(axis=1) < 2 * LEAST  # on the edge of what counts as a touch
    return float((both["ours"] - both["theirs"]).abs().max()), int(alone.sum() - near.sum())


def compare(town: Town, wanted: int) -> tuple[float, float, int]:
    """How many times faster the kernel is on one stretch; the largest difference; pairs that only one has."""
    states = stretch_of(town, wanted)
    areas: Areas = areas_ready(town.features.shapes)
    found: list[Pairs] = []
    cpu, _ = spent(lambda: found.append(shared_ground(states.shapes, areas)))
    others, rate = by_overlay(states, town)
    print(
        f"kernel, the same plots: processor {cpu:.2f} s: {len(states.ids) / cpu:.0f} plots a processor second"
    )
    return (len(states.ids) / cpu / rate, *differences(found[0], others))


def facts(engine: Engine) -> None:
    """What the facts of the whole town cost, and making them fresh after one change."""
    with transaction(engine) as session:
        _told("facts, everything", session, lambda place: refresh(session, place, anew=True))
    for what, change in (("one feature moved", _move), ("one plot corrected", _correct), ("nothing", None)):
        with Session(engine) as session:
            if change is not None:
                change(session, jurisdiction(session, CODE))
            _told(f"facts, {what}", session, lambda place: refresh(session, place))
            session.rollback()


def _told(what: str, session: Session, does: Callable[[Jurisdiction], Refreshed]) -> None:
    backend = session.scalar(text("SELECT pg_backend_pid()"))
    clock = ~int(backend or 0) << 3 | SCHEDULED
    before = clock_gettime_ns(clock)
    done: list[Refreshed] = []
    place = jurisdiction(session, CODE)
    cpu, wall = spent(lambda: done.append(does(place)))
    theirs = (clock_gettime_ns(clock) - before) / 1e9
    print(
        f"{what}: processor {cpu:.2f} s and PostgreSQL {theirs:.2f} s, wall {wall:.1f} s; {done[0].states} plots read,"
        f" {done[0].measured} pairs measured, {done[0].taken_over} taken over"
    )


def _move(session: Session, place: Jurisdiction) -> None:
    """Bring a layer in anew with one of its features a metre further east."""
    recording = record(session, place.code, what="bench")
    values = {"j": place.code, "layer": LAYER, "at": recording.instant, "recording": recording.id}
    old = session.scalar(
        text(
            "UPDATE dataset_import SET recorded = tstzrange(lower(recorded), :at)"
            " WHERE jurisdiction = :j AND target = :layer AND upper_inf(recorded) RETURNING id"
        ),
        values,
    )
    new = session.scalar(
        text(
            "INSERT INTO dataset_import (jurisdiction, srid, recording_id, target, series, file, sha256, source, source_date,"
            " holds, accuracy, accuracy_basis, report, recorded)"
            " SELECT jurisdiction, srid, :recording, target, series, file, sha256, source, source_date, holds, accuracy,"
            " accuracy_basis, report, tstzrange(:at, NULL) FROM dataset_import WHERE id = :old RETURNING id"
        ),
        values | {"old": old},
    )
    session.execute(
        text(
            "INSERT INTO layer_feature (import_id, srid, position, ref, label, label_ml, width, attributes, shape, valid)"
            " SELECT :new, srid, position, ref, label, label_ml, width, attributes,"
            " CASE position WHEN 1 THEN ST_Translate(shape, 1, 0) ELSE shape END, valid"
            " FROM layer_feature WHERE import_id = :old"
        ),
        {"old": old, "new": new},
    )
    session.execute(
        text(
            "INSERT INTO layer_piece (import_id, feature_id, shape, reach)"
            " SELECT import_id, id, piece, ST_Expand(piece, 30) FROM layer_feature, ST_Subdivide(shape, 64) AS piece"
            " WHERE import_id = :new"
        ),
        {"new": new},
    )


def _correct(session: Session, place: Jurisdiction) -> None:
    """Draw a plot 20 cm smaller on all sides."""
    at = AsOf(on=ON, known=last_recording(session, place.code))
    number = session.scalar(
        text(
            "SELECT number FROM parcel WHERE jurisdiction = :j AND upper_inf(valid) AND upper_inf(recorded)"
            " AND measured_area > 300 ORDER BY id LIMIT 1"
        ),
        {"j": place.code},
    )
    old = parcel(session, place, str(number), at=at)
    smaller = shapely.buffer(old.boundary, -0.2, join_style="mitre")
    new = NewParcel(
        number=replace(old.number),
        boundary=smaller,
        accuracy=old.accuracy,
        recorded_area=old.recorded_area,
        ulpin=old.ulpin,
        address=old.address,
        land_type=old.land_type,
    )
    correct(session, place, old.number.whole, to=new, on=ON, instrument="bench")


def main() -> int:
    """Print the tables; 1 where a bound is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parcels", type=int, default=1_000_000)
    parser.add_argument("--stretch", type=int, default=20_000, help="plots for geopandas.overlay")
    parser.add_argument("--facts", action="store_true", help="the facts alone, and the memory they take")
    asked = parser.parse_args()
    if not is_compiled():
        sys.exit("numba is not installed: there is no kernel to measure.")
    engine = make_engine(ground(asked.parcels).url)
    box = np.array([shapely.box(0, 0, 1, 1)])
    shared_ground(box, areas_ready(box))  # compiled before it is measured
    status = 0 if asked.facts else kernel(engine, asked.stretch)
    facts(engine)
    print(f"memory at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    engine.dispose()
    return status


def kernel(engine: Engine, stretch: int) -> int:
    """The kernel beside overlay; 1 where a bound is missed."""
    town = town_of(engine)
    corners = int(shapely.get_num_coordinates(town.features.shapes).sum())
    print(f"{town.plots} plots, {len(town.features.ids)} features with {corners} corners")
    by_kernel(town)
    ratio, difference, alone = compare(town, stretch)
    print(
        f"ratio {ratio:.1f} (bound {BOUND:g}), largest difference {difference:.1e} m² (bound {CLOSE:g}),"
        f" pairs of one only {alone}"
    )
    return int(ratio < BOUND or difference > CLOSE or alone > 0)


if __name__ == "__main__":
    sys.exit(main())
