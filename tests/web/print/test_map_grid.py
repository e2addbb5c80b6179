"""The grid of the printed map: its lines lie where their numbers say, in metres of the place, and each can be read."""

from itertools import pairwise

import pytest
from shapely import Point

from tests.web import town
from tests.web.print.reading import whole
from tests.web.print.test_map_sheet import MIDDLE, ground, printed, square, theme
from web.print.free_paper import FreePaper
from web.print.map_grid import LEAST, GridLine, grid_labels, grid_lines, grid_step, grid_svg
from web.print.map_sheet import sheet_frame
from web.print.map_sheet_paper import PAPERS, SCALES
from web.print.words import wording

HALF = 8.0
"""Millimetres of half a number."""


@pytest.mark.parametrize(
    ("scale", "step"), [(250, 10), (500, 20), (1000, 50), (2500, 100), (10_000, 500), (25_000, 1000)]
)
def test_lines_stand_at_round_metres_far_enough_apart(scale: int, step: int) -> None:
    frame = sheet_frame(town.METRIC, *MIDDLE, PAPERS["a4"], scale)
    assert grid_step(frame) == step
    for is_upright in (True, False):
        lines = [each for each in grid_lines(frame) if each.is_upright is is_upright]
        assert len(lines) >= 3
        assert all(each.metres % step == 0 for each in lines)
        apart = [abs(one.at - other.at) for one, other in pairwise(lines)]
        assert all(LEAST <= each <= 2.6 * LEAST for each in apart)


@pytest.mark.parametrize("scale", SCALES)
def test_a_line_lies_where_its_number_says(scale: int) -> None:
    frame = sheet_frame(town.METRIC, *MIDDLE, PAPERS["a3"], scale)
    for line in grid_lines(frame):
        there = Point(line.metres, frame.y) if line.is_upright else Point(frame.x, line.metres)
        on_paper = frame.on_paper(there)
        assert (on_paper.x if line.is_upright else on_paper.y) == pytest.approx(line.at, abs=1e-6)
        assert 0 <= line.at <= (frame.width if line.is_upright else frame.height)
    assert grid_svg(frame).count("M") == 3 * len(list(grid_lines(frame)))


@pytest.mark.parametrize("paper", list(PAPERS))
@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("language", ["en", "ml"])
def test_every_line_has_its_number_and_none_lies_on_another(paper: str, scale: int, language: str) -> None:
    frame = sheet_frame(town.METRIC, *MIDDLE, PAPERS[paper], scale)
    free = FreePaper(width=frame.width, height=frame.height)
    labels = list(grid_labels(frame, free, wording(language)))
    places = [(each.x, each.y) for each in labels]
    assert len(set(places)) == len(places)
    for line in grid_lines(frame):
        assert any(f"{line.metres:,}" in each.text and _is_on(line, each.x, each.y) for each in labels)


def _is_on(line: GridLine, x: float, y: float) -> bool:
    return abs((x if line.is_upright else y) - line.at) <= HALF


@pytest.mark.parametrize(("language", "told"), [("en", "EPSG:32643, every 50 m"), ("ml", "50 മീറ്ററിലും")])
def test_the_sheet_tells_the_system_and_the_step_of_its_grid(language: str, told: str) -> None:
    text = whole(printed(ground(theme("parcels", square(20))), language=language))
    assert told.replace("32643", str(town.METRIC)) in text
    frame = sheet_frame(town.METRIC, *MIDDLE, PAPERS["a4"], 1000)
    numbers = [f"{each.metres:,}" for each in grid_lines(frame)]
    assert all(each in text for each in numbers if each)
