"""An objection as a service: the case of a disputed line, and what a plot's page shows of it.

In: a plot, a line of its extract, reason, sketch, evidence.  Out: cases, and the disputes of a plot by line: the open ones, and
those that were upheld and whose layer or record was not brought anew since.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from civic.core.asking import time_to_answer
from civic.core.case import Case
from civic.core.desk import Desk
from civic.core.outline import Sketch
from civic.core.people import Actor
from civic.core.services import Service, read_workflow
from civic.core.steps import open_case
from civic.core.tables import CaseRow
from civic.core.working_days import day_there
from civic.objections.lines import OF_RECORD, Line, line_of
from civic.objections.sketches import drawing, drawn_by
from civic.objections.tables import ObjectionRow
from gis.asof import AsOf
from gis.errors import Conflict, Invalid, TooLarge
from gis.recordings import last_recording
from layers.extract.model import Words

LONGEST = 2000
"""Characters of a text."""
UPHELD = "upheld"
FROM_LAYERS = {"streets": "(road|street)", "terrain": "^elevation$"}
"""Lines of an extract that rest on layers of other names: those layers, as a pattern."""


@dataclass(frozen=True, kw_only=True)
class Objection:
    """What the case's page shows."""

    line: Line
    why: str
    evidence: str
    sketch: Mapping[str, Any] | None
    drawn: Sketch | None
    """The sketch on its plot."""


@dataclass(frozen=True, kw_only=True)
class Dispute:
    """An objection, as everyone may see it: that there is one, since when, and whether the office has found it right."""

    theme: str
    number: str
    plot: str
    """The plot as it was numbered when its line was disputed."""
    since: date
    upheld: date | None
    """The day on which the line was found wrong; None while that is not decided."""


def object_to(desk: Desk, form: Mapping[str, str], *, actor: Actor, rasters: Path) -> Case:
    """Open the case of an objection; one person disputes a line once at a time."""
    line = line_of(desk, form.get("number", ""), form.get("theme", ""), rasters=rasters)
    why = _text(form, "why", "Say what is wrong with this line.")
    evidence = _text(form, "evidence", "Say what shows it: a document, a survey, a photograph.")
    sketch = drawn_by(desk, line.number, form.get("sketch", ""))
    standing = desk.session.scalar(
        select(CaseRow.number)
        .join(ObjectionRow, ObjectionRow.case_id == CaseRow.id)
        .where(
            CaseRow.closed.is_(None),
            CaseRow.opened_by == actor.person.id,
            ObjectionRow.number == line.number,
            ObjectionRow.theme == line.theme,
        )
    )
    if standing:
        raise Conflict(f"You dispute this line already, in case {standing}; add to it there.")
    opened = open_case(desk, parcels=[line.number], actor=actor, told={"theme": line.theme})
    desk.session.add(
        ObjectionRow(
            case_id=opened.id,
            body=desk.body.code,
            number=line.number,
            theme=line.theme,
            title_en=line.title.en,
            title_ml=line.title.ml,
            shown_en=line.shown.en,
            shown_ml=line.shown.ml,
            why=why,
            evidence=evidence,
            sketch=sketch,
        )
    )
    desk.session.flush()
    return opened


_DISPUTES = sql(
    "SELECT o.theme, c.number, o.number AS plot, c.opened, c.closed FROM objection o JOIN civic_case c ON c.id = o.case_id"
    " WHERE o.number = ANY(:numbers) AND (c.closed IS NULL OR c.state = :upheld AND NOT CASE"
    " WHEN o.theme = ANY(:of_record) THEN EXISTS (SELECT FROM parcel p WHERE p.jurisdiction = :land"
    " AND p.number = o.number AND lower(p.recorded) > c.closed)"
    " ELSE EXISTS (SELECT FROM dataset_import i WHERE i.jurisdiction = :land AND lower(i.recorded) > c.closed"
    " AND i.target ~ coalesce(CAST(:layers AS jsonb) ->> o.theme, '^' || o.theme || '$')) END)"
    " ORDER BY c.id"
)
"""Objections to lines of a plot that still stand as they were."""


def disputes_on(
    session: Session, numbers: Iterable[str], *, jurisdiction: str, time_zone: str
) -> list[Dispute]:
    """The disputes about plots of some numbers, oldest first, open or upheld and not mended; nothing in them tells of a person."""
    values = {
        "numbers": list(numbers),
        "land": jurisdiction,
        "upheld": UPHELD,
        "of_record": [*OF_RECORD, "neighbours"],
        "layers": json.dumps(FROM_LAYERS),
    }
    return [
        Dispute(
            theme=row.theme,
            number=row.number,
            plot=row.plot,
            since=day_there(row.opened, time_zone),
            upheld=day_there(row.closed, time_zone) if row.closed else None,
        )
        for row in session.execute(_DISPUTES, values)
    ]


def _shown(desk: Desk, standing: Case) -> Objection:
    kept = desk.session.get_one(ObjectionRow, standing.id)
    line = Line(
        number=kept.number,
        theme=kept.theme,
        title=Words(en=kept.title_en, ml=kept.title_ml),
        shown=Words(en=kept.shown_en, ml=kept.shown_ml),
    )
    return Objection(
        line=line,
        why=kept.why,
        evidence=kept.evidence,
        sketch=kept.sketch,
        drawn=_drawn(desk, standing, kept),
    )


def _drawn(desk: Desk, standing: Case, kept: ObjectionRow) -> Sketch | None:
    """The sketch on its plot, as the land stood when the line was disputed."""
    if not kept.sketch:
        return None
    day = day_there(standing.opened, desk.body.time_zone)
    at = AsOf(on=day, known=last_recording(desk.session, desk.body.jurisdiction))
    return drawing(desk, kept.number, kept.sketch, at=at)


_DATED = {"time_to_answer": time_to_answer}
SERVICE = Service(
    flow=read_workflow("civic.objections", _DATED),
    dated=_DATED,
    shown=_shown,
    part="town/objections/part.html",
)


def _text(form: Mapping[str, str], field: str, missing: str) -> str:
    words = form.get(field, "").strip()
    if not words:
        raise Invalid(missing, code="field-missing")
    if len(words) > LONGEST:
        raise TooLarge(f"At most {LONGEST} characters are taken in one field.")
    return words
