"""A reform that is thought of changes the numbers it names, from its day on, and nothing else."""

from datetime import date
from decimal import Decimal

import pytest

from gis.errors import Invalid
from gis.site import LocalBody
from rules.book import Force, NotEncoded, Parameter
from rules.reading import library
from rules.reform import changed, reform, reformed

YARDS = Parameter("yards.open_space")
ROW = ("A1", Decimal(150), "front_average")
FRONT = """
title: {en: A front yard of 2 m}
from: 2027-01-01
parameters:
  - {parameter: yards.open_space, where: {occupancy: A1, yard: front_average}, value: "2.0"}
"""


def on(text: str, day: date, body: LocalBody = LocalBody.MUNICIPALITY, *keys: object) -> Decimal:
    return reformed(library(), reform(text)).on(day, body).value(YARDS, *(keys or ROW)).number  # type: ignore[arg-type]


def test_a_number_changes_on_its_day_and_not_the_day_before() -> None:
    assert on(FRONT, date(2026, 12, 31)) == Decimal(3)
    assert on(FRONT, date(2027, 1, 1)) == Decimal(2)


def test_other_rows_and_the_book_itself_stay() -> None:
    after = reformed(library(), reform(FRONT)).on(date(2027, 1, 1), LocalBody.MUNICIPALITY)
    assert after.value(YARDS, "A1", Decimal(150), "front_minimum").number == Decimal("1.8")
    assert after.value(YARDS, "F", Decimal(150), "front_average").number == Decimal(3)
    assert library().on(date(2027, 1, 1), LocalBody.MUNICIPALITY).value(YARDS, *ROW).number == Decimal(3)
    assert after.library.digest != library().digest


def test_a_reformed_number_says_that_nobody_has_made_it() -> None:
    value = reformed(library(), reform(FRONT)).on(date(2027, 1, 1), LocalBody.MUNICIPALITY).value(YARDS, *ROW)
    assert "thought of" in str(value.citation)
    assert (
        value.force is Force.BINDING
    )  # as binding as what it stands in for, so that before and after compare


def test_a_band_is_named_by_a_number_in_it() -> None:
    text = FRONT.replace(
        "{occupancy: A1, yard: front_average}", "{occupancy: D, built_up_area: 500, yard: front_average}"
    )
    day, body = date(2027, 1, 1), LocalBody.MUNICIPALITY
    assert on(text, day, body, "D", Decimal(500), "front_average") == Decimal(2)
    assert on(text, day, body, "D", Decimal("500.01"), "front_average") == Decimal("7.5")


@pytest.mark.parametrize(
    ("way", "after"), [("times: '0.5'", "1.5"), ("plus: '-1'", "2"), ("value: '0'", "0")]
)
def test_numbers_change_by_value_factor_or_sum(way: str, after: str) -> None:
    assert on(FRONT.replace('value: "2.0"', way), date(2027, 1, 1)) == Decimal(after)


def test_what_changes_is_listed_row_by_row() -> None:
    (told,) = {(each.rows, each.before, each.after) for each in changed(library(), reform(FRONT))}
    assert told == (("A1", "front_average"), Decimal("3.0"), Decimal("2.0"))


def test_a_day_that_was_not_read_stays_unread() -> None:
    text = FRONT.replace("2027-01-01", "2025-11-01")
    with pytest.raises(NotEncoded):
        reformed(library(), reform(text)).on(date(2025, 6, 1), LocalBody.MUNICIPALITY).value(YARDS, *ROW)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "not a reform"),
        ("[1, 2", "not a reform"),
        ("a: &a [*a]", "not a reform"),
        (FRONT.replace("yards.open_space", "yards.nothing"), "no parameter"),
        (FRONT.replace("occupancy: A1", "occupancy: Z9"), "is no occupancy"),
        (FRONT.replace("occupancy: A1", "colour: red"), "no rows by “colour”"),
        (FRONT.replace("yard: front_average", "yard: front_average, built_up_area: x"), "is not a number"),
        (FRONT.replace('value: "2.0"', 'value: "2.0", plus: "1"'), "exactly one of"),
        (FRONT.replace('value: "2.0"', 'plus: "-4"'), "below nothing"),
        (FRONT.replace('value: "2.0"', 'value: "two"'), "yards.open_space"),
        (FRONT.replace("2027-01-01", "2025-06-01"), "no number of yards.open_space for .* on 2025-06-01"),
        (FRONT.replace("from: 2027-01-01", "from: 2027-01-01\nlaw: true"), "not a reform"),
        ("x" * 100_001, "at most"),
    ],
)
def test_a_reform_that_cannot_be_meant_is_refused(text: str, says: str) -> None:
    with pytest.raises(Invalid, match=says):
        reformed(library(), reform(text))
