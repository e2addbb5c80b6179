"""Every number read in the law's text stands in the book, under the path of its fact, with the same amount."""

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
import yaml

from gis.site import LocalBody
from rules.book import Entry, Library, NotInForce, Parameter
from rules.instruments import Mark
from rules.measure import MONEY, Unit
from rules.reading import library
from rules.table import ByBand, ByWord, Cell, Node, cells
from tests.rules.fact_sheet import FROZEN, SHARED, as_number, frozen, leaves, read_leaves

NO_NUMBER_OF_LAW = {
    "definitions.built_up_area.fact": {"5"},
    "occupancy_groups.F.incl": {"2025"},
    "occupancy_groups.H.note": {"2025"},
    "table_4_yards.average_is": {"4"},
    "table_4_yards.modifiers.blank_wall.when": {"1", "2"},
    "table_4_yards.modifiers.below_ground.effect": {"26", "12"},
    "table_4_yards.openings.1.fact": {"26", "10"},
    "table_4_yards.previous.note": {"2025"},
    "table_4_yards.previous.single_family_front.note": {"1240", "2025", "682", "2026"},
    "table_4_yards.small_plots_rule_50.note": {"2025"},
    "table_3_road_distance.relaxations.6.when": {"64"},
    "table_3_road_distance.before_2025.note": {"1.0"},
    "table_3_road_distance.junction_splay.3.note": {"23", "4"},
    "table_6_coverage_fsi.road_widening": {"27"},
    "parking.single_houses": {"9"},
    "parking.geometry.ramp_slope_max": {"1"},
    "noc_table_A.rows.8.note": {"2025"},
    "noc_table_A.rows.9.trigger": {"1533", "2006"},
    "noc_table_A.rows.15.trigger": {"2"},
    "noc_table_A.rows.18.trigger": {"11"},
    "noc_table_A.reply_days_of_agency.note": {"2025", "1", "22", "2"},
    "site_rule_22.electric_table_2.horizontal.2.m": {"33"},
    "building_parts.room_height.ac_room.note": {"33", "2026"},
    "building_parts.ramp_as_stair.slope_max": {"1"},
    "building_parts.lift.extra": {"1"},
    "building_parts.lighting.window_fraction": {"1", "10", "41", "2019"},
    "building_parts.accessibility_rule_42.groups": {"2025"},
    "building_parts.accessibility_rule_42.ramp_slope_max": {"1"},
    "building_parts.accessibility_rule_42.rooms_A2": {"1"},
    "services.septic_rule_79.conflict": {"75", "2", "1.2", "79", "4", "2020", "0.30"},
    "procedure.inspection_report_hours.waived": {"2025"},
    "procedure.low_risk.empanelment": {"2025-10-29"},
    "procedure.occupancy.tolerance": {"23", "81", "6"},
    "procedure.drawing.site_plan_scale": {"1"},
    "procedure.drawing.building_plan_scale": {"1"},
    "procedure.licensee_registration.late_fine": {"2025"},
    "kpbr_2019.instruments.0.in_force": {"2019-11-08"},
    "kpbr_2019.instruments.1.in_force": {"2020-10-01"},
}
"""Numbers of rules, tables, orders and years, the 1 of “1 in n”, 5 cm and 33 kV (in metres and volts in the book),
numbers that another leaf holds, and the dates of instruments, which have tests of their own."""

DAYS_OF_VALIDITY = ("from", "to", "effective_from")
LOWERED = (
    "definitions.low_risk.versions.0",
    "definitions.low_risk.excluded",
    "table_3_road_distance.before_2025",
    "table_3_road_distance.relaxations.6.was",
    "table_11_town_planner_approval.previous",
    "parking.previous.diffs.visitors",
    "parking.previous.diffs.loading",
    "table_6_coverage_fsi.overrides.4",
    "table_6_coverage_fsi.overrides.5",
)
"""What the second reading (section 10, last paragraph) has not read against the text: it advises only."""

OUR_READING = (
    "services.accessory_rule_67.agri_shed_kennel",
    "services.telecom_ch18.guard_wall",
    "building_parts.high_rise_ch17.gate",
    "parking.geometry.ramp_curve",
    "fees.permit_fee_2025.other.shed",
)
"""Figures whose unit or meaning the facts leave open: what we took them to mean was not read, so it advises only."""


@pytest.fixture(scope="module")
def book() -> Library:
    return library()


@pytest.fixture(scope="module")
def numbers_by_fact(book: Library) -> dict[str, dict[Mark, set[Decimal | str]]]:
    found: dict[str, dict[Mark, set[Decimal | str]]] = {}
    for (key, _), timeline in book.timelines.items():
        for entry in timeline:
            for fact in entry.facts:
                marks = found.setdefault(fact, {})
                marks.setdefault(entry.citation.mark, set()).update(numbers_of(entry, book.cards[key].unit))
    return found


