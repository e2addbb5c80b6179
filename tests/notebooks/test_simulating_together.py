"""Plots reckoned together, from the database, from files, here and on a cluster, are what each gives by itself: every column, every reason."""

from dataclasses import replace
from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
import pytest
import shapely
from typer.testing import CliRunner

from api.answers import LandAnswers
from api.cli import app
from api.planner import cluster, land_files, simulating
from api.planner.hands import Hands
from api.planner.land_files import Asked, check, export, part, tallied
from api.planner.reforming import reform_in
from api.planner.simulating import Effect, Simulated, Use, row_of, simulate
from api.planner.tracts import Tracts
from api.planner.zones_from_files import stamped
from gis.crs import to_geographic
from gis.errors import Invalid, Unavailable
from layers.tracts import files
from layers.tracts.frames import Frames
from layers.tracts.model import Tract
from rules.reform import Reform, reform
from tests.notebooks.conftest import DAY, PLACE, as_if_elsewhere, kinds

REFORM = """
title: {en: Another front yard}
from: 2026-11-01
parameters:
  - {parameter: yards.open_space, where: {occupancy: A1, yard: front_average}, value: "4.0"}
  - {parameter: height.street_factor, value: "1.0"}
"""
ZONES = """zones:
  - {layer: zoning, label: Market, attributes: {use_groups: F}, file: ground.geojson}
  - {layer: security_zone, label: Camp, file: ground.geojson}
"""


@pytest.fixture(scope="module")
def together(land: LandAnswers, whole: Tract) -> dict[str, Simulated]:
    """Plots of every kind, and some hundred more, reckoned together."""
    rows = sorted({*kinds(whole), *range(0, len(whole), 6)})
    found = simulate(land, PLACE, whole.number[rows].tolist(), reform(REFORM), Use())
    return {each.number: each for each in found}


