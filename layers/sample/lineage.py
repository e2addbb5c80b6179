"""Changes of plots after the survey: a division, a merger, a correction and a resurvey, to be recorded after the import.

In: the town and its addresses.  Out: frozen changes, and `changes.yaml` with the new boundaries as WKT in the town's
metric system; the mapping file cannot say what became of what.
"""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import shapely
import yaml
from shapely import LineString, Polygon
from shapely.ops import split

from gis.errors import Invalid
from layers.sample.blocks import Kind
from layers.sample.ground import Ints, place_facts
from layers.sample.ground_sheets import village_name
from layers.sample.mapping_file import PARCELS_ACCURACY
from layers.sample.plots import Form
from layers.sample.register import LAND_TYPES, Texts
from layers.sample.town import Town

HEAD = (
    "# Synthetic: changes to be recorded after the parcels of this folder are imported, in this order.\n"
    "# Boundaries are in the metric system of the jurisdiction.\n"
)


@dataclass(frozen=True, kw_only=True)
class Successor:
    """A plot that begins."""

    number: str
    village: str
    block: str
    survey: str
    subdivision: str
    land_type: str
    recorded_are: float
    address: str | None
    boundary: Polygon


@dataclass(frozen=True, kw_only=True)
class Change:
    """What happened to some plots, when, and by which paper."""

    kind: str
    on: str
    numbers: tuple[str, ...]
    instrument: str
    successors: tuple[Successor, ...]


