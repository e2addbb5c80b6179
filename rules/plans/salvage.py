"""Entities that no reader can load are left out one by one, so that the rest of the plan can still be read.

In: the bytes of a DXF that neither strict nor mending reading could load.  Out: the document with its audit, and the type,
layer and handle of each entity left out. Whatever else is wrong is raised as ezdxf raises it.
"""

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from ezdxf.audit import Auditor
from ezdxf.document import Drawing as Document
from ezdxf.entities import factory
from ezdxf.lldxf.extendedtags import ExtendedTags
from ezdxf.lldxf.tags import Tags
from ezdxf.recover import Recover, _load_and_audit_document

FRAMES = {"SECTION", "BLOCK", "ENDBLK"}


@dataclass(frozen=True, kw_only=True)
class Cut:
    """An entity that was left out."""

    kind: str
    handle: str
    layer: str


def salvage(content: bytes, loader: Callable[..., Any]) -> tuple[Document, Auditor, tuple[Cut, ...]]:
    """The document without the entities that cannot be loaded; `loader` splits bytes into tags."""
    tool = Recover.run(io.BytesIO(content), loader=loader)
    cuts: list[Cut] = []
    sections: dict[str, Any] = tool.section_dict
    for name in ("BLOCKS", "ENTITIES"):
        if name in sections:
            sections[name] = _loadable(sections[name], cuts)
    document, auditor = _load_and_audit_document(tool)
    return document, auditor, tuple(cuts)


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
    except Exception:
        return False
    return True


def _first(tags: Tags, code: int) -> str:
    return next((str(tag.value) for tag in tags if tag.code == code), "")
