"""Which buildings are houses of one or two dwellings: by their colour, and by the dwelling units that are drawn."""

from typing import Any

import pytest

from rules.reckoning.houses import is_house, is_single_family
from tests.rules.plan_builders import a_plan


@pytest.mark.parametrize(
    ("words", "house"),
    [
        ({}, True),
        ({"floors": {0: {"A1": 60, "A5": 20}}}, True),
        ({"floors": {0: {"A4": 60}}}, None),
        ({"floors": {0: {"A4": 60}}, "units": {0: [20, 20, 20]}}, False),
        ({"units": {0: [50], 1: [50]}}, True),
        ({"units": {0: [30, 30], 1: [50]}}, False),
        ({"floors": {0: {"A1": 60, "F": 20}}}, False),
        ({"floors": {0: {"?": 60}}}, None),
        ({"floors": {}}, None),
    ],
)
def test_a_house_of_one_or_two_dwellings(words: dict[str, Any], house: bool | None) -> None:
    assert is_house(a_plan({"buildings": [words]}).buildings[0]) is house


@pytest.mark.parametrize(
    ("building", "word", "is_confirmed", "single"),
    [
        ({}, None, False, None),
        ({}, "YES", False, None),
        ({}, "YES", True, True),
        ({}, "NO", False, False),
        ({"units": {0: [90]}}, None, False, True),
        ({"units": {0: [45, 45]}}, "YES", True, False),
    ],
)
def test_the_house_of_one_family(
    building: dict[str, Any], word: str | None, is_confirmed: bool, single: bool | None
) -> None:
    key = "SINGLE_FAMILY_BLDG"
    words = {} if word is None else {key: word}
    plan = a_plan({"buildings": [building], "words": words, "confirmed": [key] if is_confirmed else []})
    assert is_single_family(plan, plan.buildings[0]) is single
