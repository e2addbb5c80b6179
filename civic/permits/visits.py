"""Visits to the plot as they are kept: what was seen, how far from the plot each photograph was taken, what is missing.

In: a session inside a local body.  Out: frozen visits of a case, and the guard by which a case waits for one.  A visit is
written with the list of its photographs, and each photograph when its file is there (`civic.permits.visit_keeping`): what has
not arrived is known by name, and a visit that waits for one does not let the case go on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, aliased

from civic.core.case import Case
from civic.core.documents.records import FULL, PUBLISHED
from civic.core.documents.tables import DocumentVersionRow
from civic.core.tables import CaseEventRow
from civic.permits.checklist import stage_of
from civic.permits.limits import TAKEN_UP
from civic.permits.nearness import SHOWN_TO_BE_THERE, Verdict
from civic.permits.tables import PermitCaseRow, PermitPhotoRow, PermitVisitRow
from civic.permits.visit_said import visit_id
from gis.errors import NotFound

SEND_BACK = "send_back"
"""The step by which an officer has a plot inspected again."""
CLOCK = timedelta(minutes=10)
"""By how much a telephone's clock may be off before a visit is taken to be of another time."""


class NoSuchVisit(NotFound):
    """No visit of this case has this identifier."""

    code = "no-visit"


@dataclass(frozen=True, kw_only=True)
class Photo:
    """A photograph of a visit; without a document it is still on the telephone."""

    sha256: str
    caption: str = ""
    document_id: int | None = None
    document_seq: int | None = None
    taken: datetime | None = None
    distance: float | None = None
    """Ground metres to the plot."""
    accuracy: float | None = None
    verdict: Verdict = Verdict.NO_POSITION
    source: str | None = None
    """Whose position it is: the telephone's, or the one written in the file."""
    remarks: tuple[str, ...] = ()
    is_published: bool = False

    @property
    def is_shown_there(self) -> bool:
        """Whether its position shows that it was taken at the plot."""
        return self.verdict in SHOWN_TO_BE_THERE


@dataclass(frozen=True, kw_only=True)
class Visit:
    """A visit as it is kept."""

    id: str
    case_id: int
    stage: str
    edition: str
    begun: datetime
    ended: datetime
    received: datetime
    by_id: int
    answers: Mapping[str, Mapping[str, Any]]
    words: str
    place: Mapping[str, Any]
    photos: tuple[Photo, ...]
    digest: str

    @property
    def missing(self) -> tuple[str, ...]:
        """The photographs that have not arrived, by SHA-256."""
        return tuple(each.sha256 for each in self.photos if each.document_id is None)

    @property
    def is_whole(self) -> bool:
        """Whether everything that was announced has arrived."""
        return not self.missing


def visit(session: Session, case: Case, of: str) -> Visit:
    """One visit of a case."""
    row = session.get(PermitVisitRow, visit_id(of))
    if row is None or row.case_id != case.id:
        raise NoSuchVisit("No visit of this case has this identifier.")
    return _visit(row, _photos(session, [row.id]).get(row.id, {}))


def visits_of(session: Session, case_id: int) -> list[Visit]:
    """The visits of a case, the newest first."""
    query = (
        select(PermitVisitRow)
        .where(PermitVisitRow.case_id == case_id)
        .order_by(PermitVisitRow.ended.desc(), PermitVisitRow.id)
    )
    rows = session.scalars(query).all()
    photos = _photos(session, [row.id for row in rows])
    return [_visit(row, photos.get(row.id, {})) for row in rows]


def visited(session: Session, standing: Case) -> str | None:
    """The guard of a step that needs a field inspection; None once one has arrived whole.

    It is one of the case's own stage, told of a time after the case was taken up, and after it was last sent back to be inspected again.
    """
    since = _sent_back(session, standing.id)
    found = [each for each in visits_of(session, standing.id) if since is None or each.received > since]
    if not found:
        return "No field inspection of this case has arrived yet" + (
            " since it was sent back." if since else "."
        )
    wrong = {each.id: _why_not_counted(session, standing, each, since) for each in found}
    own = [each for each in found if wrong[each.id] is None]
    if any(each.is_whole for each in own):
        return None
    if not own:
        return str(wrong[max(found, key=lambda each: each.received).id])
    open_now = sum(len(each.missing) for each in own)
    return f"The field inspection has not arrived whole: {open_now} of its photographs are still on the telephone."


