"""Wells, walls, layouts, regularisations and demolitions are charged by rates of their own, or left to the office with the reason."""

import json
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

import pytest

from civic.permits.fees import Bill, other_bill
from civic.permits.model import Kind, asked_from, wall_length
from gis.errors import Invalid
from rules.check_document import to_json
from rules.checking import check
from rules.plans.starter import starter
from rules.reading import library
from tests.civic.permits.kinds import a_house, a_layout, with_wells
from tests.civic.permits.low_risk import a_clear_site

BEFORE, SINCE = date(2025, 10, 28), date(2025, 10, 29)
TOWNS = ("municipality", "corporation")
WALL = {"wall_length": "24.5"}


@cache
def found(content: bytes, body: str, on: date) -> Mapping[str, Any]:
    site = a_clear_site(body=body)
    made: Mapping[str, Any] = json.loads(to_json(check(content, site, library(), on=on)))
    return made


def billed(
    kind: Kind, content: bytes, body: str, on: date = SINCE, asked: Mapping[str, str] | None = None
) -> Bill:
    return other_bill(kind, found(content, body, on), asked or {})


def paise(of: Bill) -> dict[str, int]:
    return {each.head: each.paise for each in of.lines}


@pytest.mark.parametrize(
    ("kind", "content", "body", "application", "permit"),
    [
        (Kind.WELL, with_wells(1), "municipality", 10_00, 20_00),
        (Kind.WELL, with_wells(1), "corporation", 15_00, 25_00),
        (Kind.COMPOUND_WALL, a_house(b"_EXISTING"), "municipality", 10_00, 73_50),
        (Kind.COMPOUND_WALL, a_house(b"_EXISTING"), "corporation", 15_00, 98_00),
        (Kind.LAYOUT, a_layout(), "municipality", 30_00, 3_750_00),
        (Kind.LAYOUT, a_layout(), "corporation", 50_00, 5_000_00),
    ],
)
def test_a_work_costs_what_the_schedules_say_of_it(
    kind: Kind, content: bytes, body: str, application: int, permit: int
) -> None:
    told = billed(kind, content, body, asked=WALL)
    assert told.is_told
    assert paise(told) == {"permit_application": application, "permit_fee": permit}
    assert {each.clause for each in told.lines} == {
        "S.R.O. 1240/2025, Schedule I",
        "S.R.O. 1240/2025, Schedule II",
    }


@pytest.mark.parametrize(("body", "on"), [(each, BEFORE) for each in TOWNS] + [("panchayat", SINCE)])
@pytest.mark.parametrize(
    ("kind", "content"),
    [
        (Kind.WELL, with_wells(1)),
        (Kind.COMPOUND_WALL, a_house(b"_EXISTING")),
        (Kind.LAYOUT, a_layout()),
    ],
)
def test_where_no_rate_was_read_nothing_is_billed_and_the_office_sets_it(
    kind: Kind, content: bytes, body: str, on: date
) -> None:
    told = billed(kind, content, body, on, WALL)
    assert told.lines == ()
    assert [each.head for each in told.open] == ["permit_application", "permit_fee"]
    assert all(each.reason for each in told.open)


def test_each_new_well_is_charged() -> None:
    told = billed(Kind.WELL, with_wells(2), "municipality")
    assert [each.paise for each in told.lines] == [10_00, 20_00, 20_00]


@pytest.mark.parametrize(
    ("kind", "content", "why"),
    [
        (Kind.WELL, starter(a_clear_site()), "shows no new well"),
        (Kind.WELL, a_house(), "proposes more than this work"),
        (Kind.COMPOUND_WALL, a_house(), "proposes more than this work"),
        (Kind.COMPOUND_WALL, with_wells(1), "proposes more than this work"),
        (Kind.LAYOUT, a_house(), "no division of land"),
        (Kind.DEMOLITION, a_house(b"_EXISTING"), "name no fee for a demolition"),
        (Kind.REGULARISATION, a_house(), "not marked as to be regularised"),
    ],
)
def test_what_the_drawing_does_not_tell_stays_open_with_the_reason(
    kind: Kind, content: bytes, why: str
) -> None:
    told = billed(kind, content, "municipality", asked=WALL)
    (fee,) = [each for each in told.open if each.head == "permit_fee"]
    assert why in fee.reason


def test_a_wall_of_untold_length_stays_open() -> None:
    told = billed(Kind.COMPOUND_WALL, a_house(b"_EXISTING"), "municipality")
    assert [(each.head, each.reason) for each in told.open] == [
        ("permit_fee", "The length of the wall was not told.")
    ]


@pytest.mark.parametrize("body", TOWNS)
def test_what_is_regularised_pays_the_double_permit_fee(body: str) -> None:
    told = billed(Kind.REGULARISATION, a_house(b"_TBR"), body)
    new = found(a_house(), body, SINCE)["statement"]["fees"]
    once = {each["title"]: each["paise"] for each in new}
    assert told.is_told
    assert paise(told)["permit_fee"] == 2 * once["permit fee"]
    assert paise(told)["permit_application"] == once["application fee"]


@pytest.mark.parametrize(
    ("text", "length"),
    [("24.5", "24.50"), ("24,5", "24.50"), ("0.01", "0.01"), ("100000", "100000.00")],
)
def test_a_length_is_read_as_people_write_it(text: str, length: str) -> None:
    assert str(wall_length(text)) == length


@pytest.mark.parametrize("text", ["", "0", "0.001", "-3", "100000.01", "nan", "1e9", "inf", "24 m", "24.5.1"])
def test_what_is_no_length_is_none(text: str) -> None:
    assert wall_length(text) is None


def test_without_its_length_no_wall_is_asked_for() -> None:
    form = {"kind": "compound_wall", "number": "1/1", "title": "A wall"}
    with pytest.raises(Invalid, match="length of the wall in metres"):
        asked_from(form)
