"""Several rows of a file with one number: refused after the first, or joined to it as parts of one parcel.

In: the staged parcels.  Out: the staged parcels, each number once; what was refused or joined stands in the tally.
"""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

import shapely
from sqlalchemy import text

from gis.geometry import ground_area
from layers.importers.job import Job
from layers.importers.mapping import ParcelsEntry
from layers.importers.report import Kind

MOST_PARTS = 1_000
OVERLAP = 0.01
"""Share of the smaller shape up to which two parts of one parcel may overlap, as neighbours in old surveys do."""
_ROWS = text(
    "SELECT number, position, ST_AsBinary(boundary) AS shape FROM stage_parcel WHERE number IN"
    " (SELECT number FROM stage_parcel GROUP BY number HAVING count(*) > 1) ORDER BY number, position"
)

_GROW = text(
    "UPDATE stage_parcel SET boundary = ST_GeomFromWKB(:shape, :srid), measured_area = :area WHERE position = :position"
)


def settle_same_numbers(job: Job, entry: ParcelsEntry) -> None:
    """Let every number stand once among the staged parcels."""
    gone: list[int] = []
    grown: list[dict[str, Any]] = []
    rows = job.session.execute(_ROWS.execution_options(stream_results=True, yield_per=1_000))
    for number, group in groupby(rows, key=lambda row: row.number):
        first, *later = _shapes(group)
        shape = first[1]
        for position, other in later:
            fate = _fate(shape, other, entry.same_number, len(later))
            job.tally.add(
                fate[0], [(position, number)], fate[1], fate[2], [f"the first is feature {first[0]}"]
            )
            gone.append(position)
            if fate[0] is Kind.JOINED:
                shape = shapely.union_all([shape, other])
        if shape is not first[1]:
            area = ground_area(shape, job.place.metric)
            grown.append({"position": first[0], "shape": shape.wkb, "area": area, "srid": job.place.metric})
    if gone:
        job.execute("DELETE FROM stage_parcel WHERE position = ANY(:gone)", gone=gone)
    if grown:
        job.session.execute(_GROW, grown)


def _shapes(group: Iterator[Any]) -> list[tuple[int, shapely.Geometry]]:
    return [(row.position, shapely.from_wkb(bytes(row.shape))) for row in group]


def _fate(shape: Any, other: Any, policy: str, rows: int) -> tuple[Kind, str, str]:
    if shape.equals(other):
        return (
            Kind.REFUSED,
            "it repeats an earlier feature: same number, same shape",
            "Delete the repeated row.",
        )
    if policy != "parts" or rows > MOST_PARTS:
        reason = "its number stands at an earlier feature with another shape"
        return (
            Kind.REFUSED,
            reason,
            "Give each parcel its own number, or set `same_number: parts` if they are parts of one.",
        )
    common = shapely.intersection(shape, other).area
    if common > OVERLAP * min(shape.area, other.area):
        reason = "its number stands at an earlier feature that covers the same ground"
        return Kind.REFUSED, reason, "Keep one of the two outlines."
    return Kind.JOINED, "it was joined to the earlier feature with the same number", ""