def changes_of(town: Town, addresses: Texts) -> list[Change]:
    """One change of each kind, on ordinary house plots far from each other."""
    plain = _plain_plots(town)
    divided = int(max(plain[: len(plain) // 2], key=lambda i: town.register.measured[i]))
    first, second = _neighbours(town, plain, avoid={divided})
    corrected = _worst_recorded(town, plain, avoid={divided, first, second})
    moved = int(next(i for i in plain[::-1] if i not in {divided, first, second, corrected}))
    clerk = _Clerk(town, addresses)
    return [
        clerk.correction(corrected),
        clerk.division(divided),
        clerk.merger(first, second),
        clerk.resurvey(moved),
    ]


def _plain_plots(town: Town) -> Ints:
    """Four-sided dry plots without a planted fault, of ordinary size."""
    kinds = np.array([block.kind in (Kind.HOMES, Kind.CENTRE, Kind.RURAL) for block in town.plan.blocks])
    register = town.register
    faulty = np.zeros(len(register), dtype=bool)
    faulty[town.faults.plot] = faulty[town.faults.neighbour] = True
    usual = (register.measured > 180) & (register.measured < 900) & (register.land_type == 0)
    rows = np.isin(town.plots.form, (int(Form.ROW), int(Form.CORNER)))
    recorded = ~np.isnan(register.recorded_are)
    return np.flatnonzero(kinds[town.plots.block] & usual & rows & ~faulty & recorded)


def _neighbours(town: Town, plain: Ints, *, avoid: set[int]) -> tuple[int, int]:
    """Two plots of one row that share a whole side."""
    later = plain[len(plain) // 2 :]
    for a, b in pairwise(later):
        joined = b == a + 1 and town.plots.block[a] == town.plots.block[b] and not {int(a), int(b)} & avoid
        if (
            joined
            and isinstance(town.shapes[a].union(town.shapes[b]), Polygon)
            and town.shapes[a].intersection(town.shapes[b]).length > 8
        ):
            return int(a), int(b)
    raise Invalid("The sample is too small for a merger of plots: ask for more plots.")


def _worst_recorded(town: Town, plain: Ints, *, avoid: set[int]) -> int:
    off = np.abs(town.register.recorded_are[plain] * 100 / town.register.measured[plain] - 1.0)
    order = plain[np.argsort(-off, kind="stable")]
    return int(next(i for i in order if int(i) not in avoid))


def _halves(shape: Polygon) -> list[Polygon]:
    """A plot cut across its longer axis."""
    box = np.array(shapely.minimum_rotated_rectangle(shape).exterior.coords)[:4]
    lengthwise = np.hypot(*(box[1] - box[0])) < np.hypot(*(box[2] - box[1]))
    a, b = ((box[k] + box[(k + 1) % 4]) / 2 for k in ((1, 3) if lengthwise else (0, 2)))
    cut = LineString([a - 0.3 * (b - a), b + 0.3 * (b - a)])
    return sorted(split(shape, cut).geoms, key=lambda part: (part.centroid.x, part.centroid.y))


class _Clerk:
    """Writes changes of a town's plots."""

    def __init__(self, town: Town, addresses: Texts) -> None:
        self.town, self.register, self.addresses = town, town.register, addresses

    def _begun(
        self, i: int, boundary: Polygon, *, area: float, survey: str = "", subdivision: str = ""
    ) -> Successor:
        """A plot that takes over from plot `i`; area in m²."""
        register = self.register
        survey, subdivision = survey or str(register.survey[i]), subdivision or str(register.subdivision[i])
        return Successor(
            number=f"{register.number(i).partition('/')[0]}/{survey}-{subdivision}",
            village=village_name(int(register.village[i])).en,
            block=str(register.block[i]),
            survey=survey,
            subdivision=subdivision,
            land_type=LAND_TYPES[int(register.land_type[i])],
            recorded_are=round(area / 100, 2),
            address=self.addresses[i],
            boundary=shapely.orient_polygons(boundary),
        )

    def division(self, i: int) -> Change:
        """Each half keeps the number with a further part."""
        shape, old = self.town.shapes[i], str(self.register.subdivision[i])
        measured = float(self.register.measured[i])
        parts = tuple(
            self._begun(i, half, area=measured * half.area / shape.area, subdivision=f"{old}-{k + 1}")
            for k, half in enumerate(_halves(shape))
        )
        paper = "Sale deed 1482/2023, synthetic sub-registry"
        return Change(
            kind="divide",
            on="2023-05-17",
            numbers=(self.register.number(i),),
            instrument=paper,
            successors=parts,
        )

    def merger(self, first: int, second: int) -> Change:
        """Two neighbours become one under a new part of the survey number."""
        numbers = self.register.number(first), self.register.number(second)
        of_block = self.town.plots.block == self.town.plots.block[first]
        new = str(int(self.register.subdivision[of_block].max()) + 1)
        shape = self.town.shapes[first].union(self.town.shapes[second])
        area = float(self.register.measured[[first, second]].sum())
        merged = self._begun(first, shape, area=area, subdivision=new)
        paper = "Revenue order K2-311/2024, synthetic taluk office"
        return Change(kind="merge", on="2024-02-08", numbers=numbers, instrument=paper, successors=(merged,))

    def correction(self, i: int) -> Change:
        """The recorded area set right, under the same number."""
        right = self._begun(i, self.town.shapes[i], area=float(self.register.measured[i]))
        paper = "Correction order C-77/2022, synthetic village office"
        return Change(
            kind="correct", on="2022-08-01", numbers=(right.number,), instrument=paper, successors=(right,)
        )

    def resurvey(self, i: int) -> Change:
        """The same plot measured anew, its corners some centimetres off, under a new survey number."""
        ring = np.array(self.town.shapes[i].exterior.coords)[:-1]
        off = np.random.default_rng([self.town.seed, 10]).uniform(-0.06, 0.06, ring.shape)
        moved = Polygon(np.round(ring + off, 3))
        area = float(self.register.measured[i]) * moved.area / self.town.shapes[i].area
        survey = str(900 + int(self.register.survey[i]))
        again = self._begun(i, moved, area=area, survey=survey, subdivision="1")
        paper, old = "Resurvey record 12/2025, synthetic survey office", self.register.number(i)
        return Change(kind="resurvey", on="2025-03-10", numbers=(old,), instrument=paper, successors=(again,))


def write_changes(folder: Path, changes: list[Change]) -> None:
    """The changes as YAML, in the order in which they are to be recorded."""
    content = [_entry(change) for change in sorted(changes, key=lambda change: change.on)]
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=10_000)
    (folder / "changes.yaml").write_text(HEAD + text, encoding="utf-8")


def _entry(change: Change) -> dict[str, Any]:
    return {
        "kind": change.kind,
        "on": change.on,
        "numbers": list(change.numbers),
        "instrument": change.instrument,
        "successors": [_begun(new) for new in change.successors],
    }


def _begun(new: Successor) -> dict[str, Any]:
    place = place_facts()
    return {
        "number": new.number,
        "district": place["district_en"],
        "taluk": place["taluk_en"],
        "village": new.village,
        "block": new.block,
        "survey": new.survey,
        "subdivision": new.subdivision,
        "land_type": new.land_type,
        "recorded_area": f"{new.recorded_are:.2f}",
        "recorded_unit": "are",
        "address": new.address,
        "accuracy": PARCELS_ACCURACY,
        "wkt": shapely.to_wkt(new.boundary, rounding_precision=3),
    }
