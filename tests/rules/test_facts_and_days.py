"""The book holds nothing that the facts do not say: no number of its own, no other instrument, no other day.

The sheet is read as it stands beside the project; without it these tests are left out.
"""

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest

from gis.site import LocalBody
from rules.book import Entry, Force, Parameter
from rules.instruments import Mark
from rules.measure import MONEY
from rules.reading import library
from tests.rules.fact_sheet import SHARED, Leaf, as_number, leaves
from tests.rules.test_facts import covers, numbers_of

pytestmark = pytest.mark.skipif(not SHARED.exists(), reason="the fact sheet is not beside the project")

COMPILED = {"828/2019", "639/2020", "483/2021", "100/2023"}
"""The instruments that were read in the compilation of 2023 (S23)."""
GAZETTE = "1240/2025"
"""The instrument that was read in the Gazette of 2025 (S25)."""
EARLIER = re.compile(r"(^|\.)(was|was_\w+|previous|before|before_2025|E_before_2025|note)($|\.)")
"""Where the reader of 2025 says what the number was before."""
SAID_OTHERWISE: dict[str, set[str]] = {
    "accessibility.toilet_floors": {"3"},
    "approval.built_up_area": {"0"},
    "charges.government": {"0"},
    "charges.permit": {"7", "10", "80", "300"},
    "coverage.fee": {"5000"},
    "coverage.higher_fee": {"7500"},
    "definitions.plinth_offset": {"0.05"},
    "exits.stretcher_lift_above": {"1"},
    "noc.fire_built_up_area": {"0"},
    "noc.fire_height": {"0"},
    "occupancy.livestock_area": {"100"},
    "site.line_extra_high_step": {"33000"},
    "site.line_growth_above": {"33000"},
    "yards.table_height": {"10"},
    "yards.uniform": {"300"},
}
"""Said in words or in the name of a figure (“every third”, “all”, “no fee”, “5 cm”, “33 kV”, “>300”), or in a comment."""


@cache
def sheet() -> tuple[Leaf, ...]:
    return tuple(leaves())


@cache
def second_reading() -> frozenset[Decimal]:
    text = (SHARED.parent / "law.md").read_text(encoding="utf-8")
    return frozenset(Decimal(each) for each in re.findall(r"\d+(?:\.\d+)?", text[text.index("## 10.") :]))


def entries(mark: Mark) -> list[tuple[str, LocalBody, Entry]]:
    return [
        (key, body, entry)
        for (key, body), line in library().timelines.items()
        for entry in line
        if entry.citation.mark is mark and body is not LocalBody.CORPORATION
    ] + [
        (key, body, entry)
        for (key, body), line in library().timelines.items()
        for entry in line
        if entry.citation.mark is mark and body is LocalBody.CORPORATION and key.startswith("charges.")
    ]


def beneath(entry: Entry) -> list[Leaf]:
    return [leaf for leaf in sheet() if any(covers(fact, leaf.path) for fact in entry.facts)]


def numbers(key: str, entry: Entry) -> set[Decimal | str]:
    return set(numbers_of(entry, library().cards[key].unit))


def test_no_number_stands_in_the_book_that_its_fact_does_not_hold() -> None:
    invented = set()
    for key, _, entry in entries(Mark.READ):
        held = {as_number(number) for leaf in beneath(entry) for number in leaf.numbers}
        held |= {Decimal(number) for number in SAID_OTHERWISE.get(key, ())}
        if any(fact.startswith("law.md") for fact in entry.facts):
            held |= second_reading()
        words = {each for each in numbers(key, entry) if isinstance(each, str) and not each[:4].isdigit()}
        invented |= {(key, str(each)) for each in numbers(key, entry) - held - words}
    assert invented == set()


def test_a_number_is_cited_from_the_text_in_which_its_fact_was_read() -> None:
    elsewhere = set()
    for key, _, entry in entries(Mark.READ):
        if not numbers(key, entry) or any(
            fact.startswith(("law.md", "land_restr", "meta")) for fact in entry.facts
        ):
            continue
        below = beneath(entry)
        sources = {source for leaf in below for source in leaf.sources}
        cited = str(entry.citation)
        if GAZETTE in cited and "S25" not in sources:
            elsewhere.add((key, entry.since))
        earlier = any(EARLIER.search(leaf.path) or "previous" in leaf.path for leaf in below)
        of_tables = any(leaf.path.startswith(("parking.table_10", "occupancy_groups.H")) for leaf in below)
        if any(number in cited for number in COMPILED) and not ("S23" in sources or earlier or of_tables):
            elsewhere.add((key, entry.since))
    assert elsewhere == set()


def test_a_number_of_the_gazette_of_2025_begins_on_its_day_and_has_no_end() -> None:
    for key, _, entry in entries(Mark.READ):
        if GAZETTE in str(entry.citation):
            assert (entry.since, entry.until) == (date(2025, 10, 29), None), key


def test_a_number_that_ends_with_the_gazette_of_2025_is_unknown_from_the_instrument_that_was_not_read() -> (
    None
):
    ended = [
        (key, entry)
        for key, body, entry in entries(Mark.READ)
        if entry.until and body is not LocalBody.PANCHAYAT and entry.until > date(2021, 6, 28)
    ]
    assert len(ended) > 60
    assert {key for key, entry in ended if entry.until != date(2025, 3, 18)} == set()


def test_a_fact_with_days_holds_on_those_days() -> None:
    """A fact that says from when and until when it held is in the book from that day, and not beyond."""
    late, long = set(), set()
    for key, body, entry in entries(Mark.READ):
        if body is LocalBody.PANCHAYAT or not numbers(key, entry) or GAZETTE in str(entry.citation):
            continue
        for leaf in beneath(entry):
            if not leaf.until or not {as_number(each) for each in leaf.numbers} & numbers(key, entry):
                continue
            if leaf.until == "2025-10-28" and entry.until != date(2025, 3, 18):
                long.add((key, leaf.path))
            if leaf.since and "previous" in leaf.path and entry.since != date.fromisoformat(leaf.since):
                late.add((key, leaf.path))
    assert (late, long) == (set(), set())


def test_only_what_was_read_binds() -> None:
    read = {leaf.path for leaf in sheet() if leaf.mark == "Q"}
    binding = [
        (key, fact)
        for (key, _), line in library().timelines.items()
        for entry in line
        if entry.force is Force.BINDING
        for fact in entry.facts
        if not fact.startswith(("law.md", "land_restrictions", "meta.precedence"))
    ]
    assert len(binding) > 400
    unread = {(key, fact) for key, fact in binding if not any(covers(fact, path) for path in read)}
    assert unread == {("exits.exit_unit", "building_parts.exit_unit")}, "read in section 10 of the facts"


def by_cell() -> list[str]:
    lines = (Path(__file__).parent / "facts_by_cell.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize("line", by_cell())
def test_the_figure_of_the_sheet_stands_in_its_own_cell_of_the_book(line: str) -> None:
    path, _, place = line.partition(" = ")
    place, _, day = place.partition(" @")
    asked, body = place.removesuffix(" corporation"), LocalBody.MUNICIPALITY
    if place.endswith(" corporation"):
        body = LocalBody.CORPORATION
    name, *keys = asked.split()
    axes = library().card(Parameter(name)).axes
    book = library().on(date.fromisoformat(day or "2025-10-29"), body)
    value = book.value(
        Parameter(name),
        *(Decimal(key) if axis.is_number else key for axis, key in zip(axes, keys, strict=True)),
    )
    said = next(leaf.text for leaf in sheet() if leaf.path == path)
    assert value.exact / (100 if value.unit in MONEY else 1) == Fraction(said)
