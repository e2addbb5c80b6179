"""What a theme's features mean for a plot: affected, near, not affected, or no data.

In: a plot, a theme with what was measured on and around the plot, a date.  Out: a `ThemeAnswer`.  Pure: no database.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from gis.site import Status
from layers.extract import reasons
from layers.extract.coverage import Covered, covered
from layers.extract.measure import Measured, Plot, is_sliver
from layers.extract.model import Attribute, Hit, ThemeAnswer, Words, varied
from layers.extract.theme import FULL, Theme, blank
from layers.extract.tiling import shares_of, union_area
from layers.personal import is_personal

__all__ = ["Theme", "blank", "judge"]

Findings = dict[str, Any]
"""Fields of a `ThemeAnswer` that differ from the blank one."""


def judge(plot: Plot, theme: Theme, *, on: date) -> ThemeAnswer:
    """The answer of one theme."""
    if not theme.layer.is_verified:
        return varied(theme.blank, {"reason": reasons.law_not_verified()})
    if not theme.imports:
        return theme.blank
    inside = covered(plot, theme)
    if not theme.parts and inside.share == FULL and on >= theme.begins and not theme.layer.full_coverage:
        return theme.nothing_here
    findings = _with_overlap(plot, theme) if theme.layer.buffer is None else _with_distance(plot, theme)
    if theme.layer.full_coverage:
        findings["shares"] = shares_of(plot, theme)
    if "status" not in findings:
        findings["status"], findings["reason"] = _silence(theme, inside, on=on)
    return varied(theme.blank, {"covered": inside.share, "sources": theme.sources, **findings})


def _silence(theme: Theme, inside: Covered, *, on: date) -> tuple[Status, Words]:
    """What it means that nothing was found; where the sliver rule decided that, it is named."""
    status, reason = theme.silence(inside.counted, on=on)
    if inside.but_a_sliver and status is Status.NOT_AFFECTED:
        return status, reasons.nothing_but_a_sliver_outside(theme.accuracy)
    return status, reason


def _with_overlap(plot: Plot, theme: Theme) -> Findings:
    """Themes that bind where they lie: by area, length or count."""
    hits: list[Measured] = []
    slivers: list[Measured] = []
    for part in theme.parts:
        if part.is_on_plot:
            sliver = is_sliver(plot, part, accuracy=theme.import_of(part).accuracy)
            (slivers if sliver else hits).append(part)
    findings: Findings = {"left_out": _hits(plot, theme, slivers)}
    if hits:
        return findings | _affected(plot, theme, hits)
    if theme.layer.full_coverage:
        return findings
    if slivers:
        return findings | {
            "status": Status.NEAR,
            "reason": reasons.sliver_only(theme.accuracy),
            "distance": 0.0,
        }
    close = [
        part
        for part in theme.parts
        if part.distance <= _half_width(theme, part) + theme.import_of(part).accuracy
    ]
    return findings | _near(plot, theme, close) if close else findings


def _affected(plot: Plot, theme: Theme, hits: list[Measured]) -> Findings:
    area = union_area(plot, hits)
    length = sum(part.length for part in hits)
    count = sum(part.count for part in hits)
    share = percent(area, plot.measured)
    if area:
        reason = reasons.on_plot(share)
    else:
        reason = reasons.crossing(length) if length else reasons.counted(count)
    return {
        "status": Status.AFFECTED,
        "reason": reason,
        "area": round(area, 2) if area else None,
        "share_of_measured": share if area else None,
        "share_of_recorded": percent(area, plot.recorded) if area and plot.recorded else None,
        "length": round(length, 2) if length else None,
        "count": count or None,
        "distance": 0.0,
        "hits": _hits(plot, theme, hits),
    }


def _with_distance(plot: Plot, theme: Theme) -> Findings:
    """Themes that bind within a distance; from a line or point in place of a boundary nothing is certain but nearness."""
    direct = [part for part in theme.parts if theme.is_direct(part)]
    hits = [part for part in direct if part.distance <= _own_buffer(theme, part)]
    if hits:
        nearest = min(hits, key=lambda part: part.distance)
        reason = reasons.within(nearest.distance, _own_buffer(theme, nearest))
        return _affected(plot, theme, hits) | {"distance": round(nearest.distance, 2), "reason": reason}
    close = [part for part in direct if part.distance <= _bound(theme, part)]
    if close:
        return _near(plot, theme, close)
    maybe = [
        part
        for part in theme.parts
        if not theme.is_direct(part) and part.distance <= _bound(theme, part) + _half_width(theme, part)
    ]
    if maybe:
        reach = theme.layer.search_reach(theme.accuracy)
        near = _near(plot, theme, maybe)
        return near | {"reason": reasons.from_line_not_boundary(near["distance"], reach)}
    return {}


def _bound(theme: Theme, part: Measured) -> float:
    """Metres within which a feature cannot be told from one that binds."""
    return _own_buffer(theme, part) + theme.import_of(part).accuracy


def _half_width(theme: Theme, part: Measured) -> float:
    """Metres from what the data hold to the boundary that the law means: 0 where they hold it, else sourced or assumed."""
    if theme.is_direct(part):
        return 0.0
    if part.found.width is not None:
        return part.found.width / 2
    return theme.layer.assumed_half_width or 0.0


def _own_buffer(theme: Theme, part: Measured) -> float:
    """The law's distance for a feature: its own where it has a smaller one (voltage, width of water), metres."""
    buffer = theme.layer.buffer or 0.0
    name = theme.layer.buffer_property
    own = part.found.attributes.get(name) if name else None
    return min(buffer, float(own)) if isinstance(own, int | float) and own >= 0 else buffer


def _near(plot: Plot, theme: Theme, parts: Sequence[Measured]) -> Findings:
    distance = min(part.distance for part in parts)
    return {
        "status": Status.NEAR,
        "reason": reasons.too_close_to_tell(distance, theme.accuracy),
        "distance": round(distance, 2),
        "hits": _hits(plot, theme, parts),
    }


def _hits(plot: Plot, theme: Theme, parts: Iterable[Measured]) -> tuple[Hit, ...]:
    return tuple(_hit(plot, theme, part) for part in parts)


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
            Attribute(name=name, value=value)
            for name, value in sorted(found.attributes.items())
            if not is_personal(name)
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
