"""Names to search for in the sample: the town, wards, villages, roads, landmarks, houses, in both scripts.

In: the town, its streets and addresses.  Out: columns of names with the point on the map that each stands for.
"""

from dataclasses import dataclass

import numpy as np
import shapely

from layers.sample.blocks import Class
from layers.sample.buildings import Buildings
from layers.sample.coast import river_name, waters
from layers.sample.ground_sheets import town_name, village_areas, village_name
from layers.sample.names import LANDMARKS, WARD, Name
from layers.sample.register import Texts
from layers.sample.shapes import Polygons
from layers.sample.streets import Addresses, Streets, ward_name
from layers.sample.town import Town


@dataclass(frozen=True, kw_only=True)
class Gazetteer:
    """Names with their kinds and points."""

    kind: Texts
    english: Texts
    malayalam: Texts
    points: Polygons


def gazetteer_of(town: Town, streets: Streets, buildings: Buildings, addresses: Addresses) -> Gazetteer:
    """Every name of the sample; houses by their full address."""
    named: list[tuple[str, Name, shapely.Point]] = [
        ("town", town_name(), town.outline.representative_point())
    ]
    named += [("ward", ward_name(i) + WARD, area.representative_point()) for i, area in enumerate(town.wards)]
    named += [("locality", ward_name(i), area.centroid) for i, area in enumerate(town.wards)]
    named += [
        ("village", village_name(i), area.representative_point())
        for i, area in enumerate(village_areas(town))
    ]
    rivers = waters(town, Class.RIVER)
    named += [("river", river_name(i), area.representative_point()) for i, area in enumerate(rivers)]
    named += _roads(streets)
    named += _landmarks(town, buildings)
    at = np.flatnonzero(addresses.house)
    houses = shapely.point_on_surface(town.shapes[at])
    return Gazetteer(
        kind=_texts([kind for kind, _, _ in named], ["address"] * len(at)),
        english=_texts([name.en for _, name, _ in named], addresses.english[at].tolist()),
        malayalam=_texts([name.ml for _, name, _ in named], addresses.malayalam[at].tolist()),
        points=np.concatenate([np.array([point for _, _, point in named], dtype=object), houses]),
    )


def _texts(first: list[str], then: list[str]) -> Texts:
    return np.array([*first, *then], dtype=object)


def _roads(streets: Streets) -> list[tuple[str, Name, shapely.Point]]:
    found = []
    for name, line, corridor in zip(streets.names, streets.lines, streets.corridors, strict=True):
        if name is not None and corridor.carries is not Class.LANE:
            found.append(("road", name, line.interpolate(0.5, normalized=True)))
    return found


def _landmarks(town: Town, buildings: Buildings) -> list[tuple[str, Name, shapely.Point]]:
    """One landmark of some kind in or on every ward's public buildings."""
    public = np.flatnonzero(np.isin(buildings.use, (3, 4)))
    found = []
    for i, at in enumerate(public[:600]):
        kind, name = LANDMARKS[i % len(LANDMARKS)]
        ward = int(town.register.cell[buildings.plot[at]])
        found.append((kind, ward_name(ward) + name, buildings.shapes[at].representative_point()))
    return found
