"""Cases of the town halls of a place as rows, without anything about persons.

In: a session in the reading role, a service, a stretch of days.  Out: a table, one row for each plot of a case.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from importlib import import_module

import pandas as pd
from sqlalchemy import text
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody, bodies_of, enter
from civic.core.working_days import day_there
from gis.asof import AsOf
from gis.errors import Invalid, NotFound
from gis.place import Jurisdiction

COLUMNS = ["number", "body", "case", "service", "state", "turn", "opened", "closed", "days", "paid"]
PERMIT = ["body", "case", "kind", "permit", "route", "issued", "until", "revoked"]
PAISE = 100
_CASES = text(
    "SELECT p.number AS plot, c.number, c.state, c.turn, c.opened, c.closed, coalesce(sum(r.amount - r.held), 0) AS paid"
    " FROM civic_case c JOIN case_parcel p ON p.body = c.body AND p.case_id = c.id"
    " LEFT JOIN demand d ON d.body = c.body AND d.case_id = c.id"
    " LEFT JOIN receipt r ON r.body = d.body AND r.demand_id = d.id AND r.cancelled IS NULL"
    " WHERE c.service = :service AND c.opened >= :first AND c.opened < :beyond"
    " GROUP BY c.id, c.number, c.state, c.turn, c.opened, c.closed, p.number ORDER BY c.id, p.number"
)
"""What was paid and is not held for its payer; a case on two plots stands in two rows, each with the whole sum."""
_PERMITS = text(
    "SELECT c.number AS case, k.kind, p.number AS permit, coalesce(p.route, k.route) AS route, p.issued, p.until, p.revoked"
    " FROM permit_case k JOIN civic_case c ON c.body = k.body AND c.id = k.case_id"
    " LEFT JOIN permit p ON p.body = k.body AND p.case_id = k.case_id ORDER BY c.id"
)


def cases(
    session: Session,
    place: Jurisdiction,
    service: str,
    *,
    since: date | None,
    until: date | None,
    at: AsOf,
) -> pd.DataFrame:
    """The cases of a service, opened from one day to another, both among them, in every town hall on this land."""
    bodies = bodies_of(session, place.code)
    if not bodies:
        raise NotFound(f"{place.name_en} has no town hall here, so there are no cases.")
    if since is not None and since > (until or at.on):
        raise Invalid(f"{since} is after {until or at.on}; write the earlier day first.")
    first, beyond = since or date(1900, 1, 1), (until or at.on) + timedelta(days=1)
    rows = []
    for body in bodies:
        enter(session, body.code)
        for row in session.execute(_CASES, {"service": service, "first": first, "beyond": beyond}):
            opened = day_there(row.opened, body.time_zone)
            closed = row.closed and day_there(row.closed, body.time_zone)
            days = ((closed or at.on) - opened).days
            told = (row.plot, body.code, row.number, service, row.state, row.turn, opened, closed, days)
            rows.append((*told, float(row.paid) / PAISE))
    if not rows:
        _check(service)
    found = pd.DataFrame(rows, columns=COLUMNS)
    if service != "permits":
        return found
    return found.merge(_permits(session, bodies), on=["body", "case"], how="left")


def _check(service: str) -> None:
    """`NotFound` for a service that no town hall has, with those there are."""
    hall = import_module("api.town")  # all of it, read only where nothing was found
    known = sorted(hall.SERVICES)
    if service not in known:
        raise NotFound(f"No service is called “{service[:60]}”. There are: {', '.join(known)}.")


def _permits(session: Session, bodies: Sequence[LocalBody]) -> pd.DataFrame:
    """Kind, route and permit of each case, where it has come to one."""
    rows = []
    for body in bodies:
        enter(session, body.code)
        rows += [(body.code, *row) for row in session.execute(_PERMITS)]
    return pd.DataFrame(rows, columns=PERMIT)
