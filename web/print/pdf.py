"""The PDF of an extract: PDF/A-2a for archives and PDF/UA-1 for readers' aids, the same bytes for the same extract.

In: an `Extract` and, where the caller has them, shapes around its plot.  Out: the file.  Creation date and identifiers
derive from the recording instant and the content; the typesetter sees all text as data and runs none of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson
import typst

from gis.site import Status
from layers.extract.document import digest_of
from layers.extract.model import Extract
from web.print import cards, facts, figures
from web.print.fonts import FAMILIES, PrintFonts, print_fonts
from web.print.letters import Families, named, printable
from web.print.plot_map import plot_map
from web.print.provenance import source_cards, source_keys
from web.print.scene import Surrounding, numbered, scene_of
from web.print.sheet import Guide, Sheet
from web.print.words import Language, Wording, wording

TEMPLATES = Path(__file__).parent / "templates"

_READING = ("advisory", "areas", "slivers", "time", "unreadable")
_AS_THEY_ARE = frozenset({"svg", "link", "digest"})
"""Fields that are no text: drawings made here, and addresses that were checked."""

_HEADS = frozenset({"title", "name"})
"""Fields that head something."""


def extract_pdf(extract: Extract, *, language: Language, surroundings: Sequence[Surrounding] = ()) -> bytes:
    """The extract as PDF; `FontsMissing` names the package to install where the fonts are not there."""
    fonts = print_fonts()
    words = wording(language)
    sheet = fit_for_paper(asdict(sheet_of(extract, words, surroundings)), fonts.letters, words)
    return typeset("extract.typ", sheet, words, fonts, timestamp=int(extract.at.known.timestamp()))


def sheet_of(extract: Extract, words: Wording, surroundings: Sequence[Surrounding]) -> Sheet:
    """Everything that is printed, in the reader's language."""
    keys = source_keys(extract)
    themes = numbered(cards.in_order(extract))
    scene = scene_of(extract, themes, surroundings)
    known = extract.at.known.astimezone(UTC)
    digest = digest_of(extract)
    number = extract.subject.parcel.number.whole if extract.subject.parcel else ""
    name = f"{words.say('plot')} {number}" if number else words.say("drawn_area")
    return Sheet(
        is_synthetic=extract.jurisdiction.synthetic,
        name=name,
        place=_place(extract, words),
        jurisdiction=facts.jurisdiction_name(extract, words),
        note=None if extract.subject.parcel else words.say("drawn_area_note"),
        valid_on=figures.day(words, extract.at.on),
        known_at=figures.instant(known),
        digest=digest,
        digest_short=digest[:16],
        instant=(known.year, known.month, known.day, known.hour, known.minute, known.second),
        tallies=cards.tallies(extract, words),
        facts=facts.plot_facts(extract, words, keys),
        plot_map=plot_map(scene, words, name),
        cards=cards.group_cards(extract.groups, themes, words, keys),
        not_affected=cards.lines_by_reason(extract, Status.NOT_AFFECTED, words, keys),
        no_data=cards.lines_by_reason(extract, Status.NO_DATA, words, keys),
        streets=facts.streets(extract, words, keys),
        street_note=words.of(extract.frontage_note),
        neighbours=facts.neighbours(extract, words),
        terrain=facts.terrain_facts(extract, words, keys),
        terrain_note=words.of(extract.terrain_note),
        sources=source_cards(extract, words, keys),
        reading=_reading(extract, words),
    )


def _place(extract: Extract, words: Wording) -> str:
    """Village to jurisdiction, the smallest first."""
    parcel = extract.subject.parcel
    parts = (parcel.number.village, parcel.number.taluk, parcel.number.district) if parcel else ()
    named = [part for part in parts if part]
    return ", ".join([*named, facts.jurisdiction_name(extract, words)])


def _reading(extract: Extract, words: Wording) -> tuple[Guide, ...]:
    times = {"on": figures.day(words, extract.at.on), "known": figures.instant(extract.at.known)}

    def guide(key: str) -> Guide:
        return Guide(
            status=None, name=words.say(f"reading_name.{key}"), text=words.say(f"reading.{key}", **times)
        )

    statuses = (
        Guide(status=str(status), name=words.say(f"status.{status}"), text=words.say(f"reading.{status}"))
        for status in Status
    )
    return (guide("information"), *statuses, *(guide(key) for key in _READING))


def fit_for_paper(content: Any, families: Families, words: Wording) -> Any:
    """The sheet with every text made fit for paper."""
    if isinstance(content, str):
        return printable(content, families, words)
    if isinstance(content, Mapping):
        return {key: _field(key, value, families, words) for key, value in content.items()}
    if isinstance(content, tuple):
        return [fit_for_paper(part, families, words) for part in content]
    return content


def _field(key: str, value: Any, families: Families, words: Wording) -> Any:
    if key in _AS_THEY_ARE:
        return value
    shown = fit_for_paper(value, families, words)
    return named(shown) if key in _HEADS else shown


@lru_cache(maxsize=2)
def _watermark(language: Language) -> str:
    """The watermark as outlines: as text it would stand between the lines of whoever reads the file by machine."""
    drawing = typst.compile(
        TEMPLATES / "watermark.typ",
        root=TEMPLATES,
        font_paths=print_fonts().book,
        ignore_system_fonts=True,
        format="svg",
        sys_inputs={
            "words": _json(wording(language).sentences),
            "fonts": _json(FAMILIES),
            "language": language,
        },
    )
    return drawing.decode()


def _json(content: object) -> str:
    return orjson.dumps(content).decode()


def typeset(template: str, sheet: Any, words: Wording, fonts: PrintFonts, *, timestamp: int) -> bytes:
    """The sheet set by a template of this folder; the timestamp (seconds) stands in for the clock."""
    inputs = {
        "language": words.language,
        "sheet": _json(sheet),
        "words": _json(words.sentences),
        "fonts": _json(FAMILIES),
        "watermark": _watermark(words.language),
    }
    return typst.compile(
        TEMPLATES / template,
        root=TEMPLATES,
        font_paths=fonts.book,
        ignore_system_fonts=True,
        sys_inputs=inputs,
        pdf_standards=["a-2a", "ua-1"],
        timestamp=timestamp,
    )
