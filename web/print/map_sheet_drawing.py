"""The printed map as SVG in mm: layers in their colours of the catalogue, plots, and what is written on them.

In: what lies under a sheet and the frame that puts it on paper.  Out: a drawing, labels that keep clear of one another, and how many
shapes of each theme are seen.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from shapely.geometry.base import BaseGeometry

from layers.entry import Layer, Role, Symbol
from layers.sheet import DrawnShape, DrawnTheme, GroundSheet
from tiles.style import BOTTOM_UP, GROUND, PAPER, PLOT_LINE
from web.print import drawing
from web.print.frame import Frame
from web.print.free_paper import FreePaper
from web.print.map_grid import grid_labels, grid_svg
from web.print.map_sheet_paper import NUMBERS_TO, PLOTS_TO
from web.print.marks import name_label
from web.print.sheet import MapLabel
from web.print.words import Wording

NORTH = (8.0, 17.0)
"""Millimetres from the upper right corner to the foot of the north arrow."""
LETTER, HIGH = 1.05, 2.2
"""Millimetres that a letter of a label takes, and its height."""
LONGEST = 36


@dataclass(frozen=True, kw_only=True)
class SeenTheme:
    """A theme with what of it is seen on the sheet, in mm, and the part of its usual strength at which it is drawn."""

    theme: DrawnTheme
    strength: float
    paper: tuple[BaseGeometry, ...]
    names: tuple[DrawnShape, ...]


def seen_themes(sheet: GroundSheet, frame: Frame, strengths: Mapping[str, float]) -> tuple[SeenTheme, ...]:
    """Every theme cut to the frame, the lowest first; plots stay away where they would run together."""
    themes = [each for each in sheet.themes if each.entry or frame.denominator <= PLOTS_TO]
    return tuple(_seen(each, frame, strengths) for each in sorted(themes, key=_height))


def _height(theme: DrawnTheme) -> int:
    """Plots are white ground under everything else."""
    return -1 if theme.entry is None else BOTTOM_UP.index(theme.entry.role)


def _seen(theme: DrawnTheme, frame: Frame, strengths: Mapping[str, float]) -> SeenTheme:
    visible = frame.visible([each.shape for each in theme.shapes]) if theme.shapes else []
    kept = [(paper, shape) for paper, shape in zip(visible, theme.shapes, strict=True) if not paper.is_empty]
    return SeenTheme(
        theme=theme,
        strength=strengths.get(theme.entry.id if theme.entry else "parcels", 1.0),
        paper=tuple(paper for paper, _ in kept),
        names=tuple(shape for _, shape in kept),
    )


def sheet_svg(seen: Sequence[SeenTheme], frame: Frame) -> str:
    """The whole drawing but its writing."""
    ground = f'<rect width="{frame.width}" height="{frame.height}" fill="{GROUND}"/>'
    content = [ground, *(part for each in seen for part in _drawn(each))]
    content += [
        plot_line(paper, each.strength) for each in seen if each.theme.entry is None for paper in each.paper
    ]
    content.append(grid_svg(frame))
    content.append(drawing.north_arrow(frame.width - NORTH[0], NORTH[1]))
    return drawing.svg(frame.width, frame.height, "", "".join(content))


def _drawn(seen: SeenTheme) -> Iterator[str]:
    entry = seen.theme.entry
    for paper in seen.paper:
        yield (
            drawing.areas(paper, f'fill="{PAPER}" fill-opacity="{0.9 * seen.strength:.2f}"')
            if entry is None
            else themed(paper, entry, seen.strength)
        )


def themed(paper: BaseGeometry, entry: Layer, strength: float) -> str:
    """A shape of a layer as the map draws it: areas, lines or points in its two colours."""
    fill, line = entry.colour.fill, entry.colour.line
    part = (0.85 if entry.role is Role.ROAD else 0.4) * strength
    wide = 0.6 if entry.symbol is Symbol.LINE else 0.3
    stroke = f'stroke="{line}" stroke-width="{wide}" stroke-opacity="{strength:.2f}" stroke-linejoin="round"'
    return (
        drawing.areas(paper, f'fill="{fill}" fill-opacity="{part:.2f}" {stroke}')
        + drawing.lines(paper, stroke)
        + drawing.dots(
            paper, 1.2, f'fill="{fill}" fill-opacity="{strength:.2f}" stroke="{line}" stroke-width="0.4"'
        )
    )


def plot_line(paper: BaseGeometry, strength: float) -> str:
    """The boundary of a plot."""
    return drawing.areas(
        paper,
        f'fill="none" stroke="{PLOT_LINE}" stroke-width="0.18" stroke-opacity="{strength:.2f}" stroke-linejoin="round"',
    )


def sheet_labels(seen: Sequence[SeenTheme], frame: Frame, words: Wording) -> list[MapLabel]:
    """North, coordinates at the edges, names of layers from the top down, numbers of plots: what finds no room is left out."""
    free = FreePaper(width=frame.width, height=frame.height)
    right, down = frame.width - NORTH[0], NORTH[1]
    free.take(right, down - 7, 12, 16)
    labels = [MapLabel(kind="north", text=words.say("map.north_letter"), x=right, y=down - 13.2)]
    labels += grid_labels(frame, free, words)
    for each in reversed(seen):
        entry = each.theme.entry
        if entry is None and frame.denominator > NUMBERS_TO:
            continue
        if entry is not None and entry.role is Role.BUILDING:
            continue
        for paper, shape in zip(each.paper, each.names, strict=True):
            label = _label(paper, shape, entry, words)
            if label and free.take(label.x, label.y, len(label.text) * LETTER, HIGH, label.turn):
                labels.append(label)
    return labels


def _label(paper: BaseGeometry, shape: DrawnShape, entry: Layer | None, words: Wording) -> MapLabel | None:
    text = shape.label if entry is None else words.label(shape.label, shape.label_ml)
    if not text or len(text) > LONGEST:
        return None
    is_street = entry is not None and (entry.role is Role.ROAD or entry.symbol is Symbol.LINE)
    return name_label(paper, "street" if is_street else "parcel", text)
