"""The zones of a reform at the door: their files read, their layers looked up, what they mean for a plot as columns.

In: a reform, a place.  Out: the reform with its shapes, `Area` values for the ground of the place, and rows of what a touched plot permits before
and after.  `Invalid` names the zone and what is wrong with it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import shapely
from shapely.geometry import shape as as_shape

from api.answers import LandAnswers
from civic.reforms.reading import LARGEST_SHAPE, zone_drawn
from gis.errors import Invalid
from gis.site import Site, Status
from layers.catalogue import Catalogue, load
from layers.entry import Layer, Measure, Role, Symbol
from rules.checks.overlays import ZONE, permits, permitted_groups
from rules.redrawing import Area, Zone, areas
from rules.reform import Reform

Files = Callable[[str], bytes]
"""The bytes of a file by the name that the reform gives it."""


@dataclass(frozen=True, kw_only=True)
class Redrawn:
    """What the zones of a plot say before and after: labels, groups of rule 25 that are permitted, whether the use asked about is."""

    layers: tuple[str, ...]
    zone: tuple[str, str]
    groups: tuple[str | None, str | None]
    is_permitted: tuple[bool | None, bool | None]


def beside(path: Path) -> Files:
    """The files of a folder, for a reform that lies in it; `Invalid` for one that is not there."""

    def content(name: str) -> bytes:
        file = path.parent / name
        try:
            if file.stat().st_size > LARGEST_SHAPE:
                raise Invalid(f"{name} has more than {LARGEST_SHAPE // 1_000_000} MB; simplify it.")
            return file.read_bytes()
        except OSError as error:
            raise Invalid(f"{name}: cannot be read ({error.strerror}).") from error

    return content


def with_files(change: Reform, files: Files) -> Reform:
    """The reform with the shapes of the files that its zones name."""
    if all(zone.file is None for zone in change.zones):
        return change
    zones = [
        zone if zone.file is None else zone_drawn(number, zone, (zone.file, files(zone.file)))
        for number, zone in enumerate(change.zones, start=1)
    ]
    return change.model_copy(update={"zones": tuple(zones)})


def areas_of(land: LandAnswers, place: str, change: Reform) -> tuple[Area, ...]:
    """The zones of a reform on the ground of a place; `Invalid` for a layer that cannot be redrawn or a shape that lies elsewhere."""
    if not change.zones:
        return ()
    there = next((each for each in land.jurisdictions() if each.jurisdiction.code == place), None)
    metric = land.metric(place)  # raises where there is no such place
    known = redrawable(load(there.jurisdiction.catalogue)) if there else ()
    for number, zone in enumerate(change.zones, start=1):
        if zone.layer not in known:
            raise Invalid(
                f"Zone {number}: the layer “{zone.layer}” cannot be redrawn. Areas that bind where they lie can be:"
                f" {', '.join(known)}.",
                code="bad-reform",
            )
        if there and there.bounds and zone.shape:
            box = shapely.box(there.bounds.west, there.bounds.south, there.bounds.east, there.bounds.north)
            _check_there(number, zone, box)
    return areas(change.zones, metric, title=change.title.en, begins=change.begins)


def _check_there(number: int, zone: Zone, box: shapely.Polygon) -> None:
    drawn = as_shape(zone.shape)
    if drawn.intersects(box):
        return
    spot, (west, south, east, north) = drawn.representative_point(), box.bounds
    raise Invalid(
        f"Zone {number} lies at {spot.x:.4f}, {spot.y:.4f}, and the place between {west:.4f}, {south:.4f} and"
        f" {east:.4f}, {north:.4f}. Give longitude, then latitude, in degrees (EPSG:4326).",
        code="bad-reform",
    )


def redrawable(catalogue: Catalogue) -> tuple[str, ...]:
    """The layers that a reform may redraw: areas that bind where they lie, not at a distance, and that somebody has verified."""
    return tuple(each.id for each in catalogue.layers if _is_area(each))


def _is_area(layer: Layer) -> bool:
    return (
        layer.role in (Role.ZONE, Role.RESTRICTION)
        and layer.measure is Measure.AREA
        and layer.symbol is Symbol.POLYGON
        and layer.buffer is None
        and layer.limit is None
        and layer.is_verified
    )


def compared(before: Site, after: Site, drawn: tuple[Area, ...], occupancy: str) -> Redrawn | None:
    """What the zones change on a plot; None where they leave it as it is."""
    changed = [
        name
        for name in dict.fromkeys(each.layer for each in drawn)
        if before.overlay(name) is not after.overlay(name)
    ]
    if not changed:
        return None
    return Redrawn(
        layers=tuple(changed),
        zone=(_said(before, changed), _said(after, changed)),
        groups=(_groups(before), _groups(after)),
        is_permitted=(_is_permitted(before, occupancy), _is_permitted(after, occupancy)),
    )


def _said(site: Site, layers: list[str]) -> str:
    """Labels of the themes, or their status where they have none."""
    said = []
    for name in layers:
        theme = site.overlay(name)
        if theme is not None:
            labels = " + ".join(theme.labels) if theme.status is Status.AFFECTED else ""
            said.append(f"{theme.title}: {labels or theme.status.value.replace('_', ' ')}")
    return "; ".join(said)


def _groups(site: Site) -> str | None:
    """The groups that each zone permits, zones with a stroke between; None where they are not told."""
    permitted = permitted_groups(site)
    return None if permitted is None else " | ".join(" ".join(sorted(each)) for each in permitted)


def _is_permitted(site: Site, occupancy: str) -> bool | None:
    theme, permitted = site.overlay(ZONE), permitted_groups(site)
    if theme is not None and theme.status is Status.NOT_AFFECTED:
        return True
    return None if permitted is None else permits(permitted, occupancy, occupancy.split("_", maxsplit=1)[0])


def row_of_zones(found: Redrawn | None) -> dict[str, object]:
    """Columns of what the zones change: labels, permitted groups, and whether the use asked about is permitted, before and after."""
    if found is None:
        return {}
    row: dict[str, object] = {"redrawn": ", ".join(found.layers)}
    for place, side in enumerate(("before", "after")):
        row |= {
            f"zone_{side}": found.zone[place],
            f"groups_{side}": found.groups[place],
            f"use_permitted_{side}": found.is_permitted[place],
        }
    return row
