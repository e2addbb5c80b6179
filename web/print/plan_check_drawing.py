"""The drawing of a checked plan on paper: true to a round scale, with the number of each finding at its place.

In: the SVG of `web.plan_sketch`, which tells its own scale and where the numbers stand.  Out: `PlanDrawing` in mm, y down.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import atan2, cos, hypot, pi, sin

from web.print.frame import round_scales, ruler
from web.print.sheet import Ruler

WIDTH, TALLEST = 176.0, 186.0
MARGIN = 12.0
"""Millimetres around plot and buildings, for the numbers."""
NEAR = 2.5
"""Millimetres within which the numbers of one outcome stand together."""
OFFSETS = (6.0, 8.0, 10.5, 13.5, 17.0, 22.0)
"""Millimetres from a place to its number, tried one after the other."""
TURNS = 12
LETTER, PADDING, HIGH = 1.45, 2.4, 3.6
"""Millimetres of a letter of a number, beside it, and of its height."""
LONGEST = 16
STYLE = (
    "path{fill:none;stroke:#1b2a2f;stroke-width:0.2mm;stroke-linejoin:round}"
    ".road{fill:#e4e0d3;stroke:#a8a28d}.road-line{stroke:#a8a28d;stroke-dasharray:2mm 1.2mm}.neighbour{stroke:#a39d8f}"
    ".parcel{stroke:#1c6438;stroke-width:0.45mm;stroke-dasharray:2.6mm 1.4mm}.drawn-plot{stroke-width:0.35mm}"
    ".front{stroke-width:1.3mm}.level{fill:#0c4f45;fill-opacity:.08;stroke:#0c4f45;stroke-width:0.35mm}"
    ".basement{stroke:#0c4f45;stroke-dasharray:0.9mm 0.9mm}.thing{stroke:#6d6856}.entrance{fill:#0c4f45;stroke:none}"
    ".fail path{stroke:#a12717;stroke-width:0.9mm;stroke-linecap:round}"
    ".unknown path{stroke:#6b3fa0;stroke-width:0.55mm;stroke-linecap:round;stroke-dasharray:0.05mm 1.1mm}"
    ".pass,.bar,.bar-text,.north,.tag{display:none}"
)
_MILLIMETRES = re.compile(r"([\d.]+)mm")
_ROOT = re.compile(
    r'<svg class="plan" viewBox="0 0 ([\d.]+) ([\d.]+)"[^>]* data-scale="([\d.]+)" data-extent="([-\d. ]+)"[^>]*>'
)
_PLACE = re.compile(r'<g id="place-(\d+)" class="place (fail|unknown)" data-at="([-\d.]+),([-\d.]+)">')


@dataclass(frozen=True, kw_only=True)
class NumberLabel:
    """Numbers of findings on the drawing, centred on a place in mm, with the width of their frame."""

    outcome: str
    text: str
    x: float
    y: float
    width: float


@dataclass(frozen=True, kw_only=True)
class PlanDrawing:
    """The drawing in mm on paper; `crowded` holds the numbers that found no room."""

    svg: str
    width: float
    height: float
    denominator: int
    is_north_up: bool
    ruler: Ruler
    labels: tuple[NumberLabel, ...]
    crowded: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class _Spot:
    """Findings of one outcome at one place on paper."""

    outcome: str
    x: float
    y: float
    numbers: tuple[int, ...]

    @property
    def text(self) -> str:
        """Their numbers, those that follow one another as a span; a long row is cut, with how many more."""
        whole = spans(self.numbers)
        if len(whole) <= LONGEST:
            return whole
        kept = next(n for n in range(len(self.numbers), 0, -1) if len(spans(self.numbers[:n])) <= LONGEST - 4)
        return f"{spans(self.numbers[:kept])} +{len(self.numbers) - kept}"

    @property
    def hidden(self) -> tuple[int, ...]:
        """The numbers that a long row leaves out."""
        left_out = int(self.text.rpartition("+")[2]) if "+" in self.text else 0
        return self.numbers[len(self.numbers) - left_out :]


def spans(numbers: Sequence[int]) -> str:
    """Numbers in a row: 1, 3–5."""
    starts = [n for before, n in pairwise([-1, *numbers]) if n != before + 1]
    ends = [n for n, after in pairwise([*numbers, -1]) if after != n + 1]
    return ", ".join(str(a) if a == b else f"{a}–{b}" for a, b in zip(starts, ends, strict=True))


def plan_drawing(svg: str) -> PlanDrawing | None:
    """The drawing on at most one sheet of A4, or None where nothing was drawn."""
    root = _ROOT.match(svg)
    if root is None:
        return None
    wide, high, scale = (float(root[n]) for n in (1, 2, 3))
    left, top, across, down = (float(each) for each in root[4].split())
    least = 1000 / scale * max(across / (WIDTH - 2 * MARGIN), down / (TALLEST - 2 * MARGIN))
    denominator = next(each for each in round_scales() if each >= least)
    unit = scale * denominator / 1000
    width, height = min(WIDTH, wide / unit), min(TALLEST, high / unit)
    x, y = left + across / 2 - width * unit / 2, top + down / 2 - height * unit / 2
    spots = _spots(svg, x, y, unit)
    labels, leaders, crowded = _labelled(spots, width, height)
    body = svg[root.end() :].removesuffix("</svg>")
    ground = (
        f'<rect x="{x:.2f}" y="{y:.2f}" width="{width * unit:.2f}" height="{height * unit:.2f}" fill="#fff"/>'
    )
    drawn = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{x:.2f} {y:.2f} {width * unit:.2f} {height * unit:.2f}" '
        f'width="{width:.2f}mm" height="{height:.2f}mm"><style>{_style(unit)}</style>{ground}{body}'
        f'<g transform="translate({x:.2f} {y:.2f}) scale({unit:.5f})">{leaders}</g></svg>'
    )
    return PlanDrawing(
        svg=drawn,
        width=round(width, 2),
        height=round(height, 2),
        denominator=denominator,
        is_north_up='class="north"' in svg,
        ruler=ruler(denominator),
        labels=labels,
        crowded=crowded,
    )


def _style(unit: float) -> str:
    """The style with its millimetres in units of the drawing."""
    return _MILLIMETRES.sub(lambda each: f"{float(each[1]) * unit:.3f}", STYLE)


def _spots(svg: str, x: float, y: float, unit: float) -> list[_Spot]:
    """The places of the findings in mm, the broken first; what lies close together shares its place."""
    spots: list[_Spot] = []
    places = sorted((int(each[1]), each[2], float(each[3]), float(each[4])) for each in _PLACE.finditer(svg))
    for number, outcome, at_x, at_y in places:
        here_x, here_y = (at_x - x) / unit, (at_y - y) / unit
        for i, spot in enumerate(spots):
            if spot.outcome == outcome and hypot(spot.x - here_x, spot.y - here_y) <= NEAR:
                spots[i] = _Spot(outcome=outcome, x=spot.x, y=spot.y, numbers=(*spot.numbers, number))
                break
        else:
            spots.append(_Spot(outcome=outcome, x=here_x, y=here_y, numbers=(number,)))
    return spots


Box = tuple[float, float, float, float]


def _labelled(
    spots: Sequence[_Spot], width: float, height: float
) -> tuple[tuple[NumberLabel, ...], str, tuple[str, ...]]:
    """Numbers beside their places where nothing else is written, the lines that lead there, and what found no room."""
    taken: list[Box] = [(width - 16, 0, width, 20)]
    dots: list[Box] = [(each.x - 0.6, each.y - 0.6, each.x + 0.6, each.y + 0.6) for each in spots]
    labels, leaders, crowded = [], [], []
    for spot in spots:
        crowded += list(spot.hidden)
        wide = len(spot.text) * LETTER + PADDING
        found = next(_rooms(spot, wide, width, height, taken, dots), None)
        if found is None:
            crowded += [each for each in spot.numbers if each not in spot.hidden]
            continue
        x, y = found
        taken.append((x - wide / 2, y - HIGH / 2, x + wide / 2, y + HIGH / 2))
        labels.append(
            NumberLabel(
                outcome=spot.outcome, text=spot.text, x=round(x, 2), y=round(y, 2), width=round(wide, 2)
            )
        )
        leaders.append(
            f'<path style="stroke-width:.18" d="M{spot.x:.2f} {spot.y:.2f}L{x:.2f} {y:.2f}"/>'
            f'<circle cx="{spot.x:.2f}" cy="{spot.y:.2f}" r="0.5"/>'
        )
    return tuple(labels), "".join(leaders), tuple(str(each) for each in sorted(crowded))


def _rooms(
    spot: _Spot, wide: float, width: float, height: float, taken: Sequence[Box], dots: Sequence[Box]
) -> Iterator[tuple[float, float]]:
    """Free places for a number, the nearest first and outwards from the middle of the sheet."""
    outward = atan2(spot.y - height / 2, spot.x - width / 2)
    turns = sorted(range(TURNS), key=lambda n: (min(n, TURNS - n), n))
    for offset in OFFSETS:
        for n in turns:
            angle = outward + 2 * pi * n / TURNS
            x, y = spot.x + (offset + wide / 2 - HIGH / 2) * cos(angle), spot.y + offset * sin(angle)
            box = (x - wide / 2, y - HIGH / 2, x + wide / 2, y + HIGH / 2)
            is_inside = box[0] >= 0.5 and box[1] >= 0.5 and box[2] <= width - 0.5 and box[3] <= height - 0.5
            if is_inside and not any(_meet(box, each) for each in (*taken, *dots)):
                yield x, y


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
