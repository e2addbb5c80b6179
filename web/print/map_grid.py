"""The grid of coordinates on the printed map: round eastings and northings of the place's own metres, as lines with their numbers.

In: the frame of a sheet, whose middle stands in metres of the place's metric system.  Out: an SVG of lines, and labels along the edges.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from math import ceil

from web.print.frame import Frame
from web.print.free_paper import FreePaper
from web.print.sheet import MapLabel
from web.print.words import Wording

LEAST = 35.0
"""Millimetres that lines lie apart at least."""
INK = "#24527a"
TICK = 2.5
"""Millimetres at each edge where a line is drawn darker, to be laid on with a ruler."""
EDGE = 3.4
"""Millimetres from an edge to the middle of a number."""
LETTER, HIGH = 1.0, 2.2
"""Millimetres that a letter of a number takes, and its height."""


@dataclass(frozen=True, kw_only=True)
class GridLine:
    """A line of equal easting (upright) or northing, in metres, and where it lies on paper, in mm from the left or from the top."""

    metres: int
    is_upright: bool
    at: float


def grid_step(frame: Frame) -> int:
    """Grid metres between two lines: 1, 2 or 5 with noughts, so that lines lie at least 35 mm apart."""
    steps = (step * int(10**power) for power in count() for step in (1, 2, 5))
    return next(step for step in steps if step / frame.grid_per_mm >= LEAST)


def grid_lines(frame: Frame) -> Iterator[GridLine]:
    """The lines that cross a frame, eastings from the left, then northings from the foot."""
    step = grid_step(frame)
    for middle, long, is_upright in ((frame.x, frame.width, True), (frame.y, frame.height, False)):
        reach = long / 2 * frame.grid_per_mm
        for metres in range(ceil((middle - reach) / step) * step, int(middle + reach) + 1, step):
            off = (metres - middle) / frame.grid_per_mm
            yield GridLine(metres=metres, is_upright=is_upright, at=long / 2 + (off if is_upright else -off))


def grid_svg(frame: Frame) -> str:
    """Every line thin from edge to edge, and dark at both edges."""
    thin: list[str] = []
    dark: list[str] = []
    for line in grid_lines(frame):
        _, long = _sides(frame, line)
        thin.append(_stroke(line, TICK, long - TICK))
        dark += [_stroke(line, 0.0, TICK), _stroke(line, long - TICK, long)]
    return (
        f'<path d="{"".join(thin)}" fill="none" stroke="{INK}" stroke-width="0.1" stroke-opacity="0.45"/>'
        f'<path d="{"".join(dark)}" fill="none" stroke="{INK}" stroke-width="0.25"/>'
    )


def _stroke(line: GridLine, begins: float, ends: float) -> str:
    if line.is_upright:
        return f"M{line.at:.2f} {begins:.2f}V{ends:.2f}"
    return f"M{begins:.2f} {line.at:.2f}H{ends:.2f}"


def grid_labels(frame: Frame, free: FreePaper, words: Wording) -> Iterator[MapLabel]:
    """The number of each line at both its ends, where there is room."""
    for line in grid_lines(frame):
        key = "map.easting" if line.is_upright else "map.northing"
        text = words.say(key, metres=f"{line.metres:,}")
        wide, (along, across) = len(text) * LETTER, _sides(frame, line)
        at = min(
            max(line.at, wide / 2 + HIGH), along - wide / 2 - HIGH
        )  # of a line near a corner: beside it, still on it
        for edge in (across - EDGE, EDGE) if line.is_upright else (EDGE, across - EDGE):
            x, y, turn = (at, edge, 0.0) if line.is_upright else (edge, at, -90.0)
            if free.take(x, y, wide, HIGH, turn):
                yield MapLabel(kind="grid", text=text, x=x, y=y, turn=turn)


def _sides(frame: Frame, line: GridLine) -> tuple[float, float]:
    """Millimetres of the side on which a line's number stands, and of the line itself."""
    return (frame.width, frame.height) if line.is_upright else (frame.height, frame.width)
