"""A layer of the sample before it is written: shapes, attributes, and what the mapping file has to say of them.

In: nothing.  Out: the frozen `Sheet`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from shapely.geometry.base import BaseGeometry

from layers.sample.names import Name
from layers.sample.shapes import Polygons

Value = str | int | float | None
TOWN = "town"
"""Coverage: the whole local body."""
ITSELF = "features"
"""Coverage: the features themselves."""


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One table of features of one layer of the catalogue."""

    layer: str
    shapes: Polygons
    holds: str
    """polygon, boundary, centre_line or point."""
    accuracy: float
    basis: str
    valid_from: str
    publisher: str
    dated: str
    columns: dict[str, Sequence[Value]] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)
    keep: tuple[str, ...] = ()
    coverage: str | None = TOWN
    """TOWN, ITSELF, a stem of a file of the sample, or None where nobody says how complete the layer is."""
    grow: float = 0.0
    width: float | None = None
    part: str = ""
    """Tells two tables of the same layer apart."""

    @property
    def stem(self) -> str:
        """File name without its ending."""
        return f"{self.layer}_{self.part}" if self.part else self.layer

    def with_width(self, column: str) -> "Sheet":
        """The same sheet, with a kept column of it that is the width of its features in metres."""
        keep = tuple(name for name in self.keep if name != column)
        return replace(self, fields=self.fields | {"width": column}, keep=keep)


def gathered(shapes: Sequence[BaseGeometry]) -> Polygons:
    """Shapes as an array."""
    array = np.empty(len(shapes), dtype=object)
    array[:] = list(shapes)
    return array


def labelled(names: Sequence[Name]) -> dict[str, Sequence[Value]]:
    """Columns `name` and `name_ml`."""
    return {"name": [name.en for name in names], "name_ml": [name.ml for name in names]}
