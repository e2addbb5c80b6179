"""The command line: `bhumika up | serve | work | import | extract | search | check | draw | envelope | parcels history | check-topology |
tiles export`.

In: words on the command line.  Out: text for people, JSON for programs with `--json`, and an exit status: 0 done, 1 an error
that is told, 2 words that are not understood.  What only one command needs is loaded by that command: a question about a plot
does not wait for the libraries of import and print.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from enum import StrEnum
from math import radians
from pathlib import Path
from typing import Annotated

import typer

from api.answers import LandAnswers
from api.cli_land import land_app
from api.cli_notebook import notebook
from api.cli_overlaps import overlaps
from api.cli_permits import permits_app
from api.cli_town import backup, restore, town_app
from api.connecting import check_set_up
from api.printing import print_extract, print_history, print_search, write_extract, write_site
from api.settings import read_settings
from api.terminal import engine_of, err, out, told
from gis.errors import Invalid
from gis.geojson import position
from layers.extract.document import to_json

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Land and building permits, with the parcel at the centre.",
)
parcels_app = typer.Typer(no_args_is_help=True, help="Questions about parcels.")
app.add_typer(parcels_app, name="parcels")
tiles_app = typer.Typer(no_args_is_help=True, help="The map in one file.")
app.add_typer(tiles_app, name="tiles")
app.add_typer(town_app, name="town")
app.add_typer(permits_app, name="permits")
app.add_typer(land_app, name="land")


class Language(StrEnum):
    """Languages of an answer."""

    EN = "en"
    ML = "ml"


PlaceArgument = Annotated[str, typer.Argument(help="Code of the jurisdiction, for example kl-sample.")]
OnOption = Annotated[
    datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="Date of validity; today unless given.")
]
KnownOption = Annotated[
    datetime | None,
    typer.Option("--known", help="Instant of knowledge (UTC); the last recording unless given."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


def _day(when: datetime | None) -> date | None:
    return when.date() if when else None


@contextmanager
def _asking() -> Iterator[LandAnswers]:
    settings = read_settings()
    with engine_of(settings) as engine:
        yield LandAnswers(engine, rasters=settings.rasters)


@app.command()
@told
def up(
    sample: Annotated[bool, typer.Option(help="Load the sample local body if nothing is there yet.")] = True,
    serve: Annotated[bool, typer.Option(help="Serve after setting up.")] = True,
) -> None:
    """Start the private PostGIS, bring it up to date, load the sample, serve."""
    from api.importing import migrate_with_progress
    from api.running import load_sample, serve_app, things_to_try

    settings = read_settings()
    with engine_of(settings) as engine:
        migrate_with_progress(engine, out)
        if sample:
            load_sample(engine, settings, out)
        things_to_try(engine, settings, out)
        if serve:
            serve_app(settings, engine)


@app.command("serve")
@told
def serve_only() -> None:
    """Serve the pages and the API over a database that is already set up."""
    from api.running import serve_app

    settings = read_settings()
    with engine_of(settings) as engine:
        check_set_up(engine)
        serve_app(settings, engine)


@app.command("work")
@told
def work_on(
    beside: Annotated[
        bool, typer.Option("--beside", hidden=True, help="End when the standard input is closed.")
    ] = False,
) -> None:
    """Do what waits in the queue: send messages, scan documents, let clocks run; `up` and `serve` start this beside them."""
    from api.running import work_for

    work_for(read_settings(), beside=beside)


@app.command()
@told
def extract(
    place: PlaceArgument,
    number: Annotated[str | None, typer.Argument(help="Number of the parcel.")] = None,
    ulpin: Annotated[str | None, typer.Option(help="ULPIN of the parcel.")] = None,
    at: Annotated[str | None, typer.Option(help="longitude,latitude in degrees.")] = None,
    on: OnOption = None,
    known: KnownOption = None,
    as_json: JsonOption = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write: .json, .geojson or .pdf.")
    ] = None,
    site: Annotated[
        Path | None, typer.Option(help="File to write for `check`: the plot as the building rules see it.")
    ] = None,
    language: Annotated[Language, typer.Option("--lang", help="Language of text and PDF.")] = Language.EN,
) -> None:
    """Everything recorded about a plot."""
    with _asking() as land:
        if at and not number:
            number = land.number_at(place, *position(at), on=_day(on), known=known)
        found = land.extract(place, number=number, ulpin=ulpin, on=_day(on), known=known)
        if output:
            write_extract(land, found, output, language)
        if site:
            write_site(land, found, site)
        if output or site:
            return
    if as_json:
        sys.stdout.buffer.write(to_json(found))
    else:
        print_extract(found, out, language)


@app.command()
@told
def search(place: PlaceArgument, words: str, on: OnOption = None, as_json: JsonOption = False) -> None:
    """Find a plot by number, ULPIN, coordinates, address or place name in either script."""
    with _asking() as land:
        print_search(land.search(place, words, on=_day(on), known=None), out, as_json=as_json)


@app.command("import")
@told
def import_files(
    mapping: Annotated[Path, typer.Argument(help="Mapping file (YAML), see data/mappings.")],
    folder: Annotated[Path, typer.Argument(help="Folder with the data files that the mapping names.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything, change nothing.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Bring a town's parcels and layers in: checked, mended or refused feature by feature, then swapped in."""
    from api.importing import import_with_progress, migrate_with_progress
    from api.planner.freshness import measure_after_import

    settings = read_settings()
    with engine_of(settings) as engine:
        migrate_with_progress(engine, err)
        import_with_progress(
            engine, settings.state, mapping, folder, dry_run=dry_run, as_json=as_json, out=out, err=err
        )
        if not dry_run:
            measure_after_import(engine, mapping, out=None if as_json else out, err=err)


