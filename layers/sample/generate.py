"""The sample itself: one call writes a folder that the ordinary import brings in.

In: a folder, a seed, how many plots, how many restriction polygons for a benchmark.  Out: files and a `SampleSummary`.
The same seed and size give the same bytes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from layers.sample.buildings import Buildings, buildings_of
from layers.sample.coast import coastal_sheets, water_sheets
from layers.sample.gazetteer import gazetteer_of
from layers.sample.ground import place_facts
from layers.sample.ground_sheets import (
    admin_sheets,
    building_sheet,
    road_sheet,
    town_name,
    village_name,
    zoning_sheet,
)
from layers.sample.lineage import Change, changes_of, write_changes
from layers.sample.lines import installation_sheets
from layers.sample.many import many_sheets
from layers.sample.mapping_file import write_mapping
from layers.sample.plots import Form
from layers.sample.register import LAND_TYPES, village_code
from layers.sample.restrictions import FLOOD_STUDY, flood_study, restriction_sheets
from layers.sample.sheets import Sheet, gathered
from layers.sample.streets import Addresses, Streets, addresses_of, streets_of
from layers.sample.tables import write_table
from layers.sample.terrain import write_elevation
from layers.sample.town import Town, town_of

Progress = Callable[[str, int, int], None]
NOTICE = """SYNTHETIC DATA / കൃത്രിമ വിവരങ്ങൾ

Everything in this folder is invented: plots, numbers, names, areas, buildings, restrictions, heights.
It lies on real ground in Kerala, and says nothing about that ground. Do not use it for any decision.

ഈ ഫോൾഡറിലുള്ളതെല്ലാം സാങ്കൽപ്പികമാണ്. യഥാർത്ഥ ഭൂമിയെക്കുറിച്ച് ഇതിൽ ഒന്നുമില്ല. ഒരു തീരുമാനത്തിനും ഉപയോഗിക്കരുത്.

