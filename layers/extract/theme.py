"""A theme of the catalogue with what its imports alone decide: worked out once, for every plot.

In: a catalogue layer and its standing imports.  Out: `Theme`, its answer before anything is known, and its answer where
the data are complete and have nothing.  Missing data never reads as "not affected": that needs an import that holds on the
date, says where it is complete, and covers the plot with the distance around it that counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import shapely
from shapely.geometry.base import BaseGeometry

from gis.site import Status
from layers.entry import Layer, Measure, MeasuredFrom
from layers.entry import Status as LawStatus
from layers.extract import reasons
from layers.extract.measure import Measured, Plot
from layers.extract.model import Law, ThemeAnswer, Words, varied
from layers.imports import StandingImport

FULL = 100.0
AMPLE = 1_000.0
"""Metres: the law of most themes looks less far around a plot."""
NOWHERE = -1.0
"""Metres by which a plot may grow that lies not inside at all."""
_DIRECT = {
    MeasuredFrom.BOUNDARY: {"polygon", "boundary"},
    MeasuredFrom.EDGE: {"polygon", "boundary"},
    MeasuredFrom.CENTRE_LINE: {"centre_line"},
    MeasuredFrom.POINT: {"point"},
}


_SHARED = ("accuracy", "begins", "blank", "coverage", "margin", "sources", "_by_id", "_indirect")
"""What of a theme does not depend on the plot, and is asked of each."""


@dataclass(frozen=True, kw_only=True)
class Theme:
    """A layer with all that is known of it here; `parts` is what was found of it on and around one plot."""

    layer: Layer
    imports: tuple[StandingImport, ...]
    parts: tuple[Measured, ...] = ()

    def with_parts(self, parts: Sequence[Measured]) -> "Theme":
        """The same theme on a plot; what the imports decide is worked out before, and taken over."""
        for name in _SHARED:
            getattr(self, name)
        return varied(self, {"parts": tuple(parts)})

    def import_of(self, part: Measured) -> StandingImport:
        """The import that a feature came with."""
        return self._by_id[part.found.import_id]

    def is_direct(self, part: Measured) -> bool:
        """Whether the data hold what the law measures from."""
        return part.found.import_id not in self._indirect

    @cached_property
    def target(self) -> str:
        """The name under which its data come in."""
        return target_of(self.layer)

    @cached_property
    def is_raster(self) -> bool:
        """Whether it is judged by heights."""
        return self.layer.measure is Measure.RASTER

    @cached_property
    def _by_id(self) -> dict[int, StandingImport]:
        return {each.id: each for each in self.imports}

    @cached_property
    def _indirect(self) -> frozenset[int]:
        """Imports that hold something else than the law measures from."""
        measured_from = self.layer.measured_from
        if measured_from is None:
            return frozenset()
        return frozenset(each.id for each in self.imports if each.holds not in _DIRECT[measured_from])

    @property
    def _is_outlined(self) -> bool:
        """Whether data hold only the outline of areas: far from a line a plot may lie on either side of it."""
        is_area = self.layer.measured_from is MeasuredFrom.BOUNDARY
        return is_area and any(each.holds == "boundary" for each in self.imports)

    @cached_property
    def accuracy(self) -> float:
        """The coarsest accuracy among the imports, metres."""
        return max((each.accuracy for each in self.imports), default=self.layer.accuracy)

    @cached_property
    def margin(self) -> float:
        """Metres around a plot within which the data must be complete for silence to mean something."""
        return self.layer.search_reach(self.accuracy) if self.layer.buffer else 0.0

    @cached_property
    def begins(self) -> date:
        """The day from which all its data hold."""
        return max((each.begins for each in self.imports), default=date.max)

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """Names of its imports."""
        return tuple(sorted(each.name for each in self.imports))

    @cached_property
    def coverage(self) -> BaseGeometry | None:
        """Where the theme is complete: where every one of its imports with a coverage is."""
        shapes = {each.coverage_digest: each.coverage for each in self.imports if each.coverage is not None}
        if not shapes:
            return None
        joined, *others = shapes.values()
        for shape in others:
            joined = shapely.intersection(joined, shape)
        shapely.prepare(joined)
        return joined

    @cached_property
    def blank(self) -> ThemeAnswer:
        """Its answer while nothing is known yet."""
        return blank(self)

    @cached_property
    def settled(self) -> ThemeAnswer | None:
        """Its answer where nothing was found deep inside its coverage and after its data begin; None where that depends
        on the plot.
        """
        layer = self.layer
        if not layer.is_verified:
            return replace(self.blank, reason=reasons.law_not_verified())
        if not self.imports:
            return self.blank
        varies = self.is_raster or layer.full_coverage or self.margin > AMPLE
        varies = varies or self.coverage is None
        return None if varies else self.nothing_here

    def settled_around(self, plot: Plot, *, on: date) -> ThemeAnswer | None:
        """The same for a plot of which is known how far its surroundings lie inside the coverage."""
        if self.imports and self.layer.is_verified:
            is_inside = self.margin <= plot.inside.get(id(self.coverage), NOWHERE)
            return self.settled if is_inside and self.begins <= on else None
        return self.settled

    @cached_property
    def nothing_here(self) -> ThemeAnswer:
        """Its answer where the data hold and cover the plot, and nothing was found."""
        status, reason = self.silence(FULL, on=self.begins)
        return replace(self.blank, covered=FULL, sources=self.sources, status=status, reason=reason)

    def silence(self, covered: float | None, *, on: date) -> tuple[Status, Words]:
        """What it means that nothing was found."""
        if on < self.begins:
            return Status.NO_DATA, reasons.before_data(self.begins)
        if self._indirect and self.layer.assumed_half_width is None:
            return Status.NO_DATA, reasons.boundary_unknown()
        if self._is_outlined:
            return Status.NO_DATA, reasons.side_unknown()
        if covered is None:
            return Status.NO_DATA, reasons.coverage_unknown()
        if covered < FULL:
            return Status.NO_DATA, reasons.outside_coverage(covered)
        return Status.NOT_AFFECTED, reasons.nothing_here()


def target_of(layer: Layer) -> str:
    """The name under which a layer's data come in: its own, or that of the layer it is read from."""
    return layer.source_layer or layer.id


def blank(theme: Theme) -> ThemeAnswer:
    """A theme of which nothing is known yet."""
    layer = theme.layer
    return ThemeAnswer(
        layer=layer.id,
        group=layer.theme,
        role=layer.role,
        title=Words(en=layer.title.en, ml=layer.title.ml),
        meaning=Words(en=layer.meaning.en, ml=layer.meaning.ml),
        status=Status.NO_DATA,
        reason=reasons.no_import(),
        law=_law(layer),
        notes=Words(en=layer.notes.en, ml=layer.notes.ml) if layer.notes else None,
        measure=layer.measure,
        buffer=layer.buffer,
        colour=layer.colour.line,
    )


def _law(layer: Layer) -> Law:
    return Law(
        text=None if layer.law is None else Words(en=layer.law, ml=layer.law_ml or layer.law),
        clause=layer.clause,
        link=layer.link,
        since=layer.since,
        confidence=layer.confidence,
        in_force=layer.status is LawStatus.IN_FORCE,
        authority=Words(en=layer.authority.en, ml=layer.authority.ml),
        consult=Words(en=layer.consult.en, ml=layer.consult.ml) if layer.consult else None,
    )
