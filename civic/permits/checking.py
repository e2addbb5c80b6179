"""The check of a drawing on its plot: through a port, kept whole, and whether it still holds today.

In: the bytes of a drawing, what persons said beside it, a day.  Out: `Checked` from whoever checks, `Check` as it is kept.
A check still holds while the drawing, the book's numbers and the land around its plot are those that it was made with.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Protocol

import orjson
from sqlalchemy import func, select
from sqlalchemy.orm import Session, defer

from civic.core.bodies import LocalBody
from civic.core.case import parcels_of
from civic.core.documents.records import FileVersion
from civic.permits.tables import PermitCheckRow
from gis.asof import AsOf
from gis.errors import NotFound
from gis.jurisdictions import jurisdiction
from gis.recordings import last_recording
from layers.recorded_since import touched_since
from rules.reading import library

KNOWN = "permit checks"
"""Under which a session keeps the checks that it has read."""


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What a checker found: `found` is a `bhumika-check-1` document, `ground` GeoJSON (EPSG:4326), `marked` the drawing with marks."""

    found: bytes
    svg: str
    ground: bytes | None
    marked: bytes | None


class PlanChecker(Protocol):
    """Who checks drawings: a process of its own, so that no file harms the service."""

    def check(self, *, jurisdiction: str, number: str, content: bytes, answers: bytes, on: date) -> Checked:
        """What was found of a drawing on a plot by the rules of a day; `Invalid` where it cannot be read."""
        ...


@dataclass(frozen=True, kw_only=True)
class Check:
    """One check as it is kept; `found` is the whole document."""

    id: int
    case_id: int
    seq: int
    document_id: int
    record: str
    document_seq: int
    sha256: str
    answers: Mapping[str, Any] | None
    made: datetime
    made_by: int | None
    on: date
    known: datetime
    book_digest: str | None
    verdict: str
    found: Mapping[str, Any]

    @property
    def findings(self) -> list[dict[str, Any]]:
        """Every finding, in the order of the document."""
        return list(self.found["findings"])

    def of(self, *outcomes: str) -> list[dict[str, Any]]:
        """The findings with one of some outcomes."""
        return [each for each in self.findings if each["outcome"] in outcomes]

    @property
    def fits(self) -> bool:
        """Whether the drawn plot was laid on the parcel."""
        return bool(self.found["placement"]["matches"])


def keep_check(
    session: Session,
    body: LocalBody,
    case_id: int,
    checked: Checked,
    file: FileVersion,
    *,
    answers: Mapping[str, Any] | None,
    made_by: int | None,
    now: datetime,
) -> Check:
    """Keep a check whole, as the next of its case."""
    found = orjson.loads(checked.found)
    last = session.scalar(select(func.max(PermitCheckRow.seq)).where(PermitCheckRow.case_id == case_id))
    row = PermitCheckRow(
        body=body.code,
        case_id=case_id,
        seq=(last or 0) + 1,
        document_id=file.document_id,
        record=file.record,
        document_seq=file.seq,
        sha256=file.sha256,
        answers=dict(answers) if answers else None,
        made=now,
        made_by=made_by,
        on=date.fromisoformat(found["on"]),
        known=datetime.fromisoformat(found["site"]["known"]),
        book_digest=found["book"]["digest"] if found["book"] else None,
        verdict=found["verdict"],
        found=found,
        svg=checked.svg,
        ground=orjson.loads(checked.ground) if checked.ground else None,
    )
    session.add(row)
    session.flush()
    return _check(row)


def checks_of(session: Session, case_id: int) -> list[Check]:
    """The checks of a case, newest first."""
    query = (
        select(PermitCheckRow.id).where(PermitCheckRow.case_id == case_id).order_by(PermitCheckRow.seq.desc())
    )
    return [_read(session, each) for each in session.scalars(query)]


def newest_check(session: Session, case_id: int) -> Check | None:
    """The newest check of a case; None before the first."""
    query = (
        select(PermitCheckRow.id)
        .where(PermitCheckRow.case_id == case_id)
        .order_by(PermitCheckRow.seq.desc())
        .limit(1)
    )
    last = session.scalar(query)
    return None if last is None else _read(session, last)


def check_numbered(session: Session, case_id: int, seq: int) -> Check:
    """One check of a case; `NotFound` where there is none of this number."""
    query = select(PermitCheckRow.id).where(PermitCheckRow.case_id == case_id, PermitCheckRow.seq == seq)
    found = session.scalar(query)
    if found is None:
        raise NotFound("There is no such check of this case.", code="no-check-yet")
    return _read(session, found)


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """The drawing of a check for the screen: as SVG, and on the ground as GeoJSON."""

    svg: str
    ground: Mapping[str, Any] | None


def drawn_of(session: Session, check_id: int) -> Drawn:
    """The drawing of a check for the screen."""
    row = session.get_one(PermitCheckRow, check_id)
    return Drawn(svg=row.svg, ground=row.ground)


def why_stale(session: Session, body: LocalBody, check: Check, *, on: date) -> str | None:
    """Why a check must be made again before anything is decided on it; None where it still holds on a day."""
    if _is_other_land(session, body, check, on=on):
        return f"The record of the land has changed since the check of {check.made:%Y-%m-%d}."
    if check.book_digest is None:
        return None
    if not _is_same_book(check):
        return f"The rule book has been corrected since the check of {check.made:%Y-%m-%d}."
    if any(check.on < turn <= on for turn in turns()):
        return f"The rules have changed since the check of {check.on}."
    return None


def _is_other_land(session: Session, body: LocalBody, check: Check, *, on: date) -> bool:
    """Whether anything was recorded since the check that touches its plot, the parcels beside it or the layers it was judged by."""
    if check.known == last_recording(session, body.jurisdiction) and check.on == on:
        return False
    place, (number,) = jurisdiction(session, body.jurisdiction), parcels_of(session, check.case_id)
    judged = AsOf(on=check.on, known=check.known)
    return touched_since(session, place, number, judged=judged, on=max(check.on, on))


def _is_same_book(check: Check) -> bool:
    """Whether today's library gives the very edition of the day of the check."""
    kinds = {kind for _, kind in library().timelines}
    return any(library().on(check.on, kind).digest == check.book_digest for kind in kinds)


@lru_cache(maxsize=1)
def turns() -> tuple[date, ...]:
    """The days on which any number of the book begins to hold, or has ended."""
    days = set()
    for timeline in library().timelines.values():
        for entry in timeline:
            days.add(entry.since)
            if entry.until is not None:
                days.add(entry.until + timedelta(days=1))
    return tuple(sorted(days))


def _read(session: Session, identifier: int) -> Check:
    """A check that the transaction may see, read once: a check is only added to, and every guard of a step asks for it."""
    known: dict[int, Check] = session.info.setdefault(KNOWN, {})
    if identifier not in known:
        query = select(PermitCheckRow).where(PermitCheckRow.id == identifier)
        shown = (defer(PermitCheckRow.svg), defer(PermitCheckRow.ground))
        known[identifier] = _check(session.scalars(query.options(*shown)).one())
    return known[identifier]


def _check(row: PermitCheckRow) -> Check:
    return Check(
        id=row.id,
        case_id=row.case_id,
        seq=row.seq,
        document_id=row.document_id,
        record=row.record,
        document_seq=row.document_seq,
        sha256=row.sha256,
        answers=row.answers,
        made=row.made,
        made_by=row.made_by,
        on=row.on,
        known=row.known,
        book_digest=row.book_digest,
        verdict=row.verdict,
        found=row.found,
    )
