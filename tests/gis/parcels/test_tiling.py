"""Whatever is divided, merged, corrected and resurveyed, on whatever dates: the land stays whole and answers stay given.

A field of four by three cells is changed at random.  A change that is refused must change nothing.  After any sequence, at
every point of both times, the parcels alive cover the field once; and what was answered before is answered again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import shapely
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from gis.asof import AsOf
from gis.errors import LandError
from gis.parcels.changes import NewParcel, correct, divide, merge, resurvey
from gis.parcels.model import Parcel
from gis.parcels.queries import beliefs, parcels_touching
from gis.place import Jurisdiction
from gis.recordings import last_recording
from tests.builders import a_box, a_new_parcel, a_place, register

ACROSS, DOWN, SIDE = 4, 3, 10.0
FIELD = a_box(0, 0, ACROSS * SIDE, DOWN * SIDE)
DATES = [date(2000 + year, 1, 1) for year in range(1, 7)]
CELLS = [a_box(SIDE * x, SIDE * y, SIDE, SIDE) for x in range(ACROSS) for y in range(DOWN)]

Answer = frozenset[tuple[str, str | None, bytes]]


@dataclass(frozen=True)
class Step:
    """One attempt: what, on which date, on which of the parcels of the day, cut how."""

    kind: str
    on: date
    which: tuple[int, int, int]
    cut: int


STEPS = st.lists(
    st.builds(
        Step,
        kind=st.sampled_from(["divide", "merge", "correct", "resurvey"]),
        on=st.sampled_from(DATES),
        which=st.tuples(*[st.integers(0, 11)] * 3),
        cut=st.integers(0, 2**12),
    ),
    min_size=1,
    max_size=7,
)


def cells_of(land: Polygon | MultiPolygon) -> list[Polygon]:
    return [cell for cell in CELLS if land.contains(cell.centroid)]


def cut_up(land: Polygon | MultiPolygon, cut: int, number: str) -> list[NewParcel]:
    """Land in two, cell by cell as the bits of `cut` say; in one where they say nothing."""
    piles: tuple[list[Polygon], list[Polygon]] = ([], [])
    for place, cell in enumerate(cells_of(land)):
        piles[cut >> place & 1].append(cell)
    return [
        a_new_parcel(f"{number}.{i}", boundary=shapely.union_all(pile), accuracy=0.01)
        for i, pile in enumerate(piles)
        if pile
    ]


def attempt(session: Session, place: Jurisdiction, step: Step, serial: int) -> None:
    """The step, on parcels believed to stand on its date."""
    at = AsOf(on=step.on, known=last_recording(session, place.code))
    standing = parcels_touching(session, place, FIELD, at=at)
    chosen = list(
        {parcel.state: parcel for parcel in (standing[i % len(standing)] for i in step.which)}.values()
    )
    numbers = [parcel.number.whole for parcel in chosen]
    land = shapely.union_all([parcel.boundary for parcel in chosen])
    how = {"on": step.on, "instrument": f"step {serial}"}
    if step.kind == "divide":
        divide(session, place, numbers[0], into=cut_up(chosen[0].boundary, step.cut, f"D{serial}"), **how)
    elif step.kind == "merge":
        keeps = numbers[0] if step.cut % 2 else f"M{serial}"
        merge(session, place, numbers, into=a_new_parcel(keeps, boundary=land, accuracy=0.01), **how)
    elif step.kind == "resurvey":
        resurvey(session, place, numbers, into=cut_up(land, step.cut, f"R{serial}"), **how)
    else:
        to = a_new_parcel(numbers[0], boundary=chosen[0].boundary, land_type=f"type {serial}", accuracy=0.01)
        correct(session, place, numbers[0], to=to, **how)


def answer(parcels: Sequence[Parcel]) -> Answer:
    return frozenset((p.number.whole, p.land_type, p.boundary.normalize().wkb) for p in parcels)


def check_whole(parcels: Sequence[Parcel]) -> None:
    """The parcels cover the field, each cell once."""
    claimed = [cell for parcel in parcels for cell in cells_of(parcel.boundary)]
    assert len(claimed) == len(CELLS) == len(set(claimed))
    assert shapely.union_all([parcel.boundary for parcel in parcels]).equals(FIELD)
    assert abs(sum(parcel.boundary.area for parcel in parcels) - FIELD.area) < 1e-6


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=STEPS)
def test_the_field_stays_whole_at_every_point_of_both_times(engine: Engine, steps: list[Step]) -> None:
    with engine.connect() as connection, connection.begin() as outer:
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            try_all(session, steps)
        outer.rollback()


def try_all(session: Session, steps: list[Step]) -> None:
    place = a_place(session, "field")
    halves = cut_up(FIELD, 0b000000111111, "F")
    register(session, place, halves, on=date(2000, 1, 1))
    given_before: dict[AsOf, Answer] = {}
    instants: list[datetime] = [last_recording(session, "field")]
    for serial, step in enumerate(steps):
        before = last_recording(session, "field")
        try:
            attempt(session, place, step, serial)
        except LandError:
            assert last_recording(session, "field") == before, "a refused change must leave nothing behind"
        else:
            event(f"{step.kind} was done")
            instants.append(last_recording(session, "field"))
        for known in instants:
            for on in [date(2000, 1, 1), date(2000, 12, 31), *DATES]:
                at = AsOf(on=on, known=known)
                parcels = parcels_touching(session, place, FIELD, at=at)
                check_whole(parcels)
                assert given_before.setdefault(at, answer(parcels)) == answer(parcels), "an answer changed"
    check_no_number_forgotten(session, place, given_before)


def check_no_number_forgotten(session: Session, place: Jurisdiction, given: dict[AsOf, Answer]) -> None:
    """Every number that was ever an answer is still among the beliefs."""
    for number in {name for answers in given.values() for name, _, _ in answers}:
        assert beliefs(session, place, number)
