"""What all layers say of a plot, without their shapes: what an envelope asks of them, and what the rows of an extract tell.

In: `Said` of plots (`layers.tracts.saying` makes it of answers), or a column of a file of tracts.  Out: that column, or `Said` again: for each plot its themes
in the order of the catalogue, heights and the names of its streets, or why nobody can tell.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from gis.site import Ground, Overlay, Status

_PAIR = pa.struct([("name", pa.string()), ("value", pa.string())])
_OF_OVERLAY = (
    ("layer", pa.string()),
    ("title", pa.string()),
    ("title_ml", pa.string()),
    ("status", pa.string()),
    ("reason", pa.string()),
    ("law", pa.string()),
    ("clause", pa.string()),
    ("authority", pa.string()),
    ("consult", pa.string()),
    ("binds", pa.bool_()),
    ("area", pa.float64()),
    ("share", pa.float64()),
    ("distance", pa.float64()),
    ("labels", pa.list_(pa.string())),
    ("attributes", pa.list_(_PAIR)),
    ("origins", pa.list_(pa.string())),
)
_THEME = pa.struct([*_OF_OVERLAY, ("length", pa.float64()), ("count", pa.float64())])
_GROUND = pa.struct(
    [
        ("lowest", pa.float64()),
        ("highest", pa.float64()),
        ("slope_mean", pa.float64()),
        ("slope_max", pa.float64()),
        ("resolution", pa.float64()),
        ("datum", pa.string()),
        ("origin", pa.string()),
    ]
)
SAID = pa.struct(
    [
        ("themes", pa.list_(_THEME)),
        ("ground", _GROUND),
        ("street_names", pa.list_(pa.string())),
        ("untold", pa.string()),
    ]
)


@dataclass(frozen=True, kw_only=True)
class ThemeSaid:
    """A theme of a plot without its shapes; `length` in ground metres, `count` of features."""

    overlay: Overlay
    length: float | None
    count: float | None


@dataclass(frozen=True, kw_only=True)
class Said:
    """What all layers say of one plot: its themes, heights, and the names of its streets in the order of the tract's fronts.

    `names` is None where two streets near it could be meant by one frontage; `untold` says why nobody can tell anything of the plot.
    """

    themes: tuple[ThemeSaid, ...]
    ground: Ground | None
    names: tuple[str | None, ...] | None
    untold: str | None = None


def column_of(said: Iterable[Said | None]) -> pa.Array:
    """What is said of plots as a column; empty where nothing was asked."""
    return pa.array([None if each is None else _written(each) for each in said], type=SAID)


def _written(said: Said) -> dict[str, Any]:
    return {
        "themes": [_theme(each) for each in said.themes],
        "ground": said.ground and vars(said.ground),
        "street_names": said.names,
        "untold": said.untold,
    }


def _theme(said: ThemeSaid) -> dict[str, Any]:
    told = {name: getattr(said.overlay, name) for name, _ in _OF_OVERLAY}
    pairs = [{"name": name, "value": value} for name, value in said.overlay.attributes]
    return told | {
        "status": str(said.overlay.status),
        "attributes": pairs,
        "length": said.length,
        "count": said.count,
    }


def said_in(column: pa.Array) -> list[Said | None]:
    """What a column says of each plot; None where nothing was asked."""
    return [None if each is None else _read(each) for each in column.to_pylist()]


def _read(told: Mapping[str, Any]) -> Said:
    names, ground = told["street_names"], told["ground"]
    return Said(
        themes=tuple(_theme_read(each) for each in told["themes"]),
        ground=None if ground is None else Ground(**ground),
        names=None if names is None else tuple(names),
        untold=told["untold"],
    )


def _theme_read(told: Mapping[str, Any]) -> ThemeSaid:
    own = {name: told[name] for name, _ in _OF_OVERLAY} | {
        "status": Status(told["status"]),
        "labels": tuple(told["labels"]),
        "attributes": tuple((each["name"], each["value"]) for each in told["attributes"]),
        "origins": tuple(told["origins"]),
    }
    return ThemeSaid(overlay=Overlay(**own), length=told["length"], count=told["count"])
