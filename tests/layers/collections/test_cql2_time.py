"""Times lie to each other as the standard's words say: told apart by the moments that they hold, not by the ends that SQL compares."""

from collections.abc import Callable
from datetime import date
from itertools import product

import pytest
from sqlalchemy import ColumnElement, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from gis.errors import Invalid
from layers.collections.cql2 import AT_ANY_TIME, BETWEEN_INTERVALS, TEMPORAL
from layers.collections.cql2_sql import condition
from layers.collections.cql2_text import read_text
from layers.collections.model import Collection, collections_of
from layers.collections.stored import stored_layers
from layers.collections.systems import systems
from tests.builders import a_box, a_place, now
from tests.layers.ground import bring_in

Moments = frozenset[int]
"""Half days of a time, both ends among them."""
DAYS = range(1, 6)


def moments(first: int, last: int) -> Moments:
    return frozenset(range(2 * first, 2 * last + 1))


def inside(time: Moments) -> Moments:
    return time - {min(time), max(time)}


MEANT: dict[str, Callable[[Moments, Moments], bool]] = {
    "t_after": lambda a, b: all(one > other for one, other in product(a, b)),
    "t_before": lambda a, b: all(one < other for one, other in product(a, b)),
    "t_disjoint": lambda a, b: not a & b,
    "t_equals": lambda a, b: a == b,
    "t_intersects": lambda a, b: bool(a & b),
    "t_contains": lambda a, b: b <= inside(a),
    "t_during": lambda a, b: a <= inside(b),
    "t_finishedby": lambda a, b: b < a and max(a) == max(b),
    "t_finishes": lambda a, b: a < b and max(a) == max(b),
    "t_meets": lambda a, b: a & b == {max(a)} == {min(b)},
    "t_metby": lambda a, b: a & b == {min(a)} == {max(b)},
    "t_overlappedby": lambda a, b: min(a) in inside(b) and max(b) in inside(a),
    "t_overlaps": lambda a, b: min(b) in inside(a) and max(a) in inside(b),
    "t_startedby": lambda a, b: b < a and min(a) == min(b),
    "t_starts": lambda a, b: a < b and min(a) == min(b),
}


@pytest.fixture
def roads(session: Session) -> Collection:
    """Three streets: of the year 2020, from 2020 on, and from ever until 2019."""
    place = a_place(session, "times")
    whole = [(date(2020, 1, 1), date(2020, 12, 31)), (date(2020, 1, 1), None), (None, date(2019, 12, 31))]
    for number, (first, last) in enumerate(whole):
        valid = Range(first, last, bounds="[)")
        bring_in(session, place, "road", [a_box()], labels=[str(number)], valid=valid, series=str(number))
    (found,) = collections_of(session, place, (stored_layers,), known=now(session, place).known)
    return found


def meant(text: str, roads: Collection) -> ColumnElement[bool]:
    return condition(read_text(text), roads, systems(roads.place.metric)[0])


def held(session: Session, roads: Collection, text: str) -> set[str]:
    """The streets that a filter lets through."""
    rows = session.scalars(select(roads.table.c.label).where(*roads.rows, meant(text, roads)))
    return set(rows)


def written(ends: tuple[int, int], *, as_instants: bool) -> str:
    hours = "T00:00:00Z" if as_instants else ""
    return "INTERVAL({}, {})".format(*(f"'2020-01-0{day}{hours}'" for day in ends))


@pytest.mark.parametrize("as_instants", [False, True])
@pytest.mark.parametrize("op", TEMPORAL)
def test_intervals_lie_to_each_other_as_their_moments_do(
    session: Session, roads: Collection, op: str, as_instants: bool
) -> None:
    spans = [(first, last) for first, last in product(DAYS, DAYS) if first < last]
    pairs = list(product(spans, spans))
    texts = [f"{op}({', '.join(written(each, as_instants=as_instants) for each in pair)})" for pair in pairs]
    found = session.execute(select(*(meant(text, roads) for text in texts))).one()
    expected = [MEANT[op](moments(*one), moments(*other)) for one, other in pairs]
    assert list(found) == expected
    assert {True, False} == set(expected)


