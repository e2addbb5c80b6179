"""Land in files tells of its plots what the town tells of the same day: here, as other processes would, and on a cluster of two workers."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
import pytest
import shapely

from api.answers import LandAnswers, today
from api.notebook import LandInFiles, Town
from api.planner import carrying, hands, land_files
from api.planner.hands import Hands
from api.planner.told import Telling
from gis.errors import Invalid, NotFound
from layers.tracts import files
from layers.tracts.answers import Told
from layers.tracts.model import Tract
from tests.notebooks.conftest import PLACE, as_if_elsewhere, kinds

HUNDREDTH = 0.01
REFORM = """
title: {en: A front yard of 2 m}
from: 2026-12-01
parameters:
  - {parameter: yards.open_space, where: {occupancy: A1, yard: front_average}, value: "2.0"}
"""
DOUBTED, SILENT = 1, 2
"""Places of the plot whose streets could be meant by several, and of the one that nobody can tell of."""


@pytest.fixture(scope="module")
def numbers(whole: Tract) -> list[str]:
    """Some plots of every kind."""
    found: list[str] = whole.number[kinds(whole)[::3]].tolist()
    return found


@pytest.fixture(scope="module")
def folder(land: LandAnswers, numbers: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Those plots in files of seven plots a group; one is told by itself, and of one nobody can tell."""
    found, own_told, own_extract = tmp_path_factory.mktemp("land") / "land", Telling.told, land.extract

    def told(self: Telling, some: list[str]) -> list[Told | None]:
        answers = own_told(self, some)
        doubted = answers[DOUBTED]
        assert doubted is not None
        answers[DOUBTED], answers[SILENT] = replace(doubted, streets={}), None
        return answers

    def extract(place: str, *, number: str, **asked: object) -> object:
        if number == numbers[SILENT]:
            raise NotFound("Nobody can tell.")
        return own_extract(place, number=number, **asked)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(land_files, "all_numbers", lambda *_, **__: (len(numbers), iter(numbers)))
        patch.setattr(files, "AT_ONCE", 7)
        patch.setattr(Telling, "told", told)
        patch.setattr(land, "extract", extract)
        written = list(land_files.export(land, PLACE, found, on=None, cores=1, says=True))
    assert [each.written for each in written] == [len(numbers)]
    return found


@pytest.fixture
def those(town: Town, numbers: list[str]) -> geopandas.GeoDataFrame:
    """The same plots as the town has them."""
    plots = town.parcels()
    found: geopandas.GeoDataFrame = plots.set_index("number", drop=False).loc[numbers].reset_index(drop=True)
    found.attrs = plots.attrs
    return found


def alike(one: pd.DataFrame, other: pd.DataFrame, *, within: float = 0.0) -> None:
    """Two tables say the same; shapes are the same to 0.1 mm, numbers within so much."""
    plain = [pd.DataFrame(each.drop(columns="geometry")).astype(object) for each in (one, other)]
    first, second = (each.where(each.notna(), None).reset_index(drop=True) for each in plain)
    pd.testing.assert_frame_equal(first, second, rtol=0.0, atol=within, check_exact=not within)
    ground = [each.geometry.to_numpy() for each in (one, other)]
    assert [each is None for each in ground[0]] == [each is None for each in ground[1]]
    there = [place for place, shape in enumerate(ground[0]) if shape is not None and not shape.is_empty]
    assert np.all(shapely.hausdorff_distance(ground[0][there], ground[1][there]) < 0.0002)


