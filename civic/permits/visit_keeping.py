"""Visits are kept: once however often they are sent, whole once every photograph has arrived.

In: a visit as it was told, photographs that lie among the case's documents.  Out: rows that are only added to, and a word in
the case's history once a visit is whole.  A photograph from elsewhere is kept and says so; so is one without a place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

import shapely
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from civic.core.case import Case, parcels_of
from civic.core.desk import Desk
from civic.core.documents.announcing import Announced as File
from civic.core.documents.records import FULL, INFECTED, PUBLISHED, ShutAway
from civic.core.documents.room import DocumentRoom
from civic.core.documents.store import Store
from civic.core.documents.tables import DocumentRow, DocumentVersionRow
from civic.core.documents.uploads import LONGEST_PART, Version, add_part, begin_upload, finish
from civic.core.people import Actor
from civic.core.steps import add_note
from civic.permits.checklist import AS_PLANNED, NOT_SEEN, OTHERWISE
from civic.permits.nearness import SHOWN_TO_BE_THERE, Fix, Land, Verdict, differ, nearness
from civic.permits.photos import Inside, inside, without_metadata
from civic.permits.tables import PermitPhotoRow, PermitVisitRow
from civic.permits.visit_said import VisitSaid, check, visit_id
from civic.permits.visits import Visit, visit
from gis.asof import AsOf
from gis.errors import Conflict, NotFound
from gis.jurisdictions import jurisdiction
from gis.parcels.queries import parcel
from gis.recordings import last_recording

EARLY, LATE = timedelta(minutes=10), timedelta(minutes=10)
"""How far a photograph's time may lie outside the visit before it is said."""
NOT_SHOWN = "Nothing shows where the telephone was."


class PhotoNotSent(NotFound):
    """The file of a photograph has not arrived among the case's documents."""

    code = "photo-not-sent"


class VisitDiffers(Conflict):
    """Another visit was kept under this identifier."""

    code = "visit-differs"


def land_of(desk: Desk, case: Case) -> Land:
    """The plots of a case as they stand today, as one shape."""
    place = jurisdiction(desk.session, desk.body.jurisdiction)
    at = AsOf(on=desk.today, known=last_recording(desk.session, place.code))
    plots = [parcel(desk.session, place, each, at=at) for each in parcels_of(desk.session, case.id)]
    if not plots:
        raise NotFound("This case names no plot that could be visited.", code="no-parcel")
    shape = shapely.union_all([each.boundary for each in plots])
    return Land(shape=shape, metric=place.metric, accuracy=max(each.accuracy for each in plots))


def receive(desk: Desk, case: Case, said: VisitSaid, *, actor: Actor) -> Visit:
    """Keep a visit; the same one again is the one that is kept, another one under its identifier is refused."""
    check(said)
    own = visit_id(said.id)
    _alone(desk.session, own)
    row = desk.session.get(PermitVisitRow, own)
    if row is not None:
        if (row.digest, row.case_id, row.by_id) != (said.digest, case.id, actor.person.id):
            raise VisitDiffers(
                "A visit that reads otherwise is kept under this identifier. Nothing was changed; begin a new visit for"
                " what you want to add."
            )
        return visit(desk.session, case, own)
    land = land_of(desk, case)
    near = nearness(said.fix, land)
    desk.session.add(
        PermitVisitRow(
            id=own,
            body=desk.body.code,
            case_id=case.id,
            kind=said.stage,
            begun=said.begun,
            ended=said.ended,
            received=desk.now,
            by_id=actor.person.id,
            answers={"edition": said.edition, "points": {k: asdict(v) for k, v in said.answers.items()}},
            words=said.words.strip(),
            place=_plain(said.fix) | {"distance": near.distance, "verdict": str(near.verdict)},
            photos=[_announced(each.sha256, each.caption, each.taken, each.fix) for each in said.photos],
            digest=said.digest,
        )
    )
    desk.session.flush()
    return _told(desk, case, visit(desk.session, case, own), actor)


def attach(desk: Desk, store: Store, case: Case, of: str, sha256: str, *, actor: Actor) -> Visit:
    """Take a photograph whose file has arrived among the case's documents; again changes nothing."""
    found = visit(desk.session, case, of)
    _alone(desk.session, found.id)
    found = visit(desk.session, case, of)
    if sha256 not in {each.sha256 for each in found.photos}:
        raise NotFound("This visit announced no such photograph.", code="no-visit")
    if sha256 not in found.missing:
        return found
    file = _file(desk.session, case, sha256)
    if file.scan == INFECTED:
        raise ShutAway("The scanner found harmful software in this file, so nobody can open it.")
    row = desk.session.get_one(PermitVisitRow, found.id)
    announced = next(each for each in row.photos if each["sha256"] == sha256)
    within = inside(b"".join(store.read([file.place])), time_zone=desk.body.time_zone)
    desk.session.add(_photo_row(desk, found, announced, within, file.document_id, land_of(desk, case)))
    desk.session.flush()
    return _told(desk, case, visit(desk.session, case, of), actor)


