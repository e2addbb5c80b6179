"""What rests on a theme of the ground shows the ground it rests on: the part of the plot that the theme touches."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
import shapely

from gis.site import Overlay, Site, Status
from rules.checks import RULES
from rules.findings import Finding, Outcome
from rules.reading import library
from tests.rules.checks.worked_cases import CASES, Case, drawn

WEST = shapely.box(-1000, -1000, 8, 1000)
OF_THE_GROUND = {
    "acquisition",
    "drains",
    "flood",
    "height_airport",
    "landslide",
    "noc_airport",
    "noc_crz",
    "noc_heritage",
    "noc_monument",
    "noc_planning_scheme",
    "noc_railway",
    "noc_security_zone",
    "other_land",
    "paddy_land",
    "permissible_use",
    "precedence",
    "public_land",
    "security_zone",
}


def west(theme: Overlay, site: Site) -> Overlay:
    """A theme with the ground it holds: the west of the plot, or what lies nearest where it is only near."""
    if theme.status is Status.AFFECTED and theme.shape is None:
        return replace(theme, shape=shapely.intersection(WEST, site.boundary))
    if theme.status is Status.NEAR and theme.near_shape is None:
        return replace(theme, near_shape=shapely.box(-30, 0, -20, 10))
    return theme


def touched() -> Iterator[Case]:
    """Cases of rules that ask the ground, on plots that a theme touches or nearly touches."""
    for case in CASES:
        there = case.words["site"].get("overlays", {}) if case.rule in OF_THE_GROUND else {}
        if any(("affected" in str(each) and "not_affected" not in str(each)) for each in there.values()):
            yield case


def asked(case: Case) -> tuple[tuple[Finding, ...], Site]:
    """What is found where every theme holds its ground."""
    plan, site, on, body = drawn(case)
    there = replace(site, overlays=tuple(west(each, site) for each in site.overlays))
    return RULES.check_one(case.rule, replace(plan), there, library().on(on, body)), there


@pytest.mark.parametrize("case", list(touched()), ids=str)
def test_a_finding_that_names_a_theme_shows_its_ground(case: Case) -> None:
    found, site = asked(case)
    for each in found:
        told = [theme for theme in site.overlays if f"{theme.title}: {theme.status.value}" in _words(each)]
        if each.outcome in (Outcome.FAIL, Outcome.UNKNOWN) and any(theme.shape for theme in told):
            assert any(place.shape is not None for place in each.places), (each.subject, each.reason)


def _words(finding: Finding) -> str:
    return f"{finding.reason or ''}"


@pytest.mark.parametrize(
    ("rule_id", "name"),
    [
        ("height_airport", "the top was only declared"),
        ("security_zone", "what stands above the roof is not drawn"),
        ("noc_crz", "a single house of 300 m2 in the zone up to 18 March 2025"),
        ("noc_monument", "a consent that is only declared"),
        ("noc_heritage", "a consent that is only declared"),
    ],
)
def test_the_place_is_the_part_of_the_plot_that_the_theme_touches(rule_id: str, name: str) -> None:
    (case,) = [each for each in CASES if each.rule == rule_id and each.words["name"] == name]
    found, site = asked(case)
    shapes = [place.shape for each in found for place in each.places if place.shape is not None]
    assert any(shape.equals(theme.shape) for shape in shapes for theme in site.overlays if theme.shape)


def test_a_theme_that_is_only_near_shows_what_lies_nearest() -> None:
    named = "near the strip of a transmission line, in an eco-sensitive zone, on assigned land"
    (case,) = [each for each in CASES if each.rule == "other_land" and each.words["name"] == named]
    found, _ = asked(case)
    (near,) = [each for each in found if each.subject == "strip of a transmission line"]
    assert [place.shape.bounds for place in near.places if place.shape] == [(-30, 0, -20, 10)]
