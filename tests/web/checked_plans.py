"""Checked plans for the tests of page and print: an example house on a crooked plot, as the document tells it.

In: metres between house and boundary.  Out: the content of the JSON document and the drawing.
"""

from datetime import date
from functools import cache
from typing import Any

import orjson
from shapely.geometry.base import BaseGeometry

from gis.site import Site
from rules.check_document import to_json
from rules.checking import PlanCheck, check
from rules.plans.starter import starter
from rules.reading import library
from tests.rules.plan_builders import a_site
from web.plan_sketch import plan_svg

CORNERS = [[0, 0], [18, -4], [25, 14], [3, 20]]
DAY = date(2026, 1, 1)


def the_site() -> Site:
    """A plot of 405 m² with a street along one side."""
    return a_site({}, plot=CORNERS)


@cache
def a_check(set_back: float = 0.8) -> PlanCheck:
    """The house so many metres inside the boundary; at 0.8 m it breaks yards and coverage."""
    return check(starter(the_site(), set_back=set_back), the_site(), library(), on=DAY)


def a_document(set_back: float = 0.8) -> dict[str, Any]:
    """What was found, as the document tells it."""
    found: dict[str, Any] = orjson.loads(to_json(a_check(set_back)))
    return found


@cache
def a_drawing(set_back: float = 0.8) -> str:
    """The drawing of the check."""
    return plan_svg(a_check(set_back), title="1/1")


def the_plot() -> BaseGeometry:
    """The plot in metres."""
    return the_site().boundary
