"""Entities that no reader can load are cut out of the bytes, so that the rest of the plan can still be read.

In: the bytes of a text DXF and the words of ezdxf's refusal.  Out: the bytes without those entities, and the layer, type and
handle of each. Only what the refusal names is cut: one entity, or every one of its type with the same part missing.
"""

import re
from dataclasses import dataclass

_NAMED = re.compile(r"([A-Z_0-9]+)\(#([0-9A-Fa-f]+)\)")
_LACKING = re.compile(r"missing '(\w+)' subclass in")
_NEXT = re.compile(rb"\n[ \t]*0[ \t]*\r?\n")


@dataclass(frozen=True, kw_only=True)
class Cut:
    """An entity that was left out."""

    kind: str
    handle: str
    layer: str


def without_entities(content: bytes, refusal: str) -> tuple[bytes, tuple[Cut, ...]]:
    """The bytes without what a refusal names as `TYPE(#handle)`; nothing is cut where it names nothing that is found."""
    named = _NAMED.search(refusal)
    if named is None:
        return content, ()
    kind, handle = named[1], named[2].upper()
    lacking = _LACKING.search(refusal)
    part = re.compile(rb"\n[ \t]*100[ \t]*\r?\n[ \t]*" + lacking[1].encode() + rb"\s") if lacking else None
    kept, cuts, position = [], [], 0
    start = re.compile(rb"\n[ \t]*0[ \t]*\r?\n[ \t]*" + re.escape(kind.encode()) + rb"[ \t]*(?=\r?\n)")
    for found in start.finditer(content):
        after = _NEXT.search(content, found.end())
        if after is None:
            break
        body = content[found.end() : after.start() + 1]
        own = _value(body, 5).upper()
        if own == handle or (part is not None and part.search(body) is None):
            kept.append(content[position : found.start()])
            position = after.start()
            cuts.append(Cut(kind=kind, handle=own, layer=_value(body, 8)))
    return b"".join([*kept, content[position:]]), tuple(cuts)


def _value(body: bytes, code: int) -> str:
    found = re.search(rb"\n[ \t]*%d[ \t]*\r?\n([^\r\n]*)" % code, body)
    return found[1].decode("utf-8", errors="replace").strip() if found else ""
