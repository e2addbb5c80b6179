"""Numbers as people read them: areas in the units of a title deed, shares, lengths, distances.

In: ground m², ground m, shares in % and degrees.  Out: text with a dot for decimals and commas between thousands, the
same in both languages; units come from the language's own words.
"""

from dataclasses import dataclass
from decimal import Decimal

from gis.units import Area, AreaUnit, area
from web.languages import Wording

_PLACES = {
    AreaUnit.SQUARE_METRE: 2,
    AreaUnit.CENT: 2,
    AreaUnit.ARE: 3,
    AreaUnit.ACRE: 3,
    AreaUnit.HECTARE: 4,
    AreaUnit.SQUARE_FOOT: 0,
}
_SMALL = (AreaUnit.SQUARE_METRE, AreaUnit.CENT, AreaUnit.ARE)
_LARGE = (AreaUnit.ACRE, AreaUnit.HECTARE)
LARGE = Decimal(2_000)
"""Ground m² from which acres and hectares are shown beside cents and ares."""


def units_for(square_metres: Decimal) -> tuple[AreaUnit, ...]:
    """The units in which an extent of this size is usually told."""
    return _SMALL + _LARGE if square_metres >= LARGE else _SMALL


def square_metres(value: float) -> Area:
    """A measured value as an `Area`, as it is printed: to 0.01 m²."""
    return area(f"{value:.2f}")


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Formats values with the unit words of one language."""

    t: Wording

    def in_unit(self, extent: Area, unit: AreaUnit) -> str:
        """An extent in one unit, with its sign: 404.90 m²."""
        return f"{extent.to(unit).rounded(_PLACES[unit]):,} {self.t(f'unit.{unit}')}"

    def bare(self, extent: Area, unit: AreaUnit) -> str:
        """An extent in one unit, for a table that names the unit itself."""
        return f"{extent.to(unit).rounded(_PLACES[unit]):,}"

    def as_written(self, extent: Area) -> str:
        """An extent as its register has it; more than four decimals come of a conversion and are cut to two."""
        exponent = extent.value.as_tuple().exponent
        is_converted = isinstance(exponent, int) and exponent < -4
        value = extent.rounded(2) if is_converted else extent.value
        return f"{value:,f} {self.t(f'unit.{extent.unit}')}"

    def area(self, value: float) -> str:
        """Ground m²."""
        return f"{value:,.2f} {self.t('unit.m2')}"

    def percent(self, value: float) -> str:
        """A share to the tenth."""
        return f"{value:,.1f} %"

    def metres(self, value: float) -> str:
        """Ground m; kilometres from 10 km on."""
        if value >= 10_000:
            return f"{value / 1000:,.2f} {self.t('unit.km')}"
        return f"{value:,.2f} {self.t('unit.m')}"

    def about(self, value: float) -> str:
        """Metres without needless decimals: an accuracy, a width, a buffer."""
        if value >= 10_000:
            return f"{value / 1000:,.10g} {self.t('unit.km')}"
        return f"{value:,.10g} {self.t('unit.m')}"

    def plain(self, value: float) -> str:
        """A number without needless decimals."""
        return f"{value:,.10g}"

    def signed(self, value: Decimal) -> str:
        """A difference to the hundredth, with its sign."""
        return f"{value:+,.2f}"

    def height(self, value: float) -> str:
        """Metres above a datum, to the decimetre; below it, negative."""
        return f"{value:,.1f} {self.t('unit.m')}"

    def degrees(self, value: float) -> str:
        """A slope."""
        return f"{value:.1f}°"

    def count(self, value: int) -> str:
        """A number of things."""
        return f"{value:,}"
