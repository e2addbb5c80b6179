"""What permits add up to: the newest drawing of a plot counts once, and what no drawing tells is never a nought."""

from datetime import date
from typing import Any

import geopandas
import pandas as pd
import pytest

from api.notebook.load import ELSEWHERE, Rain, load
from api.notebook.permitted import (
    COLUMNS,
    COUNTS,
    LAPSED,
    MEASURES,
    NOT_TOLD,
    REPLACED,
    REVOKED,
    Held,
    standing_on,
    stands,
)
from gis.errors import Invalid
from tests.builders import UTM_43N, a_box

NEW_YEAR = date(2026, 1, 1)
RAIN = Rain(depth_mm=50, coefficient=0.8, source="assumed for a test")


def held(number: str, **more: Any) -> Held:
    """A permit for a new building on plot 1, of 2020, for ten years, whose drawing tells its floor area."""
    told: dict[str, Any] = {
        "kind": "new",
        "plots": frozenset({"1"}),
        "issued": date(2020, 5, 1),
        "until": date(2030, 4, 30),
        "revoked": None,
        "follows": None,
        "is_told": True,
    }
    return Held(number=number, **(told | more))


@pytest.mark.parametrize(
    ("permits", "stand"),
    [
        ([held("A")], {"A": COUNTS}),
        ([held("A", is_told=False)], {"A": NOT_TOLD}),
        ([held("A", issued=date(2026, 1, 2))], {}),
        ([held("A", issued=date(2026, 1, 1))], {"A": COUNTS}),
        ([held("A", revoked=NEW_YEAR)], {"A": REVOKED}),
        ([held("A", revoked=date(2026, 1, 2))], {"A": COUNTS}),
        ([held("A", until=NEW_YEAR)], {"A": COUNTS}),
        ([held("A", until=date(2025, 12, 31))], {"A": LAPSED}),
        ([held("A", until=None)], {"A": COUNTS}),
        ([held("A"), held("B", issued=date(2021, 1, 1))], {"A": REPLACED, "B": COUNTS}),
        ([held("A"), held("B", issued=date(2021, 1, 1), plots=frozenset({"2"}))], {"A": COUNTS, "B": COUNTS}),
        (
            [held("A"), held("B", issued=date(2021, 1, 1), plots=frozenset({"1", "2"}))],
            {"A": REPLACED, "B": COUNTS},
        ),
        (
            [held("A", plots=frozenset({"1", "2"})), held("B", issued=date(2021, 1, 1))],
            {"A": COUNTS, "B": COUNTS},
        ),
        (
            [
                held("A", plots=frozenset({"1", "2"})),
                held("B", issued=date(2021, 1, 1)),
                held("C", issued=date(2022, 1, 1), plots=frozenset({"2"})),
            ],
            {"A": REPLACED, "B": COUNTS, "C": COUNTS},
        ),
        (
            [held("A"), held("B", issued=date(2021, 1, 1), revoked=date(2022, 1, 1))],
            {"A": COUNTS, "B": REVOKED},
        ),
        ([held("A"), held("B", issued=date(2021, 1, 1), until=date(2022, 1, 1))], {"A": COUNTS, "B": LAPSED}),
    ],
)
def test_which_permits_of_a_plot_count(permits: list[Held], stand: dict[str, str]) -> None:
    assert stands(permits, on=NEW_YEAR) == stand


def test_a_permit_that_ran_out_counts_where_the_building_was_finished() -> None:
    ended = held("A", until=date(2025, 4, 30))
    done = held(
        "B", kind="occupancy", issued=date(2024, 1, 1), until=None, follows="A", plots=frozenset({"9"})
    )
    assert stands([ended, done], on=NEW_YEAR)["A"] == COUNTS
    assert (
        stands(
            [ended, held("B", kind="occupancy", until=None, follows="A", revoked=date(2025, 1, 1))],
            on=NEW_YEAR,
        )["A"]
        == LAPSED
    )


def test_after_a_demolition_nobody_knows_what_is_left() -> None:
    gone = held("B", kind="demolition", issued=date(2022, 1, 1), until=date(2025, 1, 1), is_told=False)
    assert stands([held("A"), gone], on=NEW_YEAR) == {"A": REPLACED, "B": NOT_TOLD}
    again = held("C", issued=date(2023, 1, 1))
    assert stands([held("A"), gone, again], on=NEW_YEAR)["C"] == COUNTS


