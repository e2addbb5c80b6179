"""What lies on and around a plot, as far as a rule may see it: frozen values, no database, no HTTP.

In: nothing; `layers.site` fills a `Site`, `rules` reads it.  Out: `Site` and its parts.  Shapes are in the site's own frame:
true metres on the ground, x to grid east, y to grid north, from a corner near the plot, so that a drawing in metres fits
without stretching; `Frame` leads back to the jurisdiction's grid.  What nobody told is None and means unknown, never "none".
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

import shapely
from shapely import LineString, MultiLineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry


class Status(StrEnum):
    """What is known of a restriction on a plot."""

    AFFECTED = "affected"
    NEAR = "near"
    NOT_AFFECTED = "not_affected"
    NO_DATA = "no_data"


class RoadKind(StrEnum):
    """What rule 23 calls a street: main (national or State highway, district road), notified, or neither."""

    MAIN = "main"
    NOTIFIED = "notified"
    UNNOTIFIED = "unnotified"
    CUL_DE_SAC = "cul_de_sac"
    PEDESTRIAN = "pedestrian"
    COLONY = "colony"


class LocalBody(StrEnum):
    """Whose building rules bind."""

    MUNICIPALITY = "municipality"
    CORPORATION = "corporation"
    PANCHAYAT = "panchayat"


@dataclass(frozen=True, kw_only=True)
class Frame:
    """Where the site's frame lies: its origin in grid metres of an EPSG system, and grid metres for a metre on the ground."""

    metric: int
    east: float
    north: float
    scale: float

    def to_grid(self, shape: BaseGeometry) -> BaseGeometry:
        """A shape of the site in metres of the grid."""
        return shapely.transform(shape, lambda xy: xy * self.scale + (self.east, self.north))

    def from_grid(self, shape: BaseGeometry) -> BaseGeometry:
        """A shape in metres of the grid, in the site's frame."""
        return shapely.transform(shape, lambda xy: (xy - (self.east, self.north)) / self.scale)


@dataclass(frozen=True, kw_only=True)
class Origin:
    """The import that a value of the site rests on; `accuracy` is its positional accuracy in metres."""

    id: str
    title: str
    publisher: str
    date: date
    link: str | None
    accuracy: float


@dataclass(frozen=True, kw_only=True)
class Road:
    """A street along the plot.

    `width` in metres is None where no source tells it; `kind` is None where no source tells it. `surface` is the ground of the
    road, `line` its centre line; at least one is there. `frontage` is the part of the plot's boundary along it.  `length` (of a
    lane or cul-de-sac) and `plots_served` matter for Table 3.
    """

    ref: str
    name: str | None
    name_ml: str | None
    width: float | None
    kind: RoadKind | None
    surface: BaseGeometry | None
    line: BaseGeometry | None
    frontage: MultiLineString
    basis: str
    accuracy: float
    origin: str | None
    length: float | None = None
    plots_served: int | None = None

    @property
    def title(self) -> str:
        """What the road is called, or its reference."""
        return self.name or self.ref


@dataclass(frozen=True, kw_only=True)
class Overlay:
    """One theme of the catalogue as the extract answered it.

    `area` in ground m² and `share` in % of the plot, `distance` in ground metres to the nearest part; `labels` are what the
    features are called there (a zone, a voltage), the largest part first; `shape` is the part on the plot; `near_shape` is the
    same features on the plot and around it, as far as the law of the theme looks: distances from within the plot are true to it.
    """

    layer: str
    title: str
    title_ml: str
    status: Status
    reason: str
    law: str | None
    clause: str | None
    authority: str | None
    consult: str | None
    binds: bool
    area: float | None = None
    share: float | None = None
    distance: float | None = None
    labels: tuple[str, ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()
    shape: BaseGeometry | None = None
    near_shape: BaseGeometry | None = None
    origins: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Ground:
    """Slope and height under the plot: degrees and metres, with the size of a cell of the model in metres."""

    lowest: float
    highest: float
    slope_mean: float
    slope_max: float
    resolution: float
    datum: str
    origin: str


@dataclass(frozen=True, kw_only=True)
class Neighbour:
    """A parcel beside this one; its boundary in the site's frame."""

    number: str
    boundary: BaseGeometry


@dataclass(frozen=True, kw_only=True)
class Holding:
    """What the register tells of the owner's other land: both questions decide whether rule 50 holds."""

    owns_adjoining_land: bool | None = None
    is_split: bool | None = None
    owns_other_land: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Site:
    """A plot with everything a rule may ask about the ground.

    `boundary` is the cadastral one; `measured_area` is ground m²; `recorded_area` is m² from the record.  `rule_book` None: there
    are no building rules for this jurisdiction; `body` None: not known whose bind. `overlays` holds every theme of the catalogue; one that is not in it was never asked.
    """

    jurisdiction: str
    number: str
    on: date
    known: datetime
    frame: Frame
    boundary: Polygon | MultiPolygon
    measured_area: float
    recorded_area: float | None
    accuracy: float
    land_type: str | None
    rule_book: str | None
    body: LocalBody | None
    body_name: str | None
    roads: tuple[Road, ...]
    roads_note: str
    has_road_data: bool
    neighbours: tuple[Neighbour, ...] = ()
    overlays: tuple[Overlay, ...] = ()
    ground: Ground | None = None
    holding: Holding = Holding()
    origins: tuple[Origin, ...] = ()
    synthetic: bool = False

    @property
    def area(self) -> float:
        """m² that coverage, floor space index and small plots go by: the lesser of recorded and cadastral area."""
        return (
            self.measured_area if self.recorded_area is None else min(self.recorded_area, self.measured_area)
        )

    def overlay(self, layer: str) -> Overlay | None:
        """The theme of a layer; None where the catalogue did not ask for it."""
        return next((each for each in self.overlays if each.layer == layer), None)

    @property
    def street_boundary(self) -> BaseGeometry:
        """All of the boundary that lies along streets."""
        return shapely.union_all([road.frontage for road in self.roads]) if self.roads else LineString()
