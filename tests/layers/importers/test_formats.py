"""The same plots in every format are the same plots."""

import gzip
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyproj
import pytest
import shapely

from gis.errors import Invalid, TooLarge
from layers.importers.archives import Limits
from layers.importers.batches import Batch, batch_size
from layers.importers.columns import texts
from layers.importers.files import Hints, open_table
from tests.builders import a_box
from tests.layers.importers.writing import in_degrees, write

PLOTS = [a_box(), a_box(x=20), a_box(x=40, width=15)]
NUMBERS = ["12/1", "12/2", "12/3"]


def read(folder: Path, file: str, columns: list[str], hints: Hints | None = None) -> tuple[Batch, object]:
    """The only batch of a small file, and its system."""
    with open_table(folder, file, None, hints or Hints()) as table:
        (batch,) = table.batches(columns)
        return batch, table.crs


@pytest.mark.parametrize("ending", [".shp", ".gpkg", ".geojson", ".fgb", ".parquet", ".kml"])
def test_every_format_gives_the_same_plots(tmp_path: Path, ending: str) -> None:
    shapes = [in_degrees(plot) for plot in PLOTS]
    file = write(tmp_path / f"plots{ending}", shapes, number=NUMBERS).name
    batch, crs = read(tmp_path, file, ["number"])
    assert crs.equals(pyproj.CRS.from_epsg(4326), ignore_axis_order=True)
    found = dict(zip(texts(batch.columns["number"]).to_pylist(), batch.shapes, strict=True))
    assert sorted(found) == NUMBERS
    for number, shape in zip(NUMBERS, shapes, strict=True):
        assert shapely.force_2d(found[number]).normalize().equals_exact(shape.normalize(), 1e-6)
    assert batch.positions().tolist() == [1, 2, 3]


@pytest.mark.parametrize("ending", [".shp", ".gpkg", ".geojson", ".fgb", ".parquet"])
def test_features_without_a_shape_do_not_spoil_the_others(tmp_path: Path, ending: str) -> None:
    shapes = [in_degrees(PLOTS[0]), None, in_degrees(PLOTS[1]), None, None, in_degrees(PLOTS[2])]
    file = write(tmp_path / f"plots{ending}", shapes, number=list("123456")).name
    batch, _ = read(tmp_path, file, ["number"])
    assert batch.columns["number"].to_pylist() == list("123456")
    assert [shape is None for shape in batch.shapes] == [shape is None for shape in shapes]
    assert not batch.unreadable.any()


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("column", ["wkt", "geometry", "WKT"])
def test_csv_gives_shapes_as_text(tmp_path: Path, column: str, packed: bool) -> None:
    rows = [f'{number},"{plot.wkt}"' for number, plot in zip(NUMBERS, PLOTS, strict=True)]
    content = "\n".join([f"number,{column}", *rows]).encode()
    file = "plots.csv.gz" if packed else "plots.csv"
    (tmp_path / file).write_bytes(gzip.compress(content) if packed else content)
    batch, crs = read(tmp_path, file, ["number"])
    assert crs is None
    assert [
        shape.normalize().equals(plot.normalize()) for shape, plot in zip(batch.shapes, PLOTS, strict=True)
    ] == [True] * 3


@pytest.mark.parametrize(("x", "y"), [("lon", "lat"), ("Longitude", "Latitude")])
def test_csv_gives_points_as_two_columns_of_degrees(tmp_path: Path, x: str, y: str) -> None:
    (tmp_path / "places.csv").write_text(f"name,{x},{y}\nA,76.5,10.5\nB,,\nC,76.6,ten\n", encoding="utf-8")
    batch, crs = read(tmp_path, "places.csv", ["name"])
    assert crs.to_epsg() == 4326
    assert batch.shapes[0].equals(shapely.Point(76.5, 10.5))
    assert batch.shapes[1] is None
    assert batch.unreadable.tolist() == [False, False, True]


