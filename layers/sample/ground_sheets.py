"""What stands on the ground of the sample, as layers: local body, wards, villages, roads, buildings.

In: the town with its streets and buildings.  Out: sheets of the administrative and the ground layers.
"""

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from layers.sample.blocks import CM, Box, Cell, Class, Kind
from layers.sample.buildings import USES, Buildings
from layers.sample.coast import areas_only
from layers.sample.ground import place_facts
from layers.sample.names import PLACES, VILLAGE, WARD, Name, numbered
from layers.sample.shapes import Polygons, boxes_on_map
from layers.sample.sheets import ITSELF, Sheet, gathered, labelled
from layers.sample.streets import Streets, ward_name
from layers.sample.town import Town

NAMED = {"label": "name", "label_ml": "name_ml"}


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
        _admin("local_body", [town.outline], [town_name()], "Synthetic delimitation commission"),
        _admin("ward", list(town.wards), wards, "Synthetic delimitation commission"),
        _admin("village", village_areas(town), [village_name(i) for i in villages], "Synthetic survey directorate"),
    ]


def village_areas(town: Town) -> list[BaseGeometry]:
    """Revenue villages: wards put together."""
    cells = np.arange(len(town.plan.cells))
    first = np.searchsorted(town.register.cell, cells, side="left")
    village = town.register.village[np.minimum(first, len(town.register) - 1)]
    return [areas_only(shapely.union_all(town.wards[village == i])) for i in range(town.register.villages)]


def _admin(layer: str, shapes: list[BaseGeometry], names: list[Name], publisher: str) -> Sheet:
    return Sheet(
        layer=layer,
        shapes=gathered(shapes),
        columns=labelled(names),
        fields=NAMED,
        holds="polygon",
        publisher=publisher,
        dated="2025-05-27",
        valid_from="2020-11-01",
        accuracy=5.0,
        basis="drawn along roads and water (invented)",
        coverage=ITSELF,
    )


def road_sheet(streets: Streets) -> Sheet:
    """Centre lines with the class of the road and, where it was measured, its width."""
    names = [name or Name("Footpath", "നടപ്പാത") for name in streets.names]
    return Sheet(
        layer="road",
        shapes=streets.lines,
        columns={
            **labelled(names),
            "class": [corridor.carries.value for corridor in streets.corridors],
            "width_m": streets.widths,
            "number": [f"R{i + 1:05d}" for i in range(len(names))],
        },
        fields={**NAMED, "ref": "number", "width": "width_m"},
        keep=("class",),
        holds="centre_line",
        publisher="Synthetic road register",
        dated="2024-06-30",
        valid_from="2019-04-01",
        accuracy=1.5,
        basis="total station along the road edges (invented)",
        grow=30.0,
    )


def building_sheet(town: Town, buildings: Buildings) -> Sheet:
    """Footprints with storeys and use."""
    n = len(buildings.shapes)
    houses = np.char.add("B", np.char.zfill(np.arange(1, n + 1).astype(str), 7)).astype(object)
    return Sheet(
        layer="building",
        shapes=buildings.shapes,
        columns={
            "number": houses.tolist(),
            "use": np.array(USES, dtype=object)[buildings.use].tolist(),
            "storeys": buildings.storeys.tolist(),
        },
        fields={"ref": "number", "label": "use"},
        keep=("storeys", "use"),
        holds="polygon",
        publisher="Synthetic building survey from drone pictures",
        dated="2024-02-15",
        valid_from="2023-12-01",
        accuracy=0.5,
        basis="drone pictures at 5 cm (invented)",
    )


