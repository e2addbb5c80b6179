"""What stands on the ground of the sample, as layers: local body, wards, villages, roads, buildings.

In: the town with its streets and buildings.  Out: sheets of the administrative and the ground layers.
"""

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

from layers.sample.buildings import Buildings
from layers.sample.coast import areas_only
from layers.sample.ground import place_facts
from layers.sample.names import PLACES, VILLAGE, WARD, Name, numbered
from layers.sample.road_register import road_register
from layers.sample.sheets import Columns, Sheet, sheet
from layers.sample.streets import Streets, ward_name
from layers.sample.town import Town

FOOTPATH = Name("Footpath", "നടപ്പാത")


def town_name() -> Name:
    """Name of the town without its mark, for addresses and labels."""
    place = place_facts()
    return Name(place["town_en"], place["town_ml"])


def village_name(village: int) -> Name:
    """Name of a village of the sample."""
    return numbered(PLACES[8:], village) + VILLAGE


def admin_sheets(town: Town) -> list[Sheet]:
    """Boundaries that tile the town: of the body itself, of its wards, of the revenue villages."""
    wards = [Name(f"{i + 1}", f"{i + 1}") + ward_name(i) + WARD for i in range(len(town.wards))]
    villages = list(range(town.register.villages))
    return [
        sheet("local_body", [town.outline], town_name(), {"lsg_type": ["Municipality"]}),
        sheet("ward", town.wards, wards),
        sheet("village", village_areas(town), [village_name(i) for i in villages]),
    ]


def village_areas(town: Town) -> list[Polygon | MultiPolygon]:
    """Revenue villages: wards put together."""
    cells = np.arange(len(town.plan.cells))
    first = np.searchsorted(town.register.cell, cells, side="left")
    village = town.register.village[np.minimum(first, len(town.register) - 1)]
    return [areas_only(shapely.union_all(town.wards[village == i])) for i in range(town.register.villages)]


def road_sheet(town: Town, streets: Streets) -> Sheet:
    """Centre lines with the class of the road and, where the road register holds them, its width and kind."""
    classes = [corridor.carries.value for corridor in streets.corridors]
    numbers = [f"R{i + 1:05d}" for i in range(len(classes))]
    columns: Columns = {
        "class": classes,
        "width_m": streets.widths,
        "number": numbers,
        **road_register(town, streets),
    }
    return sheet("road", streets.lines, [name or FOOTPATH for name in streets.names], columns)


USES = (
    Name("residential", "പാർപ്പിടം"),
    Name("mercantile", "വ്യാപാരം"),
    Name("office", "ഓഫീസ്"),
    Name("educational", "വിദ്യാഭ്യാസം"),
    Name("assembly", "സമ്മേളനം"),
    Name("storage", "സംഭരണം"),
)


def building_sheet(buildings: Buildings) -> Sheet:
    """Footprints with storeys and use."""
    uses = [USES[int(use)] for use in buildings.use]
    numbers = [f"B{i + 1:07d}" for i in range(len(uses))]
    columns: Columns = {
        "number": numbers,
        "use": [use.en for use in uses],
        "storeys": buildings.storeys.tolist(),
    }
    return sheet("building", buildings.shapes, uses, columns)
