"""The list of what a licensee may declare: every entry stands in the catalogue, no consent is on it, and bad lists are refused."""

import re

import pytest

from civic.permits.consultations import ASKING_CHAPTERS, consent_rules, themes_of
from civic.permits.declared import declarables, read_declared
from gis.errors import Invalid
from rules.catalogue import Status
from rules.checks.access import ONWARD
from rules.checks.overlays import PLANS, ZONE
from rules.coverage import catalogue
from tests.civic.permits.low_risk import THEMES

RULES = {each.id: each for each in catalogue()}
GOOD = """
rules:
  - rule: stairs
    clause: Chapter V
    words: {en: The stairs are as asked., ml: ഗോവണികൾ ആവശ്യപ്പെട്ടതുപോലെയാണ്.}
    why: Who designs them knows.
silent_book:
  - rule: noc_defence
    clause: 5(4) Table A
    themes: [defence]
    words: {en: None is known., ml: ഒന്നും അറിവിലില്ല.}
    why: It can be seen.
"""


@pytest.mark.parametrize("entry", declarables(), ids=lambda each: each.id)
def test_each_entry_names_a_rule_with_the_clause_of_the_catalogue(entry: object) -> None:
    listed = next(each for each in declarables() if each is entry)
    assert RULES[listed.rule].clause == listed.clause
    assert re.search("[\u0d00-\u0d7f]", listed.words.ml)
    assert not re.search("[\u0d00-\u0d7f]", listed.words.en)
    assert listed.why


def test_no_number_of_the_law_stands_in_the_words_signed() -> None:
    unit = re.compile(r"\d+(\.\d+)?\s*(m|m²|m2|%|മീറ്റർ)(?![\w])")
    assert not [
        each.rule for each in declarables() if unit.search(each.words.en) or unit.search(each.words.ml)
    ]


def test_no_rule_of_consent_that_a_layer_or_drawing_answers_is_declared() -> None:
    consents = {each.id for each in catalogue() if each.chapter in ASKING_CHAPTERS}
    on_the_list = {each.rule for each in declarables()} & consents
    assert on_the_list == {"noc_defence", "noc_other"}
    for each in declarables():
        if each.rule in consents:
            assert set(themes_of(each.rule)) <= set(each.themes)
            assert each.themes
    assert consent_rules() - on_the_list


def test_every_rule_for_a_person_is_on_the_list() -> None:
    by_hand = {each.id for each in catalogue() if each.status is Status.NEEDS_A_HUMAN}
    assert by_hand <= {each.rule for each in declarables()}


def test_parts_and_themes_are_named_as_the_rules_name_them() -> None:
    subjects = {each.rule: each.subjects for each in declarables() if each.subjects}
    assert subjects["access"] == (ONWARD,)
    assert subjects["precedence"] == (PLANS[ZONE],)
    assert {theme for each in declarables() for theme in each.themes} <= set(THEMES)


def test_a_good_list_is_read_in_its_order() -> None:
    assert [each.id for each in read_declared(GOOD, catalogue())] == ["stairs", "noc_defence"]


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("rule: stairs", "rule: stairways", "stairways: is no rule of the catalogue"),
        ("clause: Chapter V", "clause: Chapter VI", "stairs: stands in Chapter V, not in Chapter VI"),
        (
            "rule: stairs\n    clause: Chapter V",
            "rule: noc_fire\n    clause: 5(4) Table A",
            "noc_fire: the consent of another authority is never declared",
        ),
        (
            "rule: stairs\n    clause: Chapter V",
            "rule: noc_other\n    clause: 5(4) Table A",
            "noc_other: the consent of another authority is never declared",
        ),
        (
            "rule: stairs\n    clause: Chapter V",
            "rule: town_planner\n    clause: 30 Table 11",
            "town_planner: the consent of another authority is never declared",
        ),
        ("    themes: [defence]\n", "", "noc_defence: names no theme"),
        ("themes: [defence]", "themes: [esz]", "noc_defence: hangs on the theme “defence”"),
        (
            "rule: noc_defence\n    clause: 5(4) Table A",
            "rule: travel\n    clause: Chapter V",
            "travel: asks no other authority",
        ),
        (
            "rule: noc_defence\n    clause: 5(4) Table A",
            "rule: stairs\n    clause: Chapter V",
            "stairs: stands twice",
        ),
        ("why: Who", "beside: [nothing]\n    why: Who", "stairs: “nothing” is no rule"),
        ("ml: ഗോവണികൾ ആവശ്യപ്പെട്ടതുപോലെയാണ്.", "ml: The stairs.", "Malayalam"),
        ("why: Who designs them knows.", "reason: Because.", "Field required"),
        ("rules:", "rules: [", "not readable YAML"),
    ],
)
def test_a_list_with_a_fault_is_refused_and_the_fault_is_named(before: str, after: str, fault: str) -> None:
    assert before in GOOD
    with pytest.raises(Invalid, match=re.escape(fault)):
        read_declared(GOOD.replace(before, after), catalogue())
