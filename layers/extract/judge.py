"""What a theme's features mean for a plot: affected, near, not affected, or no data.

In: a catalogue layer, its standing imports, what was measured on and around the plot, a date.  Out: a `ThemeAnswer`.
Pure: no database.  Missing data never reads as "not affected": that needs an import that holds on the date, says where it
is complete, and covers the plot with the distance around it that counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import shapely
from shapely.geometry.base import BaseGeometry

from gis.geometry import mean_width
from layers.entry import Layer, MeasuredFrom
from layers.entry import Status as LawStatus
from layers.extract import reasons
from layers.extract.measure import Measured, Plot, is_sliver
from layers.extract.model import Attribute, Hit, Law, ShareRow, Status, ThemeAnswer, Words
from layers.extract.shares import rounded_shares
from layers.imports import StandingImport

FULL = 100.0
_DIRECT = {
    MeasuredFrom.BOUNDARY: {"polygon", "boundary"},
    MeasuredFrom.EDGE: {"polygon", "boundary"},
    MeasuredFrom.CENTRE_LINE: {"centre_line"},
    MeasuredFrom.POINT: {"point"},
}


@dataclass(frozen=True, kw_only=True)
class Theme:
    """A layer with all that is known of it here."""

    layer: Layer
    imports: tuple[StandingImport, ...]
    parts: tuple[Measured, ...]

    def import_of(self, part: Measured) -> StandingImport:
        """The import that a feature came with."""
        return next(each for each in self.imports if each.id == part.found.import_id)

    @property
    def accuracy(self) -> float:
        """The coarsest accuracy among the imports, metres."""
        return max((each.accuracy for each in self.imports), default=self.layer.accuracy)

    @property
    def margin(self) -> float:
        """Metres around a plot within which the data must be complete for silence to mean something."""
        return self.layer.search_reach(self.accuracy) if self.layer.buffer else 0.0


def judge(plot: Plot, theme: Theme, *, on: date) -> ThemeAnswer:
    """The answer of one theme."""
    layer = theme.layer
    answer = blank(theme)
    if not layer.is_verified:
        return replace(answer, reason=reasons.law_not_verified())
    if not theme.imports:
        return answer
    covered = _covered(plot, theme)
    answer = replace(answer, covered=covered, sources=tuple(sorted(each.name for each in theme.imports)))
    answer = (
        _with_distance(plot, theme, answer)
        if layer.buffer is not None
        else _with_overlap(plot, theme, answer)
    )
    if layer.full_coverage:
        answer = replace(answer, shares=shares_of(plot, theme))
    if answer.status in (Status.AFFECTED, Status.NEAR):
        return answer
    status, reason = _silence(theme, covered, on=on)
    return replace(answer, status=status, reason=reason)


def _silence(theme: Theme, covered: float | None, *, on: date) -> tuple[Status, Words]:
    """What it means that nothing was found."""
    begins = max(each.begins for each in theme.imports)
    if on < begins:
        return Status.NO_DATA, reasons.before_data(begins)
    if _some_indirect(theme) and theme.layer.assumed_half_width is None:
        return Status.NO_DATA, reasons.boundary_unknown()
    if covered is None:
        return Status.NO_DATA, reasons.coverage_unknown()
    if covered < FULL:
        return Status.NO_DATA, reasons.outside_coverage(covered)
    return Status.NOT_AFFECTED, reasons.nothing_here()


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


def _coverage(theme: Theme) -> BaseGeometry | None:
    """Where the theme is complete: where every one of its imports with a coverage is."""
    shapes = {each.coverage_digest: each.coverage for each in theme.imports if each.coverage is not None}
    if not shapes or any(each.coverage is None for each in theme.imports):
        return next(iter(shapes.values()), None) if shapes else None
    joined = next(iter(shapes.values()))
    for shape in list(shapes.values())[1:]:
        joined = shapely.intersection(joined, shape)
    return joined


def _covered(plot: Plot, theme: Theme) -> float | None:
    """Share in % of the plot, grown by the distance that counts, inside the coverage; slivers outside do not count."""
    coverage = _coverage(theme)
    if coverage is None:
        return None
    needed = plot.shape.buffer(theme.margin) if theme.margin else plot.shape
    if coverage.covers(needed):
        return FULL
    outside = shapely.difference(needed, coverage)
    if mean_width(outside) < theme.accuracy and outside.area < plot.shape.area / 2:
        return FULL
    return float(min(round((1 - outside.area / needed.area) * FULL, 1), FULL - 0.1))


def _with_overlap(plot: Plot, theme: Theme, answer: ThemeAnswer) -> ThemeAnswer:
    """Themes that bind where they lie: by area, length or count."""
    on_plot = [part for part in theme.parts if part.is_on_plot]
    slivers = [part for part in on_plot if is_sliver(plot, part, accuracy=theme.import_of(part).accuracy)]
    hits = [part for part in on_plot if part not in slivers]
    answer = replace(answer, left_out=tuple(_hit(plot, theme, part) for part in slivers))
    if hits:
        return _affected(plot, theme, answer, hits)
    if theme.layer.full_coverage:
        return answer
    if slivers:
        return replace(answer, status=Status.NEAR, reason=reasons.sliver_only(theme.accuracy), distance=0.0)
    close = [
        part
        for part in theme.parts
        if part.distance <= _half_width(theme, part) + theme.import_of(part).accuracy
    ]
    if close:
        return _near(plot, theme, answer, close)
    return answer


def _affected(plot: Plot, theme: Theme, answer: ThemeAnswer, hits: Sequence[Measured]) -> ThemeAnswer:
    area = _union_area(plot, hits)
    length = sum(part.length for part in hits)
    count = sum(part.count for part in hits)
    share = percent(area, plot.measured)
    if area:
        reason = reasons.on_plot(share)
    else:
        reason = reasons.crossing(length) if length else reasons.counted(count)
    return replace(
        answer,
        status=Status.AFFECTED,
        reason=reason,
        area=round(area, 2) if area else None,
        share_of_measured=share if area else None,
        share_of_recorded=percent(area, plot.recorded) if area and plot.recorded else None,
        length=round(length, 2) if length else None,
        count=count or None,
        distance=0.0,
        hits=tuple(_hit(plot, theme, part) for part in hits),
    )


def _union_area(plot: Plot, hits: Sequence[Measured]) -> float:
    """Ground m² under the features, overlapping ones counted once."""
    shapes = [part.shape for part in hits if part.area > 0]
    if len(shapes) < 2:
        return sum(part.area for part in hits)
    return plot.area(shapely.union_all(shapes))


def _with_distance(plot: Plot, theme: Theme, answer: ThemeAnswer) -> ThemeAnswer:
    """Themes that bind within a distance; from a line or point in place of a boundary nothing is certain but nearness."""
    direct = [part for part in theme.parts if _is_direct(theme, part)]
    hits = [part for part in direct if part.distance <= _own_buffer(theme, part)]
    if hits:
        nearest = min(hits, key=lambda part: part.distance)
        affected = _affected(plot, theme, answer, hits)
        reason = reasons.within(nearest.distance, _own_buffer(theme, nearest))
        return replace(affected, distance=round(nearest.distance, 2), reason=reason)
    close = [
        part for part in direct if part.distance <= _own_buffer(theme, part) + theme.import_of(part).accuracy
    ]
    if close:
        return _near(plot, theme, answer, close)
    maybe = [
        part
        for part in theme.parts
        if part not in direct
        and part.distance
        <= _own_buffer(theme, part) + _half_width(theme, part) + theme.import_of(part).accuracy
    ]
    if maybe:
        reach = theme.layer.search_reach(theme.accuracy)
        near = _near(plot, theme, answer, maybe)
        return replace(near, reason=reasons.from_line_not_boundary(near.distance or 0.0, reach))
    return answer


def _is_direct(theme: Theme, part: Measured) -> bool:
    """Whether the data hold what the law measures from."""
    measured_from = theme.layer.measured_from
    return measured_from is None or theme.import_of(part).holds in _DIRECT[measured_from]


def _half_width(theme: Theme, part: Measured) -> float:
    """Metres from what the data hold to the boundary that the law means: 0 where they hold it, else sourced or assumed."""
    if _is_direct(theme, part):
        return 0.0
    if part.found.width is not None:
        return part.found.width / 2
    return theme.layer.assumed_half_width or 0.0


def _some_indirect(theme: Theme) -> bool:
    measured_from = theme.layer.measured_from
    return measured_from is not None and any(
        each.holds not in _DIRECT[measured_from] for each in theme.imports
    )


def _own_buffer(theme: Theme, part: Measured) -> float:
    """The law's distance for a feature: its own where it has a smaller one (voltage, width of water), metres."""
    buffer = theme.layer.buffer or 0.0
    name = theme.layer.buffer_property
    own = part.found.attributes.get(name) if name else None
    return min(buffer, float(own)) if isinstance(own, int | float) and own >= 0 else buffer


