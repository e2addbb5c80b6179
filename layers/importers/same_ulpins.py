"""One ULPIN, two parcels: refused feature by feature, within a file and against what stands in the register.

In: the staged parcels, each number once; then what each of them means for the register.  Out: the staged parcels without those
whose ULPIN is another parcel's on some of their days; each is noted in the tally, and its number counts as refused.
"""

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import text

from gis.db.sql import statement
from layers.importers.job import Job
from layers.importers.report import Kind

REMEDY = "No two parcels share a ULPIN: correct it in the file, or leave it out."
_ROWS = text(
    "SELECT ulpin, position, number, valid_from, valid_to FROM stage_parcel WHERE ulpin IN"
    " (SELECT ulpin FROM stage_parcel WHERE ulpin IS NOT NULL GROUP BY ulpin HAVING count(*) > 1) ORDER BY ulpin, position"
)


@dataclass(frozen=True, kw_only=True)
class _Bearer:
    """A staged parcel that keeps its ULPIN, and its days up to, not including, `ends`."""

    position: int
    begins: date
    ends: date

    def meets(self, other: "_Bearer") -> bool:
        """Whether both hold on some day."""
        return self.begins < other.ends and other.begins < self.ends


def settle_same_ulpins(job: Job, refused_numbers: set[str]) -> None:
    """Let every ULPIN stand for one staged parcel on any day: the first in the file."""
    gone: list[int] = []
    rows = job.session.execute(_ROWS.execution_options(stream_results=True, yield_per=1_000))
    for ulpin, group in groupby(rows, key=lambda row: row.ulpin):
        kept: list[_Bearer] = []
        for row in group:
            bearer = _Bearer(position=row.position, begins=row.valid_from, ends=row.valid_to or date.max)
            first = next((each for each in kept if each.meets(bearer)), None)
            if first is None:
                kept.append(bearer)
                continue
            gone.append(row.position)
            refused_numbers.add(row.number)
            _note(job, row, f"{ulpin}, first at feature {first.position}")
    if gone:
        job.execute("DELETE FROM stage_parcel WHERE position = ANY(:gone)", gone=gone)


def refuse_standing_ulpins(job: Job) -> bool:
    """Take out staged parcels whose ULPIN a parcel has that this import leaves standing; whether there were any.

    What is taken out stands as it was before, with the ULPIN it had: the caller compares again until nothing is left.
    """
    rows = job.session.execute(statement(__package__, "register_ulpins"), {"j": job.place.code}).all()
    for row in rows:
        _note(job, row, f"{row.ulpin}, that of parcel {row.other}")
    if rows:
        gone = [row.position for row in rows]
        job.execute(
            "INSERT INTO stage_refused SELECT number FROM stage_parcel WHERE position = ANY(:gone)", gone=gone
        )
        job.execute("DELETE FROM stage_parcel WHERE position = ANY(:gone)", gone=gone)
    return bool(rows)


def _note(job: Job, row: Any, detail: str) -> None:
    job.tally.add(
        Kind.REFUSED, [(row.position, row.number)], "its ULPIN is that of another parcel", REMEDY, [detail]
    )
