"""What a reform would do, on the command line: how many plots gain and lose, and a file of all of them.

In: the file of a reform, a place or a ward of it, a use.  Out: lines on a console; CSV, GeoParquet or GeoJSON, with the shape of each plot.
"""

from collections import Counter
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from api.answers import LandAnswers
from api.planner.hands import hands_of
from api.planner.simulating import Effect, Simulated, Use, plot_of, simulate
from api.planner.tracts import all_numbers
from api.planner.zones import beside, with_files
from api.plans import read_file
from api.settings import read_settings
from civic.reforms.rows import ENDINGS, Put, plots_file
from gis.errors import Invalid
from rules.reading import library
from rules.redrawing import Zone
from rules.reform import Changed, Reform, changed, reform


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
    """Simulate a reform and tell what comes of it; `Invalid` for a text or an ending that cannot be meant.

    A plot is written as soon as it is told and then forgotten, so that memory does not grow with the town.
    """
    if output is not None and output.suffix not in ENDINGS:
        raise Invalid(f"{output.name}: the ending says the form; use {', '.join(ENDINGS)}.")
    meant = reform_in(path)
    use = Use(occupancy=occupancy, storey_height=Decimal(repr(storey)))
    many, numbers = _numbers(land, place, ward)
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    plots = simulate(land, place, numbers, meant, use, hands=hands_of(read_settings()))
    metric, found = land.metric(place), Found()
    with _file(output, meant) as put, Progress(*columns, console=err, transient=True) as progress:
        for each in progress.track(plots, total=many, description="Plots"):
            found.add(each)
            put(plot_of(each, metric))
    out.print(f"[bold]{escape(meant.title.en)}[/], from {meant.begins}: a reform that is thought of, no law.")
    for change in changed(library(), meant):
        out.print(f"  {escape(_told(change))}", highlight=False, soft_wrap=True)
    for zone in meant.zones:
        out.print(f"  {escape(_redrawn(zone, found))}", highlight=False, soft_wrap=True)
    _print_effects(found, out)
    if output is not None:
        out.print(f"{output}: {found.plots} plots.", highlight=False)


def _numbers(land: LandAnswers, place: str, ward: str | None) -> tuple[int, Iterable[str]]:
    if ward is None:
        return all_numbers(land, place)
    numbers = land.numbers_of_ward(place, ward, on=None)
    return len(numbers), numbers


def _file(output: Path | None, meant: Reform) -> AbstractContextManager[Put]:
    """Where plots are put; nowhere without a file."""
    if output is None:
        return nullcontext(lambda _: None)
    return plots_file(output, with_zones=bool(meant.zones))


@dataclass(kw_only=True)
class Found:
    """What became of plots so far."""

    plots: int = 0
    effects: Counter[Effect] = field(default_factory=Counter)
    alone: int = 0
    """Reckoned one by one."""
    lost: int = 0
    won: int = 0
    """On which the use is permitted no more, and newly."""
    redrawn: Counter[str] = field(default_factory=Counter)
    """By layer, how many its redrawn zones change."""
    told: int = 0
    change: Decimal = Decimal(0)
    """m² of floor area, over those that can be told."""

    def add(self, each: Simulated) -> None:
        """Another plot."""
        self.plots += 1
        self.effects[each.effect] += 1
        self.alone += each.is_alone
        if each.zones is not None:
            self.lost += each.zones.is_permitted == (True, False)
            self.won += each.zones.is_permitted == (False, True)
            self.redrawn.update(each.zones.layers)
        if each.before.floor_area is not None and each.after.floor_area is not None:
            self.told += 1
            self.change += each.after.floor_area - each.before.floor_area


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


def _redrawn(zone: Zone, found: Found) -> str:
    what = "lifted" if zone.lifted else f"“{zone.label}”"
    return f"zone: {zone.layer} {what}: changes {found.redrawn[zone.layer]} plots"


def _print_effects(found: Found, out: Console) -> None:
    if found.lost or found.won:
        out.print(
            f"The use is permitted no more on {found.lost} plots, and newly on {found.won}.", highlight=False
        )
    for effect in Effect:
        if found.effects[effect]:
            out.print(f"{found.effects[effect]} of {found.plots} plots: {effect}", highlight=False)
    if found.alone:
        out.print(f"{found.alone} of them were reckoned one by one.", highlight=False)
    out.print(
        f"Floor area of the {found.told} that can be told: {found.change:+,.2f} m² in all.", highlight=False
    )
