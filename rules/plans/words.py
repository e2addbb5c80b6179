"""Words in a drawing: the plan information and other declarations; declared is not measured.

In: TEXT and MTEXT `Piece`s.  Out: `Declared` values with key, text and, where it can be read, a number in metres, square metres or
as written. Blanks around "=", two keys on one line and units behind a number are understood (`0.0195_HA` is 195 m²).
"""

import re
from collections.abc import Iterable

from ezdxf.entities.mtext import MText

from rules.plans.drawing import Declared, Source
from rules.plans.foreign import DAMAGE, attribute
from rules.plans.pieces import Piece
from rules.plans.problems import Fault, Problems

TEXTS = {"TEXT", "MTEXT", "ATTRIB", "ATTDEF"}
LONGEST = 20_000
"""Characters of one text that are read."""
PAIR = re.compile(
    r"([A-Z][A-Z0-9_.]{1,80}?)[ \t]*=[ \t]*([^=\n]*?)(?=[ \t]+[A-Z][A-Z0-9_.]{2,80}[ \t]*=|[ \t]*\n|[ \t]*$)"
)
NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?(?![\d.])")
UNITS = {
    "HA": 10_000.0,
    "HECTARE": 10_000.0,
    "M2": 1.0,
    "SQM": 1.0,
    "SQ.M": 1.0,
    "M": 1.0,
    "MT": 1.0,
    "L": 1.0,
}


def text_of(piece: Piece) -> str:
    """The plain words of a text, in capitals as written, without formatting codes."""
    entity = piece.entity
    if not isinstance(entity, MText):
        return str(attribute(entity, "text", ""))[:LONGEST]
    try:
        return str(entity.plain_text())[:LONGEST] if len(entity.text) <= LONGEST else ""
    except DAMAGE:
        return str(entity.text)[:LONGEST]


def declared_in(pieces: Iterable[Piece], problems: Problems) -> tuple[Declared, ...]:
    """Every KEY=VALUE of the texts; a key declared twice with different values is a problem, and the first one stands."""
    found: dict[tuple[str, str], Declared] = {}
    for piece in pieces:
        source = Source(layer=piece.layer, handles=(piece.handle,))
        for key, value in PAIR.findall(text_of(piece).upper()):
            text = value.strip().strip("'\"").strip()
            declared = Declared(key=key, text=text, number=number_of(text), source=source)
            earlier = found.setdefault((piece.layer, key), declared)
            if earlier.text != text:
                problems.add(
                    Fault.CONTRADICTION,
                    f"{key} is declared twice on one layer: “{earlier.text}” and “{text}”. The first was taken.",
                    "Keep one of the two.",
                    layer=piece.layer,
                    handles=(*earlier.source.handles, piece.handle),
                )
    return tuple(found.values())


def number_of(text: str) -> float | None:
    """A declared number, hectares as square metres; None where the words are not one number with a known unit."""
    written = text.replace(",", "").strip()
    found = NUMBER.match(written)
    if found is None:
        return None
    unit = written[found.end() :].strip(" _").upper().rstrip(".")
    if unit and unit not in UNITS:
        return None
    return float(found[0]) * UNITS.get(unit, 1.0)


def numbers_listed(text: str) -> tuple[int, ...]:
    """Whole numbers of a list such as `1,2,3,4`, in order, at most 200; empty where anything else is written."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if len(parts) > 200 or not all(re.fullmatch(r"-?\d{1,3}", part) for part in parts):
        return ()
    return tuple(dict.fromkeys(int(part) for part in parts))
