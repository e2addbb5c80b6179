"""Permits in the form of the Building & Land Development Specification (BLDS), as CSV and with its description.

In: permits of the public register.  Out: text a line at a time, so that a register of any size is never held whole.
The columns are those of the core permits dataset of BLDS 1.1 (open-data-standards/permitdata.org, page “Core Permits Dataset
Requirements”): every required one, the recommended and optional ones that the register can fill.  Nothing of a person is in it:
the contractor columns of the specification are left out, and the description is made of what the drawing measures.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from civic.core.bodies import LocalBody
from civic.permits.model import Kind
from civic.permits.register import ENDED, REPLACED, REVOKED, Line

SQUARE_FEET = Decimal("0.09290304")
"""Square metres of one (international foot, exact)."""
REQUIRED = (
    "PermitNum",
    "Description",
    "AppliedDate",
    "IssuedDate",
    "CompletedDate",
    "StatusCurrent",
    "OriginalAddress1",
    "OriginalAddress2",
    "OriginalCity",
    "OriginalState",
    "OriginalZip",
)
FURTHER = (
    "Jurisdiction",
    "StatusCurrentMapped",
    "WorkClass",
    "WorkClassMapped",
    "PermitType",
    "PermitTypeMapped",
    "PermitTypeDesc",
    "StatusDate",
    "TotalSqFt",
    "Link",
    "Latitude",
    "Longitude",
    "PIN",
    "MasterPermitNum",
    "ExpiresDate",
    "COIssuedDate",
    "VoidDate",
    "Publisher",
)
COLUMNS = (*REQUIRED, *FURTHER)
STATUSES = (
    "Application Accepted",
    "In Review",
    "Permit Issued",
    "Inspection Phase",
    "Permit Finaled",
    "Permit Cancelled",
)
"""The values of `StatusCurrentMapped`."""
KINDS: Mapping[str, tuple[str, str, str]] = {
    Kind.NEW: ("New building", "New", "Building"),
    Kind.ADDITION: ("Addition or alteration", "Existing", "Building"),
    Kind.CHANGE_OF_USE: ("Change of use", "Existing", "Building"),
    Kind.DEMOLITION: ("Demolition", "Existing", "Demolition"),
    Kind.LAYOUT: ("Layout or subdivision of land", "New", "Grading"),
    Kind.WELL: ("Well", "New", "Plumbing"),
    Kind.COMPOUND_WALL: ("Compound wall", "New", "Fence"),
    Kind.RENEWAL: ("Renewal of a permit", "Existing", "Building"),
    Kind.EXTENSION: ("Extension of a permit", "Existing", "Building"),
    Kind.TRANSFER: ("Transfer of a permit", "Existing", "Building"),
    Kind.REVISION: ("Revised permit", "Existing", "Building"),
    Kind.REGULARISATION: ("Regularisation", "Existing", "Building"),
    Kind.PLINTH: ("Plinth found in order", "Existing", "Building"),
    Kind.OCCUPANCY: ("Occupancy certificate", "Existing", "Building"),
}
"""Description, `WorkClassMapped` and the nearest of `PermitTypeMapped`'s values, by kind."""
CLASSES, TYPES = ("New", "Existing"), ("Building", "Demolition", "Fence", "Grading", "Plumbing")
_RISKY = ("=", "+", "-", "@", "\t", "\r")
"""What a table program would take for a formula at the beginning of a cell."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A permit of the register with what the drawing measures, where it lies, and the certificate that finished it."""

    line: Line
    measures: tuple[tuple[str, str, str], ...]
    spot: tuple[float, float] | None
    """Longitude and latitude in degrees of a point within the plot."""
    occupied: date | None
    """When an occupancy certificate was issued for it."""


@dataclass(frozen=True, kw_only=True)
class Publication:
    """Whose permits they are, and where they are read."""

    body: LocalBody
    state: str
    front: str
    """The address of the service, without a slash at its end."""


