"""What persons say beside a drawing is read strictly, and changes what the check may tell."""

from datetime import date

import orjson
import pytest

from gis.errors import Invalid, TooLarge
from gis.site import Site
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


def test_a_finding_names_who_declared_and_who_confirmed() -> None:
    told = answers_from_json(
        b'{"words": {"PERMEABLE_PERCENT": "60"}, "confirmed": ["PERMEABLE_PERCENT"],'
        b' "declared_by": {"PERMEABLE_PERCENT": "Asha"}, "confirmed_by": {"PERMEABLE_PERCENT": "K. Menon"}}'
    )
    asked = check(starter(SITE, set_back=3.0), SITE, library(), on=date(2026, 1, 1), told=told)
    found = document(asked)
    permeable = next(each for each in found["findings"] if each["rule"] == "permeable")
    assert permeable["outcome"] == "pass"
    assert permeable["measured"]["sources"] == (
        "declared with the application by Asha, confirmed by K. Menon",
    )
    assert found["answers"]["declared_by"] == {"PERMEABLE_PERCENT": "Asha"}
    assert found["answers"]["confirmed_by"] == {"PERMEABLE_PERCENT": "K. Menon"}


def asks(rule: str, told: bytes = b"{}", site: Site = SITE, set_back: float | None = 3.0) -> set[str]:
    """What the open findings of a rule ask persons."""
    answers = answers_from_json(told)
    asked = check(starter(site, set_back=set_back), site, library(), on=date(2026, 1, 1), told=answers)
    return {name for each in document(asked)["findings"] if each["rule"] == rule for name in each["asks"]}


def test_an_open_finding_asks_for_the_word_that_settles_it() -> None:
    confirmed = b'{"words": {"SEWER_CONNECTION": "YES"}, "confirmed": ["SEWER_CONNECTION"]}'
    assert asks("septic") == {"SEWER_CONNECTION"}
    assert asks("septic", b'{"words": {"SEWER_CONNECTION": "YES"}}') >= {"SEWER_CONNECTION"}
    assert asks("septic", confirmed) == set()


def test_a_declared_word_that_breaks_a_rule_is_asked_for_again() -> None:
    assert asks("permeable", b'{"words": {"PERMEABLE_PERCENT": "1"}}') == {"PERMEABLE_PERCENT"}


def test_a_consent_is_asked_for_where_the_remedy_does_not_name_its_key() -> None:
    assert "NOC_FIRE" in asks("noc_fire")


def test_an_open_front_and_the_owners_land_are_asked_for() -> None:
    small = a_site({}, plot=[[0, 0], [9, -1], [11, 10], [1, 12]])
    assert "holding" in asks("coverage", site=small, set_back=1.5)
    settled = b'{"holding": {"owns_adjoining_land": false, "is_split": false}}'
    assert "holding" not in asks("coverage", settled, site=small, set_back=1.5)
    without_entrance = starter(SITE, set_back=3.0).replace(b"ENTRANCE", b"NOTHING_")
    asked = check(without_entrance, SITE, library(), on=date(2026, 1, 1))
    assert not asked.proposal.front.is_known
    open_front = [each for each in document(asked)["findings"] if "front" in each["asks"]]
    assert open_front
    assert all(each["outcome"] == "unknown" for each in open_front)


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
        (b'{"declared_by": {"A": "Asha"}}', "declared_by.A"),
        (b'{"words": {"A": "YES"}, "confirmed_by": {"A": "Asha"}}', "confirmed_by.A"),
        (b'{"words": {"A": "YES"}, "declared_by": {"A": ""}}', "declared_by.A"),
        (b'{"declared_by": {"front": "Asha"}}', "declared_by.front"),
    ],
)
def test_answers_that_cannot_be_used_name_the_field(content: bytes, told: str) -> None:
    with pytest.raises(Invalid, match=told):
        answers_from_json(content)


def test_long_answers_are_refused() -> None:
    with pytest.raises(TooLarge):
        answers_from_json(orjson.dumps({"words": {f"K{i}": "x" * 150 for i in range(200)}}))
