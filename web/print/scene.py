"""What there is to draw: the plot, the themes that concern it under their numbers, and what surrounds it.

In: an extract and the shapes around its plot, in the jurisdiction's metric system.  Out: `Scene`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from shapely.geometry.base import BaseGeometry

from gis.site import Status
from layers.extract.model import Extract, Hit, ThemeAnswer
from web.print.drawing import Sign, colour
from web.print.frame import Frame, frame_for
from web.print.outline import Walk, walks

MOST_CORNERS = 40
"""Corners up to which they are numbered on the map and their sides listed."""
WHOLE = 99.95
"""Per cent from which a hit covers the plot, as printed to 0.1 %."""


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
        return Sign(key=self.key, colour=colour(self.theme.colour))

    @property
    def drawn(self) -> tuple[tuple[str, BaseGeometry], ...]:
        """The hits that the map draws, each with its number."""
        return tuple(
            (self.mark(index), hit.shape)
            for index, hit in enumerate(self.theme.hits)
            if has_shape(hit) and (hit.share_of_measured or 0.0) < WHOLE
        )

    @property
    def covers_the_plot(self) -> bool:
        """Whether a hit covers the whole plot: hatched over everything it would hide the rest, so it is not drawn."""
        return any((hit.share_of_measured or 0.0) >= WHOLE for hit in self.theme.hits)

    def mark(self, index: int) -> str:
        """The number of its hit: of the theme itself where it has only one."""
        return f"{self.key}.{index + 1}" if len(self.theme.hits) > 1 else str(self.key)


def has_shape(hit: Hit) -> bool:
    """Whether a part of it lies on the plot and is known."""
    return hit.shape is not None and not hit.shape.is_empty


def numbered(themes: Iterable[ThemeAnswer]) -> tuple[Numbered, ...]:
    """The themes that concern the plot, numbered in the order of the answer."""
    concerned = (theme for theme in themes if theme.status in (Status.AFFECTED, Status.NEAR))
    return tuple(Numbered(key=key, theme=theme) for key, theme in enumerate(concerned, start=1))


@dataclass(frozen=True, kw_only=True)
class Beside:
    """What of a surrounding is seen on the sheet, in mm."""

    kind: str
    label: str | None
    paper: BaseGeometry


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A plot on its sheet, with its sides and all that lies on and around it."""

    shape: BaseGeometry
    metric: int
    frame: Frame
    rounds: tuple[tuple[Walk, ...], ...]
    themes: tuple[Numbered, ...]
    beside: tuple[Beside, ...]

    @property
    def corners(self) -> int:
        """How many corners the boundary has."""
        return sum(len(sides) for sides in self.rounds)

    @property
    def has_few_corners(self) -> bool:
        """Whether they can be numbered."""
        return self.corners <= MOST_CORNERS


def scene_of(extract: Extract, themes: Sequence[Numbered], surroundings: Sequence[Surrounding]) -> Scene:
    """The scene of an extract."""
    shape, metric = extract.subject.shape, extract.jurisdiction.metric
    frame = frame_for(shape, metric)
    return Scene(
        shape=shape,
        metric=metric,
        frame=frame,
        rounds=walks(shape, frame, metric),
        themes=tuple(themes),
        beside=tuple(_beside(surroundings, frame)),
    )


def _beside(surroundings: Sequence[Surrounding], frame: Frame) -> Iterator[Beside]:
    visible = frame.visible([one.shape for one in surroundings])
    for one, paper in zip(surroundings, visible, strict=True):
        if not paper.is_empty:
            yield Beside(kind=one.kind, label=one.label, paper=paper)


def reach(extract: Extract) -> float:
    """Grid metres around the plot's box that its map shows."""
    shape = extract.subject.shape
    frame = frame_for(shape, extract.jurisdiction.metric)
    west, south, east, north = shape.bounds
    beside = frame.width * frame.grid_per_mm - float(east - west)
    above = frame.height * frame.grid_per_mm - float(north - south)
    return max(beside, above) / 2
