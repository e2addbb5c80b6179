"""The command line: `bhumika up | serve | import | extract | search | parcels history | check-topology`.

In: words on the command line.  Out: text for people, JSON for programs with `--json`, and an exit status: 0 done, 1 an error
that is told, 2 words that are not understood.  What only one command needs is loaded by that command: a question about a plot
does not wait for the libraries of import and print.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from enum import StrEnum
from functools import wraps
from pathlib import Path
from typing import Annotated, ParamSpec, TypeVar

import typer
from rich.console import Console
from sqlalchemy import Engine

from api.answers import LandAnswers
from api.connecting import connect, migrate
from api.printing import print_extract, print_history, print_search, write_extract
from api.settings import Settings, read_settings
from gis.errors import LandError
from gis.geojson import position
from layers.extract.document import to_json

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Land and building permits, with the parcel at the centre.",
)
parcels_app = typer.Typer(no_args_is_help=True, help="Questions about parcels.")
app.add_typer(parcels_app, name="parcels")

out = Console()
err = Console(stderr=True)

P = ParamSpec("P")
R = TypeVar("R")


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


def told(command: Callable[P, R]) -> Callable[P, R]:
    """Errors of the family end the command with their message and status 1."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except LandError as error:
            err.print(f"[bold red]Error:[/] {error.message}", highlight=False)
            raise typer.Exit(1) from error

    return run


def _day(when: datetime | None) -> date | None:
    return when.date() if when else None


@contextmanager
def _engine(settings: Settings) -> Iterator[Engine]:
    engine = connect(settings)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def _asking() -> Iterator[LandAnswers]:
    settings = read_settings()
    with _engine(settings) as engine:
        yield LandAnswers(engine, rasters=settings.rasters)


@app.command()
@told
def up(
    sample: Annotated[bool, typer.Option(help="Load the sample local body if nothing is there yet.")] = True,
    serve: Annotated[bool, typer.Option(help="Serve after setting up.")] = True,
) -> None:
    """Start the private PostGIS, bring it up to date, load the sample, serve."""
    from api.running import load_sample, serve_app, things_to_try

    settings = read_settings()
    with _engine(settings) as engine:
        migrate(engine)
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
    with _engine(settings) as engine:
        serve_app(settings, engine)


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
    language: Annotated[Language, typer.Option("--lang", help="Language of text and PDF.")] = Language.EN,
) -> None:
    """Everything recorded about a plot."""
    with _asking() as land:
        if at and not number:
            number = land.number_at(place, *position(at), on=_day(on), known=known)
        found = land.extract(place, number=number, ulpin=ulpin, on=_day(on), known=known)
        if output:
            write_extract(land, found, output, language)
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
    from api.importing import import_with_progress

    settings = read_settings()
    with _engine(settings) as engine:
        migrate(engine)
        import_with_progress(
            engine, settings.state, mapping, folder, dry_run=dry_run, as_json=as_json, out=out, err=err
        )


@parcels_app.command("history")
@told
def parcels_history(
    place: PlaceArgument, number: str, known: KnownOption = None, as_json: JsonOption = False
) -> None:
    """Every state of a number, and what it came of and went into."""
    with _asking() as land:
        states, steps = land.history(place, number, known=known)
    print_history(states, steps, out, as_json=as_json)


@app.command("check-topology")
@told
def check_topology(place: PlaceArgument, on: OnOption = None, as_json: JsonOption = False) -> None:
    """Gaps, overlaps and slivers between neighbouring parcels."""
    from api.topology import print_topology

    with _engine(read_settings()) as engine:
        print_topology(engine, place, on=_day(on), out=out, err=err, as_json=as_json)


def main() -> None:
    """Entry of the installed command."""
    app(prog_name="bhumika")


if __name__ == "__main__":
    main()
