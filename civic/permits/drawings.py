"""The drawing of a case: handed in, checked on the server at once, kept with its check; checked again when the day asks for it.

In: the bytes of a DXF or IFC file, or of a layout, what persons said beside it.  Out: a version of the case's plan with its check.  A file that
cannot be read is refused whole; a new drawing is one that nobody has signed.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy.orm import Session

from civic.core.case import Case, acting_parts, parcels_of
from civic.core.desk import Desk
from civic.core.documents.announcing import Announced
from civic.core.documents.records import FULL, FileVersion, ShutAway, documents_of, read
from civic.core.documents.uploads import LONGEST_PART, add_part, begin_upload, finish
from civic.core.people import Actor
from civic.core.steps import add_note, hold
from civic.permits.checking import Check, Checked, keep_check, newest_check
from civic.permits.deciding import carry_over, point
from civic.permits.model import PLAN, UNDRAWN, CheckMissing
from civic.permits.room import PermitRoom
from civic.permits.routing import kind_of
from civic.permits.subdivisions import divides
from gis.errors import Conflict, Invalid, NotAllowed
from rules.plans.files import is_layout

OPEN_TO_DRAWINGS = frozenset({"draft", "consenting", "asked"})
"""States in which a drawing is handed in: before it is signed and paid for, and in answer to a question."""

Apart = Callable[[], AbstractContextManager[None]]
"""How the door lets others have its connection while a drawing is checked."""


@dataclass(frozen=True, kw_only=True)
class HandedIn:
    """A drawing as it came."""

    name: str
    content: bytes
    answers: bytes = b""


def check_drawing(
    room: PermitRoom, desk: Desk, standing: Case, drawing: HandedIn, *, apart: Apart = nullcontext
) -> Checked:
    """Check a drawing on the case's plot by the rules of today, `apart` from the database; nothing is kept yet."""
    check_open(desk.session, standing)
    if not drawing.content:
        raise Invalid("No drawing came with the form; choose a DXF or IFC file.", code="no-drawing")
    _check_form(desk.session, standing.id, drawing.content)
    (number,) = parcels_of(desk.session, standing.id)
    with apart():
        return room.checker.check(
            jurisdiction=desk.body.jurisdiction,
            number=number,
            content=drawing.content,
            answers=drawing.answers,
            on=desk.today,
        )


def hand_in(
    room: PermitRoom, desk: Desk, standing: Case, drawing: HandedIn, checked: Checked, *, actor: Actor
) -> Check:
    """Keep a drawing that was checked, as the newest version of the case's plan, with its check."""
    hold(desk, standing)
    check_open(desk.session, standing)
    if not acting_parts(desk.session, standing.id, actor):
        raise NotAllowed("The parties of a case hand its drawings in.", code="not-yours-to-sign")
    before = newest_check(desk.session, standing.id)
    file = _kept(room, desk, standing, drawing, actor)
    if orjson.loads(checked.found)["drawing"]["sha256"] != file.sha256:
        raise Conflict("The drawing that was checked is not the one that came; hand it in again.")
    made = keep_check(
        desk.session,
        desk.body,
        standing.id,
        checked,
        file,
        answers=orjson.loads(drawing.answers) if drawing.answers else None,
        made_by=actor.person.id,
        now=desk.now,
    )
    carry_over(desk, before, made)
    words = f"Drawing {made.document_seq} (check {made.seq}): {made.verdict}."
    add_note(desk, standing.id, words, actor=actor, seen="parties")
    return made


def keep_again(
    desk: Desk, standing: Case, checked: Checked, file: FileVersion, *, made_by: int | None
) -> Mapping[str, Any]:
    """Keep another check of a drawing that is there; what history keeps of it: what the day has changed."""
    before = newest_check(desk.session, standing.id)
    made = keep_check(
        desk.session,
        desk.body,
        standing.id,
        checked,
        file,
        answers=before.answers if before else None,
        made_by=made_by,
        now=desk.now,
    )
    carry_over(desk, before, made)
    return {"check": made.seq, "changed": changes(before, made) if before else []}


