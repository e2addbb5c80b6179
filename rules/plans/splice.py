"""New entities set into the text of a DXF file, so that every other byte of it stays as the applicant's program wrote it.

In: a document, the bytes it was read from, and entities and table entries that were added to it.  Out: those bytes with the additions,
or None where the file has no seam for them (binary, damaged, or of a version that ezdxf rewrites): then `rules.plans.writer` serves.
"""

import io
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from ezdxf.document import Drawing as Document
from ezdxf.entities.dxfentity import DXFEntity
from ezdxf.lldxf.const import DXF12
from ezdxf.lldxf.tagwriter import TagWriter

from rules.plans.reader import BINARY

# A group code is a number: so a line “0” before a line of letters is always a code, never the value of another.
LINE = rb"[ \t]*\r?\n[ \t]*"
ENTITIES = re.compile(
    rb"(?:^|\n)[ \t]*0" + LINE + rb"SECTION" + LINE + rb"2" + LINE + rb"ENTITIES[ \t]*\r?\n"
)
END_OF_SECTION = re.compile(rb"^[ \t]*0" + LINE + rb"ENDSEC", re.M)
END_OF_TABLE = re.compile(rb"^[ \t]*0" + LINE + rb"ENDTAB", re.M)
SEED = re.compile(
    rb"\n[ \t]*9" + LINE + rb"\$HANDSEED" + LINE + rb"5" + LINE + rb"([0-9A-Fa-f]+)(?=[ \t]*\r?\n)"
)
PIECE = re.compile(rb"^[ \t]*0[ \t]*\r?\n(?=[ \t]*[A-Za-z])", re.M)
LAYER = re.compile(rb"\n[ \t]*8" + LINE + rb"(\S+)")
NAME = re.compile(rb"\n[ \t]*2" + LINE + rb"(\S+)")
KIND = re.compile(rb"[ \t]*0" + LINE + rb"(\S+)")
SINGLE = {b"TEXT", b"MTEXT", b"CIRCLE", b"LINE", b"LWPOLYLINE"}
"""Entities that are one piece; others own pieces that follow, and are not taken out of a text."""
OWNERS = re.compile(r"^[ \t]*(?:330|347|348|390)\n[ \t]*([0-9A-Fa-f]+)$", re.M)
"""References of what is added: to its owner, its material and its plot style."""


@dataclass(frozen=True, kw_only=True)
class Additions:
    """What is set in, and the layers whose earlier entities go."""

    entities: Collection[DXFEntity]
    layers: Collection[DXFEntity]
    styles: Collection[DXFEntity]
    cleared: frozenset[str]


def spliced(document: Document, original: bytes, additions: Additions) -> bytes | None:
    """The bytes with the additions; handles are those that the document gave."""
    if original.startswith(BINARY) or document.loaded_dxfversion != document.dxfversion:
        return None
    seed = SEED.search(original)
    has_handles = document.dxfversion > DXF12 or bool(document.header.get("$HANDLING", 0))
    if has_handles and seed is None:
        return None
    parts = [
        _text(document, each, has_handles)
        for each in (additions.layers, additions.styles, additions.entities)
    ]
    if seed is not None and not _known(parts, int(seed[1], 16), document):
        return None
    seams = [
        _table(original, b"LAYER", additions.layers, parts[0], document),
        _table(original, b"STYLE", additions.styles, parts[1], document),
        _section(original, additions.cleared, parts[2], document),
    ]
    if seed is not None:
        seams.append(_Seam(seed.start(1), seed.end(1), str(document.entitydb.handles).encode("ascii")))
    if any(seam is None for seam in seams):
        return None
    return _joined(
        original, sorted((seam for seam in seams if seam is not None), key=lambda seam: seam.start)
    )


@dataclass(frozen=True, slots=True)
class _Seam:
    """A stretch of the file and what stands there instead."""

    start: int
    end: int
    instead: bytes


def _joined(original: bytes, seams: Iterable[_Seam]) -> bytes:
    pieces, at = [], 0
    for seam in seams:
        pieces += [original[at : seam.start], seam.instead]
        at = seam.end
    return b"".join([*pieces, original[at:]])


def _text(document: Document, added: Iterable[DXFEntity], has_handles: bool) -> str:
    stream = io.StringIO()
    writer = TagWriter(stream, document.dxfversion, write_handles=has_handles)
    for each in added:
        each.export_dxf(writer)
    return stream.getvalue()


def _known(parts: Iterable[str], seed: int, document: Document) -> bool:
    """Whether all that the additions refer to is in the file itself, and not only added by ezdxf while it read."""
    return document.dxfversion <= DXF12 or all(
        int(handle, 16) < seed for part in parts for handle in OWNERS.findall(part)
    )


def _bytes(document: Document, original: bytes, text: str) -> bytes:
    content = document.encode(text)
    return content.replace(b"\n", b"\r\n") if b"\r\n" in original[:1024] else content


def _table(
    original: bytes, name: bytes, added: Collection[DXFEntity], text: str, document: Document
) -> _Seam | None:
    """The entries of a table, those of the same name replaced, the new ones last."""
    start = re.search(
        rb"\n[ \t]*0" + LINE + rb"TABLE" + LINE + rb"2" + LINE + name + rb"[ \t]*\r?\n", original
    )
    end = END_OF_TABLE.search(original, start.end()) if start else None
    if start is None or end is None:
        return None
    body = original[start.end() : end.start()]
    names = {str(each.dxf.name).upper().encode("ascii") for each in added}
    kept = [piece for piece in _pieces(body) if not _is_named(piece, names)]
    return _Seam(start.end(), end.start(), b"".join(kept) + _bytes(document, original, text))


def _is_named(piece: bytes, names: Collection[bytes]) -> bool:
    found = NAME.search(piece) if KIND.match(piece) else None
    return found is not None and found[1].upper() in names


def _section(original: bytes, cleared: frozenset[str], text: str, document: Document) -> _Seam | None:
    """The entities of the drawing without those of an earlier check, the new ones last; None if those cannot be taken out."""
    start = ENTITIES.search(original)
    end = END_OF_SECTION.search(original, start.end()) if start else None
    if start is None or end is None:
        return None
    body = original[start.end() : end.start()]
    gone = {name.encode("ascii") for name in cleared}
    if any(name in body.upper() for name in gone):
        kept = []
        for piece in _pieces(body):
            layer, kind = LAYER.search(piece), KIND.match(piece)
            if layer is None or kind is None or layer[1].upper() not in gone:
                kept.append(piece)
            elif kind[1] not in SINGLE:
                return None
        body = b"".join(kept)
    return _Seam(start.end(), end.start(), body + _bytes(document, original, text))


def _pieces(body: bytes) -> Iterator[bytes]:
    """A stretch of the file cut before each entity or entry."""
    cuts = [0, *(found.start() for found in PIECE.finditer(body)), len(body)]
    for start, end in pairwise(cuts):
        if end > start:
            yield body[start:end]
