"""Vector tiles of stored parcels and layers (Mapbox Vector Tile 2.1, Web Mercator grid).

In: a jurisdiction, a tile address, layer names, a point in both times.  Out: the tile's bytes; empty where nothing lies.
"""

from dataclasses import dataclass
from math import atan, degrees, pi, sinh

from sqlalchemy import text
from sqlalchemy.orm import Session

from gis.asof import AsOf
from gis.db.sql import statement
from gis.errors import Invalid, TooLarge
from gis.place import Jurisdiction
from layers.catalogue import load
from layers.entry import Role
from layers.imports import standing
from tiles.coverages import TO_ZOOM, coverage, is_coverage, simplify

PARCELS = "parcels"
PARCELS_FROM_ZOOM = 12
BLOCKS_TO_ZOOM = 14
"""The deepest zoom at which the layer of parcels holds blocks in place of plots."""
PLOT_KEYS = ("number", "survey", "subdivision", "land_type")
BLOCK_KEYS = ("plots",)
STOREYS = "storeys"
"""The attribute of buildings from which a map in three dimensions makes their height."""
MOST_PLOTS = 50_000
"""Plots that PostGIS dissolves for one tile."""
LAYERS_FROM_ZOOM = 8
DEEPEST = 22
WORLD = 2 * pi * 6_378_137.0
"""Metres around the equator in Web Mercator (EPSG:3857)."""
TILE_UNITS = 4096
COVERAGE_UNITS = {zoom: WORLD / (1 << zoom) / TILE_UNITS for zoom in range(LAYERS_FROM_ZOOM, TO_ZOOM + 1)}
"""Metres of a unit (at the equator) at the zooms at which coverages are simplified together."""
RIM = 1 / 64
"""Part of a tile that is drawn around it, so that lines meet across tiles."""


@dataclass(frozen=True, kw_only=True)
class TileAddress:
    """A tile of the Web Mercator quad tree, y from the north."""

    z: int
    x: int
    y: int

    def __post_init__(self) -> None:
        if not 0 <= self.z <= DEEPEST:
            raise Invalid(f"There is no zoom {self.z}; choose 0 to {DEEPEST}.")
        if not (0 <= self.x < 2**self.z and 0 <= self.y < 2**self.z):
            raise Invalid(
                f"There is no tile {self.x}/{self.y} at zoom {self.z}: columns and rows run from 0 to {2**self.z - 1}."
            )

    def meets(self, west: float, south: float, east: float, north: float) -> bool:
        """Whether the tile, with its rim, meets a box in degrees."""
        left, bottom, right, top = self.degrees
        return left <= east and right >= west and bottom <= north and top >= south

    @property
    def degrees(self) -> tuple[float, float, float, float]:
        """West, south, east, north of the tile with its rim (EPSG:4326)."""
        count = 2**self.z
        left, right = (self.x - RIM) / count * 360 - 180, (self.x + 1 + RIM) / count * 360 - 180
        top, bottom = (
            degrees(atan(sinh(pi * (1 - 2 * row / count)))) for row in (self.y - RIM, self.y + 1 + RIM)
        )
        return left, bottom, right, top

    @property
    def unit(self) -> float:
        """Size of a tile unit in metres of the map (at the equator)."""
        return WORLD / (1 << self.z) / TILE_UNITS


def tile(
    session: Session, place: Jurisdiction, address: TileAddress, *, layers: list[str], at: AsOf
) -> bytes:
    """One tile with these layers, `parcels` among them if asked for."""
    # A plan for any tile, which PostgreSQL turns to after ten of them, reads the whole place: ten times as slow.
    session.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))
    return layers_drawn(session, place, address, layers=layers, at=at)


def layers_drawn(
    session: Session, place: Jurisdiction, address: TileAddress, *, layers: list[str], at: AsOf
) -> bytes:
    """The same in a session that plans each statement for its own ground."""
    return b"".join(_layer(session, place, address, layer, at=at) for layer in dict.fromkeys(layers))


def _layer(session: Session, place: Jurisdiction, address: TileAddress, layer: str, *, at: AsOf) -> bytes:
    where = {"srid": place.metric, "z": address.z, "x": address.x, "y": address.y, "on": at.on}
    if layer == PARCELS:
        if address.z < PARCELS_FROM_ZOOM:
            return b""
        values = {**where, "jurisdiction": place.code, "known": at.known}
        if address.z <= BLOCKS_TO_ZOOM:
            return _blocks(session, values)
        return bytes(session.scalar(statement(__package__, "parcel_tile"), values) or b"")
    imports = [each.id for each in standing(session, place, known=at.known) if each.target == layer]
    if not imports or address.z < LAYERS_FROM_ZOOM:
        return b""
    own, covers = own_distance(place, layer), is_coverage(place, layer)
    if covers and address.z <= TO_ZOOM:
        found = coverage(session, place, imports, on=at.on, units=COVERAGE_UNITS)
        if found is not None:
            ids, shapes = found.within(address.degrees, address.z)
            together = {**where, "layer": layer, "own": own, "ids": ids, "shapes": shapes}
            return bytes(session.scalar(statement(__package__, "coverage_tile"), together) or b"")
    # Deeper down what covers the ground stays as it is recorded: simplified one by one, neighbours would come apart.
    coarseness = 0.0 if covers and address.z > TO_ZOOM else address.unit / 2
    values = {**where, "layer": layer, "imports": imports, "own": own, "coarseness": coarseness}
    return bytes(session.scalar(statement(__package__, "layer_tile"), values) or b"")


def own_distance(place: Jurisdiction, layer: str) -> str | None:
    """The attribute that, by the catalogue, holds a feature's own distance in the law (its voltage, its width of water); of
    buildings, their storeys."""
    entry = next((each for each in load(place.catalogue).layers if each.id == layer), None)
    if entry is None:
        return None
    return entry.buffer_property or (STOREYS if entry.role is Role.BUILDING else None)


def _blocks(session: Session, values: dict[str, object]) -> bytes:
    """Blocks as PostGIS dissolves them; `TooLarge` where that would take it many seconds."""
    plots, content = session.execute(
        statement(__package__, "block_tile"), {**values, "most": MOST_PLOTS}
    ).one()
    if plots > MOST_PLOTS:
        raise TooLarge(
            f"More than {MOST_PLOTS} plots lie in this tile, too many to dissolve them for one answer; ask for a deeper zoom."
        )
    return bytes(content or b"")


def simplify_coverages(session: Session, place: Jurisdiction, *, at: AsOf) -> None:
    """Simplify what the catalogue says covers the ground, as it stands; kept where `coverages.keep_in` says."""
    layers: dict[str, list[int]] = {}
    for each in standing(session, place, known=at.known):
        layers.setdefault(each.target, []).append(each.id)
    simplify(session, place, layers, on=at.on, units=COVERAGE_UNITS)
