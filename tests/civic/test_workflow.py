"""A workflow that cannot run is refused at start, with every fault named."""

import re

import pytest

from api.town import SERVICES
from civic.core.workflow import PARTIES, STAFF, workflow
from gis.errors import Invalid
from tests.civic.builders import FLOW, a_flow


def test_a_whole_workflow_is_read() -> None:
    flow = a_flow()
    assert list(flow.steps_from("filed")) == ["verify", "refuse"]
    assert list(flow.tasks_of("verified")) == ["visit", "fire"]
    assert flow.roles == {"applicant", "verifier", "approver", "clock"}


@pytest.mark.parametrize(
    ("part", "instead", "told"),
    [
        ("begin: draft", "begin: nowhere", "begins in “nowhere”"),
        ("turn: approver", "turn: king", "“king”, which is no role"),
        ("outcome: granted", "outcome: granted, turn: approver", "either a turn or an outcome"),
        ("to: filed, by", "to: nowhere, by", "step file names “nowhere”"),
        ("guards: [papers]", "guards: [weather]", "“weather” that nobody keeps"),
        ("apart: [verify]", "apart: [sing]", "apart from “sing”"),
        ("within: {days: 2}", "within: {days: 2, working_days: 3}", "either working_days or days"),
        ("by: [clock], after: {working_days: 10}", "by: [clock]", "waits a span of days"),
        ("asked_in: verified, within", "asked_in: nowhere, within", "task visit is asked in “nowhere”"),
        ("role: agency", "role: applicant", "task fire is asked of “applicant”"),
        ("to: filed, by: [applicant]", "to: filed, by: [owner]", "who has no step to take there"),
        (
            "from: [filed]\n    to: verified",
            "from: [filed]\n    to: granted",
            "verified can never be reached",
        ),
        ("from: [filed, verified]", "from: [filed, verified, granted]", "granted ends the case, but refuse"),
        ("escalates_to: secretary", "escalates_to: applicant", "escalates to “applicant”"),
        (
            "asked_in: verified, within: {working_days: 5}",
            "asked_in: verified, within: {working_days: 5}, escalates_to: owner",
            "task visit escalates to “owner”",
        ),
        ("asked_in: verified}", "asked_in: draft, escalates_to: secretary}", "fire escalates without"),
        ("title: {en: A test, ml: പരീക്ഷണം}", "title: {en: A test}", "not a workflow"),
    ],
)
def test_a_fault_is_named(part: str, instead: str, told: str) -> None:
    assert part in FLOW
    with pytest.raises(Invalid, match=re.escape(told)):
        workflow(FLOW.replace(part, instead, 1), guards=frozenset({"papers"}))


def test_all_faults_are_named_at_once() -> None:
    text = FLOW.replace("guards: [papers]", "guards: [weather]").replace("turn: approver", "turn: king")
    with pytest.raises(Invalid) as refused:
        workflow(text)
    assert "weather" in refused.value.message
    assert "king" in refused.value.message


@pytest.mark.parametrize("name", SERVICES)
def test_whoever_of_the_office_ends_a_case_has_a_maker_before_them_or_a_reason(name: str) -> None:
    flow = SERVICES[name].flow
    ends = [
        step_name
        for step_name, step in flow.steps.items()
        if set(step.by) & set(STAFF)
        and flow.states[step.to].outcome
        and not step.apart
        and step.alone is None
    ]
    assert ends == []


@pytest.mark.parametrize(
    ("name", "step", "of"),
    [
        ("land_records", "refuse", {"ask", "verify", "report"}),
        ("permits", "council_approve", {"verify", "verify_plain", "report"}),
        ("permits", "council_refuse", {"verify", "verify_plain", "report"}),
    ],
)
def test_who_decides_made_nothing_of_what_is_decided_on(name: str, step: str, of: set[str]) -> None:
    assert set(SERVICES[name].flow.steps[step].apart) == of


@pytest.mark.parametrize("name", SERVICES)
def test_every_turn_with_a_limit_is_told_when_it_has_run_out_or_lapses(name: str) -> None:
    flow = SERVICES[name].flow
    untold = {each for each, state in flow.states.items() if state.within and not flow.escalation(each)}
    assert all(flow.states[each].turn in PARTIES for each in untold)
    assert all("lapse" in flow.steps_from(each) for each in untold)
    assert flow.reminded() == ({"consenting"} if name == "permits" else set())


def test_a_late_turn_with_no_role_above_it_is_told_to_the_role_itself() -> None:
    flow = a_flow()
    assert (flow.escalation("filed"), flow.escalation("verified")) == ("secretary", "approver")
    assert (flow.escalation("draft"), flow.escalation("granted")) == (None, None)
    assert SERVICES["objections"].flow.escalation("examined") == "secretary"
    assert SERVICES["land_records"].flow.escalation("fee_due") is None
