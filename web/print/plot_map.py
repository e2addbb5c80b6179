"""The map of the plot: true to scale, with what lies on it, the lengths of its sides and a legend.

In: an extract and what surrounds its plot, shapes in the jurisdiction's metric system.  Out: `PlotMap`.
A theme that covers the whole plot stands in the legend only: hatched over everything it would hide the rest.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from shapely.geometry.base import BaseGeometry

from layers.extract.model import Extract, Hit, Status, ThemeAnswer
from web.print import drawing, figures, marks
from web.print.drawing import Sign
from web.print.frame import Frame, frame_for, ruler
from web.print.outline import Walk, walks
from web.print.sheet import LegendEntry, MapLabel, PlotMap, Side
from web.print.words import Wording

MOST_CORNERS = 40
"""Corners up to which they are numbered on the map and their sides listed."""
_WHOLE = 99.95
"""Per cent from which a hit covers the plot, as printed to 0.1 %."""
_MOST_MARKS = 60
_ABOVE_POINT = 3.2
_NORTH = (8.0, 17.0)
"""Millimetres from the upper right corner to the foot of the north arrow."""


class Surrounding(Protocol):
    """Something beside the plot: kind “parcel” or “street”, its number or name, its shape in the metric system."""

    @property
    def kind(self) -> str: ...

    @property
    def label(self) -> str | None: ...

    @property
    def shape(self) -> BaseGeometry: ...


@dataclass(frozen=True, kw_only=True)
class Numbered:
    """A theme on or near the plot under the number it has in this print."""

    key: int
    theme: ThemeAnswer

    @property
    def sign(self) -> Sign:
        """How the map draws it."""
        return Sign(key=self.key, colour=drawing.colour(self.theme.colour))

    def mark(self, index: int) -> str:
        """The number of its hit: of the theme itself where it has only one."""
        return f"{self.key}.{index + 1}" if len(self.theme.hits) > 1 else str(self.key)


def reach(extract: Extract) -> float:
    """Grid metres around the plot's box that its map shows; 0 without a boundary."""
    shape = extract.subject.shape
    if shape.is_empty:
        return 0.0
    frame = frame_for(shape, extract.jurisdiction.metric)
    west, south, east, north = shape.bounds
    beside = (frame.width * frame.grid_per_mm - (east - west)) / 2
    return max(beside, (frame.height * frame.grid_per_mm - (north - south)) / 2)


def numbered(themes: Iterable[ThemeAnswer]) -> tuple[Numbered, ...]:
    """The themes that concern the plot, numbered in the order of the answer."""
    concerned = (theme for theme in themes if theme.status in (Status.AFFECTED, Status.NEAR))
    return tuple(Numbered(key=key, theme=theme) for key, theme in enumerate(concerned, start=1))


def plot_map(
    extract: Extract,
    themes: Sequence[Numbered],
    surroundings: Sequence[Surrounding],
    words: Wording,
    name: str,
) -> PlotMap | None:
    """The map, or None where the record holds no boundary."""
    shape = extract.subject.shape
    if shape.is_empty:
        return None
    metric = extract.jurisdiction.metric
    frame = frame_for(shape, metric)
    rounds = walks(shape, frame, metric)
    corners = sum(len(sides) for sides in rounds)
    listed = corners <= MOST_CORNERS
    drawn = [one for one in themes if any(_is_drawn(hit) for hit in one.theme.hits)]
    labels = _labels(frame, rounds, themes, surroundings, words, listed=listed)
    scale = f"{frame.denominator:,}"
    alt_themes = words.join([words.of(one.theme.title) for one in drawn]) or words.say("map.alt_nothing")
    return PlotMap(
        svg=_svg(frame, shape, rounds, themes, surroundings, listed=listed),
        width=frame.width,
        height=frame.height,
        alt=words.say("map.alt", name=name, denominator=scale, corners=corners, themes=alt_themes),
        scale=words.say("map.scale", denominator=scale),
        north=words.say("map.north", metric=metric),
        ruler=ruler(frame.denominator),
        labels=tuple(labels),
        legend=tuple(_legend(themes, surroundings, words)),
        off_the_map=tuple(_off_the_map(themes, words)),
        sides=tuple(tuple(map(_side, sides)) for sides in rounds) if listed else (),
        sides_note=_sides_note(rounds, words, listed=listed),
    )


def _is_drawn(hit: Hit) -> bool:
    return hit.shape is not None and not hit.shape.is_empty and (hit.share_of_measured or 0.0) < _WHOLE


def _side(walk: Walk) -> Side:
    return Side(between=f"{walk.start}–{walk.end}", length=figures.number(walk.length, 2))


def _sides_note(rounds: Sequence[Sequence[Walk]], words: Wording, *, listed: bool) -> str:
    if listed:
        return words.say("sides_note")
    total = sum(walk.length for sides in rounds for walk in sides)
    corners = sum(len(sides) for sides in rounds)
    return words.say("sides_many", corners=f"{corners:,}", length=figures.metres(words, total))


