"""What the command line prints: for people as text, for programs as JSON.

In: values of the platform.  Out: lines on a console, files.
"""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import orjson
from rich.console import Console
from rich.table import Table

from api.answers import LandAnswers
from gis.errors import Invalid
from gis.parcels.model import Lineage, Parcel
from gis.units import Area, AreaUnit
from layers.entry import Role
from layers.extract.document import to_geojson, to_json
from layers.extract.model import Extract, Status, ThemeAnswer, Words
from web.answers import SearchResult

SIGNS = {Status.AFFECTED: "●", Status.NEAR: "◐", Status.NOT_AFFECTED: "○", Status.NO_DATA: "?"}
STYLES = {
    Status.AFFECTED: "bold red",
    Status.NEAR: "yellow",
    Status.NOT_AFFECTED: "green",
    Status.NO_DATA: "magenta",
}
NAMES = {
    Status.AFFECTED: Words(en="affected", ml="ബാധകം"),
    Status.NEAR: Words(en="near", ml="സമീപം"),
    Status.NOT_AFFECTED: Words(en="not affected", ml="ബാധകമല്ല"),
    Status.NO_DATA: Words(en="no data", ml="വിവരമില്ല"),
}

ADVISES = Words(en="(not read in its own text: advises only)", ml="(നിയമപാഠം വായിച്ചിട്ടില്ല: ഉപദേശം മാത്രം)")


def said(words: Words, language: str) -> str:
    """A text in one language."""
    return words.ml if language == "ml" else words.en


def print_json(content: object) -> None:
    """Plain values as JSON on standard output."""
    sys.stdout.buffer.write(
        orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z)
    )


def write_extract(land: LandAnswers, extract: Extract, path: Path, language: str) -> None:
    """An extract into a file whose ending says the form."""
    forms: dict[str, Callable[[Extract], bytes]] = {
        ".json": to_json,
        ".geojson": to_geojson,
        ".pdf": lambda each: land.pdf(each, language),
    }
    if path.suffix not in forms:
        raise Invalid(f"{path.name}: the ending says the form; use .json, .geojson or .pdf.")
    content = forms[path.suffix](extract)
    try:
        path.write_bytes(content)
    except OSError as error:
        raise Invalid(
            f"{path}: cannot be written ({error.strerror}); name a file in a folder that is there."
        ) from error


def print_extract(extract: Extract, out: Console, language: str) -> None:
    """An extract as text."""
    place = extract.jurisdiction
    parcel = extract.subject.parcel
    title = parcel.number.whole if parcel else said(Words(en="Drawn area", ml="വരച്ച പ്രദേശം"), language)
    out.print(
        f"[bold]{title}[/], {place.name_ml if language == 'ml' else place.name_en}",
        highlight=False,
        soft_wrap=True,
    )
    if place.synthetic:
        out.print("[reverse] SYNTHETIC: this land is made up [/]")
    out.print(
        f"on {extract.at.on}, as known at {extract.at.known.isoformat()}", highlight=False, soft_wrap=True
    )
    out.print(_areas(extract, parcel), highlight=False, soft_wrap=True)
    table = Table("", "", "", box=None, show_header=False, pad_edge=False)
    for theme in extract.themes:
        if theme.role == Role.ADMIN:
            where = ", ".join(hit.label or hit.ref for hit in theme.hits) or said(
                NAMES[theme.status], language
            )
            out.print(f"{said(theme.title, language)}: {where}", highlight=False, soft_wrap=True)
            continue
        name = f"[{STYLES[theme.status]}]{SIGNS[theme.status]} {said(NAMES[theme.status], language)}[/]"
        table.add_row(name, said(theme.title, language), _why(theme, language))
    out.print(table)
    for street in extract.frontages:
        width = "width unknown" if street.width is None else f"{street.width:g} m wide"
        out.print(
            f"Street: {street.label or street.ref}, {width}, {street.length:.2f} m along the plot",
            highlight=False,
            soft_wrap=True,
        )
    if extract.terrain:
        ground = extract.terrain
        out.print(
            f"Height {ground.lowest:g} to {ground.highest:g} m ({ground.datum}), slope up to {ground.slope_max:g}°",
            highlight=False,
            soft_wrap=True,
        )
    beside = ", ".join(each.number for each in extract.neighbours) or "none recorded"
    out.print(f"Neighbours: {beside}", highlight=False, soft_wrap=True)


def _areas(extract: Extract, parcel: Parcel | None) -> str:
    measured = f"measured {extract.subject.measured_area:.2f} m²"
    if parcel is None or parcel.recorded_area is None:
        return f"{measured}; recorded: unknown"
    return f"{measured}; recorded {_in_units(parcel.recorded_area)}"


def _in_units(area: Area) -> str:
    cents = area.to(AreaUnit.CENT).rounded(2)
    return f"{area.value} {area.unit} = {area.to(AreaUnit.SQUARE_METRE).rounded(2)} m² = {cents} cent"


def _why(theme: ThemeAnswer, language: str) -> str:
    law = theme.law
    parts = [said(theme.reason, language)]
    if law.text:
        parts.append(f"[{said(law.text, language)}{', ' + law.clause if law.clause else ''}]")
    if law.text and law.confidence != "Q":
        parts.append(said(ADVISES, language))
    if theme.status in (Status.AFFECTED, Status.NEAR):
        parts.append(said(law.authority, language))
    return " ".join(parts).replace("[", "\\[")


def print_search(found: Sequence[SearchResult], out: Console, *, as_json: bool) -> None:
    """Results of a search."""
    if as_json:
        print_json(list(found))
        return
    if not found:
        out.print("Nothing found. Try a part of the name, the other spelling, or the survey number alone.")
    for each in found:
        number = f"  parcel {each.number}" if each.number else ""
        out.print(
            f"{each.score:.2f}  {each.kind:<10} {each.title_en}  {each.title_ml or ''}  {each.lon}, {each.lat}{number}",
            highlight=False,
            soft_wrap=True,
        )


def print_history(states: Sequence[Parcel], steps: Sequence[Lineage], out: Console, *, as_json: bool) -> None:
    """The states of a number and the changes around them."""
    if as_json:
        print_json({"states": [_state(each) for each in states], "changes": list(steps)})
        return
    for each in states:
        out.print(
            f"{each.valid.begins} to {each.valid.ends or 'today'}: {each.number.whole}, {each.measured_area:.2f} m² measured,"
            f" begun by {each.begun_by} ({each.instrument})",
            highlight=False,
            soft_wrap=True,
        )
    for step in steps:
        out.print(
            f"{step.on}: {step.kind} of {', '.join(step.predecessors)} into {', '.join(step.successors)}",
            highlight=False,
            soft_wrap=True,
        )


def _state(parcel: Parcel) -> dict[str, object]:
    return {
        "number": parcel.number,
        "valid": parcel.valid,
        "recorded": parcel.recorded,
        "measured_area": round(parcel.measured_area, 2),
        "recorded_area": parcel.recorded_area
        and {"value": str(parcel.recorded_area.value), "unit": parcel.recorded_area.unit},
        "land_type": parcel.land_type,
        "ulpin": parcel.ulpin,
        "begun_by": parcel.begun_by,
        "instrument": parcel.instrument,
    }