def row_of(entry: Entry, of: Publication) -> dict[str, str]:
    """A permit in the columns of BLDS; a cell that the register cannot fill is empty."""
    line = entry.line
    title, work, kind = KINDS[line.kind]
    status, since = status_of(entry)
    return {
        "PermitNum": line.number,
        "Description": description(entry),
        "AppliedDate": line.applied.isoformat(),
        "IssuedDate": line.issued.isoformat(),
        "CompletedDate": _day(entry.occupied),
        "StatusCurrent": line.state,
        "OriginalAddress1": f"Survey number {', '.join(line.plots)}" if line.plots else "",
        "OriginalAddress2": "",
        "OriginalCity": of.body.name_en,
        "OriginalState": of.state,
        "OriginalZip": "",
        "Jurisdiction": of.body.code,
        "StatusCurrentMapped": status,
        "WorkClass": line.kind,
        "WorkClassMapped": work,
        "PermitType": line.kind,
        "PermitTypeMapped": kind,
        "PermitTypeDesc": f"{title} ({line.route.replace('_', ' ')})",
        "StatusDate": since.isoformat(),
        "TotalSqFt": square_feet(entry.measures),
        "Link": f"{of.front}/town/{of.body.code}/register/{line.number}",
        "Latitude": f"{entry.spot[1]:.6f}" if entry.spot else "",
        "Longitude": f"{entry.spot[0]:.6f}" if entry.spot else "",
        "PIN": "; ".join(line.plots),
        "MasterPermitNum": line.follows or "",
        "ExpiresDate": _day(line.until),
        "COIssuedDate": _day(entry.occupied),
        "VoidDate": _day(line.revoked or line.replaced),
        "Publisher": of.body.name_en,
    }


def status_of(entry: Entry) -> tuple[str, date]:
    """The status in the words of BLDS, and since when: a permit that was taken back, replaced, or ran out unfinished is cancelled."""
    line = entry.line
    if line.state == REVOKED and line.revoked:
        return "Permit Cancelled", line.revoked
    if line.state == REPLACED and line.replaced:
        return "Permit Cancelled", line.replaced
    if entry.occupied:
        return "Permit Finaled", entry.occupied
    if line.kind in (Kind.OCCUPANCY, Kind.PLINTH):
        return "Permit Finaled", line.issued
    if line.state == ENDED and line.until:
        return "Permit Cancelled", line.until
    return "Permit Issued", line.issued


def description(entry: Entry) -> str:
    """What was permitted, in words made of its kind and of what the drawing measures."""
    names = {
        "floor_area": "floor area",
        "built_up_area": "built-up area",
        "height": "height",
        "storeys": "storeys",
    }
    parts = [f"{names[name]} {amount} {unit}".replace(" count", "") for name, amount, unit in entry.measures]
    return "; ".join([KINDS[entry.line.kind][0], *parts])


def square_feet(measures: Iterable[tuple[str, str, str]]) -> str:
    """The built-up area in whole square feet, as the specification asks for it; empty where nothing measures it."""
    for name, amount, unit in measures:
        if name == "built_up_area" and unit == "m2":
            return str((Decimal(amount) / SQUARE_FEET).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    return ""


def as_csv(entries: Iterable[Entry], of: Publication) -> Iterator[str]:
    """The file line by line, the names of the columns first."""
    yield _csv(COLUMNS)
    for entry in entries:
        row = row_of(entry, of)
        yield _csv([_harmless(row[name]) for name in COLUMNS])


def table_schema(of: Publication, *, licence: tuple[str, str, str]) -> dict[str, Any]:
    """The description of the file (Frictionless Data Package): columns with types, licence, source of the form."""
    name, title, path = licence
    return {
        "name": f"permits-{of.body.code}",
        "title": f"Building permits of {of.body.name_en}",
        "description": "Permits of the public register in the form of BLDS 1.1; nothing of a person is in it.",
        "licenses": [{"name": name, "title": title, **({"path": path} if path else {})}],
        "sources": [
            {
                "title": f"Public register of {of.body.name_en}",
                "path": f"{of.front}/town/{of.body.code}/register",
            }
        ],
        "resources": [
            {
                "name": "permits",
                "path": f"{of.front}/api/town/{of.body.code}/open-data/permits.csv",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "schema": {"fields": [_field(each) for each in COLUMNS], "primaryKey": "PermitNum"},
            }
        ],
    }


def _field(name: str) -> dict[str, Any]:
    kind = (
        "date"
        if name.endswith("Date")
        else "number"
        if name in ("Latitude", "Longitude")
        else "integer"
        if name == "TotalSqFt"
        else "string"
    )
    known: dict[str, tuple[str, ...]] = {
        "StatusCurrentMapped": STATUSES,
        "WorkClassMapped": CLASSES,
        "PermitTypeMapped": TYPES,
    }
    field: dict[str, Any] = {"name": name, "type": kind}
    if name in known:
        field["constraints"] = {"enum": list(known[name])}
    return field


def _day(on: date | None) -> str:
    return on.isoformat() if on else ""


def _harmless(cell: str) -> str:
    """A cell that no table program takes for a formula; numbers stay numbers."""
    if cell.startswith(_RISKY) and not cell.lstrip("-").replace(".", "", 1).isdigit():
        return f"'{cell}"
    return cell


def _csv(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    return line.getvalue()