def _near(plot: Plot, theme: Theme, answer: ThemeAnswer, parts: Sequence[Measured]) -> ThemeAnswer:
    distance = min(part.distance for part in parts)
    return replace(
        answer,
        status=Status.NEAR,
        reason=reasons.too_close_to_tell(distance, theme.accuracy),
        distance=round(distance, 2),
        hits=tuple(_hit(plot, theme, part) for part in parts),
    )


def _hit(plot: Plot, theme: Theme, part: Measured) -> Hit:
    found = part.found
    source = theme.import_of(part).name
    step = next((each for each in theme.layer.steps if part.distance <= each.within), None)
    buffer = _own_buffer(theme, part) if theme.layer.buffer is not None else None
    return Hit(
        feature=f"{source}:{found.position}",
        ref=found.ref,
        label=found.label,
        label_ml=found.label_ml,
        attributes=tuple(
            Attribute(name=name, value=value) for name, value in sorted(found.attributes.items())
        ),
        area=round(part.area, 2) if part.area else None,
        share_of_measured=percent(part.area, plot.measured) if part.area else None,
        share_of_recorded=percent(part.area, plot.recorded) if part.area and plot.recorded else None,
        length=round(part.length, 2) if part.length else None,
        count=part.count or None,
        distance=round(part.distance, 2),
        within=buffer if buffer is not None and part.distance <= buffer else None,
        step=Words(en=step.meaning.en, ml=step.meaning.ml) if step else None,
        since=found.since,
        until=found.until,
        source=source,
        shape=part.shape,
    )


