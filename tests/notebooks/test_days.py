"""A planner writes days and plots as they come to mind; what cannot be meant is refused with what to write."""

from datetime import UTC, date, datetime

import pandas as pd
import pytest

from api.notebook import Town
from api.notebook.at_once import numbers_of
from api.notebook.days import day_of
from gis.errors import Invalid, NotFound

DAY = date(2024, 1, 31)


@pytest.mark.parametrize(
    "said",
    [
        DAY,
        "2024-01-31",
        " 2024-01-31 ",
        datetime(2024, 1, 31, 23, 59, tzinfo=UTC),
        pd.Timestamp("2024-01-31 12:00"),
    ],
)
def test_a_day_is_a_day_however_it_is_written(said: date | str) -> None:
    assert day_of(said) == DAY
    assert type(day_of(said)) is date
    assert day_of(None) is None


@pytest.mark.parametrize("said", ["31.01.2024", "2024-02-30", "yesterday", "", pd.NaT, 2024])
def test_what_is_no_day_is_refused_with_how_to_write_one(said: object) -> None:
    with pytest.raises(Invalid, match="2026-01-31"):
        day_of(said)  # type: ignore[arg-type]


def test_one_plot_is_one_plot_and_a_table_without_plots_is_refused() -> None:
    assert numbers_of("M1-1/1-1") == ["M1-1/1-1"]
    assert numbers_of(pd.DataFrame({"number": ["1", "2"]})) == ["1", "2"]
    with pytest.raises(Invalid, match="no column “number” with the plots; it has: plot"):
        numbers_of(pd.DataFrame({"plot": ["1"]}))


def test_days_in_words_are_those_days_in_every_question(town: Town) -> None:
    first = date(2024, 3, 31)
    number = town.parcels()["number"].iloc[0]
    by_words, by_day = town.layer("zoning", on="2024-03-31"), town.layer("zoning", on=first)
    assert by_words.attrs["on"] == by_day.attrs["on"] == "2024-03-31"
    assert list(by_words["label"]) == list(by_day["label"]) != list(town.layer("zoning")["label"])
    told = town.extracts(number, on="2024-03-31")
    assert (set(told["number"]), told.attrs["on"]) == ({number}, "2024-03-31")
    changed = town.change("zoning", "2024-03-31", "2024-04-01")
    assert len(changed) == len(town.change("zoning", first, date(2024, 4, 1)))
    with pytest.raises(Invalid, match="earlier day first"):
        town.change("zoning", "2024-04-01", "2024-03-31")


def test_cases_of_no_service_or_of_no_time_are_refused(town: Town) -> None:
    with pytest.raises(NotFound, match="land_records"):
        town.cases("permit")
    with pytest.raises(Invalid, match="earlier day first"):
        town.cases("permits", since="2026-05-02", until="2026-05-01")
    assert len(town.cases("permits", since="1990-01-01", until="1990-01-02")) == 0