Maathrukapuram, seed {seed}, {parcels} plots. The same seed and size give the same bytes.
"""


@dataclass(frozen=True, kw_only=True)
class WorthTrying:
    """A plot that shows something, and what."""

    number: str
    why: str


@dataclass(frozen=True, kw_only=True)
class SampleSummary:
    """What was written."""

    parcels: int
    buildings: int
    roads: int
    restrictions: int
    """Features of all layers but buildings and roads."""
    forms: dict[str, int]
    shared_sides: int
    gaps: int
    overlaps: int
    try_these: tuple[WorthTrying, ...]
    bounds: tuple[float, float, float, float]
    """West, south, east, north in the metric system."""
    files: tuple[str, ...]


def generate(
    folder: Path, *, seed: int = 2026, parcels: int = 1_500, restrictions: int = 0, progress: Progress | None = None
) -> SampleSummary:
    """Write a synthetic local body into a folder; `progress` hears of each step: what, how far, of how much."""
    told = progress or (lambda what, done, of: None)
    folder.mkdir(parents=True, exist_ok=True)
    metric = int(place_facts()["jurisdiction"]["metric"])
    told("survey", 0, parcels)
    town = town_of(parcels, seed=seed)
    told("survey", len(town.shapes), len(town.shapes))
    streets, buildings = streets_of(town), buildings_of(town)
    addresses = addresses_of(town, streets, town_name=town_name())
    changes = changes_of(town)
    _write_parcels(folder, town, addresses, metric, told)
    sheets = _sheets(town, streets, buildings, restrictions)
    for done, sheet in enumerate(sheets):
        write_table(folder / f"{sheet.stem}.fgb", sheet.shapes, sheet.columns, metric=metric)
        told("layers", done + 1, len(sheets))
    write_table(folder / f"{FLOOD_STUDY}.fgb", gathered([flood_study(town)]), {"name": ["Flood study"]}, metric=metric)
    _write_places(folder, town, streets, buildings, addresses, metric)
    told("elevation", 0, 1)
    write_elevation(town, folder / "elevation.tif", metric=metric)
    told("elevation", 1, 1)
    write_changes(folder, changes, metric=metric)
    write_mapping(folder, sheets)
    (folder / "SYNTHETIC.txt").write_text(NOTICE.format(seed=seed, parcels=len(town.shapes)), encoding="utf-8")
    return _summary(folder, town, sheets, changes)


def _sheets(town: Town, streets: Streets, buildings: Buildings, restrictions: int) -> list[Sheet]:
    """All layers; for a benchmark the thirty layers of many polygons stand in for the ordinary restrictions."""
    ground = [*admin_sheets(town), road_sheet(streets), building_sheet(town, buildings), zoning_sheet(town)]
    if restrictions:
        return [*ground, *many_sheets(town, restrictions)]
    return [*ground, *water_sheets(town), *coastal_sheets(town), *restriction_sheets(town), *installation_sheets(town)]


def _write_parcels(folder: Path, town: Town, addresses: Addresses, metric: int, told: Progress) -> None:
    register, place, n = town.register, place_facts(), len(town.shapes)
    villages = [village_name(i).en for i in range(register.villages)]
    codes = [village_code(i) for i in range(register.villages)]
    block, survey, subdivision = (column.astype(str).astype(object) for column in (register.block, register.survey, register.subdivision))
    number = np.array(codes, dtype=object)[register.village] + "-" + block + "/" + survey + "-" + subdivision
    columns = {
        "number": pa.array(number),
        "district": pa.array([place["district_en"]] * n),
        "taluk": pa.array([place["taluk_en"]] * n),
        "village": pa.array(np.array(villages, dtype=object)[register.village]),
        "block": pa.array(block),
        "survey": pa.array(survey),
        "subdivision": pa.array(subdivision),
        "ulpin": pa.array(_ulpins(n)),
        "land_type": pa.array(np.array(LAND_TYPES, dtype=object)[register.land_type]),
        "recorded_are": pa.array(register.recorded_are, from_pandas=True),
        "address": pa.array(addresses.english),
    }
    write_table(
        folder / "parcels.fgb", town.shapes, columns, metric=metric, told=lambda done: told("parcels", done, n)
    )


def _ulpins(n: int) -> "np.ndarray[tuple[int], np.dtype[np.object_]]":
    """SYN and eleven digits: unlike any real one, and no two alike; one plot in thirty has none yet."""
    serial = (np.arange(1, n + 1, dtype=np.int64) * 7_368_787 + 1_234_567) % 99_999_999_977
    texts = np.char.add("SYN", np.char.zfill(serial.astype(str), 11)).astype(object)
    texts[29::30] = None
    return texts


def _write_places(folder: Path, town: Town, streets: Streets, buildings: Buildings, addresses: Addresses, metric: int) -> None:
    names = gazetteer_of(town, streets, buildings, addresses)
    columns = {"name_en": names.english, "name_ml": names.malayalam, "kind": names.kind}
    write_table(folder / "places.fgb", names.points, columns, metric=metric)


def _summary(folder: Path, town: Town, sheets: list[Sheet], changes: list[Change]) -> SampleSummary:
    counts = {sheet.layer: len(sheet.shapes) for sheet in sheets}
    forms = np.bincount(town.plots.form, minlength=len(Form))
    return SampleSummary(
        parcels=len(town.shapes),
        buildings=counts["building"],
        roads=counts["road"],
        restrictions=sum(len(sheet.shapes) for sheet in sheets if sheet.layer not in ("building", "road")),
        forms={form.name.lower(): int(forms[form]) for form in Form},
        shared_sides=town.sides,
        gaps=int((town.faults.shift < 0).sum()),
        overlaps=int((town.faults.shift > 0).sum()),
        try_these=_worth_trying(town, changes),
        bounds=tuple(round(float(value), 1) for value in town.outline.bounds),  # type: ignore[arg-type]
        files=tuple(sorted(path.name for path in folder.iterdir() if path.is_file())),
    )


def _worth_trying(town: Town, changes: list[Change]) -> tuple[WorthTrying, ...]:
    form, number = town.plots.form, town.register.number
    riverside = np.flatnonzero(form == int(Form.RIVERSIDE))
    corner = np.flatnonzero(form == int(Form.CORNER))
    divided = next(change for change in changes if change.kind == "divide")
    return (
        WorthTrying(number=number(int(riverside[len(riverside) // 3])), why="riverside, within the coastal zone of tidal water"),
        WorthTrying(number=number(int(corner[len(corner) // 2])), why="a corner plot with two roads"),
        WorthTrying(number=divided.numbers[0], why="divided in 2023: ask for it, and for 2022"),
    )