@pytest.mark.parametrize("op", AT_ANY_TIME)
def test_an_instant_is_an_interval_of_one_moment(session: Session, roads: Collection, op: str) -> None:
    spans = [(first, last) for first, last in product(DAYS, DAYS) if first < last]
    pairs = list(product(DAYS, spans))
    texts = [f"{op}(DATE('2020-01-0{day}'), {written(span, as_instants=False)})" for day, span in pairs]
    found = session.execute(select(*(meant(text, roads) for text in texts))).one()
    assert list(found) == [MEANT[op](moments(day, day), moments(*span)) for day, span in pairs]


@pytest.mark.parametrize("op", BETWEEN_INTERVALS)
def test_what_needs_two_intervals_refuses_an_instant(roads: Collection, op: str) -> None:
    for operands in (
        "DATE('2020-01-01'), INTERVAL('2019-01-01', '..')",
        "INTERVAL('2019-01-01', '..'), valid_from",
    ):
        with pytest.raises(Invalid, match="takes two intervals"):
            meant(f"{op}({operands})", roads)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("T_INTERSECTS(INTERVAL(valid_from, valid_to), INTERVAL('2020-06-01', '2020-06-30'))", {"0", "1"}),
        ("T_INTERSECTS(INTERVAL(valid_from, valid_to), INTERVAL('2021-06-01', '..'))", {"1"}),
        ("T_INTERSECTS(INTERVAL(valid_from, valid_to), INTERVAL('..', '1900-01-01'))", {"2"}),
        ("T_BEFORE(INTERVAL(valid_from, valid_to), DATE('2020-01-01'))", {"2"}),
        ("T_AFTER(INTERVAL(valid_from, valid_to), DATE('2019-12-31'))", {"0", "1"}),
        ("T_DURING(INTERVAL(valid_from, valid_to), INTERVAL('2019-12-31', '2021-01-01'))", {"0"}),
        ("T_EQUALS(INTERVAL(valid_from, valid_to), INTERVAL('2020-01-01', '..'))", {"1"}),
        ("T_STARTEDBY(INTERVAL(valid_from, valid_to), INTERVAL('2020-01-01', '2020-12-31'))", {"1"}),
        ("T_AFTER(valid_to, DATE('2020-12-30'))", {"0"}),
        ("T_AFTER(valid_to, DATE('2020-12-31'))", set()),
        ("T_EQUALS(valid_from, TIMESTAMP('2020-01-01T00:00:00Z'))", {"0", "1"}),
        ("NOT T_DISJOINT(INTERVAL(valid_from, valid_to), INTERVAL('2019-12-31', '2019-12-31'))", {"2"}),
    ],
)  # fmt: skip
def test_what_has_no_last_day_holds_on_and_a_day_that_is_missing_is_no_time(
    session: Session, roads: Collection, text: str, expected: set[str]
) -> None:
    assert held(session, roads, text) == expected


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("T_AFTER(label, DATE('2020-01-01'))", "“label” is a text, where a time was expected"),
        ("T_AFTER(valid_from, '2020-01-01')", "write DATE"),
        ("T_AFTER(valid_from, 5)", "where a time was expected"),
        ("T_AFTER(valid_from, INTERVAL(width, '..'))", "“width” is a number"),
        ("T_AFTER(valid_from, INTERVAL(owner, '..'))", "no property “owner”"),
        ("T_AFTER(geometry, DATE('2020-01-01'))", "no property “geometry”"),
        ("T_AFTER(valid_from, INTERVAL(valid_from, '2020-01-01T00:00:00Z'))", "two days or between two instants"),
    ],
)  # fmt: skip
def test_what_is_no_time_is_told_so(roads: Collection, text: str, told: str) -> None:
    with pytest.raises(Invalid) as refused:
        meant(text, roads)
    assert told in refused.value.message


def test_every_value_of_a_time_is_bound(roads: Collection) -> None:
    made = meant(
        "T_DURING(INTERVAL(valid_from, '2020-12-31'), INTERVAL('..', '2021-01-01'))", roads
    ).compile()
    assert "2020-12-31" not in str(made)
    assert "infinity" not in str(made)
    assert date(2020, 12, 31) in made.params.values()
