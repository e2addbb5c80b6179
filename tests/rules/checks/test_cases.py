"""Every worked case of `tests/rules/cases/checks/` comes out as it says, and every checked rule has its cases."""

import re
from decimal import Decimal
from typing import Any

import pytest
import yaml

from gis.site import LocalBody
from rules.catalogue import Status
from rules.checks import RULES
from rules.coverage import catalogue
from rules.findings import Outcome
from rules.reading import library
from tests.rules.checks.worked_cases import CASES, FOLDER, Case, findings
from tests.rules.plan_builders import DAY, a_plan, a_site


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_worked_case_comes_out_as_it_says(case: Case) -> None:
    found = findings(case)
    expected = case.words["expect"]
    for each in expected if isinstance(expected, list) else [expected]:
        wanted = {"outcome": each} if isinstance(each, str) else each
        there = [one for one in found if wanted.get("subject", "") in one.subject]
        assert there, f"no finding about “{wanted.get('subject')}” among {[one.subject for one in found]}"
        told = [(one.subject, one.outcome.value, one.reason, one.steps) for one in there]
        assert {one.outcome for one in there} == {Outcome(wanted["outcome"])}, told
        for key in ("measured", "required"):
            if key in wanted:
                amounts = {getattr(one, key).amount for one in there}
                assert all(abs(a - Decimal(str(wanted[key]))) < Decimal("0.0005") for a in amounts), told
        if "reason" in wanted:
            assert all(wanted["reason"] in (one.reason or "") for one in there), told


@pytest.mark.parametrize("rule", RULES.rules, ids=lambda each: each.id)
def test_every_rule_has_cases_that_pass_fail_and_stay_unknown(rule: Any) -> None:
    """A file names under `never` the outcomes that its rule cannot have, each with the reason."""
    there = {one.outcome for case in CASES if case.rule == rule.id for one in findings(case)}
    never = {Outcome(each): why for each, why in sheet_of(rule.id).get("never", {}).items()}
    assert all(never.values())
    assert not there & set(never)
    assert {Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN} - there - set(never) == set()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_finding_tells_its_clause_its_sources_its_steps_and_how_to_mend_it(case: Case) -> None:
    for each in findings(case):
        told = (each.subject, each.outcome.value, each.reason)
        assert each.clause or each.outcome in (Outcome.UNKNOWN, Outcome.NOT_APPLICABLE), told
        assert each.remedy or each.outcome in (Outcome.PASS, Outcome.NOT_APPLICABLE), told
        assert each.reason or each.measured, told
        if each.measured is not None:
            assert each.measured.sources, told
            assert each.measured.steps, told


METRES = re.compile(r"([0-9]+(?:\.[0-9]+)?) m\b")


HALVES = "below and above 2.1 m"
"""Where the words of the drawing convention part a wall; no amount that is asked."""


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_remedy_names_no_metres_but_those_that_are_asked(case: Case) -> None:
    """Another number may stand in a remedy only as an alternative that the finding names in its reason or its steps."""
    for each in findings(case):
        if each.remedy is None or each.required is None or each.outcome is Outcome.PASS:
            continue
        wanted = {Decimal(number) for number in METRES.findall(each.remedy.replace(HALVES, ""))}
        named = {Decimal(number) for number in METRES.findall(" ".join([each.reason or "", *each.steps]))}
        assert wanted <= named | {each.required.amount}, (each.subject, each.remedy, each.required.amount)
        if each.outcome is Outcome.FAIL and len(wanted) == 1:
            assert wanted == {each.required.amount}, (each.subject, each.remedy, each.required.amount)


def sheet_of(rule: str) -> dict[str, Any]:
    """The file with the cases of a rule."""
    sheet: dict[str, Any] = yaml.safe_load((FOLDER / f"{rule}.yaml").read_text(encoding="utf-8"))
    return sheet


def test_every_registered_rule_stands_in_the_catalogue() -> None:
    assert {rule.id for rule in RULES.rules} - {rule.id for rule in catalogue()} == set()


def test_what_the_catalogue_calls_checked_is_checked() -> None:
    checked = {rule.id for rule in catalogue() if rule.status is Status.CHECKED and rule.function is None}
    assert checked == {rule.id for rule in RULES.rules}


@pytest.mark.parametrize("rule", RULES.rules, ids=lambda each: each.id)
def test_every_rule_answers_a_plan_of_which_nothing_is_known(rule: Any) -> None:
    site = a_site({"roads": [], "has_road_data": False, "body": "municipality"})
    nothing = {"plot": None, "buildings": [], "placed": False}
    for answer in RULES.check_one(
        rule.id, a_plan(nothing, site=site), site, library().on(DAY, LocalBody.MUNICIPALITY)
    ):
        assert answer.outcome is not Outcome.PASS, f"{answer.subject}: {answer.reason}"
