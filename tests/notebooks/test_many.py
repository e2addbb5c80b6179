"""Many plots asked together are told what each is told by itself: on one core, by other processes, and on a cluster of two workers."""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely

from api.answers import LandAnswers, today
from api.notebook import Town, changed, compliance, load, lying, own, under
from api.planner import carrying, cluster, extracting, hands
from api.planner.carrying import row_alone
from api.planner.cores import shared_out
from api.planner.extracting import rows_of
from api.planner.hands import Hands, hands_of
from api.planner.told import Telling
from api.planner.weighing import Use
from api.settings import Settings
from gis.errors import LandError, Unavailable
from layers.tracts.model import Tract
from tests.notebooks.conftest import PLACE, as_if_elsewhere, kinds

REACHES = (extracting, carrying, compliance, under, changed, load, lying, own)
NEW_PLAN = date(2024, 4, 1)
STOREY = Decimal("3.0")


@pytest.fixture
def numbers(whole: Tract) -> list[str]:
    """Plots of every kind, in an order of their own."""
    found: list[str] = whole.number[kinds(whole)].tolist()
    return found[::-1]


def extract_of(land: LandAnswers, number: str, on: date) -> list[tuple[Any, ...]]:
    """The rows of one extract, or of why there is none."""
    try:
        extract = land.extract(PLACE, number=number, on=on, known=None)
        return rows_of(number, extract.subject.shape, extract.themes)
    except LandError as error:
        return [(number, None, None, None, error.message, *[None] * (len(extracting.COLUMNS) - 5))]


def test_the_extracts_of_many_plots_are_those_of_each(
    town: Town, land: LandAnswers, numbers: list[str]
) -> None:
    for on in (today(), NEW_PLAN - timedelta(days=1)):
        rows = town.extracts(numbers, on=on)
        alone = [row for number in numbers for row in extract_of(land, number, on)]
        plain = pd.DataFrame(rows).assign(geometry=rows.geometry.to_wkb()).astype(object)
        told = plain.where(plain.notna(), None).itertuples(index=False, name=None)
        assert list(told) == alone
        assert list(rows.columns) == extracting.COLUMNS.names


@pytest.mark.parametrize("occupancy", ["A1", "F"])
def test_the_envelopes_of_many_plots_are_those_of_each(
    town: Town, land: LandAnswers, numbers: list[str], occupancy: str
) -> None:
    asked = numbers if occupancy == "A1" else numbers[::4]
    found = town.envelopes(asked, occupancy=occupancy)
    assert list(found["number"]) == asked
    assert (found["floor_area"].notna().any(), found["floor_area"].isna().any()) == (True, True)
    for (_, row), number in zip(found.iterrows(), asked, strict=True):
        alone = row_alone(land, PLACE, number, today(), Use(occupancy=occupancy, storey_height=STOREY))
        shape = alone.pop(carrying.GEOMETRY)
        told = {name: None if pd.isna(row[name]) else row[name] for name in carrying.COLUMNS.names[:-1]}
        assert told == {**dict.fromkeys(told), **alone}
        assert (row["geometry"] is None) == (shape is None)
        assert shape is None or shapely.equals_exact(row["geometry"], shapely.from_wkb(shape), 0.0)


