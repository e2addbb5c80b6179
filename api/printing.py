"""What the command line prints: for people as text, for programs as JSON.

In: values of the platform.  Out: lines on a console, files.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import orjson
from rich.console import Console
from rich.table import Table

from api import terminal_words
from api.answers import LandAnswers
from gis.errors import Invalid
from gis.parcels.model import Lineage, Parcel
from gis.site import Status
from gis.site_document import site_to_json
from gis.units import Area, AreaUnit
from layers.entry import Role
from layers.extract.document import to_geojson, to_json
from layers.extract.model import Extract, Frontage, Hit, ThemeAnswer, Words
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
    _write(path, forms[path.suffix](extract))


def write_site(land: LandAnswers, extract: Extract, path: Path) -> None:
    """What rules may see of the plot of an extract, into a file that a plan can be checked by without a database."""
    _write(path, site_to_json(land.site(extract)))


def _write(path: Path, content: bytes) -> None:
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
    title = parcel.number.whole if parcel else said(terminal_words.AREA, language)
    out.print(
        f"[bold]{title}[/], {place.name_ml if language == 'ml' else place.name_en}",
        highlight=False,
        soft_wrap=True,
    )
    if place.synthetic:
        out.print(f"[reverse] {said(terminal_words.SYNTHETIC, language)} [/]")
    as_of = said(terminal_words.AS_OF, language)
    out.print(
        as_of.format(on=extract.at.on, known=extract.at.known.isoformat()), highlight=False, soft_wrap=True
    )
    out.print(_areas(extract, parcel, language), highlight=False, soft_wrap=True)
    table = Table("", "", "", box=None, show_header=False, pad_edge=False)
    for theme in extract.themes:
        if theme.role == Role.ADMIN:
            where = ", ".join(_label(hit, language) or hit.ref for hit in theme.hits) or said(
                NAMES[theme.status], language
            )
            out.print(f"{said(theme.title, language)}: {where}", highlight=False, soft_wrap=True)
            continue
        name = f"[{STYLES[theme.status]}]{SIGNS[theme.status]} {said(NAMES[theme.status], language)}[/]"
        table.add_row(name, said(theme.title, language), _why(theme, language))
    out.print(table)
    for line in _surroundings(extract, language):
        out.print(line, highlight=False, soft_wrap=True, markup=False)


def _surroundings(extract: Extract, language: str) -> Iterator[str]:
    """Streets, height and neighbours, a line each."""
    for street in extract.frontages:
        width = said(terminal_words.WIDTH_UNKNOWN, language)
        if street.width is not None:
            width = said(terminal_words.WIDE, language).format(metres=f"{street.width:g}")
        name = _label(street, language) or said(terminal_words.UNNAMED, language)
        line = said(terminal_words.STREET, language)
        yield line.format(name=name, width=width, length=f"{street.length:.2f}")
    if ground := extract.terrain:
        yield said(terminal_words.HEIGHT, language).format(
            lowest=f"{ground.lowest:g}",
            highest=f"{ground.highest:g}",
            datum=ground.datum,
            slope=f"{ground.slope_max:g}",
        )
    beside = ", ".join(each.number for each in extract.neighbours)
    numbers = beside or said(terminal_words.NO_NEIGHBOURS, language)
    yield said(terminal_words.NEIGHBOURS, language).format(numbers=numbers)


def _label(thing: Hit | Frontage, language: str) -> str | None:
    """The name in a language where the source has one, else in the other."""
    if language == "ml":
        return thing.label_ml or thing.label
    return thing.label or thing.label_ml


def _areas(extract: Extract, parcel: Parcel | None, language: str) -> str:
    measured = said(terminal_words.MEASURED, language).format(area=f"{extract.subject.measured_area:.2f}")
    if parcel is None or parcel.recorded_area is None:
        return f"{measured}; {said(terminal_words.UNRECORDED, language)}"
    return f"{measured}; {_in_units(parcel.recorded_area, language)}"


def _in_units(area: Area, language: str) -> str:
    return said(terminal_words.RECORDED, language).format(
        value=area.value,
        unit=said(terminal_words.UNITS[area.unit], language),
        m2=area.to(AreaUnit.SQUARE_METRE).rounded(2),
        cents=area.to(AreaUnit.CENT).rounded(2),
    )


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
