"""A recording touches a plot only where it changes what the plot is judged by; where it is said not to, the plot's site is the same."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from shapely import box
from sqlalchemy.orm import Session

from gis.asof import AsOf
from gis.parcels.changes import correct, divide
from gis.place import Jurisdiction
from gis.site import Site
from layers.recorded_since import touched_since
from layers.site import site_of_number
from tests.builders import KERALA, a_box, a_new_parcel, a_parcel, a_place, a_recording, halves, now
from tests.layers.ground import bring_in

PLOT, BESIDE, FAR = "12/104", "12/105", "12/900"
DAY, THEN = date(2026, 1, 1), date(2026, 1, 2)
LONG_KNOWN = datetime(2000, 1, 1, tzinfo=UTC)
TOWN = box(KERALA[0] - 5_000, KERALA[1] - 5_000, KERALA[0] + 5_000, KERALA[1] + 5_000)
AWAY = box(KERALA[0] + 3_000, KERALA[1], KERALA[0] + 4_000, KERALA[1] + 1_000)
HERE = box(KERALA[0] - 5, KERALA[1] - 5, KERALA[0] + 5, KERALA[1] + 5)


@pytest.fixture
def place(session: Session) -> Jurisdiction:
    made = a_place(session, rule_book="kmbr")
    a_parcel(session, made, PLOT)
    a_parcel(session, made, BESIDE, x=20)
    a_parcel(session, made, FAR, x=900)
    bring_in(session, made, "heritage", [AWAY], coverage=TOWN)
    return made


def site(session: Session, place: Jurisdiction, on: date) -> Site:
    """The plot as it is judged, whenever that was asked."""
    at = now(session, place, on)
    found = site_of_number(session, place, PLOT, at=at, rasters=Path("nowhere"))
    return replace(
        found,
        on=DAY,
        known=LONG_KNOWN,
        origins=(),
    )


def is_touched(session: Session, place: Jurisdiction, before: AsOf, on: date = DAY) -> bool:
    return touched_since(session, place, PLOT, judged=before, on=on)


def halved(session: Session, place: Jurisdiction, number: str, x: float, on: date = DAY) -> None:
    parts = halves(a_box(x), (f"{number}-1", f"{number}-2"))
    divide(session, place, number, into=parts, on=on, instrument="test")


Change = Callable[[Session, Jurisdiction], object]
ELSEWHERE: dict[str, Change] = {
    "a right, a building or a name": a_recording,
    "a far plot divided": lambda s, p: halved(s, p, FAR, 900),
    "a far plot new in the register": lambda s, p: a_parcel(s, p, "12/950", x=1_000),
}
HERE_TOO: dict[str, Change] = {
    "the plot beside divided": lambda s, p: halved(s, p, BESIDE, 20),
    "a plot beside that is new": lambda s, p: a_parcel(s, p, "12/106", x=-20),
    "the plot itself corrected": lambda s, p: correct(
        s, p, PLOT, to=a_new_parcel(PLOT, width=19.9), on=DAY, instrument="test"
    ),
    "a layer anew, with something on the plot": lambda s, p: bring_in(
        s, p, "heritage", [HERE], coverage=TOWN
    ),
    "another part of a layer, complete elsewhere only": lambda s, p: bring_in(
        s, p, "heritage", [], coverage=AWAY, series="other"
    ),
    "a layer of which there was nothing": lambda s, p: bring_in(s, p, "railway", [], coverage=TOWN),
}


@pytest.mark.parametrize("change", ELSEWHERE.values(), ids=ELSEWHERE)
def test_what_is_recorded_elsewhere_does_not_touch_the_plot(
    session: Session, place: Jurisdiction, change: Change
) -> None:
    before, was = now(session, place, DAY), site(session, place, DAY)
    change(session, place)
    assert now(session, place, DAY).known > before.known
    assert not is_touched(session, place, before)
    assert site(session, place, DAY) == was


@pytest.mark.parametrize("change", HERE_TOO.values(), ids=HERE_TOO)
def test_what_changes_the_site_touches_the_plot(
    session: Session, place: Jurisdiction, change: Change
) -> None:
    before, was = now(session, place, DAY), site(session, place, DAY)
    change(session, place)
    assert is_touched(session, place, before)
    assert site(session, place, DAY) != was


def test_a_change_recorded_before_touches_the_plot_from_its_day_on(
    session: Session, place: Jurisdiction
) -> None:
    halved(session, place, BESIDE, 20, on=THEN)
    before = now(session, place, DAY)
    assert not is_touched(session, place, before)
    assert is_touched(session, place, before, on=THEN)


def test_a_plot_that_is_gone_or_was_never_there_is_touched(session: Session, place: Jurisdiction) -> None:
    before = now(session, place, DAY)
    assert touched_since(session, place, "99/1", judged=before, on=DAY)
    halved(session, place, PLOT, 0)
    assert is_touched(session, place, before)
