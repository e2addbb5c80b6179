"""Which outlines of a plan came, went or moved between two drawings of it, as both lie on their plot.

In: the features of two checks (GeoJSON in degrees, EPSG:4326, by `kind`).  Out: frozen changes with the shape to be shown, in degrees.  Two
outlines of one kind are the same where no point of either lies further than `SAME` from the other.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from gis.crs import GEOID

Ground = Mapping[str, Any]
SAME = 0.05
"""Metres: what is written in degrees to 7 decimals is known to about 1 cm, and a drawing is laid on its parcel anew each time."""
NEAR = 5.0
"""Metres within which a point, such as an entrance, was moved rather than taken away and put elsewhere."""
CAME, WENT, CHANGED = "came", "went", "changed"
COMPARED = ("parcel", "plot", "front", "yard", "level", "basement", "thing", "entrance")
"""Kinds of features that are outlines; places of findings are compared with their findings."""


@dataclass(frozen=True, kw_only=True)
class OutlineChange:
    """One outline that came, went or changed; areas in m² (None for lines and points), `apart` in metres where it changed.

    `geometry` is GeoJSON in degrees: as it is now, or as it was where it went.
    """

    what: str
    kind: str
    building: int | None
    level: int | None
    role: str
    area_before: float | None
    area_after: float | None
    apart: float | None
    geometry: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class _Outline:
    """One outline in metres about a common corner."""

    kind: str
    building: int | None
    level: int | None
    role: str
    geometry: Mapping[str, Any]
    lies: BaseGeometry

    @property
    def key(self) -> tuple[str, int | None, int | None, str]:
        """What it is: outlines are compared with those that are the same."""
        return self.kind, self.building, self.level, self.role

    @property
    def area(self) -> float | None:
        """m² of ground; None for lines and points."""
        return round(float(self.lies.area), 2) if shapely.get_dimensions(self.lies) == 2 else None


class Metres:
    """From degrees to metres about the corner of a plot: true to a few millimetres over a plot's extent."""

    def __init__(self, features: Sequence[Mapping[str, Any]]) -> None:
        boxes = [shape(each["geometry"]).bounds for each in features if each["geometry"]]
        self.west, self.south = (min((box[i] for box in boxes), default=0.0) for i in (0, 1))
        step = 100.0
        east = GEOID.fwd(self.west, self.south, 90.0, step)[0] - self.west
        north = GEOID.fwd(self.west, self.south, 0.0, step)[1] - self.south
        self.across, self.along = step / east, step / north

    def of(self, geometry: Mapping[str, Any]) -> BaseGeometry:
        """A shape in metres."""
        return shapely.transform(
            shape(geometry), lambda xy: (xy - (self.west, self.south)) * (self.across, self.along)
        )


def outline_changes(before: Ground | None, after: Ground | None) -> tuple[OutlineChange, ...] | None:
    """What came, went and changed, in the order in which a plan is drawn; None where one of them lies on no map."""
    if not (before and before["features"]) or not (after and after["features"]):
        return None
    metres = Metres([*before["features"], *after["features"]])
    old, new = _outlines(before, metres), _outlines(after, metres)
    found: list[OutlineChange] = []
    for key in dict.fromkeys(each.key for each in (*new, *old)):
        found += _of_one_kind(
            [each for each in old if each.key == key], [each for each in new if each.key == key]
        )
    return tuple(sorted(found, key=lambda each: COMPARED.index(each.kind)))


def _outlines(ground: Ground, metres: Metres) -> list[_Outline]:
    return [
        _Outline(
            kind=told["kind"],
            building=told.get("building"),
            level=told.get("level"),
            role=told.get("role", ""),
            geometry=each["geometry"],
            lies=metres.of(each["geometry"]),
        )
        for each in ground["features"]
        if each["geometry"] and (told := each["properties"])["kind"] in COMPARED
    ]


def _of_one_kind(old: list[_Outline], new: list[_Outline]) -> Iterator[OutlineChange]:
    """The nearest are taken for one another; what is as it was is left out."""
    pairs = sorted((_apart(old[i], new[j]), i, j) for i, j in _close(old, new))
    free_old, free_new = set(range(len(old))), set(range(len(new)))
    for apart, i, j in pairs:
        if i not in free_old or j not in free_new or not (apart <= SAME or _meet(old[i], new[j])):
            continue
        free_old.discard(i)
        free_new.discard(j)
        if apart > SAME:
            yield _change(CHANGED, old[i], new[j], apart)
    yield from (_change(WENT, old[i], None, None) for i in sorted(free_old))
    yield from (_change(CAME, None, new[j], None) for j in sorted(free_new))


def _close(old: list[_Outline], new: list[_Outline]) -> list[tuple[int, int]]:
    """Which lie near enough to be the same or a changed one: a car park has hundreds of bays, each with a few neighbours."""
    if not old or not new:
        return []
    tree = shapely.STRtree([each.lies for each in new])
    found = tree.query([each.lies for each in old], predicate="dwithin", distance=NEAR)
    return [(int(i), int(j)) for i, j in found.T]


def _apart(one: _Outline, other: _Outline) -> float:
    return float(shapely.hausdorff_distance(one.lies, other.lies, densify=0.25))


def _meet(one: _Outline, other: _Outline) -> bool:
    """Whether the later may be the earlier one, changed: they share ground, or are points or lines close by."""
    if shapely.get_dimensions(one.lies) < 2:
        return bool(one.lies.distance(other.lies) <= NEAR)
    return bool(shapely.intersects(one.lies, other.lies))


def _change(what: str, old: _Outline | None, new: _Outline | None, apart: float | None) -> OutlineChange:
    shown = new or old
    if shown is None:  # pragma: no cover - a change has at least one side
        raise ValueError("a change of nothing")
    return OutlineChange(
        what=what,
        kind=shown.kind,
        building=shown.building,
        level=shown.level,
        role=shown.role,
        area_before=old.area if old else None,
        area_after=new.area if new else None,
        apart=None if apart is None else round(apart, 3),
        geometry=shown.geometry,
    )