@pytest.fixture(scope="module")
def folder(
    land: LandAnswers,
    whole: Tract,
    together: dict[str, Simulated],
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """Their land in two files."""
    rows = np.flatnonzero(np.isin(whole.number.astype(str), list(together)))
    found, stamp = tmp_path_factory.mktemp("land"), Tracts(land, PLACE, DAY).stamp()
    for block, some in enumerate((rows[:100], rows[100:])):
        assert files.write([whole.taken(some)], stamp, found, block) == len(some)
    return found


def test_every_kind_of_plot_gives_together_what_it_gives_alone(
    land: LandAnswers, whole: Tract, together: dict[str, Simulated], monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = [str(whole.number[row]) for row in kinds(whole)]
    monkeypatch.setattr(Tracts, "read", nothing)
    alone = {each.number: each for each in simulate(land, PLACE, numbers, reform(REFORM), Use())}
    assert all(each.is_alone for each in alone.values())
    assert not any(each.is_alone for each in together.values())
    for number in numbers:
        one, other = together[number], alone[number]
        assert row_of(one) == row_of(other)
        assert (one.shape is None) == (other.shape is None)
        assert one.shape is None or one.shape.equals_exact(other.shape, 0.0)
    assert {Effect.LOSES, Effect.UNKNOWN} <= {each.effect for each in alone.values()}


def nothing(_: Tracts, numbers: list[str]) -> object:
    """As where nothing can be read together."""
    everything = np.arange(len(numbers))
    return type("Read", (), {"tract": None, "places": everything[:0], "left": everything})()


def test_plots_that_cannot_be_told_together_are_told_by_themselves_in_their_place(
    land: LandAnswers, together: dict[str, Simulated]
) -> None:
    numbers = list(together)[:3]
    asked = [numbers[0], "no such plot", *numbers[1:]]
    found = list(simulate(land, PLACE, asked, reform(REFORM), Use()))
    assert [each.number for each in found] == asked
    assert [each.is_alone for each in found] == [False, True, False, False]
    assert found[1].effect is Effect.UNKNOWN


def test_a_plot_asked_for_twice_is_reckoned_twice_alike(
    land: LandAnswers, together: dict[str, Simulated]
) -> None:
    one, other = list(together)[:2]
    found = list(simulate(land, PLACE, [one, other, one], reform(REFORM), Use()))
    assert [row_of(each) for each in found] == [row_of(together[each]) for each in (one, other, one)]
    assert not any(each.is_alone for each in found)


@pytest.mark.parametrize(
    ("occupancy", "storey", "why"), [("Z9", 3, "no occupancy"), ("A1", 0, "height above 0")]
)
def test_a_use_that_cannot_be_meant_is_told_of_each_plot_alike(
    land: LandAnswers,
    together: dict[str, Simulated],
    monkeypatch: pytest.MonkeyPatch,
    occupancy: str,
    storey: int,
    why: str,
) -> None:
    numbers, use = list(together)[:2], Use(occupancy=occupancy, storey_height=simulating.Decimal(storey))
    one = [row_of(each) for each in simulate(land, PLACE, numbers, reform(REFORM), use)]
    assert all(why in str(row["reason"]) for row in one)
    monkeypatch.setattr(Tracts, "read", nothing)
    assert one == [row_of(each) for each in simulate(land, PLACE, numbers, reform(REFORM), use)]


def test_a_place_is_written_whole_and_never_into_a_folder_that_holds_something(
    land: LandAnswers, whole: Tract, tmp_path: Path
) -> None:
    (only,) = export(land, PLACE, tmp_path / "new", on=DAY, cores=1)
    assert (only.written, only.left) == (len(whole), ())
    table = geopandas.read_parquet(files.parts(tmp_path / "new")[0])
    assert list(table["number"]) == whole.number.tolist()
    assert table.crs.to_epsg() == land.metric(PLACE)
    with pytest.raises(Invalid, match="is not empty"):
        list(export(land, PLACE, tmp_path / "new", on=DAY, cores=1))


def test_files_give_what_the_database_gives(folder: Path, together: dict[str, Simulated]) -> None:
    asked = Asked(change=reform(REFORM), use=Use())
    found = pd.concat([part(path, asked) for path in files.parts(folder)]).drop(columns="geometry")
    assert len(found) == len(together)
    for row in found.to_dict("records"):
        told = {name: None if pd.isna(value) else value for name, value in row.items()}
        assert told == row_of(together[str(row["number"])])


def with_zones(
    land: LandAnswers, whole: Tract, rows: list[int], folder: Path, *, wider: float = 0.0
) -> Reform:
    """A reform with a market and a camp over some plots."""
    metric = land.metric(PLACE)
    frames = Frames(east=whole.east, north=whole.north, scale=whole.scale).to_grid(whole.boundary)
    ground = to_geographic(shapely.union_all(frames[rows]).buffer(2.0 + wider), metric)
    folder.mkdir(exist_ok=True)
    (folder / "ground.geojson").write_text(shapely.to_geojson(ground), encoding="utf-8")
    (folder / "zones.yaml").write_text(REFORM + ZONES, encoding="utf-8")
    return reform_in(folder / "zones.yaml")


def test_two_processes_and_files_give_what_one_process_gives_with_zones_redrawn(
    land: LandAnswers, whole: Tract, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change = with_zones(land, whole, [300, 301], tmp_path / "asked")
    few = whole.number[294:306].tolist()
    alone = {each.number: row_of(each) for each in simulate(land, PLACE, few, change, Use())}
    touched = {number for number, row in alone.items() if "redrawn" in row}
    assert {few[6], few[7]} <= touched < set(few)

    monkeypatch.setattr(simulating, "SHARED_FROM", 4)
    monkeypatch.setattr(simulating, "AT_ONCE", 4)
    shared = list(simulate(land, PLACE, iter(few), change, Use(), hands=Hands(cores=2)))
    assert [each.number for each in shared] == few
    assert {each.number: row_of(each) for each in shared} == alone

    monkeypatch.setattr(land_files, "BLOCK", 6)
    monkeypatch.setattr(land_files, "shared_out", as_if_elsewhere)
    monkeypatch.setattr(land_files, "all_numbers", lambda *_, **__: (len(few), iter(few)))
    blocks = list(export(land, PLACE, tmp_path / "land", on=DAY, cores=2, redrawing=change))
    assert [each.written for each in blocks] == [6, 6]
    asked = Asked(change=change, use=Use())
    found = pd.concat([part(path, asked) for path in files.parts(tmp_path / "land")])
    assert found["number"].tolist() == few
    for row in found.drop(columns="geometry").to_dict("records"):
        told = {name: None if pd.isna(value) else value for name, value in row.items()}
        assert {name: told.pop(name) for name in alone[row["number"]]} == alone[row["number"]]
        assert set(told.values()) <= {None}
    assert tallied(found).redrawn == len(touched)


def test_a_zone_is_refused_over_ground_that_files_were_not_written_for(
    land: LandAnswers, whole: Tract, folder: Path, tmp_path: Path
) -> None:
    inside = with_zones(land, whole, [300], tmp_path)
    outside = with_zones(land, whole, [300], tmp_path, wider=1.0)
    bare = files.stamp_of(files.parts(folder)[0])
    with pytest.raises(Invalid, match="--zones REFORM"):
        check(inside, bare)
    held, drawn = stamped(land, bare, inside)
    assert len(drawn) == 2
    check(inside, held)
    with pytest.raises(Invalid, match="Zone 1 reaches beyond"):
        check(outside, held)
    with pytest.raises(Invalid, match="“zoning” cannot be redrawn"):
        check(inside, replace(held, redrawable=("flood",)))


def test_a_cluster_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", "200ms")
    with pytest.raises(Unavailable, match=r"tcp://127\.0\.0\.1:9"), cluster.cluster("tcp://127.0.0.1:9"):
        pass


def test_two_dask_workers_give_what_one_machine_gives(
    folder: Path,
    together: dict[str, Simulated],
    workers: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "reform.yaml").write_text(REFORM, encoding="utf-8")
    words = ["land", "simulate", str(tmp_path / "reform.yaml"), str(folder), "-o"]
    here = CliRunner().invoke(app, [*words, str(tmp_path / "here"), "--cores", "1"])
    monkeypatch.setenv("BHUMIKA_DASK", workers)
    there = CliRunner().invoke(app, [*words, str(tmp_path / "there")])
    with cluster.cluster(workers):
        plots = cluster.simulated(folder, Asked(change=reform(REFORM), use=Use())).compute()
    assert (here.exit_code, there.exit_code) == (0, 0), (here.output, there.output)
    assert here.output.replace("here", "there").split() == there.output.split()
    one, other = (
        pd.concat([geopandas.read_parquet(path) for path in files.parts(tmp_path / name)])
        for name in ("here", "there")
    )
    pd.testing.assert_frame_equal(one, other)
    assert len(plots) == len(one) == len(together)
    assert f"{len(together)} plots" in here.output