def _alone(session: Session, of: str) -> None:
    """One sending of a visit at a time, until the transaction ends."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"visit:{of}", 0))))


def _file(session: Session, case: Case, sha256: str) -> DocumentVersionRow:
    query = (
        select(DocumentVersionRow)
        .join(DocumentRow, DocumentRow.id == DocumentVersionRow.document_id)
        .where(
            DocumentRow.case_id == case.id,
            DocumentVersionRow.record == FULL,
            DocumentVersionRow.sha256 == sha256,
        )
        .order_by(DocumentVersionRow.document_id, DocumentVersionRow.seq)
        .limit(1)
    )
    found = session.scalars(query).one_or_none()
    if found is None:
        raise PhotoNotSent("The file of this photograph has not arrived; send it first.")
    return found


def _photo_row(
    desk: Desk, of: Visit, announced: Mapping[str, Any], within: Inside, document_id: int, land: Land
) -> PermitPhotoRow:
    own = _fix(announced)
    fix = own or within.fix
    near = nearness(fix, land)
    told = [each for each in (_instant(announced["taken"]), within.taken) if each is not None]
    remarks = _remarks(desk.session, of, announced["sha256"], own=own, within=within, times=told)
    said = _plain(within.fix) | {"taken": within.taken.isoformat() if within.taken else None}
    return PermitPhotoRow(
        visit_id=of.id,
        sha256=announced["sha256"],
        document_id=document_id,
        body=desk.body.code,
        taken=told[0] if told else None,
        longitude=fix.longitude if fix else None,
        latitude=fix.latitude if fix else None,
        accuracy_m=fix.accuracy if fix else None,
        distance_m=near.distance,
        verdict=str(near.verdict),
        inside=said | {"source": "telephone" if own else "file" if fix else None, "remarks": remarks},
    )


def _remarks(
    session: Session, of: Visit, sha256: str, *, own: Fix | None, within: Inside, times: Sequence[datetime]
) -> list[str]:
    """What an officer should know of a photograph beside its distance; `times` are the telephone's and the file's."""
    remarks = []
    if own and within.fix and differ(own, within.fix):
        remarks.append("positions_differ")
    if not all(of.begun - EARLY <= each <= of.ended + LATE for each in times):
        remarks.append("other_time")
    seen = select(PermitPhotoRow.visit_id).where(
        PermitPhotoRow.sha256 == sha256, PermitPhotoRow.visit_id != of.id
    )
    if session.scalar(seen.limit(1)) is not None:
        remarks.append("seen_before")
    return remarks


def _told(desk: Desk, case: Case, kept: Visit, actor: Actor) -> Visit:
    """Once a visit is whole, the case's history says so, with what is doubtful."""
    if kept.is_whole:
        said = [each["said"] for each in kept.answers.values()]
        parts = [
            f"Field inspection received whole ({kept.stage}): {said.count(AS_PLANNED)} points as planned,"
            f" {said.count(OTHERWISE)} otherwise, {said.count(NOT_SEEN)} not seen; {len(kept.photos)} photographs."
        ]
        doubtful = [each for each in kept.photos if not each.is_shown_there]
        if doubtful:
            parts.append(f"{len(doubtful)} of them are not shown to be taken at the plot.")
        if Verdict(kept.place["verdict"]) not in SHOWN_TO_BE_THERE:
            away = kept.place["distance"]
            parts.append(NOT_SHOWN if away is None else f"The telephone was {away:.0f} m from the plot.")
        add_note(desk, case.id, " ".join(parts), actor=actor, seen="parties")
    return kept


def _plain(fix: Fix | None) -> dict[str, Any]:
    return asdict(fix) if fix else {"longitude": None, "latitude": None, "accuracy": None}


def _announced(sha256: str, caption: str, taken: datetime | None, fix: Fix | None) -> dict[str, Any]:
    return {
        "sha256": sha256,
        "caption": caption.strip(),
        "taken": taken.astimezone(UTC).isoformat() if taken else None,
        "fix": asdict(fix) if fix else None,
    }


def _fix(announced: Mapping[str, Any]) -> Fix | None:
    return Fix(**announced["fix"]) if announced["fix"] else None


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def publish_photo(
    desk: Desk, room: DocumentRoom, case: Case, of: str, sha256: str, *, actor: Actor
) -> Version:
    """Publish a copy of a photograph that tells neither place nor time nor camera; the record keeps the photograph itself."""
    photo = next((each for each in visit(desk.session, case, of).photos if each.sha256 == sha256), None)
    if photo is None or photo.document_id is None:
        raise PhotoNotSent("The file of this photograph has not arrived; nothing can be published.")
    file = _file(desk.session, case, sha256)
    if file.scan == INFECTED:
        raise ShutAway("The scanner found harmful software in this file, so nobody can open it.")
    copy = without_metadata(b"".join(room.store.read([file.place])))
    told = File(
        case_id=case.id,
        person_id=actor.person.id,
        kind="photo",
        title=photo.caption or "Photograph of the plot",
        name="photograph.jpg",
        size=len(copy),
        record=PUBLISHED,
        document_id=file.document_id,
    )
    begun = begin_upload(desk.session, desk.body, told, largest=room.largest, now=desk.now)
    for starts in range(0, len(copy), LONGEST_PART):
        part = copy[starts : starts + LONGEST_PART]
        add_part(
            desk.session, room.store, begun.id, part, starts=starts, person_id=actor.person.id, now=desk.now
        )
    return finish(desk.session, room.store, begun.id, person_id=actor.person.id, now=desk.now)
