"""Plots as the questions of an envelope see them: sites without the shapes of what lies on and around the plot.

In: a tract, and what all layers say of each of its plots.  Out: `Site` values with streets, heights and every theme's status, words and law; None where two
streets near a plot could be meant by one frontage.  Overlays have no shapes, for nothing about an envelope asks for one.
"""

from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np
from shapely.geometry import MultiLineString

from gis.site import Frame, Road, Site
from layers.tracts.files import Stamp
from layers.tracts.model import Tract
from layers.tracts.said import Said


def light_sites(tract: Tract, said: Sequence[Said | None], stamp: Stamp, day: date) -> list[Site | None]:
    """The site of each plot on a day; None where nothing is said of it, or the names of its streets are in doubt."""
    ends = np.searchsorted(tract.fronts.plot, np.arange(len(tract) + 1)).tolist()
    return [
        None
        if each is None or each.names is None or each.untold
        else _site(tract, row, each, tuple(_roads(tract, range(ends[row], ends[row + 1]), each.names)), stamp, day)
        for row, each in enumerate(said)
    ]  # fmt: skip


def _site(tract: Tract, row: int, said: Said, roads: tuple[Road, ...], stamp: Stamp, day: date) -> Site:
    recorded = float(tract.recorded[row])
    return Site(
        jurisdiction=tract.place,
        number=str(tract.number[row]),
        on=day,
        known=stamp.known,
        frame=Frame(
            metric=tract.metric,
            east=float(tract.east[row]),
            north=float(tract.north[row]),
            scale=float(tract.scale[row]),
        ),
        boundary=tract.boundary[row],
        measured_area=float(tract.measured[row]),
        recorded_area=None if np.isnan(recorded) else recorded,
        accuracy=0.0,
        land_type=None,
        rule_book=tract.rule_book,
        body=tract.body[row],
        body_name=tract.body_name[row],
        roads=roads,
        roads_note="",
        has_road_data=bool(roads),
        overlays=tuple(each.overlay for each in said.themes),
        ground=said.ground,
        synthetic=stamp.synthetic,
    )


def _roads(tract: Tract, rows: range, names: Sequence[str | None]) -> Iterator[Road]:
    """The streets along a plot, as its fronts have them."""
    fronts = tract.fronts
    for row, name in zip(rows, names, strict=True):
        width, length, served = (_known(each[row]) for each in (fronts.width, fronts.length, fronts.served))
        line = fronts.line[row]
        yield Road(
            ref=str(fronts.ref[row]),
            name=name,
            name_ml=None,
            width=width,
            kind=fronts.kind[row],
            surface=None,
            line=None,
            frontage=line if isinstance(line, MultiLineString) else MultiLineString([line]),
            basis="",
            accuracy=float(fronts.accuracy[row]),
            origin=None,
            length=length,
            plots_served=None if served is None else round(served),
        )


def _known(said: float) -> float | None:
    return None if np.isnan(said) else float(said)
