"""What stands on the pages, ready to be set: text, colours and places on paper, no more numbers to reckon.

In: nothing.  Out: frozen values that `facts`, `answers`, `provenance` and `plot_map` fill and that the templates set.
All text is text: the templates never run it.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Fact:
    """A name and what is recorded under it."""

    name: str
    value: str
    link: str | None = None


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How many themes have a status."""

    status: str
    word: str
    meaning: str
    count: int


@dataclass(frozen=True, kw_only=True)
class HitLine:
    """A feature that concerns the plot."""

    mark: str
    """Its number on the map, empty where the theme's own number serves."""
    name: str
    detail: str
    amount: str
    since: str
    source: str


@dataclass(frozen=True, kw_only=True)
class ShareLine:
    """A part of the whole plot."""

    name: str
    area: str
    percent: str
    is_remainder: bool


@dataclass(frozen=True, kw_only=True)
class ThemeCard:
    """A theme that is on the plot or near it, in full."""

    key: int
    """Its number on the map, in the summary and in the text."""
    title: str
    status: str
    status_word: str
    advisory: str | None
    colour: str
    amount: str
    meaning: str
    facts: tuple[Fact, ...]
    hits: tuple[HitLine, ...]
    left_out: tuple[HitLine, ...]
    shares: tuple[ShareLine, ...]
    shares_total: ShareLine | None


@dataclass(frozen=True, kw_only=True)
class GroupCards:
    """A heading with its themes."""

    title: str
    themes: tuple[ThemeCard, ...]


@dataclass(frozen=True, kw_only=True)
class ThemeLine:
    """A theme without a hit, in one line."""

    title: str
    law: str
    """Its law and clause, empty where none is cited."""
    advisory: str | None
    aside: str
    """Source of the answer, or whom to ask."""
    left_out: tuple[HitLine, ...]


@dataclass(frozen=True, kw_only=True)
class ReasonLines:
    """A reason and all themes that it answers."""

    reason: str
    themes: tuple[ThemeLine, ...]


@dataclass(frozen=True, kw_only=True)
class Street:
    """A street along the plot."""

    name: str
    width: str
    length: str
    basis: str
    source: str


@dataclass(frozen=True, kw_only=True)
class NeighbourLine:
    """A parcel beside this one."""

    number: str
    land_type: str
    boundary: str
    overlap: str


@dataclass(frozen=True, kw_only=True)
class SourceCard:
    """A data set that an answer rests on."""

    key: str
    title: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, kw_only=True)
class MapLabel:
    """Text on the map, centred on a place in mm from the upper left corner, turned clockwise by degrees."""

    kind: str
    text: str
    x: float
    y: float
    turn: float = 0.0


@dataclass(frozen=True, kw_only=True)
class LegendEntry:
    """A sign of the map, as a small drawing, and its meaning."""

    key: int | None
    svg: str
    text: str
    status: str | None
    note: str


@dataclass(frozen=True, kw_only=True)
class Side:
    """A side of the plot between two numbered corners."""

    between: str
    length: str


@dataclass(frozen=True, kw_only=True)
class Ruler:
    """The scale bar: its length on paper in mm, and what its ticks say."""

    width: float
    ticks: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PlotMap:
    """The drawing of the plot to scale, in mm."""

    svg: str
    width: float
    height: float
    alt: str
    scale: str
    north: str
    ruler: Ruler
    labels: tuple[MapLabel, ...]
    legend: tuple[LegendEntry, ...]
    off_the_map: tuple[str, ...]
    sides: tuple[tuple[Side, ...], ...]
    """One row of sides for each ring of the boundary."""
    sides_note: str


@dataclass(frozen=True, kw_only=True)
class Guide:
    """A sentence on how to read the print."""

    status: str | None
    name: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """The whole extract as it is printed."""

    is_synthetic: bool
    name: str
    place: str
    jurisdiction: str
    note: str | None
    valid_on: str
    known_at: str
    digest: str
    digest_short: str
    instant: tuple[int, int, int, int, int, int]
    """Year to second of the recording instant: the creation date of the file."""
    tallies: tuple[Tally, ...]
    facts: tuple[Fact, ...]
    plot_map: PlotMap
    cards: tuple[GroupCards, ...]
    not_affected: tuple[ReasonLines, ...]
    no_data: tuple[ReasonLines, ...]
    streets: tuple[Street, ...]
    street_note: str
    neighbours: tuple[NeighbourLine, ...]
    terrain: tuple[Fact, ...]
    terrain_note: str
    sources: tuple[SourceCard, ...]
    reading: tuple[Guide, ...]
