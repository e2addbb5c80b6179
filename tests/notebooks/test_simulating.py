"""A reform simulated: before is what the platform says today, after what it would say, and each plot has its effect."""

from decimal import Decimal
from pathlib import Path

import geopandas
import pandas as pd
import pytest
from typer.testing import CliRunner

from api.cli import app
from api.notebook import Town
from api.planner.simulating import Carries, Effect, effect_of
from gis.errors import Invalid
from tests.notebooks.conftest import Sample

FRONT = """
title: {{en: Another front yard}}
from: 2026-11-01
parameters:
  - {{parameter: yards.open_space, where: {{occupancy: A1, yard: front_average}}, value: "{metres}"}}
"""
DAY = "2026-11-01"


@pytest.fixture
def plots(town: Town) -> list[str]:
    """A few plots of a ward."""
    return list(town.parcels(ward="Kadalora")["number"][3:9])


def test_before_is_what_the_platform_says(town: Town, plots: list[str]) -> None:
    found = town.simulate(FRONT.format(metres="2.0"), plots=plots)
    today = town.envelopes(plots, on=pd.Timestamp(DAY).date())
    pd.testing.assert_series_equal(found["floor_area_before"], today["floor_area"], check_names=False)
    assert (found["effect"] == "gains").any()
    change = found["floor_area_after"] - found["floor_area_before"]
    pd.testing.assert_series_equal(found["floor_area_change"], change, check_names=False, atol=1e-6)


def test_a_reform_that_asks_what_the_book_asks_changes_nothing(town: Town, plots: list[str]) -> None:
    found = town.simulate(FRONT.format(metres="3.0"), plots=plots)
    assert set(found["effect"]) == {"same"}


def test_a_wider_yard_takes_and_a_huge_one_takes_all(town: Town, plots: list[str]) -> None:
    wider = town.simulate(FRONT.format(metres="4.0"), plots=plots)
    assert set(wider["effect"]) <= {"loses", "same"}
    assert "loses" in set(wider["effect"])
    huge = town.simulate(FRONT.format(metres="500.0"), plots=plots)
    assert set(huge["effect"]) == {"becomes unbuildable"}


def test_a_plot_that_is_not_there_says_so(town: Town) -> None:
    found = town.simulate(FRONT.format(metres="2.0"), plots=["0/0"])
    assert list(found["effect"]) == ["cannot be told"]
    assert "0/0" in found["reason"].iloc[0]


def test_a_text_that_is_no_reform_is_refused(town: Town, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="not a reform"):
        town.simulate("title: x\nfrom: y", plots=[])


def _carries(floor: str | None, ground: str = "10") -> Carries:
    return Carries(
        ground=Decimal(ground), floor_area=None if floor is None else Decimal(floor), storeys=1, decider=None
    )


@pytest.mark.parametrize(
    ("before", "after", "effect"),
    [
        (_carries("10"), _carries("10.01"), Effect.GAINS),
        (_carries("10"), _carries("9.99"), Effect.LOSES),
        (_carries("10"), _carries("10"), Effect.SAME),
        (_carries("10", "5"), _carries("10", "6"), Effect.GAINS),
        (_carries("10", "5"), _carries("10", "4"), Effect.LOSES),
        (_carries("0.01"), _carries("0"), Effect.UNBUILDABLE),
        (_carries("0"), _carries("0.01"), Effect.BUILDABLE),
        (_carries("0"), _carries("0"), Effect.SAME),
        (_carries(None), _carries("1"), Effect.UNKNOWN),
        (_carries("1"), _carries(None), Effect.UNKNOWN),
    ],
)
def test_the_effect_of_a_change(before: Carries, after: Carries, effect: Effect) -> None:
    assert effect_of(before, after) is effect


@pytest.mark.parametrize("ending", ["csv", "parquet", "geojson"])
def test_the_command_counts_and_writes(
    sample: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    monkeypatch.setenv("BHUMIKA_DATABASE_URL", sample.owner)
    monkeypatch.setenv("BHUMIKA_STATE", str(sample.state))
    file, output = tmp_path / "reform.yaml", tmp_path / f"found.{ending}"
    file.write_text(FRONT.format(metres="2.0"), encoding="utf-8")
    words = ["simulate", str(file), "kl-sample", "--ward", "Kunnumpuram", "-o", str(output)]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    assert "no law" in done.output
    assert "3.0 → 2.0 m" in done.output
    table = {"csv": pd.read_csv, "parquet": geopandas.read_parquet, "geojson": geopandas.read_file}[ending](
        output
    )
    counted = sum(
        int(line.split()[0]) for line in done.output.splitlines() if " plots: " in line and "of" in line
    )
    assert len(table) == counted
    assert {"number", "effect", "floor_area_before", "floor_area_after"} <= set(table.columns)


def test_the_command_refuses_what_it_cannot_write_or_read(
    sample: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BHUMIKA_DATABASE_URL", sample.owner)
    monkeypatch.setenv("BHUMIKA_STATE", str(sample.state))
    file = tmp_path / "reform.yaml"
    file.write_bytes(b"\xff\xfe")
    words = ["simulate", str(file), "kl-sample"]
    assert "UTF-8" in CliRunner().invoke(app, words).output
    assert "the ending says the form" in CliRunner().invoke(app, [*words, "-o", "found.xlsx"]).output
