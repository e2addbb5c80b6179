"""To know less never makes a plan pass, and what is only said never does: worked cases asked again with less on the site, or with a word more."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from gis.site import Holding, Site, Status
from rules.checks import RULES
from rules.findings import Finding, Outcome
from rules.plans.drawing import Drawing, Figure
from rules.proposal import Proposal
from rules.proposing import propose
from rules.reading import library
from tests.rules.checks.worked_cases import CASES, Case, drawn
from tests.rules.plan_builders import a_word

EACH = 11
"""Every so many-th case is asked, so that the test stays quick; the stride is prime to the lengths of the tables."""
SOME = CASES[::EACH]
WORDS = ("YES", "NO", "0", "1000")
OPEN = (Outcome.FAIL, Outcome.UNKNOWN)
REPEATED = a_word("TYPICAL_FLOOR_PLAN", "0,1")


def with_less(site: Site) -> Iterator[tuple[str, Site]]:
    """The site without one kind of knowledge after another."""
    roads = site.roads
    yield "no street is wide", replace(site, roads=tuple(replace(each, width=None) for each in roads))
    yield "no street has a kind", replace(site, roads=tuple(replace(each, kind=None) for each in roads))
    yield (
        "no street has a length",
        replace(site, roads=tuple(replace(each, length=None, plots_served=None) for each in roads)),
    )
    yield "no streets", replace(site, roads=(), has_road_data=False, roads_note="No data of streets.")
    yield "no theme was asked", replace(site, overlays=())
    yield "no theme has data", replace(site, overlays=tuple(_without_data(each) for each in site.overlays))
    yield "no ground", replace(site, ground=None)
    yield "no holding", replace(site, holding=Holding())
    yield "no record", replace(site, recorded_area=None, land_type=None)


def _without_data(theme: Any) -> Any:
    return replace(
        theme, status=Status.NO_DATA, area=None, share=None, distance=None, shape=None, near_shape=None
    )


def without_heights(drawing: Drawing) -> Drawing:
    """The drawing without any height of a building."""
    return replace(drawing, blocks=tuple(replace(each, height=Figure()) for each in drawing.blocks))


def told_in_words(drawing: Drawing) -> Drawing:
    """The drawing with every floor repeated by a word alone."""
    return replace(
        drawing,
        blocks=tuple(
            replace(block, floors=tuple(replace(each, copied_by=REPEATED) for each in block.floors))
            for block in drawing.blocks
        ),
    )


def asked(case: Case, plan: Proposal, site: Site) -> tuple[Finding, ...]:
    """What the rule of the case says of a plan on a site."""
    _, _, on, body = drawn(case)
    return RULES.check_one(case.rule, plan, site, library().on(on, body))


def is_open(found: tuple[Finding, ...]) -> bool:
    """Whether the rule fails or stays unknown in anything."""
    return any(each.outcome in OPEN for each in found)


def newly_passed(before: tuple[Finding, ...], after: tuple[Finding, ...]) -> list[str]:
    """What passes now and failed or was unknown before."""
    were = {each.subject: each.outcome for each in before}
    return [each.subject for each in after if each.outcome is Outcome.PASS and were.get(each.subject) in OPEN]


@pytest.mark.parametrize("case", SOME, ids=str)
def test_to_know_less_of_the_site_never_passes(case: Case) -> None:
    plan, site, _, _ = drawn(case)
    before = asked(case, plan, site)
    for what, less in with_less(site):
        if less != site:
            after = asked(case, propose(plan.drawing, less, plan.answers, plan.placement), less)
            assert newly_passed(before, after) == [], what


@pytest.mark.parametrize("case", SOME, ids=str)
def test_to_know_less_of_the_plan_never_passes(case: Case) -> None:
    plan, site, _, _ = drawn(case)
    before = asked(case, plan, site)
    unconfirmed = replace(plan.answers, confirmed=frozenset())
    for drawing, answers, placement in (
        (plan.drawing, plan.answers, None),
        (plan.drawing, unconfirmed, plan.placement),
        (without_heights(plan.drawing), plan.answers, plan.placement),
        (told_in_words(plan.drawing), unconfirmed, plan.placement),
    ):
        after = asked(case, propose(drawing, site, answers, placement), site)
        assert not (is_open(before) and not is_open(after)), [(each.subject, each.reason) for each in after]


@pytest.mark.parametrize("case", SOME, ids=str)
def test_a_word_that_is_only_said_never_passes(case: Case) -> None:
    plan, site, _, _ = drawn(case)
    plan.words_asked.clear()
    plan.worked_out.clear()
    if not is_open(asked(case, plan, site)):
        return
    for key in tuple(plan.words_asked):
        if plan.word(key) is not None or key in plan.answers.confirmed:
            continue
        for value in WORDS:
            words = {**plan.answers.words, key: value}
            said = replace(plan, answers=replace(plan.answers, words=words))
            assert is_open(asked(case, said, site)) or denies(key, value), f"{key}={value}"


def denies(key: str, value: str) -> bool:
    """Whether the applicant himself says that what a rule is for is not there, which leaves only that rule out."""
    return key in RELAXING and value in ("NO", "0")


RELAXING = {"SINGLE_FAMILY_BLDG", "PLOT_IN_COMMERCIAL_ZONE"}
"""Words that open a relaxation; without it the ordinary rule stands."""
