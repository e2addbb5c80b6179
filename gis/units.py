"""Areas in the units people and laws use, exact both ways.

In: a number and its unit.  Out: `Area`, which keeps the unit it was given in and converts by exact factors.
Sources: acre = 4 046.8564224 m² (international foot, 0.3048 m); cent = acre / 100; are = 100 m²; hectare = 10 000 m².
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum

from gis.errors import Invalid


class AreaUnit(StrEnum):
    """Units in which extents of land are recorded."""

    SQUARE_METRE = "m2"
    CENT = "cent"
    ARE = "are"
    ACRE = "acre"
    HECTARE = "hectare"
    SQUARE_FOOT = "sqft"


SQUARE_METRES: dict[AreaUnit, Decimal] = {
    AreaUnit.SQUARE_METRE: Decimal(1),
    AreaUnit.CENT: Decimal("40.468564224"),
    AreaUnit.ARE: Decimal(100),
    AreaUnit.ACRE: Decimal("4046.8564224"),
    AreaUnit.HECTARE: Decimal(10_000),
    AreaUnit.SQUARE_FOOT: Decimal("0.09290304"),
}
EARTH = Decimal("510065621724089")
"""Square metres of the WGS 84 ellipsoid: no extent is larger, so that every one can be printed."""


@dataclass(frozen=True, kw_only=True)
class Area:
    """An extent in its own unit; comparisons in another unit go through exact square metres."""

    value: Decimal
    unit: AreaUnit

    def __post_init__(self) -> None:
        if not self.value.is_finite() or self.value < 0:
            raise Invalid(f"An area cannot be {self.value} {self.unit}: give a number of at least 0.")
        if self.square_metres > EARTH:
            raise Invalid(
                f"{self.value} {self.unit} is more than the whole earth; check the number and its unit."
            )

    @property
    def square_metres(self) -> Decimal:
        """Exact square metres."""
        return self.value * SQUARE_METRES[self.unit]

    def to(self, unit: AreaUnit) -> "Area":
        """The same extent in another unit, to 28 significant digits."""
        if unit == self.unit:
            return self
        return Area(value=self.square_metres / SQUARE_METRES[unit], unit=unit)

    def rounded(self, places: int) -> Decimal:
        """The value for printing, half to even."""
        return self.value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN)


def area(value: Decimal | int | str, unit: AreaUnit | str = AreaUnit.SQUARE_METRE) -> Area:
    """An `Area` from a number as written; floats are refused, since they are not what was written."""
    if isinstance(value, float):
        raise Invalid(
            f"The area {value} was given as a float, which is not what was written: give it as text."
        )
    try:
        return Area(value=Decimal(value), unit=AreaUnit(unit))
    except (ArithmeticError, ValueError) as error:
        known = ", ".join(AreaUnit)
        raise Invalid(f"“{value} {unit}” is not an area: write a number and one of {known}.") from error
