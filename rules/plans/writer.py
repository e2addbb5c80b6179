"""An ezdxf document back into bytes: the same document from the same file gives the same bytes, on any day and machine.

In: a document and the bytes it was read from.  Out: the bytes of a DXF file, text or binary as it was. The dates are those of the file
that came in; what ezdxf would take from the clock or from chance is derived from the contents.
"""

import hashlib
import io
import math
import re
import uuid
from itertools import islice

from ezdxf.document import CONST_GUID, WRITTEN_BY_EZDXF
from ezdxf.document import Drawing as Document
from ezdxf.lldxf.const import DXF12
from ezdxf.lldxf.tagger import binary_tags_loader
from ezdxf.lldxf.tagwriter import BinaryTagWriter, TagWriter
from ezdxf.version import __version__

from gis.errors import Invalid
from rules.plans.foreign import DAMAGE
from rules.plans.reader import BINARY


def _braced(identifier: uuid.UUID) -> str:
    return "{" + str(identifier).upper() + "}"


BLANKS = tuple(
    _braced(uuid.uuid5(uuid.NAMESPACE_OID, name)) for name in ("bhumika version", "bhumika fingerprint")
)
"""What stands for the identifiers until the rest is written: they are derived from all of it."""
NO_DATE = 2451545.0
"""The Julian day of 2000-01-01, written where the file that came in told no date."""
DATES = ("$TDCREATE", "$TDUPDATE")
HEADER_TAGS = 5_000
"""Tags of a binary file among which its dates are looked for: a header has a few hundred."""
VALUE = re.compile(
    rb"\n[ \t]*9[ \t]*\r?\n[ \t]*(\$[A-Z]+)[ \t]*\r?\n[ \t]*(?:40|2)[ \t]*\r?\n[ \t]*(\S+)[ \t]*\r?(?=\n)"
)


def written(document: Document, original: bytes) -> bytes:
    """The bytes of a document that was read from `original`.

    A document that cannot be written as it is gets ezdxf's audit first; `Invalid` if it cannot be written even then.
    """
    try:
        return _exported(document, original)
    except DAMAGE:
        pass
    try:
        document.audit()
        return _exported(document, original)
    except (*DAMAGE, RecursionError) as error:
        raise unwritable(error) from error


def unwritable(error: BaseException) -> Invalid:
    """What to say of a drawing that can be read but not written: links within it are broken."""
    return Invalid(
        f"The drawing can be read but not written again ({type(error).__name__}): links within it are broken. "
        "Open it in the CAD program, run AUDIT and PURGE, and export it again."
    )


def _exported(document: Document, original: bytes) -> bytes:
    document.commit_pending_changes()
    known = list(document.classes.classes)
    document.update_all()
    classes = document.classes.classes
    # ezdxf adds the classes it needs in the order of a set: by chance.
    document.classes.classes = {key: classes[key] for key in [*known, *sorted(classes.keys() - set(known))]}
    _settle(document, original)
    content = _tags(document, original)
    seal = hashlib.sha256(content).hexdigest()
    for blank in BLANKS:
        named = _braced(uuid.uuid5(uuid.NAMESPACE_OID, f"{blank} {seal}"))
        content = content.replace(blank.encode("ascii"), named.encode("ascii"))
    return content


def _tags(document: Document, original: bytes) -> bytes:
    version, handles = document.dxfversion, True
    if version <= DXF12:
        handles = bool(document.header.get("$HANDLING", 0))
    if original.startswith(BINARY):
        raw = io.BytesIO()
        binary = BinaryTagWriter(raw, version, write_handles=handles, encoding=document.output_encoding)
        binary.write_signature()
        document.export_sections(binary)
        return raw.getvalue()
    text = io.StringIO()
    document.export_sections(TagWriter(text, version, write_handles=handles))
    content = document.encode(text.getvalue())
    return content.replace(b"\n", b"\r\n") if b"\r\n" in original[:1024] else content


def _settle(document: Document, original: bytes) -> None:
    """Take back what ezdxf took from the clock and from chance: dates, identifiers, its own mark."""
    came = _header_values(original)
    for name in DATES:
        document.header[name] = _day(came.get(name) or came.get(DATES[0]))
    version, fingerprint = BLANKS
    document.header["$VERSIONGUID"] = version
    kept = came.get("$FINGERPRINTGUID", CONST_GUID)
    document.header["$FINGERPRINTGUID"] = fingerprint if kept == CONST_GUID else kept
    document.ezdxf_metadata()[WRITTEN_BY_EZDXF] = __version__


def _day(told: str | None) -> float:
    try:
        day = float(told) if told is not None else NO_DATE
    except ValueError:
        return NO_DATE
    return day if math.isfinite(day) else NO_DATE


def _header_values(original: bytes) -> dict[str, str]:
    """Dates and identifiers of the file as it came: ezdxf replaces some of them while it reads."""
    if not original.startswith(BINARY):
        end = original.find(b"ENDSEC")
        found = VALUE.findall(original[: end if end > 0 else None])
        return {name.decode("ascii"): value.decode("ascii", "replace") for name, value in found}
    values: dict[str, str] = {}
    name = ""
    try:
        for code, value in islice(binary_tags_loader(original), HEADER_TAGS):
            if code == 9:
                name = str(value)
            elif name:
                values.setdefault(name, str(value))
    except DAMAGE:
        return values
    return values