def _svg(
    frame: Frame,
    shape: BaseGeometry,
    rounds: Sequence[Sequence[Walk]],
    themes: Sequence[Numbered],
    surroundings: Sequence[Surrounding],
    *,
    listed: bool,
) -> str:
    plot = frame.on_paper(shape)
    content = [drawing.sheet_ground(frame.width, frame.height)]
    content += _around(frame, surroundings)
    content.append(drawing.plot(plot))
    for one in themes:
        content += [
            drawing.hit(frame.on_paper(hit.shape), one.sign)
            for hit in one.theme.hits
            if hit.shape is not None and _is_drawn(hit)
        ]
        content += [
            drawing.left_out(frame.on_paper(hit.shape), one.sign)
            for hit in one.theme.left_out
            if hit.shape is not None and not hit.shape.is_empty
        ]
    content.append(drawing.boundary(plot))
    if listed:
        content += [drawing.corner(*frame.on_paper(walk.path).coords[0]) for sides in rounds for walk in sides]
    content.append(drawing.north_arrow(frame.width - _NORTH[0], _NORTH[1]))
    definitions = "".join(drawing.hatching(one.sign) for one in themes)
    return drawing.svg(frame.width, frame.height, definitions, "".join(content))


def _around(frame: Frame, surroundings: Sequence[Surrounding]) -> Iterator[str]:
    for kind, draw in (("parcel", drawing.ground), ("street", drawing.street)):
        for one in surroundings:
            if one.kind == kind and not one.shape.is_empty:
                yield draw(frame.inside(frame.on_paper(one.shape)))


def _labels(
    frame: Frame,
    rounds: Sequence[Sequence[Walk]],
    themes: Sequence[Numbered],
    surroundings: Sequence[Surrounding],
    words: Wording,
    *,
    listed: bool,
) -> list[MapLabel]:
    """All writing, the most needed first: it takes the room."""
    room = marks.Room(frame=frame)
    right, down = frame.width - _NORTH[0], _NORTH[1]
    room.take(right, down - 7, 9.0)
    room.labels.append(MapLabel(kind="north", text=words.say("map.north_letter"), x=right, y=down - 13.2))
    _write_sides(room, rounds, listed=listed)
    _write_hits(room, themes)
    for one in surroundings:
        if one.label and not one.shape.is_empty:
            visible = frame.inside(frame.on_paper(one.shape))
            label = marks.name_label(visible, one.kind, one.label[:40])
            if label is not None:
                room.write(label, 1.3)
    return room.labels


def _write_sides(room: marks.Room, rounds: Sequence[Sequence[Walk]], *, listed: bool) -> None:
    for sides in rounds:
        paths = [room.frame.on_paper(walk.path) for walk in sides]
        for walk, path in zip(sides, paths, strict=True):
            label = marks.side_label(path, f"{figures.number(walk.length, 2)}")
            if label is not None:
                room.write(label, 1.1)
        if listed:
            for index, walk in enumerate(sides):
                room.write(marks.corner_label(paths[index - 1], paths[index], walk.start), 1.2)


def _write_hits(room: marks.Room, themes: Sequence[Numbered]) -> None:
    left = _MOST_MARKS
    for one in themes:
        for index, hit in enumerate(one.theme.hits):
            if left and hit.shape is not None and _is_drawn(hit):
                paper = room.frame.on_paper(hit.shape)
                x, y = marks.hit_spot(paper)
                up = _ABOVE_POINT if marks.beside_point(paper) else 0.0
                left -= room.write(MapLabel(kind="hit", text=one.mark(index), x=x, y=y - up), 1.9)


def _legend(
    themes: Sequence[Numbered], surroundings: Sequence[Surrounding], words: Wording
) -> Iterator[LegendEntry]:
    yield _plain(drawing.swatch_of_boundary(), words.say("map.boundary"))
    kinds = {one.kind for one in surroundings}
    if "parcel" in kinds:
        yield _plain(drawing.swatch_of_ground(), words.say("map.neighbour"))
    if "street" in kinds:
        yield _plain(drawing.swatch_of_street(), words.say("map.street"))
    for one in themes:
        drawn = any(_is_drawn(hit) for hit in one.theme.hits)
        whole = any((hit.share_of_measured or 0.0) >= _WHOLE for hit in one.theme.hits)
        if drawn or whole:
            yield LegendEntry(
                key=one.key,
                svg=drawing.swatch_of(one.sign, _kind(one.theme)) if drawn else drawing.swatch_of_whole(one.sign),
                text=words.of(one.theme.title),
                status=str(one.theme.status),
                note="" if drawn else words.say("map.whole"),
            )
    if any(hit.shape is not None for one in themes for hit in one.theme.left_out):
        yield _plain(drawing.swatch_of_left_out(), words.say("map.left_out"))


def _plain(svg: str, text: str) -> LegendEntry:
    return LegendEntry(key=None, svg=svg, text=text, status=None, note="")


def _kind(theme: ThemeAnswer) -> str:
    """What most of a theme's drawing is: areas, lines or points."""
    shapes = [hit.shape for hit in theme.hits if hit.shape is not None and _is_drawn(hit)]
    for kind in ("Polygon", "LineString"):
        if any(True for shape in shapes for _ in drawing.parts(shape, kind)):
            return kind
    return "Point"


def _off_the_map(themes: Sequence[Numbered], words: Wording) -> Iterator[str]:
    for one in themes:
        if all(hit.shape is None or hit.shape.is_empty for hit in one.theme.hits):
            title = words.of(one.theme.title)
            far = one.theme.distance
            beyond = f" ({words.say('distance', m=figures.number(far, 2))})" if far else ""
            yield f"{one.key} {title}{beyond}"