def test_the_mapping_names_the_columns_of_a_csv(tmp_path: Path) -> None:
    (tmp_path / "places.csv").write_text("name,east,north,wkt\nA,76.5,10.5,POINT (1 2)\n", encoding="utf-8")
    batch, _ = read(tmp_path, "places.csv", [], Hints(longitude="east", latitude="north"))
    assert batch.shapes[0].equals(shapely.Point(76.5, 10.5))
    batch, _ = read(tmp_path, "places.csv", [], Hints(geometry="wkt"))
    assert batch.shapes[0].equals(shapely.Point(1, 2))
    with pytest.raises(Invalid, match=r"no column “outline”. It has: name, east, north, wkt"):
        read(tmp_path, "places.csv", [], Hints(geometry="outline"))


def test_rows_that_do_not_fall_into_the_columns_are_kept_apart(tmp_path: Path) -> None:
    (tmp_path / "places.csv").write_text(
        "name,lon,lat\nA,76,10\nB,76\nC,76,11,x\nD,76,12\n", encoding="utf-8"
    )
    with open_table(tmp_path, "places.csv", None, Hints()) as table:
        (batch,) = table.batches(["name"])
        assert batch.columns["name"].to_pylist() == ["A", "D"]
        assert table.bad_rows == [(3, "2 values instead of 3"), (4, "4 values instead of 3")]


def test_a_csv_in_other_letters_needs_its_encoding(tmp_path: Path) -> None:
    (tmp_path / "places.csv").write_bytes("name,lon,lat\nCafé,76,10\n".encode("cp1252"))
    with pytest.raises(Invalid, match=r"places\.csv cannot be read.*UTF-8.*encoding"):
        read(tmp_path, "places.csv", ["name"])
    batch, _ = read(tmp_path, "places.csv", ["name"], Hints(encoding="cp1252"))
    assert batch.columns["name"].to_pylist() == ["Café"]


@pytest.mark.parametrize("encoding", ["rot13", "zlib", "klingon"])
def test_an_encoding_that_makes_no_letters_is_refused(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "places.csv").write_bytes(b"name,lon,lat\nA,76,10\n")
    with pytest.raises(Invalid, match=r"places\.csv cannot be read"):
        read(tmp_path, "places.csv", ["name"], Hints(encoding=encoding))


@pytest.mark.parametrize("hint", [None, "utf-16"])
def test_a_csv_in_utf_16_is_known_by_its_first_bytes(tmp_path: Path, hint: str | None) -> None:
    (tmp_path / "places.csv").write_bytes("name,lon,lat\nപുഴ,76,10\n".encode("utf-16"))
    batch, _ = read(tmp_path, "places.csv", ["name"], Hints(encoding=hint))
    assert batch.columns["name"].to_pylist() == ["പുഴ"]


@pytest.mark.parametrize(("sign", "word"), [(";", "semicolons"), ("\t", "tabs"), ("|", "bars")])
def test_a_csv_without_commas_is_told_what_it_has(tmp_path: Path, sign: str, word: str) -> None:
    (tmp_path / "places.csv").write_text(f"name{sign}lon{sign}lat\nA{sign}76{sign}10\n", encoding="utf-8")
    with pytest.raises(Invalid, match=f"stand apart by {word}"):
        read(tmp_path, "places.csv", ["name"])


@pytest.mark.parametrize(
    ("head", "rows", "swallowed"),
    [
        ("lon,lat,name", ['76,10,"Old', "76,11,B", "76,12,C"], 2),
        ("lon,lat,name", ['76,10,"Old mill,\nby the river, 12"', "76,11,B"], 0),
        ("lon,lat,name", ['76,10,"Old\n76,mill,by the river"', "76,11,B"], 0),
        ("wkt,name", ['POINT (1 2),"Old', "POINT (1 3),B"], 1),
        ("wkt,name", ['"POLYGON ((76 10,\n77 10,\n77 11, 76 10))",A', "POINT (1 3),B"], 0),
        ("key,address", ['1,"Old', "2,B", "3,C", "4,D"], 3),
        ("key,address", ['1,"Old mill\nRiver Road, Nallur\nBlock, 5"', "2,B"], 0),
    ],
)
def test_an_open_quote_swallows_no_rows_in_silence(
    tmp_path: Path, head: str, rows: list[str], swallowed: int
) -> None:
    (tmp_path / "places.csv").write_text("\n".join([head, *rows, ""]), encoding="utf-8")
    if swallowed:
        with pytest.raises(
            Invalid, match=rf"feature 1: its “(name|address)” goes on through {swallowed} further rows"
        ):
            read(tmp_path, "places.csv", [])
    else:
        assert len(read(tmp_path, "places.csv", [])[0]) == len(rows)


