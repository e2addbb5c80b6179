"""What plots can carry, on the command line: one plot in words, a ward as a file.

In: a place with a number or a ward, and a use.  Out: lines on a console, JSON, GeoJSON or CSV.
"""

import sys
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from api.answers import LandAnswers, today
from api.envelopes import carried, of_ward
from api.ward_carried import csv_lines, geojson_pieces
from gis.errors import Invalid
from rules.envelope_document import to_geojson, to_json
from rules.envelopes.model import Choice, Envelope
from web.check_figures import rupees
from web.check_sentences import tidy


@dataclass(frozen=True, kw_only=True)
class Question:
    """A use, the metres of a storey, the street in front if chosen, and the day."""

    occupancy: str
    storey: float
    front: str | None
    on: date | None

    @property
    def storey_height(self) -> Decimal:
        """The storey as an exact number."""
        return Decimal(repr(self.storey))


def print_plot(
    land: LandAnswers,
    place: str,
    number: str,
    asked: Question,
    out: Console,
    *,
    output: Path | None,
    as_json: bool,
) -> None:
    """What one plot can carry."""
    day = asked.on or today()
    site = land.site(land.extract(place, number=number, on=day if day < today() else None, known=None))
    found = carried(
        site, day, occupancy=asked.occupancy, storey_height=asked.storey_height, front=asked.front
    )
    if output is not None:
        forms = {".json": to_json, ".geojson": to_geojson}
        if output.suffix not in forms:
            raise Invalid(f"{output.name}: the ending says the form; use .json or .geojson.")
        _write(output, forms[output.suffix](found, site))
    elif as_json:
        sys.stdout.buffer.write(to_json(found, site))
    else:
        _tell(found, out, synthetic=site.synthetic)


def _tell(found: Envelope, out: Console, *, synthetic: bool) -> None:
    lines = ["[reverse] SYNTHETIC: this land is made up [/]"] if synthetic else []
    lines.append(
        f"[bold]{escape(found.plot)}[/], {found.occupancy}, by the rules of {found.on} for a {found.body}"
    )
    shown = [found.choice] if found.choice else list(found.candidates)
    if found.choice is None and found.candidates:
        lines.append("The front is not known; each street is one possible answer:")
    for choice in shown:
        lines += [escape(line) for line in _of_choice(choice)]
    lines += [f"not known: {escape(tidy(f'{gap.reason} {gap.effect} {gap.remedy}'))}" for gap in found.gaps]
    lines += [f"on the plot: {escape(tidy(f'{each.title}: {each.reason}'))}" for each in found.conditions]
    lines += [escape(tidy(note)) for note in found.notes]
    for line in lines:
        out.print(line.replace("\u00a0", " "), highlight=False, soft_wrap=True)


def _of_choice(choice: Choice) -> list[str]:
    ground = choice.bands[0].area if choice.bands else Decimal(0)
    lines = [f"Front: {choice.title}. Ground that may be built on: {ground:,.2f} m²."]
    if choice.footprint is not None:
        lines.append(f"Largest footprint {choice.footprint:,.2f} m² ({choice.footprint_decider}).")
    for each in choice.carried:
        fee = f", {each.excess:,.2f} m² of it for {rupees(each.fee)} each" if each.fee else ""
        if each.fees and not each.fee:
            least, most = map(rupees, each.fees)
            fee = f", {each.excess:,.2f} m² of it for {least} to {most}: on how much the higher fee falls is not said"
        index = f"Floor space index {each.index}" if each.index is not None else "No floor space index"
        lines.append(
            f"{index}: {each.floor_area:,.2f} m² in {each.storeys} storeys, {each.height:,.2f} m high{fee} ({each.decider})."
        )
    return lines


def print_ward(
    land: LandAnswers,
    place: str,
    ward: str,
    asked: Question,
    out: Console,
    err: Console,
    *,
    output: Path | None,
) -> None:
    """What every plot of a ward can carry: CSV to the screen, or a file of CSV or GeoJSON."""
    if asked.front is not None:
        raise Invalid("A street in front is chosen for one plot, not for a ward.")
    if output is not None and output.suffix not in (".csv", ".geojson"):
        raise Invalid(f"{output.name}: the ending says the form; use .csv or .geojson for a ward.")
    count, plots = of_ward(
        land, place, ward, asked.on or today(), occupancy=asked.occupancy, storey_height=asked.storey_height
    )
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=err, transient=True) as progress:
        found = list(progress.track(plots, total=count, description=f"Plots of {ward}"))
    if output is None:
        out.file.writelines(csv_lines(found))
        return
    content = (
        b"".join(geojson_pieces(found)) if output.suffix == ".geojson" else "".join(csv_lines(found)).encode()
    )
    _write(output, content)
    without = sum(1 for each in found if each.envelope is None or each.envelope.choice is None)
    known = sum(1 for each in found if each.envelope is not None and each.envelope.is_certain)
    told = (
        f"{known} with a certain answer, {without} without any because the front or the yards are not known"
    )
    out.print(f"{output}: {count} plots, {told}.", highlight=False)


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise Invalid(
            f"{path}: cannot be written ({error.strerror}); name a file in a folder that is there."
        ) from error
