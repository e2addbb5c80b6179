"""Where shapes lie on the earth: in which system they are given, and whether they are where they can be.

In: coordinates with the system that file and mapping name.  Out: the same in a jurisdiction's metric system; what lies
outside the ground for which that system is made is refused, with a hint when exchanged axes or signs would fit.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from gis.crs import GEOGRAPHIC, crs_of
from gis.errors import Invalid
from layers.importers.batches import Mask, Shapes

MARGIN_DEGREES = 0.5
"""How far beyond its area of use a metric system still serves, for what reaches over the border."""
SAME_PLACE_DEGREES = 1e-5
"""Two statements of a coordinate system agree if they put the same numbers within about 1 m."""
FAR = 500_000.0
"""Metres from everything else of a jurisdiction beyond which a whole dataset is in the wrong place."""
REMEDY = "Correct the coordinates or the coordinate system, in the file or as `crs` in the mapping."

Numbers = NDArray[np.float64]


def crs_from(stated: Any, file: str) -> pyproj.CRS:
    """The coordinate system that a file states."""
    try:
        return pyproj.CRS.from_user_input(stated)
    except pyproj.exceptions.CRSError as error:
        raise Invalid(
            f"{file}: its coordinate system cannot be understood ({str(error)[:120]}). Export it with an EPSG code."
        ) from error


def agreed_crs(stated: pyproj.CRS | None, declared: int | None, file: str) -> pyproj.CRS:
    """The system of file and mapping together; `Invalid` if neither names one, or both do and contradict each other."""
    if stated is not None and not (
        _two_dimensional(stated).is_geographic or _two_dimensional(stated).is_projected
    ):
        stated = None
    if declared is None:
        if stated is None:
            raise Invalid(
                f"{file} does not say in which coordinate system it is. Give `crs` (an EPSG code) in the mapping."
            )
        return _two_dimensional(stated)
    crs = _declared_crs(declared, file)
    if stated is None or _same_place(stated, crs):
        return crs
    raise Invalid(
        f"{file} is in “{stated.name}”, the mapping says EPSG:{declared} ({crs.name})."
        " Take `crs` out of the mapping, or correct the file if it is the one that is wrong."
    )


def _declared_crs(declared: int, file: str) -> pyproj.CRS:
    try:
        return crs_of(declared)
    except Invalid as error:
        raise Invalid(
            f"{file}: {error} Correct `crs` in the mapping, or take it out if the file says it."
        ) from error


def _two_dimensional(crs: pyproj.CRS) -> pyproj.CRS:
    flat = crs.to_2d()
    return flat.sub_crs_list[0] if flat.is_compound else flat


def _same_place(a: pyproj.CRS, b: pyproj.CRS) -> bool:
    """Whether both systems mean the same place by the same numbers, in the middle of where the second is used."""
    area = b.area_of_use
    if area is None or a.is_geographic != b.is_geographic:
        return False
    longitudes = np.array([(area.west + area.east) / 2, area.west * 0.4 + area.east * 0.6])
    latitudes = np.array([(area.south + area.north) / 2, area.south * 0.4 + area.north * 0.6])
    x, y = pyproj.Transformer.from_crs(GEOGRAPHIC, b, always_xy=True).transform(longitudes, latitudes)
    again = pyproj.Transformer.from_crs(_two_dimensional(a), GEOGRAPHIC, always_xy=True).transform(x, y)
    return bool(
        np.all(np.abs(again[0] - longitudes) < SAME_PLACE_DEGREES)
        and np.all(np.abs(again[1] - latitudes) < SAME_PLACE_DEGREES)
    )


def _way(source: pyproj.CRS, target: pyproj.CRS) -> pyproj.Transformer:
    try:
        return pyproj.Transformer.from_crs(source, target, always_xy=True)
    except pyproj.exceptions.ProjError as error:
        raise Invalid(f"There is no way from “{source.name}” to “{target.name}”. {REMEDY}") from error


@dataclass(frozen=True, kw_only=True)
class Ground:
    """From a file's system into a jurisdiction's metric system."""

    source: pyproj.CRS
    metric: int

    @cached_property
    def _stays(self) -> bool:
        return self.source == crs_of(self.metric)

    @cached_property
    def _into_metric(self) -> pyproj.Transformer:
        return _way(self.source, crs_of(self.metric))

    @cached_property
    def _into_degrees(self) -> pyproj.Transformer:
        return _way(self.source, crs_of(GEOGRAPHIC))

    @cached_property
    def _area(self) -> tuple[float, float, float, float]:
        area = crs_of(self.metric).area_of_use
        if area is None:
            raise Invalid(
                f"EPSG:{self.metric} does not say where it may be used; choose another metric system."
            )
        west, south, east, north = area.west, area.south, area.east, area.north
        return west - MARGIN_DEGREES, south - MARGIN_DEGREES, east + MARGIN_DEGREES, north + MARGIN_DEGREES

    def to_metric(self, shapes: Shapes) -> Shapes:
        """Shapes in metres; those that cannot be placed get infinite coordinates."""
        if self._stays or len(shapes) == 0:
            return shapes
        moved: Shapes = shapely.transform(shapes, self._move)
        return moved

    def _move(self, points: Numbers) -> Numbers:
        x, y = self._into_metric.transform(points[:, 0], points[:, 1])
        return np.column_stack([x, y])

    def misplaced(self, shapes: Shapes) -> dict[str, Mask]:
        """Which shapes (in the file's system, finite) lie where they cannot, by the reason why."""
        boxes = shapely.bounds(shapes).reshape(-1, 4)
        if len(boxes) == 0 or self._inside(_around(boxes))[0]:
            return {}
        inside = self._inside(boxes)
        reasons: dict[str, Mask] = {}
        rest = ~inside
        for reason, changed in _GUESSES:
            if rest.any():
                fits = rest.copy()
                fits[rest] = self._inside(changed(boxes[rest]))
                rest &= ~fits
                reasons[reason] = fits
        reasons["it lies outside the ground of the jurisdiction's coordinate system"] = rest
        return {reason: mask for reason, mask in reasons.items() if mask.any()}

    def _inside(self, boxes: Numbers) -> Mask:
        """Whether boxes (west, south, east, north in the file's system) lie wholly in the area of use."""
        west, south, east, north = self._area
        good = np.ones(len(boxes), dtype=bool)
        for x, y in ((0, 1), (0, 3), (2, 1), (2, 3)):
            longitudes, latitudes = self._degrees(boxes[:, x], boxes[:, y])
            with np.errstate(invalid="ignore"):
                good &= (
                    (longitudes >= west) & (longitudes <= east) & (latitudes >= south) & (latitudes <= north)
                )
        return good

    def _degrees(self, x: Numbers, y: Numbers) -> tuple[Numbers, Numbers]:
        if (
            self.source.is_geographic
            and self.source.ellipsoid is not None
            and self.source.to_epsg() == GEOGRAPHIC
        ):
            return x, y
        longitudes, latitudes = self._into_degrees.transform(x, y)
        return np.asarray(longitudes), np.asarray(latitudes)


def _around(boxes: Numbers) -> Numbers:
    return np.array([[*boxes[:, :2].min(axis=0), *boxes[:, 2:].max(axis=0)]])


def _exchanged(boxes: Numbers) -> Numbers:
    return boxes[:, [1, 0, 3, 2]]


def _mirrored_south(boxes: Numbers) -> Numbers:
    return np.column_stack([boxes[:, 0], -boxes[:, 3], boxes[:, 2], -boxes[:, 1]])


def _mirrored_west(boxes: Numbers) -> Numbers:
    return np.column_stack([-boxes[:, 2], boxes[:, 1], -boxes[:, 0], boxes[:, 3]])


_GUESSES = [
    ("its two coordinates look exchanged: the file gives latitude or northing first", _exchanged),
    ("it lies in the wrong hemisphere: the sign of its latitude is wrong", _mirrored_south),
    ("it lies in the wrong hemisphere: the sign of its longitude is wrong", _mirrored_west),
]


def check_near(
    box: tuple[float, float, float, float], earlier: tuple[float, float, float, float] | None, file: str
) -> None:
    """Refuse a dataset that lies far from everything the jurisdiction already has (boxes in its metric system)."""
    if earlier is None:
        return
    apart = shapely.box(*box).distance(shapely.box(*earlier))
    if apart > FAR:
        raise Invalid(
            f"{file} lies {apart / 1000:,.0f} km from everything else of this jurisdiction. {REMEDY}".replace(
                ",", " "
            )
        )
