"""What a person writes into an address is understood, or refused with the remedy."""

from datetime import UTC, date, datetime

import pytest

from gis.errors import Invalid, TooLarge
from web import asking


def test_a_position_is_longitude_then_latitude() -> None:
    assert asking.position("76.30,9.98") == (76.30, 9.98)


@pytest.mark.parametrize("text", ["180,90", "-180,-90"])
def test_the_edge_of_the_earth_is_on_it(text: str) -> None:
    asking.position(text)


@pytest.mark.parametrize(
    "text", ["180.001,9", "76,90.001", "nan,9", "inf,0", "76", "76,9,1", "east,north", ""]
)
def test_a_position_off_the_earth_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        asking.position(text)


def test_a_ring_needs_three_different_corners() -> None:
    assert asking.ring("76,9~76.1,9~76.1,9.1~76,9") == ((76, 9), (76.1, 9), (76.1, 9.1))
    with pytest.raises(Invalid, match="three"):
        asking.ring("76,9~76.1,9~76,9")
    with pytest.raises(Invalid, match="three"):
        asking.ring("")


def test_a_ring_too_long_for_an_address_is_refused() -> None:
    corners = [f"76.{i:04d},9.{i * i % 997:04d}" for i in range(asking.CORNERS)]
    assert len(asking.ring("~".join(corners))) == asking.CORNERS
    with pytest.raises(TooLarge, match="GeoJSON"):
        asking.ring("~".join([*corners, "77,9"]))


def test_an_empty_date_is_no_date() -> None:
    assert not asking.moment("", " ").is_chosen
    assert asking.moment("2026-05-03", None).on == date(2026, 5, 3)


@pytest.mark.parametrize("text", ["2026-02-30", "3 May 2026", "yesterday"])
def test_a_day_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="2026-05-03"):
        asking.day(text)


def test_an_instant_keeps_its_microseconds_through_an_address() -> None:
    known = datetime(2026, 5, 3, 10, 15, 0, 123456, tzinfo=UTC)
    assert asking.instant(asking.instant_text(known)) == known
    assert asking.instant("2026-05-03") == datetime(2026, 5, 3, tzinfo=UTC)
    with pytest.raises(Invalid, match="instant"):
        asking.instant("noon")