def _sent_back(session: Session, case_id: int) -> datetime | None:
    """When a case was last sent back to be inspected again."""
    query = select(func.max(CaseEventRow.instant)).where(
        CaseEventRow.case_id == case_id, CaseEventRow.step == SEND_BACK
    )
    return session.scalar(query)


def _why_not_counted(session: Session, standing: Case, of: Visit, since: datetime | None) -> str | None:
    """Why a visit is not the inspection that a case waits for; clocks of telephones may be off by `CLOCK`."""
    row = session.get(PermitCaseRow, standing.id)
    stage = stage_of(row.kind if row is not None else "")
    if of.stage != stage:
        return f"The field inspection that arrived is of another stage ({of.stage}); this case waits for: {stage}."
    taken_up = select(func.min(CaseEventRow.instant)).where(
        CaseEventRow.case_id == standing.id, CaseEventRow.step.in_(TAKEN_UP)
    )
    begins = [each for each in (since, session.scalar(taken_up)) if each is not None]
    if begins and of.ended < max(begins) - CLOCK:
        return "The field inspection that arrived is of a time before the case asked for it; inspect the plot again."
    if of.begun > of.received + CLOCK:
        return "The field inspection that arrived is of a time to come; set the telephone's clock and inspect again."
    return None


def _photos(session: Session, visits: Sequence[str]) -> dict[str, dict[str, Photo]]:
    """The photographs that have arrived, by visit and SHA-256, with the file that each is."""
    query = (
        select(PermitPhotoRow, func.min(DocumentVersionRow.seq), _is_published())
        .join(
            DocumentVersionRow,
            (DocumentVersionRow.document_id == PermitPhotoRow.document_id)
            & (DocumentVersionRow.sha256 == PermitPhotoRow.sha256)
            & (DocumentVersionRow.record == FULL),
        )
        .where(PermitPhotoRow.visit_id.in_(visits))
        .group_by(PermitPhotoRow.visit_id, PermitPhotoRow.sha256)
    )
    found: dict[str, dict[str, Photo]] = {}
    for row, seq, published in session.execute(query):
        found.setdefault(row.visit_id, {})[row.sha256] = _photo(row, seq, is_published=published)
    return found


def _is_published() -> ColumnElement[bool]:
    other = aliased(DocumentVersionRow)
    return (
        select(other.seq)
        .where(other.document_id == PermitPhotoRow.document_id, other.record == PUBLISHED)
        .exists()
    )


def _visit(row: PermitVisitRow, arrived: Mapping[str, Photo]) -> Visit:
    """A visit with its photographs in the order in which they were taken, arrived or not."""
    photos = [
        replace(arrived.get(each["sha256"], Photo(sha256=each["sha256"])), caption=each["caption"])
        for each in row.photos
    ]
    return Visit(
        id=row.id,
        case_id=row.case_id,
        stage=row.kind,
        edition=row.answers["edition"],
        begun=row.begun,
        ended=row.ended,
        received=row.received,
        by_id=row.by_id,
        answers=row.answers["points"],
        words=row.words,
        place=row.place,
        photos=tuple(photos),
        digest=row.digest,
    )


def _photo(row: PermitPhotoRow, seq: int, *, is_published: bool) -> Photo:
    return Photo(
        sha256=row.sha256,
        caption="",
        document_id=row.document_id,
        document_seq=seq,
        taken=row.taken,
        distance=row.distance_m,
        accuracy=row.accuracy_m,
        verdict=Verdict(row.verdict),
        source=row.inside["source"],
        remarks=tuple(row.inside["remarks"]),
        is_published=is_published,
    )