def test_a_gzip_bomb_and_a_cut_off_gzip_are_refused(tmp_path: Path) -> None:
    rows = b"name,lon,lat\n" + b"A,76,10\n" * 50_000
    (tmp_path / "places.csv.gz").write_bytes(gzip.compress(rows))
    tight = Limits(harmless=1_000, ratio=10)
    with (
        pytest.raises(TooLarge, match=r"places\.csv\.gz looks like a zip bomb"),
        open_table(tmp_path, "places.csv.gz", None, Hints(), tight) as table,
    ):
        list(table.batches(["name"]))
    (tmp_path / "places.csv.gz").write_bytes(gzip.compress(rows)[:-20])
    with pytest.raises(Invalid, match=r"places\.csv\.gz"):
        read(tmp_path, "places.csv.gz", ["name"])


def test_parquet_without_shapes_or_with_other_encodings_says_so(tmp_path: Path) -> None:
    pq.write_table(pa.table({"number": NUMBERS}), tmp_path / "plain.parquet")
    with open_table(tmp_path, "plain.parquet", None, Hints()) as table:
        assert not table.has_shapes
    geo = {"primary_column": "geometry", "columns": {"geometry": {"encoding": "polygon"}}}
    table = pa.table({"geometry": [b"x"]}).replace_schema_metadata({"geo": json.dumps(geo)})
    pq.write_table(table, tmp_path / "native.parquet")
    with pytest.raises(Invalid, match=r"encoded as polygon. Export GeoParquet with encoding WKB"):
        read(tmp_path, "native.parquet", [])


@pytest.mark.parametrize(
    "geo",
    [
        "{",
        "[]",
        "{}",
        '{"primary_column": "gone", "columns": {"gone": {}}}',
        '{"primary_column": "number", "columns": []}',
    ],
)
def test_parquet_with_a_false_description_of_its_shapes_is_named(tmp_path: Path, geo: str) -> None:
    table = pa.table({"number": NUMBERS})
    pq.write_table(table.replace_schema_metadata({"geo": geo}), tmp_path / "odd.parquet")
    with pytest.raises(Invalid, match=r"odd\.parquet: its description of the shapes"):
        read(tmp_path, "odd.parquet", ["number"])


def test_parquet_may_leave_its_system_open_or_mean_degrees(tmp_path: Path) -> None:
    write(tmp_path / "unknown.parquet", PLOTS, crs=None, number=NUMBERS)
    write(tmp_path / "metres.parquet", PLOTS, crs=32643, number=NUMBERS)
    assert read(tmp_path, "unknown.parquet", [])[1] is None
    assert read(tmp_path, "metres.parquet", [])[1].to_epsg() == 32643


def test_batches_of_a_large_file_follow_each_other_without_gap(tmp_path: Path) -> None:
    shapes = np.array([a_box(x=number % 200 * 25, y=number // 200 * 35) for number in range(45_000)])
    write(tmp_path / "many.fgb", list(shapes), crs=32643, number=[str(number) for number in range(45_000)])
    with open_table(tmp_path, "many.fgb", None, Hints()) as table:
        batches = list(table.batches(["number"]))
    assert len(batches) > 1
    positions = np.concatenate([batch.positions() for batch in batches])
    assert (positions == np.arange(1, 45_001)).all()


@pytest.mark.parametrize(
    ("size", "count", "at_once"),
    [(10**6, 10_000, 20_000), (10**9, 1_000, 100), (10**9, 100_000, 3_355), (10**9, None, 20_000)],
)
def test_a_batch_holds_fewer_features_the_larger_they_are(size: int, count: int | None, at_once: int) -> None:
    assert batch_size(size, count) == at_once