def numbers_of(entry: Entry, unit: Unit) -> Iterator[Decimal | str]:
    yield from edges(entry.node)
    for _, cell in cells(entry.node):
        if not isinstance(cell, Cell):
            continue
        if unit in MONEY:
            yield Decimal(str(cell.content)) / 100
        elif isinstance(cell.content, Fraction):
            yield from (Decimal(cell.content.numerator), Decimal(cell.content.denominator))
        elif isinstance(cell.content, Decimal | int):
            yield Decimal(cell.content)
        else:
            yield str(cell.content)


def edges(node: Node) -> Iterator[Decimal]:
    if isinstance(node, ByBand):
        for band in node.bands:
            yield from (edge for edge in (band.low, band.high) if edge is not None)
            yield from edges(band.node)
    elif isinstance(node, ByWord):
        for _, below in node.rows:
            yield from edges(below)


def covers(fact: str, path: str) -> bool:
    return path == fact or path.startswith(f"{fact}.")


@pytest.mark.parametrize("path", sorted(frozen()))
def test_every_number_read_in_the_text_stands_in_the_book(
    path: str, numbers_by_fact: dict[str, dict[Mark, set[Decimal | str]]]
) -> None:
    if path.rsplit(".", 1)[-1] in DAYS_OF_VALIDITY:
        return
    held: set[Decimal | str] = set()
    mark = Mark.PRESS if any(covers(lowered, path) for lowered in (*LOWERED, *OUR_READING)) else Mark.READ
    for fact, marks in numbers_by_fact.items():
        if covers(fact, path):
            held |= marks.get(mark, set())
    ignored = NO_NUMBER_OF_LAW.get(path, set())
    missing = [
        number
        for number in frozen()[path]
        if number not in ignored and as_number(number) not in held and number != "2025-10-28"
    ]
    assert missing == []


def test_no_exception_is_kept_longer_than_needed() -> None:
    assert {path for path in NO_NUMBER_OF_LAW if not NO_NUMBER_OF_LAW[path] <= set(frozen()[path])} == set()


@pytest.mark.skipif(not SHARED.exists(), reason="the fact sheet is not beside the project")
def test_the_frozen_keys_are_those_of_the_fact_sheet() -> None:
    assert frozen() == read_leaves(), f"write {FROZEN.name} anew and look at what changed"


@pytest.mark.skipif(not SHARED.exists(), reason="the fact sheet is not beside the project")
def test_every_fact_named_in_the_book_is_one_of_the_sheet(book: Library) -> None:
    paths = [leaf.path for leaf in leaves()]
    named = {fact for line in book.timelines.values() for entry in line for fact in entry.facts}
    lost = [
        fact
        for fact in named
        if not fact.startswith(("law.md", "meta.precedence", "land_restrictions"))
        and not any(covers(fact, path) for path in paths)
    ]
    assert lost == []


def test_every_entry_names_its_fact(book: Library) -> None:
    silent = {key for (key, _), line in book.timelines.items() if not all(entry.facts for entry in line)}
    assert silent == set()


@pytest.mark.skipif(not SHARED.exists(), reason="the fact sheet is not beside the project")
def test_what_was_not_read_in_the_text_never_binds(book: Library) -> None:
    read = [leaf.path for leaf in leaves() if leaf.mark == "Q"]
    others = {leaf.path for leaf in leaves() if leaf.mark in ("P", "R", "")} - set(read)
    binding = {
        fact
        for line in book.timelines.values()
        for entry in line
        if entry.citation.mark is Mark.READ
        for fact in entry.facts
        if any(covers(fact, path) for path in others) and not any(covers(fact, path) for path in read)
    }
    assert binding == {"building_parts.exit_unit"}, (
        "only the exit unit, which section 10 reads (0.25 m is half)"
    )


@pytest.mark.skipif(not SHARED.exists(), reason="the fact sheet is not beside the project")
def test_uncertain_facts_are_not_loaded(book: Library) -> None:
    uncertain = {leaf.path for leaf in leaves() if leaf.mark == "U"}
    named = {fact for line in book.timelines.values() for entry in line for fact in entry.facts}
    assert uncertain
    assert not {path for path in uncertain for fact in named if covers(fact, path)}


@pytest.mark.parametrize("lowered", LOWERED)
def test_what_the_second_reading_left_open_only_advises(lowered: str, book: Library) -> None:
    marks = {
        entry.citation.mark
        for line in book.timelines.values()
        for entry in line
        for fact in entry.facts
        if covers(lowered, fact)
        and entry.since.isoformat() < "2025-10-29"
        and isinstance(entry.node, Cell | ByWord | ByBand)
    }
    assert marks <= {Mark.PRESS}


def test_a_panchayat_is_bound_by_nothing_but_what_was_read_for_panchayats(book: Library) -> None:
    binding = {
        key
        for (key, body), line in book.timelines.items()
        if body is LocalBody.PANCHAYAT
        for entry in line
        if entry.citation.mark is Mark.READ
    }
    assert binding == {"process.regularised_to"}


