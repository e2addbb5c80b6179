"""What the envelopes of a whole town cost, beside the bare buffers they need.

In: a generated town of so many plots, its streets 0.5 m around as their frontages.  Out: a table on the terminal: plots a second and core, and
the processor time of the envelopes over that of the `shapely.buffer` calls in the same run (the bound is 5).  The plots are shared out to
two processes.  Run: `python -m bench.envelopes [--parcels 100000] [--occupancy A1] [--cores 2]`.
"""

import argparse
import multiprocessing
import sys
import time
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import shapely

from gis.site import LocalBody, Road, RoadKind
from layers.sample.streets import streets_of
from layers.sample.town import town_of
from rules.envelopes.many import Frontages, Plots, envelopes
from rules.envelopes.reading import terms_of
from rules.envelopes.terms import Terms, street_distances
from rules.reading import library

BOUND = 5.0
REACH = 0.5
SPARE = 1.15
"""How many more plots the town is asked for: a big one comes out smaller than asked."""
SHARE = 5_000
"""Plots handed to a process at once."""
ON = date(2026, 1, 1)
STOREY = Decimal(3)


@dataclass(frozen=True, kw_only=True)
class Fabric:
    """A town's plots with their frontages."""

    plots: Plots
    frontages: Frontages


@dataclass(frozen=True, kw_only=True)
class Share:
    """What one share of the plots took: processor seconds in all and in buffers, how many have a building, m² of floor."""

    plots: int
    seconds: float
    buffers: float
    built: int
    floor: float


def fabric(parcels: int, terms: Terms) -> Fabric:
    """The first so many plots of a generated town, each street of which is un-notified."""
    town = town_of(round(parcels * SPARE), seed=2026)
    streets = streets_of(town)
    reached = shapely.buffer(streets.surfaces, REACH, cap_style="flat", join_style="mitre")
    street, plot = shapely.STRtree(town.shapes).query(reached, predicate="intersects")
    lines = shapely.intersection(shapely.boundary(town.shapes[plot]), reached[street])
    is_long = shapely.length(lines) > 2.0 * REACH
    street, plot, lines = street[is_long], plot[is_long], lines[is_long]
    table = np.array([_distances(terms, width) for width in streets.widths])
    widths = np.array([np.nan if width is None else width for width in streets.widths])
    n = min(parcels, len(town.shapes))
    is_taken = plot < n
    street, plot, lines = street[is_taken], plot[is_taken], lines[is_taken]
    return Fabric(
        plots=Plots(
            shape=town.shapes[:n],
            area=shapely.area(town.shapes[:n]),
            ceiling=np.full(n, np.inf),
            is_relieved=np.zeros(n, dtype=bool),
        ),
        frontages=Frontages(
            plot=plot,
            line=lines,
            accuracy=np.full(len(plot), REACH),
            width=widths[street],
            near=table[street, 0],
            far=table[street, 1],
        ),
    )


def _distances(terms: Terms, width: float | None) -> tuple[float, float]:
    if terms.lanes is None:
        return 0.0, 0.0
    told: dict[str, Any] = dict.fromkeys(("name", "name_ml", "surface", "line", "origin"))
    empty = shapely.MultiLineString()
    road = Road(
        ref="-", width=width, kind=RoadKind.UNNOTIFIED, frontage=empty, basis="-", accuracy=REACH, **told
    )
    near, far, _ = street_distances(terms.lanes, road)
    return float(near), float(far)


def part_of(whole: Fabric, first: int, last: int) -> Fabric:
    """The plots from one to before another, with their frontages."""
    rows = np.flatnonzero((whole.frontages.plot >= first) & (whole.frontages.plot < last))
    plots, frontages = whole.plots, whole.frontages
    return Fabric(
        plots=Plots(
            shape=plots.shape[first:last],
            area=plots.area[first:last],
            ceiling=plots.ceiling[first:last],
            is_relieved=plots.is_relieved[first:last],
        ),
        frontages=Frontages(
            plot=frontages.plot[rows] - first,
            line=frontages.line[rows],
            accuracy=frontages.accuracy[rows],
            width=frontages.width[rows],
            near=frontages.near[rows],
            far=frontages.far[rows],
        ),
    )


_TOWN: dict[str, Any] = {}
"""The town and its terms, shared with the processes that are forked after it was made."""


def reckon(span: tuple[int, int]) -> Share:
    """The envelopes of some plots, with the time that went into buffers."""
    part = part_of(_TOWN["fabric"], *span)
    bare, spent = shapely.buffer, 0.0

    def timed(*given: Any, **named: Any) -> Any:
        nonlocal spent
        start = time.process_time()
        found = bare(*given, **named)
        spent += time.process_time() - start
        return found

    shapely.buffer = timed
    try:
        start = time.process_time()
        found = envelopes(part.plots, part.frontages, _TOWN["terms"], storey_height=STOREY)
        seconds = time.process_time() - start
    finally:
        shapely.buffer = bare
    return Share(
        plots=len(part.plots),
        seconds=seconds,
        buffers=spent,
        built=int((found.storeys[0] > 0).sum()),
        floor=float(np.nansum(found.floor[0])),
    )


def main() -> int:
    """Print the table; 1 where the ratio is over the bound."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parcels", type=int, default=100_000)
    parser.add_argument("--occupancy", default="A1")
    parser.add_argument("--cores", type=int, default=2)
    asked = parser.parse_args()
    terms = terms_of(library().on(ON, LocalBody.MUNICIPALITY), asked.occupancy)
    _TOWN.update(fabric=fabric(asked.parcels, terms), terms=terms)
    n = len(_TOWN["fabric"].plots)
    spans = [(first, min(first + SHARE, n)) for first in range(0, n, SHARE)]
    start = time.perf_counter()
    with multiprocessing.get_context("fork").Pool(asked.cores) as pool:
        shares = pool.map(reckon, spans, chunksize=1)
    wall = time.perf_counter() - start
    seconds, buffers = sum(each.seconds for each in shares), sum(each.buffers for each in shares)
    print(f"{n} plots on {asked.cores} cores, group {asked.occupancy}, storeys of {STOREY} m")
    print(
        f"with a building {sum(each.built for each in shares)}, floor {sum(e.floor for e in shares):.0f} m²"
    )
    print(f"wall {wall:.1f} s, processor {seconds:.1f} s: {n / seconds:.0f} plots a second and core")
    print(f"bare buffers {buffers:.1f} s: ratio {seconds / buffers:.2f}, bound {BOUND}")
    return int(seconds / buffers > BOUND)


if __name__ == "__main__":
    sys.exit(main())