def permits(*rows: dict[str, Any]) -> geopandas.GeoDataFrame:
    """Permits of 2020 with 100 m² of floor each, on plots of their own in the west of the town."""
    told = [
        dict.fromkeys(COLUMNS)
        | {
            "permit": f"P-{number}",
            "body": "x",
            "kind": "new",
            "plots": (str(number),),
            "issued": date(2020, 5, 1),
            "floor_area": 100.0,
            "covered": 60.0,
            "cars_asked": 1.0,
            "is_declared": False,
            "geometry": a_box(10, 10 * number, 5, 5),
        }
        | row
        for number, row in enumerate(rows)
    ]
    table = pd.DataFrame(told, columns=[*COLUMNS, "geometry"])
    table[list(MEASURES)] = table[list(MEASURES)].astype(float)
    return geopandas.GeoDataFrame(standing_on(table, on=NEW_YEAR), geometry="geometry", crs=UTM_43N)


def areas(**more: Any) -> geopandas.GeoDataFrame:
    """Two halves of a town, 100 m each."""
    frame = geopandas.GeoDataFrame(
        {"label": ["West", "East"]}, geometry=[a_box(0, 0, 100, 100), a_box(100, 0, 100, 100)], crs=UTM_43N
    )
    return frame.assign(**more)


def test_sums_of_each_area_and_of_what_lies_in_none() -> None:
    there = permits({}, {"floor_area": 50.0}, {"geometry": a_box(500, 0, 5, 5)}, {"geometry": None})
    found = load(there, areas(), until=NEW_YEAR).set_index("area")
    assert list(found["floor_area"]) == [150.0, 0.0, 200.0]
    assert list(found.index) == ["West", "East", ELSEWHERE]
    assert list(found["permits"]) == [2, 0, 2]
    assert found.loc["West", "covered"] == 120.0


def test_what_a_drawing_does_not_tell_is_counted_and_never_a_nought() -> None:
    found = load(permits({"floor_area": None}), areas(), until=NEW_YEAR).set_index("area")
    assert pd.isna(found.loc["West", "floor_area"])
    assert found.loc["West", "untold_floor_area"] == 1
    assert found.loc["East", "floor_area"] == 0.0
    some = load(permits({"floor_area": None}, {}), areas(), until=NEW_YEAR).set_index("area")
    assert some.loc["West", "floor_area"] == 100.0
    assert some.loc["West", "untold_floor_area"] == 1
    assert some.loc["West", "untold_cars_drawn"] == 2


def test_the_rain_water_that_drawings_store_adds_up() -> None:
    there = permits({"rain_asked": 10_000.0, "rain_drawn": 8_000.0}, {"rain_asked": 0.0}, {})
    west = load(there, areas(), until=NEW_YEAR).set_index("area").loc["West"]
    assert (west["rain_asked"], west["untold_rain_asked"]) == (10_000.0, 1)
    assert (west["rain_drawn"], west["untold_rain_drawn"]) == (8_000.0, 2)


def test_a_load_grows_year_by_year() -> None:
    there = permits(
        {"issued": date(2019, 12, 31)},
        {"issued": date(2020, 1, 1)},
        {"issued": date(2021, 6, 1), "revoked": date(2022, 6, 1)},
    )
    found = load(there, areas(), until=date(2022, 7, 1), every="year")
    west = found[found["area"] == "West"]
    assert list(west["until"]) == [
        date(2019, 12, 31),
        date(2020, 12, 31),
        date(2021, 12, 31),
        date(2022, 7, 1),
    ]
    assert list(west["floor_area"]) == [100.0, 200.0, 300.0, 200.0]
    with pytest.raises(Invalid, match="no period"):
        load(there, areas(), until=NEW_YEAR, every="week")


def test_without_a_rain_runoff_is_unknown_and_says_what_to_give() -> None:
    found = load(permits({}, {}), areas(), until=NEW_YEAR).set_index("area")
    assert "rain=Rain(depth_mm=" in found.attrs["missing"]["runoff"]
    assert "rain" not in found.attrs
    assert found["runoff"].isna().all()
    assert list(found["untold_runoff"]) == [2, 0]


