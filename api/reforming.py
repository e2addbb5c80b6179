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
from api.plans import read_file
from api.simulating import Effect, Simulated, Use, row_of, simulate
from gis.crs import to_geographic
from gis.errors import Invalid
from rules.reading import library
from rules.reform import Changed, changed, reform

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
    try:
        meant = reform(read_file(path).decode())
    except UnicodeDecodeError as error:
        raise Invalid(f"{path.name}: is not a text in UTF-8.") from error
    use = Use(occupancy=occupancy, storey_height=Decimal(repr(storey)))
    numbers = land.numbers_of_ward(place, ward, on=None) if ward else land.numbers(place, on=None)
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    plots = simulate(land, place, numbers, meant, use)
    with Progress(*columns, console=err, transient=True) as progress:
        found = list(progress.track(plots, total=len(numbers), description="Plots"))
    out.print(f"[bold]{escape(meant.title.en)}[/], from {meant.begins}: a reform that is thought of, no law.")
    for each in changed(library(), meant):
        out.print(f"  {escape(_told(each))}", highlight=False, soft_wrap=True)
    _print_effects(found, out)
    if output is not None:
        _write(found, output)
        out.print(f"{output}: {len(found)} plots.", highlight=False)


def _told(each: Changed) -> str:
    rows = ", ".join(each.rows)
    return (
        f"{each.body}: {each.title}{f' ({rows})' if rows else ''}: {each.before} → {each.after} {each.unit}"
    )


def _print_effects(found: list[Simulated], out: Console) -> None:
    counts = Counter(each.effect for each in found)
    for effect in Effect:
        if counts[effect]:
            out.print(f"{counts[effect]} of {len(found)} plots: {effect}", highlight=False)
    both = [
        (each.before.floor_area, each.after.floor_area)
        for each in found
        if each.before.floor_area is not None and each.after.floor_area is not None
    ]
    change = sum((after - before for before, after in both), Decimal(0))
    out.print(f"Floor area of the {len(both)} that can be told: {change:+,.2f} m² in all.", highlight=False)


def _write(found: list[Simulated], path: Path) -> None:
    table = pd.DataFrame([row_of(each) for each in found])
    shapes = [
        None
        if each.site is None
        else to_geographic(each.site.frame.to_grid(each.site.boundary), each.site.frame.metric)
        for each in found
    ]
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
