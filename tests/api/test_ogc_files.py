"""Whatever the form of a file, it holds the features that the database holds, where they are."""

import io
import json
import warnings
from datetime import date
from pathlib import Path
from typing import Any

import geopandas
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from api.routers.ogc import downloads
from layers.collections import files
from layers.collections.systems import EPSG
from tests.builders import UTM_43N

TOWN = "/ogc/test-town/collections"
METRIC = f"{EPSG}{UTM_43N}"
SUFFIX = {"geojson": "geojson", "geojsonl": "geojsonl", "gpkg": "gpkg", "fgb": "fgb"}
FORMS = ["geojson", "geojsonl", "csv", "gpkg", "fgb", "parquet"]


def taken(client: TestClient, collection: str, form: str, words: str = "") -> bytes:
    answer = client.get(f"{TOWN}/{collection}/download?f={form}{words}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"].endswith(f'.{form}"')
    return answer.content


def opened(content: bytes, form: str, folder: Path) -> geopandas.GeoDataFrame:
    """The file as GDAL or Arrow reads it."""
    path = folder / f"file.{form}"
    path.write_bytes(content)
    if form == "parquet":
        return geopandas.read_parquet(path)
    if form == "csv":
        table = pyogrio.read_dataframe(path, read_geometry=False)
        return geopandas.GeoDataFrame(table, geometry=shapely.from_wkt(table["geometry"]))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pyogrio.read_dataframe(path)


def stored(town: Engine) -> dict[str, Any]:
    """Plots that stand today, by number, in metres."""
    question = (
        "SELECT number, ST_AsBinary(boundary) FROM parcel WHERE upper_inf(valid) AND upper_inf(recorded)"
    )
    with town.connect() as connection:
        return {number: shapely.from_wkb(bytes(wkb)) for number, wkb in connection.execute(text(question))}


@pytest.mark.parametrize("form", FORMS)
def test_a_file_holds_what_the_database_holds(
    client: TestClient, town: Engine, tmp_path: Path, form: str
) -> None:
    found = opened(taken(client, "parcels", form, f"&crs={METRIC}"), form, tmp_path)
    expected = stored(town)
    assert sorted(found["number"]) == sorted(expected)
    for number, shape in zip(found["number"], found.geometry, strict=True):
        assert shape.symmetric_difference(expected[number]).area < 0.1
    area = dict(zip(found["number"], found["measured_area"], strict=True))
    assert float(area["12/104"]) == pytest.approx(600.12, abs=0.01)
    if form in ("gpkg", "fgb", "parquet"):
        assert found.crs.to_epsg() == UTM_43N


@pytest.mark.parametrize("form", FORMS)
def test_a_file_holds_what_was_asked_for(client: TestClient, tmp_path: Path, form: str) -> None:
    words = "&filter=survey = '106'&on=2024-05-01"
    found = opened(taken(client, "parcels", form, words), form, tmp_path)
    assert sorted(found["number"]) == ["12/106-1", "12/106-2"]
    west, south, east, north = found.total_bounds
    assert 76.42 < west < east < 76.43
    assert 10.65 < south < north < 10.66


@pytest.mark.parametrize("collection", ["zoning", "road", "local_body", "flood", "ward"])
@pytest.mark.parametrize("form", ["gpkg", "fgb", "parquet"])
def test_every_layer_can_be_taken_home(
    client: TestClient, tmp_path: Path, collection: str, form: str
) -> None:
    whole = client.get(f"{TOWN}/{collection}/items").json()
    found = opened(taken(client, collection, form), form, tmp_path)
    assert sorted(found["ref"]) == sorted(each["properties"]["ref"] for each in whole["features"])


def test_an_empty_answer_is_a_file_too(client: TestClient, tmp_path: Path) -> None:
    for form in FORMS:
        content = taken(client, "parcels", form, "&filter=FALSE")
        if form not in ("geojsonl", "csv"):
            assert len(opened(content, form, tmp_path)) == 0


def test_days_are_days_and_numbers_numbers(client: TestClient, tmp_path: Path) -> None:
    table = pq.read_table(io.BytesIO(taken(client, "parcels", "parquet")))
    kinds = {field.name: str(field.type) for field in table.schema}
    assert (kinds["valid_from"], kinds["measured_area"], kinds["number"]) == (
        "date32[day]",
        "double",
        "string",
    )
    assert date(1990, 1, 1) in table["valid_from"].to_pylist()
    told = json.loads(table.schema.metadata[b"geo"])
    assert told["columns"]["geometry"]["geometry_types"] == ["MultiPolygon"]
    info = pyogrio.read_info(_kept(tmp_path / "a.gpkg", taken(client, "parcels", "gpkg")))
    assert info["geometry_type"] == "MultiPolygon"


def _kept(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_no_more_files_are_made_than_there_are_desks(client: TestClient) -> None:
    for _ in range(downloads.AT_ONCE):
        downloads._desks.acquire()
    try:
        answer = client.get(f"{TOWN}/parcels/download?f=csv")
        assert answer.status_code == 503
        assert "Try again" in answer.json()["detail"]
    finally:
        for _ in range(downloads.AT_ONCE):
            downloads._desks.release()
    for form in FORMS * 2:
        taken(client, "parcels", form)


def test_a_file_that_would_grow_too_large_is_refused(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "BATCH", 2)
    monkeypatch.setattr(files, "MOST_FEATURES", 2)
    for form in ("gpkg", "fgb", "parquet"):
        answer = client.get(f"{TOWN}/parcels/download?f={form}")
        assert (answer.status_code, answer.json()["code"]) == (413, "too-large"), form


@pytest.mark.parametrize(
    "words",
    ["", "f=docx", "f=csv&limit=5", "f=csv&x=1", "f=gpkg&bbox=1,2,0,3", "f=gpkg&filter=owner IS NULL"],
)
def test_a_file_of_nonsense_is_refused(client: TestClient, words: str) -> None:
    answer = client.get(f"{TOWN}/parcels/download?{words}")
    assert answer.status_code == 400
