"""The sample itself: one call writes a folder that the ordinary import brings in.

In: a folder, a seed, how many plots, how many restriction polygons for a benchmark.  Out: files and a `SampleSummary`.
The same seed and size give the same bytes.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from gis.errors import Invalid
from layers.sample.buildings import Buildings, buildings_of
from layers.sample.coast import coastal_sheets, water_sheets
from layers.sample.cover import write_flood_depth, write_land_cover
from layers.sample.ground import place_facts
from layers.sample.ground_sheets import (
    admin_sheets,
    building_sheet,
    road_sheet,
    town_name,
)
from layers.sample.lineage import changes_of, write_changes
from layers.sample.lines import installation_sheets
from layers.sample.many import many_sheets
from layers.sample.mapping_file import write_mapping
from layers.sample.parcel_table import write_parcels, write_places
from layers.sample.restrictions import FLOOD_STUDY, flood_study, restriction_sheets
from layers.sample.sheets import Sheet, gathered
from layers.sample.streets import Streets, addresses_of, streets_of
from layers.sample.summary import SampleSummary, summary_of
from layers.sample.tables import write_table
from layers.sample.terrain import write_elevation
from layers.sample.town import Town, town_of
from layers.sample.zoning import zoning_sheet

Progress = Callable[[str, int, int], None]
NOTICE = """SYNTHETIC DATA / കൃത്രിമ വിവരങ്ങൾ

Everything in this folder is invented: plots, numbers, names, areas, buildings, restrictions, heights.
It lies on real ground in Kerala, and says nothing about that ground. Do not use it for any decision.

ഈ ഫോൾഡറിലുള്ളതെല്ലാം സാങ്കൽപ്പികമാണ്. യഥാർത്ഥ ഭൂമിയെക്കുറിച്ച് ഇതിൽ ഒന്നുമില്ല. ഒരു തീരുമാനത്തിനും ഉപയോഗിക്കരുത്.

Maathrukapuram, seed {seed}, {parcels} plots. The same seed and size give the same bytes.
"""
FEWEST = 300


def _silent(_what: str, _done: int, _of: int) -> None:
    """Tell nobody."""


def generate(
    folder: Path,
    *,
    seed: int = 2026,
    parcels: int = 1_500,
    restrictions: int = 0,
    progress: Progress | None = None,
) -> SampleSummary:
    """Write a synthetic local body into a folder, with about that many plots (three in a hundred more or fewer).

    `restrictions` above 0 puts that many polygons in thirty layers instead of the ordinary restrictions, for
    benchmarks.  `progress` hears of each step: what, how far, of how much.  `Invalid` for fewer than 300 plots.
    """
    if parcels < FEWEST:
        raise Invalid(
            f"A sample of {parcels} plots has no room for every kind of plot: ask for at least {FEWEST}."
        )
    told = progress or _silent
    folder.mkdir(parents=True, exist_ok=True)
    metric = int(place_facts()["jurisdiction"]["metric"])
    told("survey", 0, 1)
    town = town_of(parcels, seed=seed)
    told("survey", 1, 1)
    summary = _write_town(folder, town, restrictions, metric, told)
    told("elevation", 0, 1)
    write_elevation(town, folder / "elevation.tif", metric=metric)
    told("elevation", 1, 1)
    notice = NOTICE.format(seed=seed, parcels=len(town.shapes))
    (folder / "SYNTHETIC.txt").write_text(notice, encoding="utf-8")
    return replace(summary, files=tuple(sorted(path.name for path in folder.iterdir() if path.is_file())))


def _write_town(folder: Path, town: Town, restrictions: int, metric: int, told: Progress) -> SampleSummary:
    streets, buildings = streets_of(town), buildings_of(town)
    addresses = addresses_of(town, streets, town_name=town_name())
    changes = changes_of(town, addresses.english)
    write_parcels(
        folder, town, addresses, metric=metric, told=lambda done: told("parcels", done, len(town.shapes))
    )
    sheets = _sheets(town, streets, buildings, restrictions)
    for done, sheet in enumerate(sheets):
        write_table(folder / f"{sheet.stem}.fgb", sheet.shapes, sheet.columns, metric=metric)
        told("layers", done + 1, len(sheets))
    study = gathered([flood_study(town)])
    write_table(folder / f"{FLOOD_STUDY}.fgb", study, {"name": ["Flood study"]}, metric=metric)
    write_places(folder, town, streets, buildings, addresses, metric=metric)
    write_changes(folder, changes)
    if not restrictions:
        told("cover", 0, 1)
        write_flood_depth(town, folder / "flood_depth.tif", metric=metric)
        write_land_cover(town, sheets, folder / "land_cover.tif", metric=metric)
        told("cover", 1, 1)
    write_mapping(folder, sheets, has_cover=not restrictions)
    return summary_of(town, sheets, changes)


def _sheets(town: Town, streets: Streets, buildings: Buildings, restrictions: int) -> list[Sheet]:
    """All layers; for a benchmark the thirty layers of many polygons stand in for the ordinary restrictions."""
    ground = [*admin_sheets(town), road_sheet(town, streets), building_sheet(buildings), zoning_sheet(town)]
    if restrictions:
        return [*ground, *many_sheets(town, restrictions)]
    ordinary = [water_sheets, coastal_sheets, restriction_sheets, installation_sheets]
    sheets = [*ground, *(sheet for sheets_of in ordinary for sheet in sheets_of(town))]
    return [sheet for sheet in sheets if len(sheet.shapes)]
