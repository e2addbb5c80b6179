"""Changes of plots after the survey: a division, a merger, a correction and a resurvey, to be recorded after the import.

In: the town and its addresses.  Out: frozen changes, and `changes.yaml` with the new boundaries as WKT in the town's
metric system; the mapping file cannot say what became of what.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
import yaml
from shapely import LineString, Polygon
from shapely.ops import split

from layers.sample.blocks import Kind
from layers.sample.ground import Ints
from layers.sample.ground_sheets import village_name
from layers.sample.plots import Form
from layers.sample.register import LAND_TYPES
from layers.sample.town import Town

HEAD = (
    "# Synthetic: changes to be recorded after the parcels of this folder are imported, in this order.\n"
    "# Boundaries are in the metric system named by `epsg`; recorded areas are in ares.\n"
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
    boundary: Polygon


@dataclass(frozen=True, kw_only=True)
class Change:
    """What happened to some plots, when, and by which paper."""

    kind: str
    on: str
    numbers: tuple[str, ...]
    instrument: str
    successors: tuple[Successor, ...]


def changes_of(town: Town) -> list[Change]:
    """One change of each kind, on ordinary house plots far from each other."""
    plain = _plain_plots(town)
    divided = int(max(plain[: len(plain) // 2], key=lambda i: town.register.measured[i]))
    first, second = _neighbours(town, plain, avoid={divided})
    corrected = _worst_recorded(town, plain, avoid={divided, first, second})
    moved = int(next(i for i in plain[::-1] if i not in {divided, first, second, corrected}))
    return [
        _division(town, divided),
        _merger(town, first, second),
        _correction(town, corrected),
        _resurvey(town, moved),
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
    for a, b in zip(later[:-1], later[1:], strict=True):
        joined = b == a + 1 and town.plots.block[a] == town.plots.block[b] and not {int(a), int(b)} & avoid
        if joined and isinstance(town.shapes[a].union(town.shapes[b]), Polygon) and town.shapes[a].intersection(town.shapes[b]).length > 8:
            return int(a), int(b)
    raise ValueError("The town is too small for a merger: no two plain plots share a side.")


def _worst_recorded(town: Town, plain: Ints, *, avoid: set[int]) -> int:
    off = np.abs(town.register.recorded_are[plain] * 100 / town.register.measured[plain] - 1.0)
    order = plain[np.argsort(-off, kind="stable")]
    return int(next(i for i in order if int(i) not in avoid))


def _successor(town: Town, i: int, subdivision: str, boundary: Polygon, share: float) -> Successor:
    register = town.register
    number = register.number(i)
    return Successor(
        number=f"{number.rpartition('-')[0]}-{subdivision}",
        village=village_name(int(register.village[i])).en,
        block=str(register.block[i]),
        survey=str(register.survey[i]),
        subdivision=subdivision,
        land_type=LAND_TYPES[int(register.land_type[i])],
        recorded_are=round(float(register.measured[i]) * share / 100, 2),
        boundary=boundary,
    )


def _division(town: Town, i: int) -> Change:
    """The plot cut across its longer axis; each half keeps the number with a further part."""
    shape = town.shapes[i]
    box = np.array(shapely.minimum_rotated_rectangle(shape).exterior.coords)[:4]
    sides = [(box[k] + box[(k + 1) % 4]) / 2 for k in range(4)]
    a, b = (sides[0], sides[2]) if np.hypot(*(box[1] - box[0])) > np.hypot(*(box[2] - box[1])) else (sides[1], sides[3])
    cut = LineString([a - 0.3 * (b - a), b + 0.3 * (b - a)])
    halves = sorted((part for part in split(shape, cut).geoms), key=lambda part: (part.centroid.x, part.centroid.y))
    old = str(town.register.subdivision[i])
    parts = tuple(_successor(town, i, f"{old}-{k + 1}", half, half.area / shape.area) for k, half in enumerate(halves))
    return Change(kind="divide", on="2023-05-17", numbers=(town.register.number(i),), instrument="Sale deed 1482/2023, synthetic sub-registry", successors=parts)


def _merger(town: Town, first: int, second: int) -> Change:
    """Two neighbours become one under a new part of the survey number."""
    register = town.register
    block = town.plots.block == town.plots.block[first]
    new = str(int(register.subdivision[block].max()) + 1)
    shape = town.shapes[first].union(town.shapes[second])
    share = float(register.measured[first] + register.measured[second]) / float(register.measured[first])
    merged = _successor(town, first, new, shapely.orient_polygons(shape), share)
    return Change(kind="merge", on="2024-02-08", numbers=(register.number(first), register.number(second)), instrument="Revenue order K2-311/2024, synthetic taluk office", successors=(merged,))


def _correction(town: Town, i: int) -> Change:
    """The recorded area set right, under the same number."""
    right = _successor(town, i, str(town.register.subdivision[i]), town.shapes[i], 1.0)
    return Change(kind="correct", on="2022-08-01", numbers=(town.register.number(i),), instrument="Correction order C-77/2022, synthetic village office", successors=(right,))


def _resurvey(town: Town, i: int) -> Change:
    """The same plot measured anew, its corners some centimetres off, under a new survey number."""
    rng = np.random.default_rng([town.seed, 10])
    ring = np.array(town.shapes[i].exterior.coords)[:-1]
    moved = Polygon(np.round(ring + rng.uniform(-0.06, 0.06, ring.shape), 3))
    register = town.register
    plain = _successor(town, i, "1", moved, moved.area / town.shapes[i].area)
    survey = str(900 + int(register.survey[i]))
    number = plain.number.replace(f"/{register.survey[i]}-", f"/{survey}-")
    again = Successor(**(vars(plain) | {"survey": survey, "number": number}))
    return Change(kind="resurvey", on="2025-03-10", numbers=(register.number(i),), instrument="Resurvey record 12/2025, synthetic survey office", successors=(again,))


def write_changes(folder: Path, changes: list[Change], *, metric: int) -> None:
    """The changes as YAML, in the order in which they are to be recorded."""
    content = {"epsg": metric, "accuracy": 0.1, "changes": [_entry(change) for change in sorted(changes, key=lambda c: c.on)]}
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=10_000)
    (folder / "changes.yaml").write_text(HEAD + text, encoding="utf-8")


def _entry(change: Change) -> dict[str, Any]:
    successors = []
    for new in change.successors:
        plain = {name: value for name, value in vars(new).items() if name != "boundary"}
        successors.append(plain | {"wkt": shapely.to_wkt(new.boundary, rounding_precision=3)})
    return {"kind": change.kind, "on": change.on, "numbers": list(change.numbers), "instrument": change.instrument, "successors": successors}