ZONES: dict[str, tuple[Name, str]] = {
    "R": (Name("Residential zone", "പാർപ്പിട മേഖല"), "A1 A2 B C; D up to 200 m2"),
    "M": (Name("Mixed zone", "സമ്മിശ്ര മേഖല"), "A1 A2 B C D E F; G1 on consent"),
    "C": (Name("Commercial zone", "വാണിജ്യ മേഖല"), "A2 D E F H"),
    "AG": (Name("Agricultural and paddy zone", "കാർഷിക, നെൽവയൽ മേഖല"), "farm buildings; own house on consent"),
    "P": (Name("Plantation zone", "തോട്ടം മേഖല"), "farm buildings; A1 on consent"),
    "O": (Name("Beach and open space", "കടൽത്തീരം, തുറസ്സായ സ്ഥലം"), "parks, fish landing"),
    "W": (Name("Water body", "ജലാശയം"), "none"),
}
NEW_PLAN = "2024-04-01"


def zoning_sheet(town: Town) -> Sheet:
    """Zones that tile the town; along the highway the plan of 2024 put shops where the plan of 2016 had homes."""
    boxes, codes = _zone_boxes(town)
    shapes: Polygons = boxes_on_map(boxes, town.ground)
    rows = [(shape, code, None, None) for shape, code in zip(shapes, codes, strict=True) if code != "C"]
    for shape, code in zip(shapes, codes, strict=True):
        if code == "C":
            rows += [(shape, "R", None, NEW_PLAN), (shape, "C", NEW_PLAN, None)]
    names = [ZONES[code][0] for _, code, _, _ in rows]
    return Sheet(
        layer="zoning",
        shapes=gathered([shape for shape, _, _, _ in rows]),
        columns={
            **labelled(names),
            "zone_code": [code for _, code, _, _ in rows],
            "use_groups": [ZONES[code][1] for _, code, _, _ in rows],
            "from": [begins or "2016-07-01" for _, _, begins, _ in rows],
            "until": [ends for _, _, _, ends in rows],
        },
        fields={**NAMED, "valid_from": "from", "valid_to": "until"},
        keep=("zone_code", "use_groups"),
        holds="polygon",
        publisher="Synthetic master plan",
        dated=NEW_PLAN,
        valid_from="2016-07-01",
        accuracy=2.0,
        basis="plan drawn over survey sheets at 1:4 000 (invented)",
        coverage=ITSELF,
    )


def _zone_boxes(town: Town) -> tuple[list[Box], list[str]]:
    boxes: list[Box] = []
    codes: list[str] = []
    fields = {block.cell: block.box for block in town.plan.blocks if block.kind is Kind.PADDY}
    for number, cell in enumerate(town.plan.cells):
        rest = cell.whole
        for side, code, reach in _margins(cell, fields.get(number)):
            strip, rest = _sliced(rest, cell.box, side, reach)
            boxes.append(strip)
            codes.append(code)
        boxes.append(rest)
        codes.append({Kind.CENTRE: "M", Kind.HILL: "P"}.get(cell.kind, "R"))
    return boxes, codes


def _margins(cell: Cell, field: Box | None) -> list[tuple[str, str, int]]:
    """Strips to cut off a cell: the side, the zone along it, and how far it reaches inwards."""
    sides, box = cell.sides, cell.box
    found = [("west", "O", 46 * CM)] if sides.west is None else []
    for side, carries in (("west", sides.west), ("east", sides.east), ("south", sides.south), ("north", sides.north)):
        if carries is Class.NATIONAL:
            found.append((side, "C", 55 * CM))
        elif carries is Class.PWD:
            found.append((side, "M", 38 * CM))
        elif carries is Class.RIVER:
            found.append((side, "W", 0))
            if field is not None:
                deep = field.north - box.south if side == "south" else box.north - field.south
                found += [(side, "AG", deep)] if 0 < deep < box.deep // 2 + 60 * CM else []
    return found


def _sliced(rest: Box, inner: Box, side: str, reach: int) -> tuple[Box, Box]:
    """A strip along one side of what is left of a cell, and what is left then."""
    if side == "west":
        strip, _, rest = rest.cut(across_u=True, at=inner.west + reach)
    elif side == "east":
        rest, _, strip = rest.cut(across_u=True, at=inner.east - reach)
    elif side == "south":
        strip, _, rest = rest.cut(across_u=False, at=inner.south + reach)
    else:
        rest, _, strip = rest.cut(across_u=False, at=inner.north - reach)
    return strip, rest
