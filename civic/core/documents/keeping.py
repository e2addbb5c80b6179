"""What is done to documents behind the scenes: scanned, shut away, cleared of what was left over.

In: jobs, the store, a scanner where one runs.  Out: every file is clean, unscanned (no scanner) or infected and shut away,
which is told; uploads that nobody went on with end; files that no row tells of are removed after a day.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, select, union_all
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.documents.records import CLEAN, INFECTED, UNSCANNED
from civic.core.documents.scanner import Scanner
from civic.core.documents.store import Store
from civic.core.documents.tables import DocumentRow, DocumentVersionRow, UploadPartRow, UploadRow
from civic.core.documents.uploads import CLEAR, SCAN, end_old
from civic.core.events import publish
from civic.core.jobs import Doer, Every, Repeated, Work, later, whole

SWEEP, AGAIN, END_OLD = "documents.sweep", "documents.scan_again", "documents.end_old"
YOUNG = timedelta(days=1)
"""A file without a row that is younger may belong to a transaction that is still open."""
MOST_AT_ONCE = 1000


@dataclass(frozen=True, kw_only=True)
class Quarantined:
    """A file was shut away: what every listener is told."""

    body: LocalBody
    case_id: int
    document_id: int
    title: str
    sent_by: int | None
    found: str
    now: datetime


@dataclass(frozen=True, kw_only=True)
class Keeper:
    """Keeps the documents of this instance."""

    store: Store
    scanner: Scanner | None = None

    @property
    def doers(self) -> dict[str, Doer]:
        """What a worker can do with it."""
        return {
            SCAN: self.scan,
            CLEAR: self.clear,
            SWEEP: self.sweep,
            AGAIN: whole(self.scan_again),
            END_OLD: whole(_end_old),
        }

    @property
    def repeated(self) -> tuple[Repeated, ...]:
        """What it does again and again."""
        nightly = tuple(Repeated(kind=kind, every=Every.NIGHT) for kind in (SWEEP, AGAIN))
        return (*nightly, Repeated(kind=END_OLD, every=Every.HOUR))

    def scan(self, work: Work) -> None:
        """Have one file judged; without a scanner it stays unscanned, while the scanner is away it is tried again."""
        if self.scanner is None:
            return
        with work.inside() as (session, _):
            row = session.scalars(_the(work)).one_or_none()
            if row is None or row.scan != UNSCANNED:
                return
            place = row.place
        found = self.scanner.found_in(self.store.read([place]))
        if found:
            hidden = shut_place(work.body, place)
            self.store.copy(place, hidden)
        with work.inside() as (session, body):
            row = session.scalars(_the(work).with_for_update()).one()
            if row.scan != UNSCANNED:
                return
            row.scan, row.scanned, row.found = (INFECTED if found else CLEAN), work.now, found
            if found:
                row.place = hidden  # what lay at the old place has no row now, and is swept
                _tell(session, body, row, found, now=work.now)
                later(session, CLEAR, place=place)

    def scan_again(self, session: Session, _body: LocalBody, _work: Work) -> None:
        """Put into the queue what came while no scanner ran."""
        if self.scanner is None:
            return
        rows = session.scalars(
            select(DocumentVersionRow)
            .where(DocumentVersionRow.scan == UNSCANNED)
            .order_by(DocumentVersionRow.added)
            .limit(MOST_AT_ONCE)
        )
        for row in rows.all():
            later(session, SCAN, document=row.document_id, record=row.record, seq=row.seq)

    def clear(self, work: Work) -> None:
        """Remove the parts of an upload that is over, or one place that no row names any more."""
        upload, place = work.values.get("upload"), work.values.get("place")
        with work.inside() as (session, _):
            if upload is not None and session.get(UploadRow, upload) is not None:
                return
            if place is not None and place in _named(session, [str(place)]):
                return
        if place is not None:
            self.store.remove([str(place)])
        if upload is not None:
            for page in self.store.kept(f"{work.body}/parts/{upload}"):
                self.store.remove(each.place for each in page)

    def sweep(self, work: Work) -> None:
        """Remove the files of a body that no row tells of."""
        for place in self.orphans(work):
            self.store.remove([place])

    def orphans(self, work: Work) -> Iterator[str]:
        """Files of a body without a row, older than a day."""
        for page in self.store.kept(work.body):
            old = [each.place for each in page if each.since < work.now - YOUNG]
            with work.inside() as (session, _):
                named = _named(session, old)
            yield from (place for place in old if place not in named)


def shut_place(body: str, place: str) -> str:
    """Where an infected file is shut away: one place for each file, so that two scans of it leave one copy."""
    return f"{body}/quarantine/{place.rpartition('/')[2]}"


def _end_old(session: Session, _body: LocalBody, work: Work) -> None:
    end_old(session, now=work.now)


def _the(work: Work) -> Select[Any]:
    mine: tuple[ColumnElement[bool], ...] = (
        DocumentVersionRow.document_id == work.number("document"),
        DocumentVersionRow.record == str(work.values["record"]),
        DocumentVersionRow.seq == work.number("seq"),
    )
    return select(DocumentVersionRow).where(*mine)


def _named(session: Session, places: list[str]) -> set[str]:
    """Which of some places a row tells of."""
    query = union_all(
        select(DocumentVersionRow.place).where(DocumentVersionRow.place.in_(places)),
        select(UploadPartRow.place).where(UploadPartRow.place.in_(places)),
    )
    return set(session.scalars(query))


def _tell(session: Session, body: LocalBody, row: DocumentVersionRow, found: str, *, now: datetime) -> None:
    of = session.get_one(DocumentRow, row.document_id)
    session.flush()
    publish(
        session,
        Quarantined(
            body=body,
            case_id=of.case_id,
            document_id=of.id,
            title=of.title,
            sent_by=row.added_by,
            found=found,
            now=now,
        ),
    )