@parcels_app.command("history")
@told
def parcels_history(
    place: PlaceArgument, number: str, known: KnownOption = None, as_json: JsonOption = False
) -> None:
    """Every state of a number, and what it came of and went into."""
    with _asking() as land:
        states, steps = land.history(place, number, known=known)
    print_history(states, steps, out, as_json=as_json)


@tiles_app.command("export")
@told
def tiles_export(
    place: PlaceArgument,
    output: Annotated[Path, typer.Option("--output", "-o", help="File to write, .pmtiles.")],
    layers: Annotated[str, typer.Option(help="Names of layers, separated by commas.")] = "parcels",
    zooms: Annotated[str, typer.Option(help="First and last zoom.")] = "10-16",
    ward: Annotated[
        str | None, typer.Option(help="Name of a ward: the tiles that show some of it alone.")
    ] = None,
    on: OnOption = None,
    known: KnownOption = None,
) -> None:
    """Write the tiles of a place to one file, for any static host or a phone without a network."""
    from api.archiving import export_tiles

    settings = read_settings()
    with engine_of(settings) as engine:
        export_tiles(
            engine,
            place,
            output,
            layers=layers,
            zooms=zooms,
            on=_day(on),
            known=known,
            ward=ward,
            stores=settings.state / "tiles",
            out=out,
            err=err,
        )


@app.command("check-topology")
@told
def check_topology(place: PlaceArgument, on: OnOption = None, as_json: JsonOption = False) -> None:
    """Gaps, overlaps and slivers between neighbouring parcels."""
    from api.topology import print_topology

    with engine_of(read_settings()) as engine:
        print_topology(engine, place, on=_day(on), out=out, err=err, as_json=as_json)


@app.command("check")
@told
def check_plan(
    plan: Annotated[Path, typer.Argument(help="Drawing to check, a DXF or IFC file; see docs/drawings.md.")],
    parcel: Annotated[
        tuple[str, str] | None, typer.Option(help="Place and number of the plot, for example kl-sample 12/3.")
    ] = None,
    site: Annotated[
        Path | None, typer.Option(help="File with the plot, from `extract --site`, in place of the database.")
    ] = None,
    on: OnOption = None,
    turn: Annotated[
        float | None,
        typer.Option(help="Degrees that turn the drawing to grid north, where its outline cannot tell."),
    ] = None,
    answers: Annotated[
        Path | None, typer.Option(help="JSON file of what persons said; see docs/plan-checks.md.")
    ] = None,
    output: Annotated[
        list[Path] | None,
        typer.Option(
            "--output", "-o", help="File to write: .json, .geojson, .pdf, or .dxf for the drawing with marks."
        ),
    ] = None,
    language: Annotated[Language, typer.Option("--lang", help="Language of text and PDF.")] = Language.EN,
    as_json: JsonOption = False,
) -> None:
    """Check a plan against the rules of its plot. Exit status: 0 pass, 3 fail, 4 unknown."""
    from api import plans

    if (parcel is None) == (site is None):
        raise Invalid("Say which plot: either --parcel PLACE NUMBER or --site FILE.")
    if parcel is not None:
        with _asking() as land:
            there = plans.site_of(land, *parcel, on=_day(on))
    else:
        there = plans.site_in(site or Path())
    with plans.progress_on(err, language) as watch:
        asked = plans.check_file(
            plan,
            there,
            on=_day(on),
            turn=None if turn is None else radians(turn),
            answers=answers,
            watch=watch,
        )
    for file in output or ():
        plans.write_check(asked, plan, file, language)
    raise typer.Exit(plans.print_check(asked, out, as_json=as_json, language=language))


