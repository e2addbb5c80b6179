"""A plan of low risk as it is checked: the example house on a plot where every theme is clear, and what of it is open.

In: what a test wants otherwise.  Out: check documents (`bhumika-check-1`) and drawings, the same for the same words.
"""

from datetime import date
from functools import cache
from typing import Any

import orjson

from civic.permits.declared import declarables
from civic.permits.judgement import Route, route_of
from gis.site import Site
from rules.answers_document import NOTHING, answers_from_json
from rules.check_document import to_json
from rules.checking import PlanCheck, check
from rules.plans.starter import starter
from rules.reading import library
from tests.rules.plan_builders import a_site

Found = dict[str, Any]
DAY = date(2026, 1, 1)
THEMES = [
    "acquisition",
    "airport",
    "airport_height",
    "asi_monument",
    "assigned_land",
    "crz_ia",
    "crz_ib_iv",
    "crz_islands",
    "crz_mangrove",
    "crz_seaward",
    "crz_tidal",
    "crz_zone",
    "defence",
    "esz",
    "flood",
    "heritage",
    "ht_line",
    "landslide_munnar",
    "landslide_wayanad",
    "nh_line",
    "paddy_data_bank",
    "pipeline",
    "planning_scheme",
    "puramboke",
    "railway",
    "railway_tower",
    "road_building_line",
    "road_widening",
    "security_zone",
    "slope",
    "transmission_corridor",
    "unnotified_land",
    "watercourse",
    "wg_esa",
    "zoning",
]
"""Every theme that a rule or the declared list asks for."""
SIGNED = frozenset(each.id for each in declarables())


def a_clear_site(*, body: str = "municipality", **themes: Any) -> Site:
    """A plot of 20 m by 25 m on a street of 8 m; every theme is clear but those that are named."""
    overlays = {layer: "not_affected" for layer in THEMES} | themes
    # Its drawings bear no number, since each case lays them on a plot of its own.
    words = {"body": body, "overlays": overlays, "slope": 2, "roads": [{"width": 8}], "number": "a plot"}
    return a_site(words)


def checked(site: Site, *, set_back: float = 6.0, on: date = DAY, answers: bytes | None = None) -> PlanCheck:
    """The example house so many metres inside the boundary: 205 m² on two floors at 6 m."""
    told = NOTHING if answers is None else answers_from_json(answers)
    return check(starter(site, set_back=set_back), site, library(), on=on, told=told)


def found_of(asked: PlanCheck) -> Found:
    """The document of a check, read back."""
    found: Found = orjson.loads(to_json(asked))
    return found


@cache
def _usual() -> bytes:
    return to_json(checked(a_clear_site()))


def a_low_risk_check() -> Found:
    """The usual document, for the test to change."""
    found: Found = orjson.loads(_usual())
    return found


def signed_route(found: Found) -> Route:
    """The way with everything on the list signed."""
    return route_of(found, declarables(), SIGNED)


def with_finding(found: Found, index: int, **changes: Any) -> Found:
    """The document with one finding otherwise."""
    findings = list(found["findings"])
    findings[index] = findings[index] | changes
    return found | {"findings": findings}
