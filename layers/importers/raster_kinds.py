"""What the cells of a raster may say: heights, depths of a flood, or kinds of land cover.

In: the layer that a raster is brought in for.  Out: its `RasterKind`: unit, what a value can be, how cells are made coarser.
"""

from dataclasses import dataclass

from gis.errors import Invalid
from layers.land_cover import CLASSES
from layers.rasters import FLOOD_DEPTH, LAND_COVER

METRES = frozenset({"", "m", "metre", "metres", "meter", "meters"})


@dataclass(frozen=True, kw_only=True)
class RasterKind:
    """What the values of a raster are."""

    what: str
    unit: str
    lowest: float
    highest: float
    classes: frozenset[int] | None
    """The only values there are, where cells are counted and not measured."""

    @property
    def overview(self) -> str:
        """How several cells become one in a smaller picture."""
        return "AVERAGE" if self.classes is None else "MODE"

    def check_head(self, name: str, unit: str, cell: str) -> None:
        """Refuse a raster whose unit or type of cell cannot be of this kind."""
        if self.classes is None and unit.strip().lower() not in METRES:
            raise Invalid(f"{name} states its {self.what} in “{unit}”. Convert them to metres.")
        if self.classes is not None and not cell.startswith(("uint", "int")):
            raise Invalid(f"{name} holds fractions ({cell}); kinds of land cover are whole numbers.")

    def check_values(self, name: str, lowest: float, highest: float, nodata: float | None) -> None:
        """Refuse values that cannot be."""
        if lowest > highest:
            raise Invalid(f"{name}: not one cell has a value. Export it again.")
        if lowest < self.lowest or highest > self.highest:
            raise Invalid(
                f"{name}: {self.what} go from {lowest:g} to {highest:g} m, beyond what there is on land."
                f" Either the unit is not the metre, or missing cells are marked by such a value: state it as nodata"
                f" (now {nodata})."
            )

    def check_classes(self, name: str, seen: set[int]) -> None:
        """Refuse numbers that stand for no class."""
        unknown = sorted(seen - self.classes) if self.classes is not None else []
        if unknown:
            known = ", ".join(str(each) for each in sorted(self.classes or ()))
            raise Invalid(
                f"{name}: the number {unknown[0]} is no kind of land cover. Translate its numbers to {known}, or state it as nodata."
            )


HEIGHTS = RasterKind(what="heights", unit="metre", lowest=-500.0, highest=9_000.0, classes=None)
"""Metres between which every height on land lies (Dead Sea shore -430, Everest 8 849)."""
DEPTHS = RasterKind(what="depths", unit="metre", lowest=0.0, highest=100.0, classes=None)
COVER = RasterKind(
    what="kinds of land cover", unit="class", lowest=0.0, highest=255.0, classes=frozenset(CLASSES)
)
KINDS = {FLOOD_DEPTH: DEPTHS, LAND_COVER: COVER}


def kind_of(layer: str) -> RasterKind:
    """The kind of the rasters of a layer: heights unless it is known for something else."""
    return KINDS.get(layer, HEIGHTS)
