"""A day before anything was known of a place is refused by whatever draws it: empty ground would be a statement about the land."""

from datetime import date, timedelta

import pytest
from fastapi.testclient import TestClient

from tests.tiles.test_unstored import tile_at


@pytest.fixture
def first(client: TestClient) -> date:
    """The first day of which anything is known, as the collections tell it."""
    listed = client.get("/ogc/test-town/collections").json()["collections"]
    intervals = [each["extent"]["temporal"]["interval"][0][0] for each in listed]
    return min(date.fromisoformat(each[:10]) for each in intervals)


@pytest.mark.parametrize(
    "drawn", ["tiles/test-town/{tile}.mvt?layers=parcels", "tiles/test-town/{tile}.mvt?layers=road,flood",
              "tiles/test-town/tilejson.json?layers=parcels", "tiles/test-town/style.json?names=en",
              "test-town/map.pdf?lat={lat}&lon={lon}"],
)  # fmt: skip
def test_ground_before_its_first_day_is_not_drawn_empty(
    client: TestClient, first: date, somewhere: str, drawn: str
) -> None:
    lon, lat = somewhere.split(",")
    at = tile_at(float(lon), float(lat), zoom=16)
    address = "/" + drawn.format(tile=f"{at.z}/{at.x}/{at.y}", lat=lat, lon=lon)
    for _ in range(2):  # the second time the place was looked at just now
        assert client.get(f"{address}&on={first}").status_code == 200
        for day in (first - timedelta(days=1), date(1, 1, 1)):
            refused = client.get(f"{address}&on={day}", headers={"accept": "application/json"})
            assert refused.status_code == 404, day
            assert str(first) in refused.json()["detail"]
