"""Every worked case of `tests/rules/cases/stated/` comes out as it says, and the catalogue tells truly what each rule reads."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from gis.site import LocalBody
from rules.catalogue import CataloguedRule, Status
from rules.coverage import catalogue
from rules.reading import library
from tests.rules.checks.noticing import all_stated, all_worked
from tests.rules.checks.stating import NONE, UNREAD, told_by
from tests.rules.checks.worked_cases import STATEMENTS, Case, day_of

CHECKED = [rule for rule in catalogue() if rule.status is Status.CHECKED and rule.parameters]
WHOLE = {"not in the book": UNREAD, "the law has none": NONE}


@pytest.mark.parametrize("case", STATEMENTS, ids=str)
def test_a_stated_case_comes_out_as_it_says(case: Case) -> None:
    said = told_by(case, library().on(day_of(case), LocalBody(case.words["body"])))
    expected = case.words["expect"]
    wanted = WHOLE[expected] if isinstance(expected, str) else expected
    assert wanted
    assert {key: said.get(key, "not said") for key in wanted} == {
        key: _exact(each) for key, each in wanted.items()
    }, said


def _exact(told: Any) -> Any:
    """Numbers of a case as the decimals they are written as."""
    if isinstance(told, list):
        return [_exact(each) for each in told]
    if isinstance(told, bool | str | date) or told is None:
        return told
    return Decimal(str(told))


@cache
def read_in_cases() -> dict[str, frozenset[str]]:
    """By rule: every parameter that is read in its own worked cases."""
    found: dict[str, set[str]] = defaultdict(set)
    for each in (*all_worked(), *all_stated()):
        found[each.case.rule] |= each.parameters
    return {rule: frozenset(keys) for rule, keys in found.items()}


@pytest.mark.parametrize("rule", CHECKED, ids=lambda each: each.id)
def test_every_parameter_of_a_checked_rule_is_read_in_its_own_cases(rule: CataloguedRule) -> None:
    assert set(rule.parameters) - read_in_cases().get(rule.id, frozenset()) == set()


@pytest.mark.parametrize(
    "rule", [each for each in CHECKED if each.function is None], ids=lambda each: each.id
)
def test_every_parameter_that_a_check_reads_stands_in_its_entry(rule: CataloguedRule) -> None:
    assert read_in_cases().get(rule.id, frozenset()) - set(rule.parameters) == set()


@pytest.mark.parametrize(
    "rule", [each for each in CHECKED if each.function is not None], ids=lambda each: each.id
)
def test_the_function_that_the_catalogue_names_is_asked_in_its_cases(rule: CataloguedRule) -> None:
    asked = {case.words["ask"] for case in STATEMENTS if case.rule == rule.id}
    assert str(rule.function).rpartition(":")[2] in asked


@pytest.mark.parametrize(
    "rule", [each for each in CHECKED if each.function is not None], ids=lambda each: each.id
)
def test_what_is_only_stated_has_cases_that_are_told_and_cases_that_stay_open(rule: CataloguedRule) -> None:
    """A statement is told or is not in the book; where it judges (a layout) it passes, fails and stays unknown."""
    expected = [case.words["expect"] for case in STATEMENTS if case.rule == rule.id]
    assert {_is_open(each) for each in expected} == {True, False}
    if rule.id == "layout":
        outcomes = {word for each in expected if isinstance(each, dict) for word in each.values()}
        assert {"pass", "fail", "unknown"} <= outcomes


def _is_open(expected: Any) -> bool:
    """Whether a case says that something is not known, or that the law has none."""
    if isinstance(expected, str):
        return True
    words = [each for each in expected.values() if not isinstance(each, list)]
    return None in words or "unknown" in words or bool(expected.get("reservations"))
