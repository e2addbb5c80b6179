"""An extract arranged for reading: what concerns the plot first, what is not known never hidden.

In: an `Extract`.  Out: `PlotView`, whose parts the templates print one by one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from gis.site import Status
from gis.units import Area, AreaUnit
from layers.extract.model import Extract, Group, Source, ThemeAnswer
from web.figures import square_metres, units_for

ORDER = (Status.AFFECTED, Status.NEAR, Status.NO_DATA, Status.NOT_AFFECTED)
"""Order of reading within a group: unknown stands before what was checked and found clear."""
ADVISORY = frozenset({"P", "R"})
"""Marks of a law that was not read in its own text: such an answer advises and does not bind."""


@dataclass(frozen=True, kw_only=True)
class Section:
    """A group of the catalogue with its themes in the order of reading."""

    group: Group
    themes: tuple[ThemeAnswer, ...]


@dataclass(frozen=True, kw_only=True)
class AreaRow:
    """One unit: what the register says and what was measured."""

    unit: AreaUnit
    recorded: Area | None
    measured: Area


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """Sources of one title and licence."""

    title: str
    licence: str
    link: str | None
    sources: tuple[Source, ...]


@dataclass(frozen=True, kw_only=True)
class PlotView:
    """What the page of a plot, or of an area drawn by hand, prints."""

    extract: Extract
    counts: dict[Status, int]
    sections: tuple[Section, ...]
    admin: tuple[ThemeAnswer, ...]
    areas: tuple[AreaRow, ...]
    shelves: tuple[Shelf, ...]
    difference: Decimal | None
    """Measured less recorded in % of the recorded area."""

    @property
    def number(self) -> str | None:
        """The parcel's number; None for an area drawn by hand."""
        parcel = self.extract.subject.parcel
        return parcel.number.whole if parcel else None

    @property
    def is_advisory(self) -> bool:
        """Whether any theme that concerns the plot rests on a law not read in its own text."""
        return any(is_advisory(theme) for theme in self.concerning)

    @property
    def concerning(self) -> tuple[ThemeAnswer, ...]:
        """Themes that lie on the plot or near it, the former first."""
        themes = (theme for section in self.sections for theme in section.themes)
        found = [theme for theme in themes if theme.status in (Status.AFFECTED, Status.NEAR)]
        return tuple(sorted(found, key=lambda theme: theme.status is Status.NEAR))

    def source(self, source_id: str) -> Source | None:
        """The source an answer rests on."""
        return next((source for source in self.extract.sources if source.id == source_id), None)

    def total(self, theme: ThemeAnswer) -> float:
        """Sum of a theme's table of shares in %, what is covered twice taken off."""
        return round(sum(-row.percent if row.kind == "overlap" else row.percent for row in theme.shares), 1)


def is_advisory(theme: ThemeAnswer) -> bool:
    """Whether the theme's law is known only from the press or from memory."""
    return theme.law.confidence in ADVISORY


def plot_view(extract: Extract) -> PlotView:
    """The extract in the order in which it is read."""
    listed = [theme for theme in extract.themes if theme.role != "admin"]
    recorded = extract.subject.parcel.recorded_area if extract.subject.parcel else None
    measured = square_metres(extract.subject.measured_area)
    return PlotView(
        extract=extract,
        counts={status: sum(theme.status is status for theme in listed) for status in Status},
        sections=tuple(_sections(extract.groups, listed)),
        admin=tuple(theme for theme in extract.themes if theme.role == "admin"),
        areas=_areas(recorded, measured),
        shelves=tuple(_shelves(extract.sources)),
        difference=_difference(recorded, measured),
    )


def _sections(groups: Sequence[Group], themes: Sequence[ThemeAnswer]) -> list[Section]:
    sections = []
    for group in groups:
        own = [theme for theme in themes if theme.group == group.id]
        if own:
            own.sort(key=lambda theme: ORDER.index(theme.status))
            sections.append(Section(group=group, themes=tuple(own)))
    return sections


def _shelves(sources: Sequence[Source]) -> list[Shelf]:
    kept: dict[tuple[str, str, str | None], list[Source]] = {}
    for source in sources:
        kept.setdefault((source.title, source.licence, source.link), []).append(source)
    return [
        Shelf(title=title, licence=licence, link=link, sources=tuple(own))
        for (title, licence, link), own in kept.items()
    ]


def _areas(recorded: Area | None, measured: Area) -> tuple[AreaRow, ...]:
    units = list(units_for(measured.square_metres))
    if recorded is not None and recorded.unit not in units:
        units.append(recorded.unit)
    return tuple(AreaRow(unit=unit, recorded=recorded, measured=measured) for unit in units)


def _difference(recorded: Area | None, measured: Area) -> Decimal | None:
    if recorded is None or recorded.square_metres == 0:
        return None
    return (measured.square_metres - recorded.square_metres) / recorded.square_metres * 100