def test_the_frozen_list_is_written_in_order() -> None:
    assert list(json.loads(FROZEN.read_text(encoding="utf-8"))) == list(frozen())


@pytest.fixture(scope="module")
def sheet() -> dict[str, Any]:
    if not SHARED.exists():
        pytest.skip("the fact sheet is not beside the project")
    with SHARED.open(encoding="utf-8") as file:
        loaded: dict[str, Any] = yaml.load(file, Loader=yaml.BaseLoader)
    return loaded


YARDS = ("front_average", "front_minimum", "rear_average", "rear_minimum", "side_average", "side_minimum")
ROWS_OF_TABLE_4 = [
    ("1", "A1", "1"), ("1", "A2", "9000"), ("1", "F", "200"), ("1", "G1_white", "199.99"), ("1", "H", "300"),
    ("3", "B", "200.01"), ("3", "C", "500"), ("3", "E", "350"), ("4", "B", "500.01"), ("4", "C", "900"),
    ("4", "E", "501"), ("5", "D", "200.01"), ("5", "D", "500"), ("6", "D", "500.01"), ("6", "D", "800"),
    ("7", "D", "800.01"), ("8", "D1", "50"), ("9", "F", "200.01"), ("10", "G1", "200"),
    ("10", "G1_white", "200"), ("11", "G1", "200.01"), ("11", "G1_white", "200.01"), ("12", "G2", "5"),
    ("13", "G3_birds", "100.01"), ("13", "G3_birds", "750"), ("14", "G3_birds", "750.01"),
    ("15", "G3_animals", "250.01"), ("15", "G3_animals", "750"), ("16", "G3_animals", "750.01"),
    ("17", "H", "300.01"), ("18", "I", "10"), ("19", "J", "12000"),
]  # fmt: skip


@pytest.mark.parametrize(("row", "group", "area"), ROWS_OF_TABLE_4)
def test_table_4_is_the_fact_sheets_cell_by_cell(
    sheet: dict[str, Any], row: str, group: str, area: str
) -> None:
    facts = next(each["v"] for each in sheet["table_4_yards"]["rows"] if each["n"] == row)
    book = library().on(date(2026, 1, 1), LocalBody.MUNICIPALITY)
    said = [book.value(Parameter("yards.open_space"), group, Decimal(area), yard).number for yard in YARDS]
    assert said == [Decimal(fact) for fact in facts]


def test_every_row_of_table_4_is_in_the_comparison(sheet: dict[str, Any]) -> None:
    assert {row for row, _, _ in ROWS_OF_TABLE_4} | {"2"} == {
        each["n"] for each in sheet["table_4_yards"]["rows"]
    }


def test_table_6_is_the_fact_sheets_cell_by_cell(sheet: dict[str, Any]) -> None:
    book = library().on(date(2025, 10, 29), LocalBody.CORPORATION)
    names = {"B_upto_higher_secondary": "B_school"}
    for row, facts in sheet["table_6_coverage_fsi"]["rows"].items():
        group = names.get(row, row)
        assert book.value(Parameter("coverage.percent"), group).number == Decimal(facts["coverage"])
        for tier, fact in zip(("fsi", "fsi_with_fee", "fsi_with_higher_fee"), facts["fsi"], strict=True):
            if fact == "null":
                with pytest.raises(NotInForce):
                    book.value(Parameter(f"coverage.{tier}"), group)
            else:
                assert book.value(Parameter(f"coverage.{tier}"), group).number == Decimal(fact), row


@pytest.mark.parametrize(
    ("name", "groups"),
    [
        ("A1", "A1"),
        ("A2", "A2"),
        ("B_C_D_E_F", "B C D E F"),
        ("D1", "D1"),
        ("G1_G2", "G1 G2"),
        ("G3", "G3"),
        ("H", "H"),
    ],
)
def test_the_access_tables_are_the_fact_sheets_band_by_band(
    sheet: dict[str, Any], name: str, groups: str
) -> None:
    book = library().on(date(2025, 10, 29), LocalBody.CORPORATION)
    for group in groups.split():
        for band in sheet["access_width"][name]:
            edge = Decimal(band.get("upto", band.get("above"))) + (Decimal("0.01") if "above" in band else 0)
            for case in ("single_unit", "multi_unit"):
                said = book.value(Parameter("access.width"), group, edge, case).number
                assert said == Decimal(band.get("w", band.get(case, "-1"))), (group, band)


@pytest.mark.parametrize("body", [LocalBody.CORPORATION, LocalBody.MUNICIPALITY])
def test_the_permit_fees_are_the_fact_sheets_slab_by_slab(sheet: dict[str, Any], body: LocalBody) -> None:
    book = library().on(date(2025, 10, 29), body)
    for groups, rates in sheet["fees"]["permit_fee_2025"][str(body)].items():
        for group in groups.split("_"):
            for area, rate in zip(("80", "150", "300", "300.01"), rates, strict=True):
                said = book.value(Parameter("charges.permit"), group, Decimal(area)).paise
                assert said == int(Decimal(rate) * 100), (group, area)