def percent(part: float, whole: float) -> float:
    """A share in %, to the tenth."""
    return round(part / whole * FULL, 1)


def shares_of(plot: Plot, theme: Theme) -> tuple[ShareRow, ...]:
    """The table of shares of a layer that should tile the ground, slivers included; adds to 100.0 %."""
    parts = [part for part in theme.parts if part.area > 0]
    shapes = [part.shape for part in parts]
    classes: dict[tuple[str | None, str | None], list[Measured]] = {}
    for part in parts:
        classes.setdefault((part.found.label, part.found.label_ml), []).append(part)
    rows = [
        ShareRow(kind="class", label=label, label_ml=label_ml, area=_union_area(plot, members), percent=0.0)
        for (label, label_ml), members in sorted(
            classes.items(), key=lambda item: (item[0][0] or "", item[0][1] or "")
        )
    ]
    mapped = shapely.union_all(shapes) if len(shapes) > 1 else (shapes[0] if shapes else shapely.Polygon())
    rest = shapely.difference(plot.shape, mapped)
    coverage = _coverage(theme)
    outside = plot.area(rest if coverage is None else shapely.difference(rest, coverage))
    mapped_area = plot.area(mapped) if len(shapes) != 1 else parts[0].area
    total = sum(row.area for row in rows)
    rows += [
        ShareRow(
            kind="unmapped", label=None, label_ml=None, area=max(plot.area(rest) - outside, 0.0), percent=0.0
        ),
        ShareRow(kind="outside", label=None, label_ml=None, area=outside, percent=0.0),
        ShareRow(kind="overlap", label=None, label_ml=None, area=max(total - mapped_area, 0.0), percent=0.0),
    ]
    return rounded_shares(rows, of=plot.measured)
