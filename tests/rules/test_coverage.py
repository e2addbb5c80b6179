"""The catalogue knows every rule with a number that binds, and the page of coverage is the catalogue's."""

from pathlib import Path

import pytest

from gis.errors import Invalid
from rules.book import Force
from rules.catalogue import By, Status, read_catalogue
from rules.coverage import catalogue, page
from rules.reading import library

PAGE = Path(__file__).parents[2] / "rules" / "COVERAGE.md"
RULE = """
rules:
  - id: height
    chapter: height
    title: Height
    clause: "24"
    by: [drawing]
    status: not yet
    parameters: [height.street_factor]
"""


def test_the_page_of_coverage_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(catalogue(), library()), "run python -m rules.coverage"


def test_every_binding_number_belongs_to_a_rule() -> None:
    binding = {
        key
        for (key, _), timeline in library().timelines.items()
        if any(entry.force is Force.BINDING for entry in timeline)
    }
    assert binding - {key for rule in catalogue() for key in rule.parameters} == set()


def test_a_rule_for_a_human_says_what_no_drawing_tells() -> None:
    for rule in catalogue():
        assert (rule.status is Status.NEEDS_A_HUMAN) is bool(rule.why), rule.id
        assert rule.status is not Status.NEEDS_A_HUMAN or By.HUMAN in rule.by


def test_every_rule_has_a_title_in_both_languages() -> None:
    assert [rule.id for rule in catalogue() if not rule.title_ml] == []


@pytest.mark.parametrize("rule", ["noc_airport", "noc_defence"])
def test_a_consent_that_hangs_on_the_height_rests_on_the_drawing(rule: str) -> None:
    assert [By.DRAWING in each.by for each in catalogue() if each.id == rule] == [True]


def test_no_rule_is_left_for_later() -> None:
    assert [rule.id for rule in catalogue() if rule.status is Status.NOT_YET] == []


def test_what_needs_a_human_names_the_thing_that_no_drawing_or_layer_tells() -> None:
    silent = (
        "no drawing",
        "no layer",
        "no occupancy of the drawing",
        "in no drawing",
        "measured on the ground",
    )
    printed = "those of the printed plan"
    for rule in catalogue():
        if rule.why is not None:
            assert any(words in rule.why for words in (*silent, printed)), f"{rule.id}: {rule.why}"


def test_the_page_counts_every_rule_once() -> None:
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    headings = [line for line in rows if line.startswith("| rule |")]
    assert len(rows) - len(headings) == len(catalogue())


@pytest.mark.parametrize(
    ("was", "becomes", "why"),
    [
        ("status: not yet", "status: needs a human", "says why"),
        ("status: not yet", "status: not yet\n    why: it is late", "says why"),
        ("status: not yet", "status: soon", "status"),
        ("by: [drawing]", "by: []", "by"),
        ("by: [drawing]", "by: [oracle]", "by"),
        ("height.street_factor", "height.nothing", "no “height.nothing”"),
        ('clause: "24"', "clause: ''", "clause"),
        ("rules:", "rules: [", "YAML"),
    ],
)
def test_a_faulty_catalogue_is_refused(was: str, becomes: str, why: str) -> None:
    assert was in RULE
    with pytest.raises(Invalid, match=why):
        read_catalogue(RULE.replace(was, becomes, 1), library())


def test_a_rule_stands_once() -> None:
    twice = RULE + RULE.split("rules:\n", maxsplit=1)[1]
    with pytest.raises(Invalid, match="stands twice"):
        read_catalogue(twice, library())
