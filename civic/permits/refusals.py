"""The public list of refusals: which application was refused on which plot, on which clauses, and nothing of any person.

In: a session inside a local body, a key.  Out: frozen values that everyone may read.  An officer's words stay in the case: what was refused
is told by rule, clause and measure alone, and a reason of the town hall's own by its name.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.case import parcels_of
from civic.core.tables import CaseRow
from civic.core.working_days import day_there
from civic.permits.built import tolerated_on
from civic.permits.checking import newest_check
from civic.permits.deciding import REFUSED, overrides_on, words_on
from civic.permits.letters import Point as Ground
from civic.permits.letters import grounds_of
from civic.permits.model import SERVICE_NAME, Kind
from civic.permits.register import Point
from civic.permits.tables import PermitCaseRow
from civic.permits.town_words import TOWN_HALL, headed, words_of_town

PAGE = 20
"""Refusals that are told at once: each is read with its whole check."""
REFUSED_HOW = "refused"


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """An application that was refused, with the points on which it was."""

    id: int
    case: str
    kind: str
    plots: tuple[str, ...]
    applied: date
    refused: date
    points: tuple[Point, ...]


def refusals(
    session: Session, body: LocalBody, *, before: int | None = None, most: int = PAGE
) -> list[Refusal]:
    """Refused applications, the newest first; a remark on a plinth is none.  `before` is the last one seen."""
    query = (
        select(CaseRow, PermitCaseRow.kind)
        .join(PermitCaseRow, PermitCaseRow.case_id == CaseRow.id)
        .where(CaseRow.service == SERVICE_NAME, CaseRow.state == "refused", PermitCaseRow.kind != Kind.PLINTH)
        .order_by(CaseRow.id.desc())
        .limit(most)
    )
    rows = session.execute(query if before is None else query.where(CaseRow.id < before)).all()
    return [_refusal(session, body, row, kind) for row, kind in rows]


def _refusal(session: Session, body: LocalBody, row: CaseRow, kind: str) -> Refusal:
    return Refusal(
        id=row.id,
        case=row.number,
        kind=kind,
        plots=parcels_of(session, row.id),
        applied=day_there(row.opened, body.time_zone),
        refused=day_there(row.closed or row.since, body.time_zone),
        points=tuple(_points(session, row.id)),
    )


def _points(session: Session, case_id: int) -> list[Point]:
    told = words_of_town(session, case_id)
    points = [
        Point(
            how=REFUSED_HOW,
            rule=TOWN_HALL,
            subject="",
            clause="",
            title=headed(code).en,
            title_ml=headed(code).ml,
        )
        for code, word in told.items()
        if word.stance == REFUSED
    ]
    check = newest_check(session, case_id)
    if check is None:
        return points
    refused = {which: "" for which, word in words_on(session, check).items() if word.stance == REFUSED}
    passed = frozenset((*overrides_on(session, check), *tolerated_on(session, check)))
    return [*points, *_bare(grounds_of(check.found, refused, overruled=passed))]


def _bare(grounds: Sequence[Ground]) -> list[Point]:
    """Each ground by its rule, clause and measure, without anybody's words."""
    return [
        Point(
            how=REFUSED_HOW,
            rule=each.rule,
            subject=each.subject,
            clause=each.clause,
            title=each.title,
            title_ml=each.title_ml,
            measured=each.measured,
            required=each.required,
            comparison=each.comparison,
        )
        for each in grounds
    ]
