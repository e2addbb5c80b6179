"""What a reform would do, on the command line: how many plots gain and lose, and a file of all of them.

In: the file of a reform, a place or a ward of it, a use.  Out: lines on a console; CSV, GeoParquet or GeoJSON, with the shape of each plot.
"""

from collections import Counter
from decimal import Decimal
from pathlib import Path

import geopandas
import pandas as pd
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from api.answers import LandAnswers
from api.cores import processors
from api.plans import read_file
from api.simulating import Effect, Simulated, Use, row_of, simulate
from api.zones import beside, with_files
from gis.crs import to_geographic
from gis.errors import Invalid
from rules.reading import library
from rules.redrawing import Zone
from rules.reform import Changed, Reform, changed, reform

ENDINGS = (".csv", ".parquet", ".geojson")
DEGREES = 4326


def print_reform(
    land: LandAnswers,
    place: str,
    path: Path,
    ward: str | None,
    *,
    occupancy: str,
    storey: float,
    output: Path | None,
    out: Console,
    err: Console,
) -> None:
    """Simulate a reform and tell what comes of it; `Invalid` for a text or an ending that cannot be meant."""
    if output is not None and output.suffix not in ENDINGS:
        raise Invalid(f"{output.name}: the ending says the form; use {', '.join(ENDINGS)}.")
    meant = reform_in(path)
    use = Use(occupancy=occupancy, storey_height=Decimal(repr(storey)))
    numbers = land.numbers_of_ward(place, ward, on=None) if ward else land.numbers(place, on=None)
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    plots = simulate(land, place, numbers, meant, use, cores=processors())
    with Progress(*columns, console=err, transient=True) as progress:
        found = list(progress.track(plots, total=len(numbers), description="Plots"))
    out.print(f"[bold]{escape(meant.title.en)}[/], from {meant.begins}: a reform that is thought of, no law.")
    for each in changed(library(), meant):
        out.print(f"  {escape(_told(each))}", highlight=False, soft_wrap=True)
    for zone in meant.zones:
        out.print(f"  {escape(_redrawn(zone, found))}", highlight=False, soft_wrap=True)
    _print_effects(found, out)
    if output is not None:
        _write(found, output, land.metric(place))
        out.print(f"{output}: {len(found)} plots.", highlight=False)


def reform_in(path: Path) -> Reform:
    """The reform of a file, with the shapes of the files that it names, which lie beside it."""
    try:
        return with_files(reform(read_file(path).decode()), beside(path))
    except UnicodeDecodeError as error:
        raise Invalid(f"{path.name}: is not a text in UTF-8.") from error


def _told(each: Changed) -> str:
    rows = ", ".join(each.rows)
    return (
        f"{each.body}: {each.title}{f' ({rows})' if rows else ''}: {each.before} → {each.after} {each.unit}"
    )


def _redrawn(zone: Zone, found: list[Simulated]) -> str:
    touched = sum(each.zones is not None and zone.layer in each.zones.layers for each in found)
    what = "lifted" if zone.lifted else f"“{zone.label}”"
    return f"zone: {zone.layer} {what}: changes {touched} plots"


def _print_effects(found: list[Simulated], out: Console) -> None:
    counts = Counter(each.effect for each in found)
    lost = sum(each.zones is not None and each.zones.is_permitted == (True, False) for each in found)
    won = sum(each.zones is not None and each.zones.is_permitted == (False, True) for each in found)
    if lost or won:
        out.print(f"The use is permitted no more on {lost} plots, and newly on {won}.", highlight=False)
    for effect in Effect:
        if counts[effect]:
            out.print(f"{counts[effect]} of {len(found)} plots: {effect}", highlight=False)
    alone = sum(each.is_alone for each in found)
    if alone:
        out.print(f"{alone} of them were reckoned one by one.", highlight=False)
    both = [
        (each.before.floor_area, each.after.floor_area)
        for each in found
        if each.before.floor_area is not None and each.after.floor_area is not None
    ]
    change = sum((after - before for before, after in both), Decimal(0))
    out.print(f"Floor area of the {len(both)} that can be told: {change:+,.2f} m² in all.", highlight=False)


def _write(found: list[Simulated], path: Path, metric: int) -> None:
    table = pd.DataFrame([row_of(each) for each in found])
    shapes = [None if each.shape is None else to_geographic(each.shape, metric) for each in found]
    frame = geopandas.GeoDataFrame(table, geometry=shapes, crs=DEGREES)
    try:
        if path.suffix == ".csv":
            frame.drop(columns="geometry").to_csv(path, index=False)
        elif path.suffix == ".parquet":
            frame.to_parquet(path)
        else:
            path.write_text(frame.to_json(drop_id=True), encoding="utf-8")
    except OSError as error:
        raise Invalid(
            f"{path}: cannot be written ({error.strerror}); name a file in a folder that is there."
        ) from error