@app.command()
@told
def draw(
    place: PlaceArgument,
    number: Annotated[str, typer.Argument(help="Number of the parcel.")],
    file: Annotated[Path, typer.Argument(help="DXF file to write.")],
    example: Annotated[
        float | None, typer.Option(help="Also draw an example house, this many metres inside the boundary.")
    ] = None,
    on: OnOption = None,
) -> None:
    """Write a drawing to begin with: the plot with every layer that `check` reads."""
    from api import plans

    with _asking() as land:
        there = plans.site_of(land, place, number, on=_day(on))
    plans.write_starter(there, file, set_back=example)
    out.print(
        f"{file}: plot {number} is drawn on layer PLOT. Draw on, then: ./bhumika check {file} --parcel {place} {number}"
    )


@app.command("envelope")
@told
def what_may_be_built(
    place: PlaceArgument,
    number: Annotated[str | None, typer.Argument(help="Number of the parcel.")] = None,
    ward: Annotated[str | None, typer.Option(help="All plots of this ward, in place of one number.")] = None,
    occupancy: Annotated[str, typer.Option(help="Group of rule 25, or part of one.")] = "A1",
    storey: Annotated[float, typer.Option(help="Metres of a storey: an assumption.")] = 3.0,
    front: Annotated[str | None, typer.Option(help="Reference of the street in front.")] = None,
    on: OnOption = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="File to write: .json (one plot), .geojson or .csv (a ward)."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """What a plot, or every plot of a ward, can carry."""
    from api import carrying

    if (number is None) == (ward is None):
        raise Invalid("Say which plot: either a number or --ward NAME.")
    asked = carrying.Question(occupancy=occupancy, storey=storey, front=front, on=_day(on))
    with _asking() as land:
        if ward is not None:
            carrying.print_ward(land, place, ward, asked, out, err, output=output)
        else:
            carrying.print_plot(land, place, number or "", asked, out, output=output, as_json=as_json)


@app.command("simulate")
@told
def what_a_reform_would_do(
    reform: Annotated[Path, typer.Argument(help="File of the reform (YAML), see docs/reforms.md.")],
    place: PlaceArgument,
    ward: Annotated[
        str | None, typer.Option(help="Only the plots of this ward; else all of the place.")
    ] = None,
    occupancy: Annotated[str, typer.Option(help="Group of rule 25, or part of one.")] = "A1",
    storey: Annotated[float, typer.Option(help="Metres of a storey: an assumption.")] = 3.0,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write: .csv, .parquet or .geojson.")
    ] = None,
    permits: Annotated[
        bool, typer.Option("--permits", help="Also judge the drawings of issued permits again.")
    ] = False,
) -> None:
    """What a reform that is thought of would do to every plot: what each can carry before and after."""
    from api.planner.permits_again import print_permits
    from api.planner.reforming import print_reform
    from api.settings import read_settings
    from api.stores import store_of

    with _asking() as land:
        print_reform(
            land, place, reform, ward, occupancy=occupancy, storey=storey, output=output, out=out, err=err
        )
        if permits:
            store = store_of(read_settings())
            print_permits(land, store, place, reform, ward, output=output, out=out, err=err)


app.command()(notebook)
app.command()(overlaps)
app.command()(backup)
app.command()(restore)


def main() -> None:
    """Entry of the installed command."""
    app(prog_name="bhumika")


if __name__ == "__main__":
    main()