def test_files_tell_what_the_town_tells(
    town: Town, folder: Path, those: geopandas.GeoDataFrame, numbers: list[str]
) -> None:
    land = LandInFiles(folder, Hands())
    silent = numbers[SILENT]
    others = [each for each in numbers if each != silent]
    extracts, carried = land.extracts(), land.envelopes()
    told, can = town.extracts(others), town.envelopes(others)
    alike(extracts[extracts["number"] != silent], told)
    alike(carried[carried["number"] != silent], can)
    for found in (extracts, carried):
        rows = found[found["number"] == silent]
        assert list(rows["reason"]) == ["Nobody can tell."]
        assert rows.drop(columns=["number", "reason"]).isna().all(axis=None)
        assert list(dict.fromkeys(found["number"])) == numbers
    plots = land.parcels()
    alike(plots[["number", "measured_area", "geometry"]], those[["number", "measured_area", "geometry"]], within=HUNDREDTH)  # fmt: skip
    zoning = town.layer("zoning")
    shared = town.overlaps(those, zoning)
    assert len(shared)
    alike(land.overlaps(zoning), shared, within=HUNDREDTH)
    reformed = town.simulate(REFORM, plots=numbers)
    found = land.simulate(REFORM)
    alike(found, reformed[found.columns])
    for table, own in ((extracts, told), (carried, can), (found, reformed)):
        assert {table.attrs[name] == own.attrs[name] for name in ("place", "on", "known", "crs")} == {True}
        assert {each["title"] for each in table.attrs["sources"]} == {
            each["title"] for each in own.attrs["sources"]
        }
        assert all(each["licence"] for each in table.attrs["sources"])
        assert table.attrs["units"].items() <= own.attrs["units"].items()


def questions(zoning: geopandas.GeoDataFrame) -> dict[str, Callable[[LandInFiles], pd.DataFrame]]:
    """Every question to files."""
    return {
        "extracts": lambda land: land.extracts(),
        "envelopes": lambda land: land.envelopes(occupancy="F"),
        "overlaps": lambda land: land.overlaps(zoning),
        "simulate": lambda land: land.simulate(REFORM),
    }


def test_processes_and_a_cluster_read_the_same_files_alike(
    town: Town, folder: Path, workers: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = questions(town.layer("zoning"))
    here = {name: ask(LandInFiles(folder, Hands())) for name, ask in asked.items()}
    monkeypatch.setattr(carrying, "SHARED_FROM", 1)
    monkeypatch.setattr(hands, "shared_out", as_if_elsewhere)
    for those in (Hands(cores=2), Hands(dask=workers)):
        land = LandInFiles(folder, those)
        for name, ask in asked.items():
            pd.testing.assert_frame_equal(here[name], ask(land), obj=f"{name} by {those}")


def parts_of(land: LandInFiles) -> Iterator[tuple[pd.DataFrame, list[geopandas.GeoDataFrame]]]:
    """Whole answers, and the same as they stream."""
    yield land.extracts(), list(land.stream_extracts())
    yield land.envelopes(), list(land.stream_envelopes())


def test_files_stream_a_group_of_plots_at_a_time(folder: Path, numbers: list[str]) -> None:
    for whole, parts in parts_of(LandInFiles(folder, Hands())):
        assert [each["number"].nunique() for each in parts[:-1]] == [7] * (len(parts) - 1)
        assert len(parts) == -(-len(numbers) // 7)
        joined = pd.concat(parts, ignore_index=True)
        assert list(joined["number"]) == list(whole["number"])


def test_what_files_cannot_tell_is_refused(
    folder: Path, land: LandAnswers, numbers: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = LandInFiles(folder, Hands())
    with pytest.raises(Invalid, match="before it"):
        own.envelopes(on=today() - timedelta(days=1))
    later = own.envelopes(on=today() + timedelta(days=200))
    assert later.attrs["rules"] == (today() + timedelta(days=200)).isoformat()
    assert later.attrs["on"] == today().isoformat()
    with pytest.raises(NotFound, match="Maathrukapuram"):
        own.extracts(local_body="Elsewhere")
    assert len(own.parcels(local_body="Maathrukapuram")) == len(numbers)
    monkeypatch.setattr(land_files, "all_numbers", lambda *_, **__: (3, iter(numbers[:3])))
    bare = tmp_path / "bare"
    list(land_files.export(land, PLACE, bare, on=date(2026, 11, 1), cores=1))
    without = LandInFiles(bare, Hands())
    assert len(without.parcels()) == 3
    for ask in (without.extracts, without.envelopes):
        with pytest.raises(Invalid, match="--themes"):
            ask()
