"""What persons say beside a drawing is read strictly, and changes what the check may tell."""

from datetime import date

import orjson
import pytest

from gis.errors import Invalid, TooLarge
from rules.answers_document import answers_from_json
from rules.check_document import document
from rules.checking import check
from rules.plans.starter import starter
from rules.reading import library
from tests.rules.plan_builders import a_site

SITE = a_site({"roads": [{"side": 1}, {"side": 2}]}, plot=[[0, 0], [18, -4], [25, 14], [3, 20]])


def test_a_chosen_front_keeps_its_reason() -> None:
    told = answers_from_json(b'{"front": {"side": 3, "reason": "The gate is there."}}')
    asked = check(starter(SITE, set_back=3.0), SITE, library(), on=date(2026, 1, 1), told=told)
    assert asked.proposal.front.sides == (3,)
    assert "The gate is there." in asked.proposal.front.basis
    assert document(asked)["answers"]["front"] == {"side": "3", "reason": "The gate is there."}


@pytest.mark.parametrize(
    ("holding", "outcome"),
    [
        (b"{}", "unknown"),
        (b'{"holding": {"owns_adjoining_land": false, "is_split": false}}', "not applicable"),
    ],
)
def test_the_register_tells_whether_rule_50_holds(holding: bytes, outcome: str) -> None:
    site = a_site({}, plot=[[0, 0], [9, -1], [11, 10], [1, 12]])
    asked = check(
        starter(site, set_back=1.5), site, library(), on=date(2026, 1, 1), told=answers_from_json(holding)
    )
    assert {each.outcome.value for each in asked.report.findings if each.rule == "coverage"} == {outcome}


def test_only_what_was_confirmed_counts_as_more_than_a_word() -> None:
    told = answers_from_json(b'{"words": {"A": "YES", "B": "YES"}, "confirmed": ["B"]}')
    asked = check(starter(SITE), SITE, library(), on=date(2026, 1, 1), told=told)
    words = [asked.proposal.word(key) for key in ("A", "B")]
    assert [word.is_declared for word in words if word] == [True, False]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"[]", "answers"),
        (b"{", "no JSON object"),
        (b'{"owner": "X"}', "owner is not known"),
        (b'{"front": {"side": 2}}', "front.reason"),
        (b'{"front": {"side": 2, "reason": "  "}}', "front.reason"),
        (b'{"front": {"side": 0, "reason": "The gate."}}', "front.side"),
        (b'{"groups": {"G4": {"group": "Z", "reason": "It is so."}}}', "groups.G4.group"),
        (b'{"confirmed": ["not a key"]}', "confirmed.0"),
        (b'{"holding": {"is_split": "yes"}}', "holding.is_split"),
    ],
)
def test_answers_that_cannot_be_used_name_the_field(content: bytes, told: str) -> None:
    with pytest.raises(Invalid, match=told):
        answers_from_json(content)


def test_long_answers_are_refused() -> None:
    with pytest.raises(TooLarge):
        answers_from_json(orjson.dumps({"words": {f"K{i}": "x" * 150 for i in range(200)}}))
