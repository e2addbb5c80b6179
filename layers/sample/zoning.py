"""Zones of the invented master plan: they tile the town, and changed once.

In: the town.  Out: the sheet of the layer `zoning`, old and new zones with the dates between which each holds.
"""

from layers.sample.blocks import CM, Box, Cell, Class, Kind
from layers.sample.names import Name
from layers.sample.shapes import boxes_on_map
from layers.sample.sheets import Sheet, sheet
from layers.sample.town import Town

# Code: name, and the uses that the invented plan permits: as groups of rule 25 where they are such, else in words.
ZONES: dict[str, tuple[Name, str]] = {
    "R": (Name("Residential zone", "പാർപ്പിട മേഖല"), "A1, A2, B, C"),
    "M": (Name("Mixed zone", "സമ്മിശ്ര മേഖല"), "A1, A2, B, C, D, E, F"),
    "C": (Name("Commercial zone", "വാണിജ്യ മേഖല"), "A1, A2, D, E, F"),
    "AG": (Name("Agricultural and paddy zone", "കാർഷിക, നെൽവയൽ മേഖല"), "farm buildings"),
    "P": (Name("Plantation zone", "തോട്ടം മേഖല"), "farm buildings, houses of planters"),
    "O": (Name("Beach and open space", "കടൽത്തീരം, തുറസ്സായ സ്ഥലം"), "parks, fish landing"),
    "W": (Name("Water body", "ജലാശയം"), "none"),
}
OLD_PLAN, NEW_PLAN = "2016-07-01", "2024-04-01"


def zoning_sheet(town: Town) -> Sheet:
    """Zones of the plan; along the highway the plan of 2024 put shops where the plan of 2016 had homes."""
    boxes, codes = _zone_boxes(town)
    zones = list(zip(boxes_on_map(boxes, town.ground), codes, strict=True))
    rows: list[tuple[object, str, str, str | None]] = []
    for shape, code in zones:
        if code == "C":
            rows += [(shape, "R", OLD_PLAN, NEW_PLAN), (shape, "C", NEW_PLAN, None)]
        else:
            rows.append((shape, code, OLD_PLAN, None))
    shapes, kinds, begins, ends = (list(column) for column in zip(*rows, strict=True))
    columns = {
        "zone_code": kinds,
        "use_groups": [ZONES[kind][1] for kind in kinds],
        "from": begins,
        "until": ends,
    }
    return sheet("zoning", shapes, [ZONES[kind][0] for kind in kinds], columns)


def _zone_boxes(town: Town) -> tuple[list[Box], list[str]]:
    boxes: list[Box] = []
    codes: list[str] = []
    paddy = [block for block in town.plan.blocks if block.kind is Kind.PADDY]
    fields = {b.cell: b.box for b in paddy if Class.RIVER in (b.sides.north, b.sides.south)}
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
    along = (("west", sides.west), ("east", sides.east), ("south", sides.south), ("north", sides.north))
    water = [(side, "W", 0) for side, carries in along if carries is Class.RIVER]
    fields = (
        []
        if field is None
        else [
            (side, "AG", deep)
            for side, _, _ in water
            if 0
            < (deep := field.north - box.south if side == "south" else box.north - field.south)
            < box.deep // 2 + 60 * CM
        ]
    )
    beach = [("west", "O", 46 * CM)] if sides.west is None else []
    shops = [(side, "C", 55 * CM) for side, carries in along if carries is Class.NATIONAL]
    mixed = [(side, "M", 38 * CM) for side, carries in along if carries is Class.PUBLIC_WORKS]
    return [*water, *fields, *beach, *shops, *mixed]


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
