"""Plots on their way into a file: every form holds every plot, a town is never in memory, and a half-written file is not left."""

import json
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas
import pandas as pd
import pyarrow.parquet as pq
import pytest
import shapely

from civic.reforms import rows
from civic.reforms.found import summary
from civic.reforms.room import Plot
from civic.reforms.rows import page_of, plots_as_csv, plots_file
from gis.errors import Invalid

EFFECTS = ("same", "gains", "cannot be told")


class Row(dict[str, Any]):
    """A row of which can be known whether anybody still holds it."""


def a_plot(place: int) -> Plot:
    effect = EFFECTS[place % 3]
    is_told = effect != "cannot be told"
    row = Row(
        number=f"1/{place}",
        effect=effect,
        ground_before=10.0,
        floor_area_before=100.0 if is_told else None,
        storeys_before=2 if is_told else None,
        decider_before="yards",
        ground_after=10.0,
        floor_area_after=100.0 + place if is_told else None,
        storeys_after=3 if is_told else None,
        decider_after="coverage",
        floor_area_change=float(place) if is_told else None,
        reason=None if is_told else "No street, “none”.",
    )
    west = 76.3 + place / 1e5
    return Plot(row=row, shape=shapely.box(west, 9.98, west + 1e-5, 9.981) if is_told else None)


def written(path: Path, plots: Iterator[Plot]) -> Path:
    with plots_file(path, with_zones=False) as put:
        for each in plots:
            put(each)
    return path


@pytest.mark.parametrize("ending", [".csv", ".parquet", ".geojson"])
@pytest.mark.parametrize("count", [0, 1, 9, 10])
def test_every_plot_is_in_the_file_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str, count: int
) -> None:
    monkeypatch.setattr(rows, "GROUP", 3)
    path = written(tmp_path / f"plots{ending}", map(a_plot, range(count)))
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
    if ending == ".geojson":
        found = pd.DataFrame(
            [each["properties"] for each in json.loads(path.read_text(encoding="utf-8"))["features"]]
        )
    else:
        found = pd.read_csv(path) if ending == ".csv" else geopandas.read_parquet(path)
    assert len(found) == count
    for place in range(count):
        told = {name: found[name][place] for name in ("number", "effect", "decider_after")}
        assert told == {name: a_plot(place).row[name] for name in told}
        assert pd.isna(found["floor_area_change"][place]) == (place % 3 == 2)


def test_shapes_lie_in_degrees_and_one_that_is_not_known_is_empty(tmp_path: Path) -> None:
    frame = geopandas.read_parquet(written(tmp_path / "plots.parquet", map(a_plot, range(3))))
    assert frame.crs.to_epsg() == 4326
    assert frame.geometry[1].bounds[0] == pytest.approx(76.300_01)
    assert frame.geometry[2] is None


@pytest.mark.parametrize("ending", [".csv", ".parquet", ".geojson"])
def test_a_town_is_never_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str) -> None:
    monkeypatch.setattr(rows, "GROUP", 50)
    alive: weakref.WeakSet[Any] = weakref.WeakSet()
    most = 0

    def told() -> Iterator[Plot]:
        nonlocal most
        for place in range(1_000):
            plot = a_plot(place)
            alive.add(_Watched.over(plot))
            most = max(most, len(alive))
            yield plot

    written(tmp_path / f"plots{ending}", told())
    assert 50 <= most <= 52
    if ending == ".parquet":
        assert pq.ParquetFile(tmp_path / "plots.parquet").num_row_groups == 20


class _Watched:
    """Lives as long as the row of a plot."""

    @classmethod
    def over(cls, plot: Plot) -> "_Watched":
        watched = cls()
        plot.row["watched"] = watched  # type: ignore[index]
        return watched


@pytest.mark.parametrize("ending", [".csv", ".parquet", ".geojson"])
def test_what_breaks_off_leaves_the_file_of_before(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"plots{ending}"
    path.write_text("of before", encoding="utf-8")

    def breaks() -> Iterator[Plot]:
        yield a_plot(1)
        raise KeyError("the database went away")

    with pytest.raises(KeyError):
        written(path, breaks())
    assert path.read_text(encoding="utf-8") == "of before"
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"plots\.csv: cannot be written"):
        written(tmp_path / "nowhere" / "plots.csv", iter([a_plot(0)]))


def test_a_page_has_what_changes_first_and_says_whether_there_is_more(tmp_path: Path) -> None:
    content = written(tmp_path / "plots.parquet", map(a_plot, range(9))).read_bytes()
    first, has_more = page_of(content, "", at=0, most=6)
    assert [each["number"] for each in first] == ["1/1", "1/2", "1/4", "1/5", "1/7", "1/8"]
    assert has_more
    last, has_more = page_of(content, "", at=6, most=6)
    assert [each["number"] for each in last] == ["1/0", "1/3", "1/6"]
    assert not has_more
    gains, has_more = page_of(content, "gains", at=0, most=3)
    assert {each["effect"] for each in gains} == {"gains"}
    assert not has_more
    assert page_of(content, "no such effect", at=0, most=3) == ([], False)
    assert plots_as_csv(content).splitlines()[1].startswith("1/0,same,10.0,100.0,2,yards")


def test_sums_are_those_of_the_rows() -> None:
    found = summary((a_plot(place).row for place in range(9)), iter(()))
    assert found["effects"] == {"gains": 3, "same": 3, "cannot be told": 3}
    assert found["floor_area"] == {"told": 6, "before": 600.0, "after": 621.0, "change": 21.0}
    assert sum(bar["plots"] for bar in found["distribution"]) == 5
