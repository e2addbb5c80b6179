"""What a plot can carry is drawn inside the plot, higher bands over lower ones."""

import itertools
import re
from datetime import date
from decimal import Decimal

import pytest

from gis.site import LocalBody
from rules.envelopes.model import Choice
from rules.envelopes.single import envelope
from rules.reading import library
from tests.rules.plan_builders import a_site
from web.envelope_sketch import as_body, from_above, prisms

BOOK = library().on(date(2026, 1, 1), LocalBody.MUNICIPALITY)
PLOT = [30, 40]
SITE = a_site({"roads": [{"side": 1, "width": 12}]}, plot=PLOT)


def a_choice() -> Choice:
    """A house on a large plot."""
    found = envelope(SITE, BOOK, occupancy="A1", storey_height=Decimal(3)).choice
    assert found is not None
    return found


def paths(svg: str, kind: str) -> list[str]:
    """The paths of a class in a drawing."""
    return re.findall(rf'<path class="{kind}[^"]*" d="([^"]+)"', svg)


def test_every_band_with_ground_is_drawn_from_above() -> None:
    choice = a_choice()
    svg = from_above(SITE, choice, title="Plot <1>")
    assert len(paths(svg, "band")) == sum(1 for band in choice.bands if not band.shape.is_empty)
    assert len(paths(svg, "parcel")) == 1
    assert len(paths(svg, "street-front")) == 1
    assert "Plot &lt;1&gt;" in svg


def test_the_body_has_a_roof_for_every_band_and_walls_only_where_they_are_seen() -> None:
    choice = a_choice()
    svg = as_body(SITE, choice, 3.0, title="body")
    bands = prisms(choice, 3.0)
    assert len(paths(svg, "roof")) == len(bands)
    assert len(paths(svg, "wall")) < sum(
        len(each.ground.exterior.coords) - 1 for each in bands if each.ground.geom_type == "Polygon"
    )


def test_higher_bands_stand_on_less_ground_and_rise_above_lower_ones() -> None:
    bands = prisms(a_choice(), 3.0)
    assert [each.top for each in bands] == sorted(each.top for each in bands)
    assert all(high.ground.area <= low.ground.area + 0.01 for low, high in itertools.pairwise(bands))


@pytest.mark.parametrize("turn", ["above", "body"])
def test_everything_drawn_lies_on_the_sheet(turn: str) -> None:
    choice = a_choice()
    svg = from_above(SITE, choice, title="x") if turn == "above" else as_body(SITE, choice, 3.0, title="x")
    box = re.search(r'viewBox="0 0 (\d+) (\d+)"', svg)
    assert box
    width, height = (int(each) for each in box.groups())
    numbers = [pair.split(",") for pair in re.findall(r"-?\d+\.\d,-?\d+\.\d", svg)]
    assert all(-2 <= float(x) <= width + 2 and -2 <= float(y) <= height + 2 for x, y in numbers)