def test_a_rain_runs_off_the_ground_that_permits_cover() -> None:
    there = permits({}, {"covered": 40.0}, {"geometry": a_box(500, 0, 5, 5)})
    found = load(there, areas(), until=NEW_YEAR, rain=RAIN).set_index("area")
    assert list(found["runoff"]) == pytest.approx([100 * 0.05 * 0.8, 0.0, 60 * 0.05 * 0.8])  # m³
    assert list(found["untold_runoff"]) == [0, 0, 0]
    assert found.attrs["rain"] == {"depth_mm": 50, "coefficient": 0.8, "source": "assumed for a test"}
    assert found.attrs["missing"] == {}
    assert found.attrs["units"]["runoff"].startswith("m³")
    assert "50 mm of rain" in found.attrs["caveat"]
    assert "assumed for a test" in found.attrs["caveat"]


def test_ground_that_no_drawing_tells_runs_off_an_unknown_amount() -> None:
    none = load(permits({"covered": None}), areas(), until=NEW_YEAR, rain=RAIN).set_index("area")
    assert pd.isna(none.loc["West", "runoff"])
    some = load(permits({"covered": None}, {}), areas(), until=NEW_YEAR, rain=RAIN).set_index("area")
    assert some.loc["West", "runoff"] == pytest.approx(2.4)
    assert [none.loc["West", "untold_runoff"], some.loc["West", "untold_runoff"]] == [1, 1]


def test_the_ground_of_a_plot_runs_off_once_however_often_it_was_permitted() -> None:
    house = {"plots": ("7",), "issued": date(2020, 6, 1)}
    larger = {"plots": ("7",), "kind": "addition", "issued": date(2021, 6, 1), "covered": 80.0}
    gone = {"plots": ("7",), "kind": "demolition", "issued": date(2022, 6, 1), "covered": None}
    gone |= {"floor_area": None}
    there = permits(house, larger, gone)
    found = load(there, areas(), until=date(2022, 12, 31), every="year", rain=RAIN)
    west = found[found["area"] == "West"]
    assert list(west["runoff"])[:2] == pytest.approx([60 * 0.05 * 0.8, 80 * 0.05 * 0.8])
    assert pd.isna(list(west["runoff"])[2])
    assert list(west["untold_runoff"]) == [0, 0, 1]


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"depth_mm": -0.001}, "0 mm or more"),
        ({"depth_mm": float("nan")}, "0 mm or more"),
        ({"depth_mm": float("inf")}, "0 mm or more"),
        ({"coefficient": -0.001}, "from 0"),
        ({"coefficient": 1.001}, "from 0"),
        ({"coefficient": float("nan")}, "from 0"),
        ({"source": ""}, "source="),
        ({"source": "  "}, "source="),
    ],
)
def test_a_rain_that_cannot_be_or_has_no_source_is_refused(more: dict[str, Any], why: str) -> None:
    told: dict[str, Any] = {"depth_mm": 50.0, "coefficient": 0.8, "source": "assumed"} | more
    with pytest.raises(Invalid, match=why):
        Rain(**told)


def test_a_rain_without_any_word_on_its_source_is_refused() -> None:
    with pytest.raises(Invalid, match="source="):
        Rain(depth_mm=50, coefficient=0.8)


@pytest.mark.parametrize(
    ("depth", "share", "volume"), [(0.0, 0.8, 0.0), (50.0, 0.0, 0.0), (1000.0, 1.0, 200.0), (0.5, 1.0, 0.1)]
)
def test_no_rain_all_of_it_and_what_lies_between(depth: float, share: float, volume: float) -> None:
    assert Rain(depth_mm=depth, coefficient=share, source="assumed").runoff(200.0) == pytest.approx(volume)


def test_lines_have_no_load() -> None:
    with pytest.raises(Invalid, match="lines or points"):
        load(permits({}), areas().set_geometry(areas().boundary), until=NEW_YEAR)


def test_without_any_permit_nothing_is_permitted() -> None:
    found = load(permits(), areas(), until=NEW_YEAR, every="month")
    assert list(found["floor_area"]) == [0.0, 0.0]
    assert list(found["permits"]) == [0, 0]
