"""Bytes of a DXF file into an ezdxf document, or a clear refusal; nothing here measures.

In: the bytes of one file.  Out: `Sheet`, the document and what had to be mended. Raises `Invalid` for what is no DXF
drawing or is beyond repair, `TooLarge` beyond the limits stated here, which bound time and memory.
"""

import io
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ezdxf import recover
from ezdxf.audit import Auditor
from ezdxf.document import Drawing as Document
from ezdxf.filemanagement import dxf_stream_info
from ezdxf.filemanagement import read as read_stream
from ezdxf.lldxf.tagger import binary_tags_loader

from gis.errors import Invalid, TooLarge
from rules.plans.problems import Fault, Problems
from rules.plans.salvage import Cut, salvage

MOST_BYTES = 64 * 1024 * 1024
MOST_LINES = 8_000_000
MOST_ENTITIES = 400_000
BINARY = b"AutoCAD Binary DXF\r\n\x1a\x00"
EXPORT = (
    "Export the drawing as ASCII DXF (in most CAD programs: Save as, DXF 2007 or later) and send that file."
)
DISGUISES: tuple[tuple[bytes, str], ...] = (
    (b"AC10", "a DWG drawing"),
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"ISO-10303-21", "an IFC or STEP model"),
)
ENTITY = re.compile(rb"\n[ \t]*0[ \t]*\r?\n(?=[ \t]*[A-Z])")
SECTION = re.compile(rb"(?:^|\n)[ \t]*0[ \t]*\r?\n[ \t]*SECTION")

logging.getLogger("ezdxf").addHandler(logging.NullHandler())


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A drawing that could be read; `was_recovered` tells that the file was damaged and had to be mended while reading."""

    document: Document
    was_recovered: bool


def read(content: bytes, problems: Problems) -> Sheet:
    """The document of a DXF file, text or binary; damage that could be mended is noted as a problem."""
    refuse_what_is_no_drawing(content)
    document, found = _strictly(content) if content.startswith(BINARY) else _with_patience(content, problems)
    if len(document.entitydb) > MOST_ENTITIES:
        raise TooLarge(_too_many(len(document.entitydb)))
    if found is not None:
        problems.add(
            Fault.DAMAGED,
            "The file is damaged; it was mended while reading, and parts may be missing.",
            "Open it in the CAD program, run AUDIT and PURGE, and export it again.",
        )
    return Sheet(document=document, was_recovered=found is not None)


def refuse_what_is_no_drawing(content: bytes) -> None:
    """Say what the file is instead, or that it is too large; a few passes over the bytes, nothing is parsed."""
    if len(content) > MOST_BYTES:
        raise TooLarge(
            f"The file has {len(content) / 2**20:.0f} MB; at most {MOST_BYTES // 2**20} MB are read. "
            "Purge unused blocks, detach pictures and hatches, and export it again."
        )
    if not content.strip():
        raise Invalid(f"The file is empty. {EXPORT}")
    for sign, name in DISGUISES:
        if content.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(sign):
            raise Invalid(f"This is {name}, not a DXF drawing, whatever its name says. {EXPORT}")
    if content.startswith(BINARY):
        return
    if b"\0" in content[:4096] or SECTION.search(content) is None:
        raise Invalid(f"This is not a DXF drawing: it has no sections. {EXPORT}")
    if content.count(b"\n") > MOST_LINES:
        raise TooLarge(f"The file has more than {MOST_LINES:,} lines. Purge it and export it again.")
    entities = sum(1 for _ in ENTITY.finditer(content))
    if entities > MOST_ENTITIES:
        raise TooLarge(_too_many(entities))


def _too_many(entities: int) -> str:
    return (
        f"The drawing has {entities:,} entities; at most {MOST_ENTITIES:,} are read. "
        "Leave out furniture, hatches and trees, purge it, and export it again."
    )


Found = Auditor | None


def _strictly(content: bytes) -> tuple[Document, Found]:
    if not content.startswith(BINARY):
        return _attempt(lambda: (_read_text(content), None))
    try:
        return _attempt(lambda: (Document.load(binary_tags_loader(content)), None))
    except _Refusal as refusal:
        raise Invalid(f"This binary DXF cannot be read ({refusal}). {EXPORT}") from refusal


def _read_text(content: bytes) -> Document:
    header = io.TextIOWrapper(io.BytesIO(content), encoding="utf-8", errors="ignore")
    encoding = dxf_stream_info(header).encoding
    return read_stream(io.TextIOWrapper(io.BytesIO(content), encoding=encoding, errors="surrogateescape"))


def _with_patience(content: bytes, problems: Problems) -> tuple[Document, Found]:
    """Strict first, then mending, then entity by entity, then tag by tag."""
    try:
        return _strictly(content)
    except _Refusal:
        pass
    try:
        return _attempt(lambda: recover.read(io.BytesIO(content)))
    except _Refusal:
        pass
    for loader in (recover.bytes_loader, recover.synced_bytes_loader):
        try:
            return _salvaged(content, loader, problems)
        except _Refusal as refusal:
            last = refusal
    raise Invalid(
        f"The drawing is damaged beyond repair ({last}). "
        "Open it in the CAD program, run RECOVER, and export it again."
    ) from last


def _salvaged(content: bytes, loader: Callable[..., Any], problems: Problems) -> tuple[Document, Found]:
    cuts: list[Cut] = []

    def load() -> tuple[Document, Found]:
        document, auditor, left_out = salvage(content, loader)
        cuts.extend(left_out)
        return document, auditor

    loaded = _attempt(load)
    by_layer: dict[tuple[str, str], list[str]] = {}
    for cut in cuts:
        by_layer.setdefault((cut.layer, cut.kind), []).append(cut.handle)
    for (layer, kind), handles in by_layer.items():
        problems.add(
            Fault.NOT_READ,
            f"{len(handles)} of type {kind} cannot be read and were left out; nothing on them was measured.",
            "Delete them, or run AUDIT in the CAD program, and draw them again.",
            layer=layer,
            handles=handles,
        )
    return loaded


class _Refusal(Exception):
    """The parser gave up, with its first words."""


def _attempt(load: Callable[[], tuple[Document, Found]]) -> tuple[Document, Found]:
    """Run a foreign parser over untrusted bytes: whatever it raises is the file's fault, and is said, not swallowed."""
    try:
        loaded = load()
        loaded[0].modelspace()
        return loaded
    except MemoryError:
        raise  # what the process may use is not the file's damage
    except (Exception, RecursionError) as error:
        words = " ".join(str(error).split())[:200]
        raise _Refusal(words or type(error).__name__) from error
