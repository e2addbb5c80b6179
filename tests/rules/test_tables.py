"""The tables of the law cell by cell, both sides of every band, as a planner would look them up."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml

from gis.site import LocalBody
from rules.book import NotEncoded, NotInForce, Parameter
from rules.measure import MONEY
from rules.reading import library
from rules.table import Key

CASES = Path(__file__).parent / "cases" / "tables.yaml"
HOLES = {"none": NotInForce, "unknown": NotEncoded}


def cases() -> list[dict[str, Any]]:
    with CASES.open(encoding="utf-8") as file:
        rows: list[dict[str, Any]] = yaml.load(file, Loader=yaml.BaseLoader)
    return rows


def named(case: dict[str, Any]) -> str:
    return f"{case['on']} {case['body']} {' '.join(case['ask'])}"


@pytest.mark.parametrize("case", cases(), ids=named)
def test_the_table_says_what_the_fact_sheet_says(case: dict[str, Any]) -> None:
    book = library().on(date.fromisoformat(case["on"]), LocalBody(case["body"]))
    parameter = Parameter(case["ask"][0])
    axes = library().card(parameter).axes
    keys: list[Key] = [
        Decimal(key) if axis.is_number else key for axis, key in zip(axes, case["ask"][1:], strict=True)
    ]
    if case["says"] in HOLES:
        with pytest.raises(HOLES[case["says"]]):
            book.value(parameter, *keys)
        return
    value = book.value(parameter, *keys)
    assert value.exact / (100 if value.unit in MONEY else 1) == Fraction(case["says"])


def test_no_case_stands_twice() -> None:
    names = [named(case) for case in cases()]
    assert sorted(names) == sorted(set(names))
