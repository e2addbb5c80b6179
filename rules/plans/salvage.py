"""Entities that no reader can load are left out one by one, so that the rest of the plan can still be read.

In: the bytes of a DXF that neither strict nor mending reading could load.  Out: the document with its audit, and the type,
layer and handle of each entity left out. Whatever else is wrong is raised as ezdxf raises it.
"""

import io
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from ezdxf.audit import Auditor
from ezdxf.document import Drawing as Document
from ezdxf.entities import factory
from ezdxf.lldxf.extendedtags import ExtendedTags
from ezdxf.lldxf.tags import Tags
from ezdxf.lldxf.types import BINARY_DATA, POINT_CODES, TYPE_TABLE, DXFTag
from ezdxf.recover import Recover, _load_and_audit_document

FRAMES = {"SECTION", "BLOCK", "ENDBLK"}
NEEDED = {b"$ACADVER", b"$INSUNITS", b"$DWGCODEPAGE"}
STRUCTURE = {b"SECTION", b"ENDSEC", b"EOF", b"TABLE", b"ENDTAB", b"BLOCK", b"ENDBLK", b"SEQEND"}


@dataclass(frozen=True, kw_only=True)
class Cut:
    """An entity that was left out."""

    kind: str
    handle: str
    layer: str


def salvage(content: bytes, loader: Callable[..., Any]) -> tuple[Document, Auditor, tuple[Cut, ...]]:
    """The document without the entities that cannot be loaded; `loader` splits bytes into tags."""
    cuts: list[Cut] = []
    tool = Recover.run(io.BytesIO(content), loader=lambda stream: _sound(loader(stream), cuts))
    sections: dict[str, Any] = tool.section_dict
    for name in ("BLOCKS", "ENTITIES"):
        if name in sections:
            sections[name] = _loadable(sections[name], cuts)
    document, auditor = _load_and_audit_document(tool)
    return document, auditor, tuple(cuts)


def _sound(tags: Iterable[DXFTag], cuts: list[Cut]) -> Iterator[DXFTag]:
    """The tags without entities in which a number is none; in the header only the tag itself is left out."""
    section = ""
    for entity in _entities(tags):
        kind = entity[0].value.strip()
        if kind == b"SECTION" and len(entity) > 1:
            section = entity[1].value.decode("ascii", "replace").strip()
        if section == "HEADER" and kind == b"SECTION":
            yield from _header(entity)
        elif all(_is_sound(tag) for tag in entity):
            yield from entity
        elif kind in STRUCTURE or section in ("TABLES", "CLASSES"):
            yield from (tag for tag in entity if _is_sound(tag))
        elif section in ("ENTITIES", "BLOCKS"):
            cuts.append(Cut(kind=_text(kind), handle=_raw(entity, 5), layer=_raw(entity, 8)))


def _entities(tags: Iterable[DXFTag]) -> Iterator[list[DXFTag]]:
    """Tags from one structure tag to the next; a polyline with its vertices is one, so that it is read whole or not at all."""
    entity: list[DXFTag] = []
    for tag in tags:
        if (
            tag.code == 0
            and entity
            and not (entity[0].value == b"POLYLINE" and tag.value in (b"VERTEX", b"SEQEND"))
        ):
            yield entity
            entity = []
        entity.append(tag)
    if entity:
        yield entity


def _header(tags: list[DXFTag]) -> Iterator[DXFTag]:
    """The header variables that reading needs, and no others."""
    yield from tags[:2]
    for name, value in pairwise(tags[2:]):
        if name.code == 9 and name.value.strip() in NEEDED and value.code != 9 and _is_sound(value):
            yield name
            yield value


def _is_sound(tag: DXFTag) -> bool:
    """Whether a value is of the type that its group code asks for."""
    code, value = tag
    try:
        if code in BINARY_DATA:
            bytes.fromhex(value.decode("ascii"))
        elif code in POINT_CODES or TYPE_TABLE.get(code) is float:
            return math.isfinite(float(value))
        elif TYPE_TABLE.get(code) is int:
            int(value)
    except ValueError:
        return False
    return True


def _raw(entity: Sequence[DXFTag], code: int) -> str:
    return next((_text(tag.value) for tag in entity if tag.code == code), "")


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace").strip()


def _loadable(entities: Iterable[Tags], cuts: list[Cut]) -> list[Tags]:
    kept = []
    for tags in entities:
        if tags[0].value in FRAMES or _loads(tags):
            kept.append(tags)
        else:
            cuts.append(Cut(kind=str(tags[0].value), handle=_first(tags, 5), layer=_first(tags, 8)))
    return kept


def _loads(tags: Tags) -> bool:
    """Whether ezdxf can make an entity of these tags; what it raises on damaged ones has no common family."""
    try:
        factory.load(ExtendedTags(tags))
    except MemoryError:
        raise
    except Exception:
        return False
    return True


def _first(tags: Tags, code: int) -> str:
    return next((str(tag.value) for tag in tags if tag.code == code), "")