def changes(before: Check, after: Check) -> list[dict[str, Any]]:
    """The findings whose outcome is another in a later check, each with rule, clause and both outcomes."""
    old = {point(each): each["outcome"] for each in before.findings}
    new = {point(each): each for each in after.findings}
    return [
        {
            "rule": which[0],
            "subject": which[1],
            "clause": new[which]["clause"] if which in new else None,
            "before": old.get(which),
            "after": new[which]["outcome"] if which in new else None,
        }
        for which in sorted({*old, *new})
        if old.get(which) != (new[which]["outcome"] if which in new else None)
    ]


def plan_of(session: Session, case_id: int) -> FileVersion:
    """The newest file of the case's plan, as it was handed in."""
    check = newest_check(session, case_id)
    if check is None:
        raise CheckMissing("No drawing was handed in yet.")
    for each in documents_of(session, case_id, full=True):
        newest = each.newest(FULL)
        if each.id == check.document_id and newest is not None:
            if not newest.is_open:
                raise ShutAway("The scanner found harmful software in the drawing; hand in a clean file.")
            return newest
    raise CheckMissing("The drawing of this case is not there any more.")


def bytes_of(room: PermitRoom, file: FileVersion) -> bytes:
    """The whole of a file."""
    return b"".join(read(room.store, file))


def answers_of(check: Check) -> bytes:
    """What was said beside a drawing, as the checker reads it."""
    return orjson.dumps(dict(check.answers)) if check.answers else b""


def check_open(session: Session, standing: Case) -> None:
    """Refuse where no drawing is handed in, and nothing said beside one: neither in a draft, nor to be signed, nor asked for."""
    if standing.state not in OPEN_TO_DRAWINGS:
        raise Conflict(
            "A drawing is handed in while the case is a draft, is being signed, or asks you something; not now.",
            code="no-drawing-now",
        )
    if kind_of(session, standing.id) in UNDRAWN:
        raise Conflict("What is applied for here needs no drawing.", code="no-drawing-now")


def _check_form(session: Session, case_id: int, content: bytes) -> None:
    """Refuse a building where land is divided, and a division of land where something is built."""
    if divides(session, case_id) and not is_layout(content):
        raise Invalid(
            "This case divides land, and rule 31 is judged of plots and streets, which a drawing of a building does not show. "
            "Hand in the division as a layout file; the page gives one to begin with.",
            code="layout-wanted",
        )
    if is_layout(content) and not divides(session, case_id):
        raise Invalid(
            "This file divides land, and this case asks for no layout. Hand in the drawing as DXF or IFC, or apply for a layout.",
            code="no-layout-here",
        )


def _kept(room: PermitRoom, desk: Desk, standing: Case, drawing: HandedIn, actor: Actor) -> FileVersion:
    """The bytes as the next version of the case's plan."""
    before = newest_check(desk.session, standing.id)
    announced = Announced(
        case_id=standing.id,
        person_id=actor.person.id,
        kind=PLAN,
        title=f"Plan {standing.number}",
        name=drawing.name,
        size=len(drawing.content),
        document_id=before.document_id if before else None,
    )
    begun = begin_upload(desk.session, desk.body, announced, largest=room.largest, now=desk.now)
    for starts in range(0, len(drawing.content), LONGEST_PART):
        part = drawing.content[starts : starts + LONGEST_PART]
        add_part(
            desk.session, room.store, begun.id, part, starts=starts, person_id=actor.person.id, now=desk.now
        )
    made = finish(desk.session, room.store, begun.id, person_id=actor.person.id, now=desk.now)
    return next(
        version
        for each in documents_of(desk.session, standing.id, full=True)
        for version in each.versions
        if (version.document_id, version.record, version.seq) == (made.document_id, made.record, made.seq)
    )
