"""Figures that stand still: a distribution and a drawn map, by matplotlib.

In: tables of `Town`.  Out: matplotlib axes, with units, day and place written on them.
"""

from textwrap import wrap

import geopandas
import numpy as np
import pandas as pd
from matplotlib import pyplot
from matplotlib.axes import Axes

from gis.errors import Invalid

WIDTH = 110
"""Letters of a line of small print under a figure."""


def distribution(frame: pd.DataFrame, column: str, *, bins: int = 30) -> Axes:
    """How the values of a column lie, with the median, and how many rows tell nothing; `Invalid` where none does."""
    if column not in frame.columns:
        raise Invalid(f"The table has no column “{column}”; it has: {', '.join(map(str, frame.columns))}.")
    values = pd.to_numeric(frame[column], errors="coerce")
    known = values[np.isfinite(values)]
    if known.empty:
        raise Invalid(f"No row tells a number in “{column}”.")
    _, axes = pyplot.subplots(figsize=(7, 3.5), layout="constrained")
    axes.hist(known, bins=bins, color="#2f6f4f", edgecolor="white")
    median = float(known.median())
    axes.axvline(median, color="#b3261e", linewidth=1.5)
    axes.annotate(
        f"median {median:,.6g}", (median, 0.95), xycoords=("data", "axes fraction"), color="#b3261e"
    )
    unit = (frame.attrs.get("units") or {}).get(column)
    axes.set_xlabel(f"{column} ({unit})" if unit else column)
    axes.set_ylabel("rows")
    axes.set_title(_of(frame, len(values) - len(known)))
    _warned(axes, frame)
    return axes


def drawn(frame: geopandas.GeoDataFrame, *, by: str | None = None) -> Axes:
    """A table as a drawing in its own metres; shapes without a value are hatched."""
    _, axes = pyplot.subplots(figsize=(7, 7), layout="compressed")
    colours = frame.attrs.get("colours") or {}
    if by is None:
        frame.plot(
            ax=axes, color=colours.get("fill") or "#fffdf8", edgecolor=colours.get("line") or "#5f5a48"
        )
    else:
        missing = {"color": "#d0ccc0", "hatch": "///", "label": "not known"}
        frame.plot(ax=axes, column=by, legend=True, missing_kwds=missing, edgecolor="#5f5a48", linewidth=0.3)
    axes.set_aspect("equal")
    axes.ticklabel_format(style="plain", useOffset=False)
    axes.locator_params(nbins=4)
    axes.set_xlabel(f"easting (m), {frame.attrs.get('crs', '')}")
    axes.set_ylabel("northing (m)")
    axes.set_title(_of(frame, 0))
    _warned(axes, frame)
    return axes


def _warned(axes: Axes, frame: pd.DataFrame) -> None:
    """What has to be known before one relies on a table, printed under the figure."""
    caveat = frame.attrs.get("caveat")
    if caveat and axes.figure is not None:
        told = "\n".join(wrap(str(caveat), WIDTH))
        axes.figure.supxlabel(told, x=0.01, ha="left", fontsize=7)


def _of(frame: pd.DataFrame, without: int) -> str:
    parts = [str(frame.attrs.get(name, "")) for name in ("place", "on")]
    parts += ["synthetic"] if frame.attrs.get("synthetic") else []
    parts += [f"{without} rows not known"] if without else []
    return ", ".join(part for part in parts if part)