def test_plots_that_cannot_be_read_together_are_told_by_themselves(
    town: Town, numbers: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    few = numbers[::6]
    together = town.extracts(few), town.envelopes(few)
    monkeypatch.setattr(Telling, "told", lambda _, some: [None] * len(some))
    for one, other in zip(together, (town.extracts(few), town.envelopes(few)), strict=True):
        pd.testing.assert_frame_equal(one, other)


def test_a_plot_that_is_not_there_has_a_row_that_says_why_between_the_others(
    town: Town, numbers: list[str]
) -> None:
    asked = [numbers[0], "no such plot", numbers[1]]
    extracts, carried = town.extracts(asked), town.envelopes(asked)
    missing = extracts[extracts["theme"].isna()]
    assert list(dict.fromkeys(extracts["number"])) == asked
    assert list(missing["number"]) == ["no such plot"]
    assert "NO SUCH PLOT" in missing["reason"].iloc[0]
    assert list(carried["reason"].str.contains("NO SUCH PLOT")) == [False, True, False]
    assert (len(town.extracts([])), len(town.envelopes([]))) == (0, 0)


def test_a_plot_asked_for_twice_is_told_twice_alike(town: Town, numbers: list[str]) -> None:
    one, other = numbers[0], numbers[-1]
    twice, once = town.envelopes([one, other, one]), town.envelopes([one, other])
    pd.testing.assert_frame_equal(twice, once.iloc[[0, 1, 0]].reset_index(drop=True))
    twice, once = town.extracts([one, one]), town.extracts([one])
    pd.testing.assert_frame_equal(twice, pd.concat([once, once], ignore_index=True))


def test_a_stream_reads_no_further_than_somebody_asks(
    town: Town, numbers: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (extracting, carrying):
        monkeypatch.setattr(module, "AT_ONCE", 5)
    read: list[int] = []
    own = Telling.told
    monkeypatch.setattr(Telling, "told", lambda self, some: read.append(len(some)) or own(self, some))
    for stream in (town.stream_extracts, town.stream_envelopes):
        parts = stream(numbers)
        first = next(parts)
        assert read == [5]
        assert first.attrs["units"]
        whole = pd.concat([first, *parts], ignore_index=True)
        assert list(dict.fromkeys(whole["number"])) == numbers
        read.clear()


def questions(numbers: list[str]) -> dict[str, Callable[[Town], pd.DataFrame]]:
    """Every question about many plots, permits or features."""
    day = NEW_PLAN - timedelta(days=1)
    return {
        "extracts": lambda town: town.extracts(numbers),
        "envelopes": lambda town: town.envelopes(numbers),
        "under": lambda town: town.under(numbers, "slope"),
        "compliance": lambda town: town.compliance(numbers[:6], occupancy={"residential": "A1"}),
        "change": lambda town: town.change("zoning", day, NEW_PLAN),
        "touched": lambda town: town.touched(town.change("zoning", day, NEW_PLAN)),
        "load": lambda town: town.load(by="ward", every="year"),
        "features_on": lambda town: town.features_on([*numbers[:5], "no such plot"]),
        "overlaps": lambda town: town.overlaps(town.parcels().iloc[:7], town.layer("zoning")),
    }


def test_questions_shared_out_to_processes_and_to_a_cluster_are_answered_alike(
    town: Town, numbers: list[str], workers: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = questions(numbers[::2])
    here = {name: ask(town) for name, ask in asked.items()}
    assert all(len(each) for each in here.values())
    pieces = {"AT_ONCE": 7, "PIECE": 2, "CHUNK": 7, "PAIRS": 5, "PLOTS": 500, "PERMITS": 1}
    for module in REACHES:
        monkeypatch.setattr(module, "SHARED_FROM", 1)
        for name in pieces.keys() & vars(module).keys():
            monkeypatch.setattr(module, name, pieces[name])
    monkeypatch.setattr(hands, "shared_out", as_if_elsewhere)
    for those in (Hands(cores=2), Hands(dask=workers)):
        monkeypatch.setattr(town, "_hands", those)
        for name, ask in asked.items():
            pd.testing.assert_frame_equal(here[name], ask(town), obj=f"{name} by {those}")
    hands.give_back()


def test_two_processes_of_their_own_give_what_this_one_gives(
    town: Town, numbers: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    here = town.envelopes(numbers[:8])
    monkeypatch.setattr(carrying, "SHARED_FROM", 1)
    monkeypatch.setattr(carrying, "AT_ONCE", 4)
    monkeypatch.setattr(town, "_hands", Hands(cores=2))
    pd.testing.assert_frame_equal(here, town.envelopes(numbers[:8]))


def test_the_setting_says_who_does_the_work() -> None:
    assert hands_of(Settings(dask=None)).dask is None
    assert hands_of(Settings(dask=None)).cores >= 1
    there = hands_of(Settings(dask="tcp://scheduler:8786"))
    assert there.dask == "tcp://scheduler:8786"
    assert there.for_many(9, 10) == Hands()
    assert there.for_many(10, 10) is there
    assert (replace(there, dask=None, cores=1).are_several, there.are_several) == (False, True)


def test_a_process_or_a_worker_that_ends_is_told_with_what_to_do(workers: str) -> None:
    with pytest.raises(Unavailable, match="memory"):
        list(shared_out(os._exit, [3, 3], cores=2, begun_with=(bool, ())))

    class Nobody:
        """A cluster without workers, or with one that ends."""

        def __init__(self, threads: int) -> None:
            self.threads = {"tcp://one": threads} if threads else {}

        def nthreads(self) -> dict[str, int]:
            return self.threads

        def submit(self, *_: object, **__: object) -> object:
            return self

        def cancel(self, _: object) -> None:
            return None

        def result(self) -> object:
            raise cluster.KilledWorker("piece", None, 3)

    for threads, why in ((0, "has no worker"), (1, "ended before it had answered")):
        with pytest.raises(Unavailable, match=why):
            list(cluster.shared_there(Nobody(threads), os._exit, [3], begun_with=(bool, ())))  # type: ignore[arg-type]


def test_numbers_are_plain_in_the_table(town: Town, numbers: list[str]) -> None:
    rows = town.extracts(numbers[:2])
    assert {str(rows[name].dtype) for name in ("area", "percent", "length", "count", "distance")} == {
        "float64"
    }
    assert not any(isinstance(rows[name].dtype, pd.CategoricalDtype) for name in rows)
    assert np.isfinite(rows["area"].dropna()).all()
