"""Commands about the land of a place in files: write it, and simulate a reform from it.

In: words on the command line.  Out: GeoParquet by local body, lines that sum it up.
"""

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
import typer
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from api.settings import read_settings
from api.terminal import engine_of, err, out, told
from gis.errors import Invalid
from gis.site import LocalBody

if TYPE_CHECKING:
    from api.planner.land_files import Asked, Tally

land_app = typer.Typer(no_args_is_help=True, help="The land of a place in files.")
LEFT = "left.txt"
CoresOption = Annotated[int | None, typer.Option(min=1, help="Processors to use; all unless given.")]


@land_app.callback()
def _land() -> None:
    """The land of a place in files."""


@land_app.command("export")
@told
def export_land(
    place: Annotated[str, typer.Argument(help="Code of the jurisdiction, for example kl-sample.")],
    folder: Annotated[Path, typer.Argument(help="New folder, for GeoParquet by local body.")],
    on: Annotated[
        datetime | None,
        typer.Option("--on", formats=["%Y-%m-%d"], help="Date of validity; today unless given."),
    ] = None,
    zones: Annotated[
        Path | None, typer.Option(help="A reform (YAML): also write what its redrawn zones need.")
    ] = None,
    themes: Annotated[
        bool,
        typer.Option(
            "--themes", help="Also write what all layers say of each plot, for extracts and envelopes."
        ),
    ] = False,
    cores: CoresOption = None,
) -> None:
    """Write what a simulation needs of every plot of a place, so that it may run where no database is."""
    from api.answers import LandAnswers
    from api.planner.cores import processors
    from api.planner.land_files import export
    from api.planner.reforming import reform_in

    settings, meant = read_settings(), reform_in(zones) if zones else None
    with engine_of(settings) as engine:
        land, day = LandAnswers(engine, rasters=settings.rasters), on.date() if on else None
        blocks = export(
            land, place, folder, on=day, cores=cores or processors(), redrawing=meant, says=themes
        )
        with _bar() as progress:
            found = list(progress.track(blocks, total=None, description="Blocks of plots"))
    left = [number for each in found for number in each.left]
    out.print(f"{folder}: {sum(each.written for each in found)} plots.", highlight=False)
    if left:
        (folder / LEFT).write_text("".join(f"{number}\n" for number in left), encoding="utf-8")
        out.print(
            f"Left out: {len(left)} plots that have to be asked one by one, named in {folder / LEFT}.",
            highlight=False,
        )


@land_app.command("simulate")
@told
def simulate_land(
    reform: Annotated[Path, typer.Argument(help="File of the reform (YAML), see docs/reforms.md.")],
    folder: Annotated[Path, typer.Argument(help="Folder that `bhumika land export` wrote.")],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Folder for a row of each plot, as GeoParquet.")
    ],
    occupancy: Annotated[str, typer.Option(help="Group of rule 25, or part of one.")] = "A1",
    storey: Annotated[float, typer.Option(help="Metres of a storey: an assumption.")] = 3.0,
    cores: CoresOption = None,
) -> None:
    """What a reform would do to every plot of a folder: on this machine, or on the Dask cluster of the settings."""
    from api.planner.land_files import Asked, check, check_new
    from api.planner.reforming import reform_in
    from api.planner.weighing import Use
    from layers.tracts.files import parts, stamp_of

    meant, paths = reform_in(reform), parts(folder)
    stamp = stamp_of(paths[0])
    check(meant, stamp)
    check_new(output)
    asked = Asked(change=meant, use=Use(occupancy=occupancy, storey_height=Decimal(repr(storey))))
    with _tallies(paths, asked, output, cores) as tallies, _bar() as progress:
        found = _added(progress.track(tallies, total=len(paths), description="Files"))
    out.print(f"[bold]{escape(meant.title.en)}[/], from {meant.begins}: a reform that is thought of, no law.")
    out.print(
        f"{stamp.place} as it was on {stamp.on}, as known on {stamp.known:%Y-%m-%d %H:%M} UTC.",
        highlight=False,
    )
    if meant.zones:
        out.print(
            f"Zones change {found.redrawn} plots; the use is permitted no more on {found.lost}, newly on {found.won}.",
            highlight=False,
        )
    for effect, count in found.effects.most_common():
        out.print(f"{count} of {found.plots} plots: {effect}", highlight=False)
    change = Decimal(found.change) / 100
    out.print(f"Floor area of the {found.known} that can be told: {change:+,.2f} m² in all.", highlight=False)
    out.print(f"{output}: {found.plots} plots.", highlight=False)


@land_app.command("layout")
@told
def check_layout(
    drawn: Annotated[
        Path, typer.Argument(help="Layout or subdivision as JSON, in metres; see docs/rules.md.")
    ],
    body: Annotated[LocalBody, typer.Option(help="Kind of local body whose rules bind.")],
    on: Annotated[
        datetime | None,
        typer.Option("--on", formats=["%Y-%m-%d"], help="Day of the permit; today unless given."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Judge a division of land by rule 31, without a database; exit status as of a checked plan."""
    from api.answers import today
    from api.plans import EXIT
    from rules.layout_document import document, lines, read_layout
    from rules.reading import library

    try:
        content = drawn.read_bytes()
    except OSError as error:
        raise Invalid(f"{drawn}: cannot be read ({error.strerror}).") from error
    found = document(read_layout(content), library().on(on.date() if on else today(), body))
    if as_json:
        sys.stdout.buffer.write(orjson.dumps(found) + b"\n")
    else:
        for line in lines(found):
            out.print(escape(line), highlight=False, soft_wrap=True)
    raise typer.Exit(EXIT[found["verdict"]])


@contextmanager
def _tallies(
    paths: Sequence[Path], asked: "Asked", output: Path, cores: int | None
) -> Iterator[Iterator["Tally"]]:
    """What becomes of the plots, file by file, wherever the settings say."""
    address = read_settings().dask
    if address is None:
        from api.planner.cores import processors
        from api.planner.land_files import simulate_here

        yield simulate_here(paths, asked, output, cores=min(cores or processors(), len(paths)))
        return
    from api.planner.cluster import cluster, simulate_there

    with cluster(address) as client:
        yield simulate_there(client, paths, asked, output)


def _added(tallies: Iterable["Tally"]) -> "Tally":
    from api.planner.land_files import Tally

    whole = Tally()
    for each in tallies:
        whole.add(each)
    return whole


def _bar() -> Progress:
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    return Progress(*columns, console=err, transient=True)
