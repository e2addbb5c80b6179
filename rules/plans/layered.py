"""Everything that was drawn, sorted by the layer it lies on: outlines, lengths and words, each with the layer's meaning.

In: `Piece`s, the profile and the metres per drawing unit.  Out: `Layered` values in the order of the drawing, and a problem for every
layer that holds something other than what belongs there.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rules.plans.drawing import Declared, Length
from rules.plans.lengths import length_of
from rules.plans.names import LayerName, Profile, meaning
from rules.plans.outlines import Found, outlines_of
from rules.plans.pieces import Piece
from rules.plans.problems import Fault, Problems
from rules.plans.roles import Content, Role
from rules.plans.words import TEXTS, declared_in, text_of

HATCHES = {"HATCH", "MPOLYGON", "SOLID", "TRACE", "3DFACE", "REGION", "WIPEOUT"}
MOST_HANDLES = 20
MOST_OUTLINES = 1_000
"""Outlines of one layer that are kept; a plan has fewer, a pattern more."""


@dataclass(frozen=True, kw_only=True)
class Layered:
    """What lies on one layer with a meaning."""

    name: LayerName
    found: Found
    lengths: tuple[Length, ...]
    declared: tuple[Declared, ...]
    texts: tuple[tuple[str, str], ...]


def layers_of(
    pieces: Sequence[Piece], profile: Profile, metres: float, problems: Problems
) -> tuple[Layered, ...]:
    """The layers with a meaning, in the order in which they first occur."""
    on: dict[str, list[Piece]] = {}
    for piece in pieces:
        on.setdefault(piece.layer, []).append(piece)
    broken = {each.layer for each in problems.listed() if each.fault is Fault.NOT_READ}
    for layer in sorted(broken):
        if meaning(layer, profile) is not None:
            on.setdefault(layer, [])
    layered = []
    for layer, there in on.items():
        name = meaning(layer, profile)
        if name is None:
            _note_unknown(layer, there, metres, problems)
        else:
            layered.append(_layered(name, there, metres, problems, is_whole=layer not in broken))
    return tuple(layered)


def _layered(
    name: LayerName, pieces: Sequence[Piece], metres: float, problems: Problems, *, is_whole: bool
) -> Layered:
    """What lies on one layer; `is_whole` is false where the reader had to leave something out."""
    texts = [piece for piece in pieces if piece.entity.dxftype() in TEXTS]
    dimensions = [piece for piece in pieces if piece.entity.dxftype() == "DIMENSION"]
    lines = [piece for piece in pieces if piece.entity.dxftype() not in TEXTS | {"DIMENSION"}]
    wants_outline = name.content is Content.OUTLINE
    reads_lines = wants_outline or name.content is Content.EITHER
    found = Found(outlines=(), is_complete=True)
    if reads_lines and name.role is not Role.ENTRANCE:
        found = outlines_of(lines, metres, problems, strict=wants_outline)
    found = _capped(name, found, problems)
    found = replace(found, is_complete=found.is_complete and is_whole)
    lengths = [length_of(piece, name, metres, problems) for piece in dimensions]
    layered = Layered(
        name=name,
        found=found,
        lengths=tuple(each for each in lengths if each is not None),
        declared=declared_in(texts, problems),
        texts=tuple((piece.handle, text_of(piece)) for piece in texts),
    )
    _note_misplaced(layered, texts, lines, problems)
    return layered


def _capped(name: LayerName, found: Found, problems: Problems) -> Found:
    """The first outlines of a layer that holds more than any plan has."""
    rest = found.outlines[MOST_OUTLINES:]
    if not rest:
        return found
    problems.add(
        Fault.TOO_MANY,
        f"{len(found.outlines):,} outlines lie on the layer of the {name.role.value}; only the first {MOST_OUTLINES:,} were measured.",
        "Keep on this layer only what it is for; put patterns and furniture on other layers.",
        layer=name.layer,
        handles=[each.source.handles[0] for each in rest[:MOST_HANDLES]],
    )
    return replace(found, outlines=found.outlines[:MOST_OUTLINES], is_complete=False)


def _note_misplaced(
    layered: Layered, texts: Sequence[Piece], lines: Sequence[Piece], problems: Problems
) -> None:
    """Something else stands where an outline or a dimension belongs."""
    name, found = layered.name, layered.found
    hatches = [piece for piece in lines if piece.entity.dxftype() in HATCHES]
    if name.content is Content.OUTLINE and not found.outlines and found.is_complete:
        if texts:
            fault, what, there = Fault.TEXT_FOR_OUTLINE, "Only text stands", texts
        elif hatches:
            fault, what, there = Fault.NO_OUTLINE, "Only a hatch stands", hatches
        else:
            fault, what, there = Fault.NO_OUTLINE, "Nothing that can be measured stands", list(lines)
        problems.add(
            fault,
            f"{what} where the outline of the {name.role.value} belongs; it was not measured.",
            "Draw it as a closed polyline on this layer.",
            layer=name.layer,
            handles=[piece.handle for piece in there[:MOST_HANDLES]],
        )
    if name.content is Content.LENGTH and not layered.lengths:
        problems.add(
            Fault.NO_LENGTH,
            f"No dimension stands on the layer of the {name.role.value}; it was not measured.",
            "Measure it with a dimension on this layer, neither exploded nor edited.",
            layer=name.layer,
            handles=[piece.handle for piece in [*texts, *lines][:MOST_HANDLES]],
        )


def _note_unknown(layer: str, pieces: Sequence[Piece], metres: float, problems: Problems) -> None:
    """A name that is probably misspelt; where an outline lies there, something of the plan may be missing."""
    lines = [piece for piece in pieces if piece.entity.dxftype() not in TEXTS | {"DIMENSION"}]
    found = outlines_of(lines[:MOST_OUTLINES], metres, Problems(), strict=True).outlines
    area = max((each.area for each in found), default=0.0)
    holds = f" A closed outline of {area:.2f} m² lies there." if found else ""
    problems.add(
        Fault.UNKNOWN_LAYER,
        f"The layer “{layer}” begins like one of the convention but is not one that we know; nothing on it was read.{holds}",
        "Check the spelling against the list of layers (0 and O, 1 and I), or give what does not belong to the plan another name.",
        layer=layer,
        handles=[piece.handle for piece in pieces[:MOST_HANDLES]],
        holds_outline=bool(found),
    )
