"""A reform that is thought of lies on any map: the plots of a study are tiles for who has its address."""

from mapbox_vector_tile import decode
from shapely.geometry import shape

from tests.civic.hall import Hall
from tests.civic.reforms.test_studies import app, asked, hall, reckon
from tests.tiles.test_unstored import tile_at

__all__ = ["app", "hall"]


def test_the_plots_of_a_study_are_tiles(hall: Hall) -> None:
    address = asked(hall, hall.client(hall.person("approver")))
    stranger = hall.client()
    assert stranger.get(f"{address}/plots/18/0/0.mvt").status_code == 404, "nothing is found yet"
    reckon(hall)
    features = stranger.get(f"{address}/plots.geojson").json()["features"]
    at = tile_at(*shape(features[0]["geometry"]).centroid.coords[0])
    tile = stranger.get(f"{address}/plots/{at.z}/{at.x}/{at.y}.mvt")
    found = {each["id"]: each["properties"] for each in decode(tile.content)["reform"]["features"]}
    assert found[1] == {name: told for name, told in features[0]["properties"].items() if told is not None}
    assert stranger.get(f"{address}/plots/40/0/0.mvt").status_code == 422
