"""What stands beside an envelope is told in Malayalam, every sentence of it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from gis.site import Holding, LocalBody, Site, Status
from layers.extract import reasons
from layers.extract.model import Words
from rules.envelopes.model import Envelope
from rules.envelopes.single import envelope
from rules.reading import library
from tests.rules.envelope_sites import an_overlay, overlays
from tests.rules.plan_builders import a_site
from web.sentences import told_in_malayalam

DAYS = (date(2021, 6, 1), date(2025, 6, 1), date(2026, 1, 1), date(2027, 1, 1))


def sites() -> Iterator[Site]:
    """Plots of which something each is missing, and one in a security zone under an airport's map."""
    yield a_site()
    yield a_site({"roads": [], "recorded_area": None})
    yield a_site({"roads": [{"width": None, "kind": None}]})
    yield replace(a_site({"recorded_area": 100}), holding=Holding())
    yield replace(a_site({"recorded_area": 100}), holding=Holding(owns_adjoining_land=True))
    for status in (Status.AFFECTED, Status.NO_DATA):
        there = (an_overlay(name, status) for name in ("security_zone", "airport_height", "zoning"))
        yield replace(a_site(), overlays=overlays(*there), ground=None)


def carried(occupancy: str) -> Iterator[Envelope]:
    for site in sites():
        for day in DAYS:
            book = library().on(day, LocalBody.MUNICIPALITY)
            yield envelope(site, book, occupancy=occupancy, storey_height=Decimal("3"))


def sentences(found: Envelope) -> Iterator[str]:
    for gap in found.gaps:
        yield from (gap.reason, gap.effect, gap.remedy)
    yield from found.notes
    for choice in found.candidates:
        yield from choice.steps


@pytest.mark.parametrize("occupancy", ["A1", "B", "F", "G1_white", "I", "J"])
def test_gaps_notes_and_steps_are_told_in_malayalam(occupancy: str) -> None:
    left = {
        part.text
        for found in carried(occupancy)
        for text in sentences(found)
        for part in told_in_malayalam(text, "envelopes")
        if not part.is_malayalam and part.text
    }
    assert sorted(left) == []


def test_no_word_of_ours_stays_english_in_a_blank() -> None:
    """Clauses, groups, street names and what a plan is called there stay; deciders, rows and sides do not."""
    ours = re.compile(r"[a-z]{4,}")
    left = {
        word
        for found in carried("A1")
        for choice in found.candidates
        for step in (*choice.steps, choice.title)
        for part in told_in_malayalam(step, "envelopes" if step != choice.title else "subjects")
        for word in ours.findall(part.text)
    }
    assert left <= {"road", "able"}, left


@pytest.mark.parametrize(
    "said",
    [
        reasons.no_import(),
        reasons.coverage_unknown(),
        reasons.outside_coverage(12.5),
        reasons.before_data(date(2020, 1, 1)),
        reasons.law_not_verified(),
        reasons.boundary_unknown(),
        reasons.broken("gone"),
        reasons.on_plot(12.5),
        reasons.crossing(3.0),
        reasons.counted(2),
        reasons.within(3.0, 30.0),
        reasons.too_close_to_tell(3.0, 5.0),
        reasons.sliver_only(5.0),
        reasons.from_line_not_boundary(3.0, 5.0),
        reasons.steeper(50.0, 45.0, "degree"),
        reasons.near_limit(44.9, 45.0, "degree"),
    ],
    ids=lambda said: said.en[:40],
)
def test_why_a_theme_counts_is_told_in_malayalam(said: Words) -> None:
    assert all(part.is_malayalam for part in told_in_malayalam(said.en, "envelopes"))
