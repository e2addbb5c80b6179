"""A table of the sample before it is written: shapes, columns, and what the mapping file has to say of them.

In: shapes and columns; `sources.yaml`.  Out: the frozen `Sheet` with its `Origin`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files

import numpy as np
import yaml
from pydantic import BaseModel, ConfigDict
from shapely.geometry.base import BaseGeometry

from layers.sample.names import Name
from layers.sample.shapes import Polygons

Value = str | int | float | None
Columns = Mapping[str, Sequence[Value]]
INVENTED = " (invented)"


class Origin(BaseModel):
    """Where a table comes from, of when it is, how exact and how complete; dates as text."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    layer: str
    publisher: str
    dated: str
    valid_from: str
    holds: str
    accuracy: float
    basis: str
    coverage: str | None = None
    grow: float = 0.0
    keep: tuple[str, ...] = ()
    ref: str | None = None
    width: str | None = None
    """Column that holds the width of the features in metres."""
    begins: str | None = None
    ends: str | None = None


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One table of features of one layer of the catalogue."""

    stem: str
    """File name without its ending."""
    origin: Origin
    shapes: Polygons
    columns: Columns = field(default_factory=dict)


def sheet(
    stem: str,
    shapes: Sequence[BaseGeometry] | Polygons,
    names: Sequence[Name] | Name,
    columns: Columns | None = None,
) -> Sheet:
    """A table of labelled shapes, with the origin that `sources.yaml` gives it."""
    each = [names] * len(shapes) if isinstance(names, Name) else names
    return Sheet(
        stem=stem,
        origin=origins()[stem],
        shapes=gathered(shapes),
        columns={
            "name": [name.en for name in each],
            "name_ml": [name.ml for name in each],
            **(columns or {}),
        },
    )


def gathered(shapes: Sequence[BaseGeometry] | Polygons) -> Polygons:
    """Shapes as an array."""
    array = np.empty(len(shapes), dtype=object)
    array[:] = list(shapes)
    return array


@lru_cache(maxsize=1)
def origins() -> dict[str, Origin]:
    """Every entry of `sources.yaml`, by the stem of its file."""
    text = files("layers.sample").joinpath("sources.yaml").read_text(encoding="utf-8")
    content = yaml.load(text, Loader=yaml.BaseLoader)
    return {
        stem: Origin.model_validate({"layer": stem} | facts | {"basis": facts["basis"] + INVENTED})
        for stem, facts in content.items()
    }
