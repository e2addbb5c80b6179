"""Cases of the town halls of a place as rows, without anything about persons.

In: a session in the reading role, a service, a stretch of days.  Out: a table, one row for each plot of a case.
"""

from datetime import date, timedelta

import pandas as pd
from sqlalchemy import text
from sqlalchemy.orm import Session

from civic.core.bodies import bodies_of, enter
from civic.core.working_days import day_there
from gis.asof import AsOf
from gis.errors import NotFound
from gis.place import Jurisdiction

COLUMNS = ["number", "body", "case", "service", "state", "turn", "opened", "closed", "days"]
_CASES = text(
    "SELECT p.number AS plot, c.number, c.state, c.turn, c.opened, c.closed FROM civic_case c"
    " JOIN case_parcel p ON p.body = c.body AND p.case_id = c.id"
    " WHERE c.service = :service AND c.opened >= :first AND c.opened < :beyond ORDER BY c.id, p.number"
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
    first, beyond = since or date(1900, 1, 1), (until or at.on) + timedelta(days=1)
    rows = []
    for body in bodies:
        enter(session, body.code)
        for row in session.execute(_CASES, {"service": service, "first": first, "beyond": beyond}):
            opened = day_there(row.opened, body.time_zone)
            closed = row.closed and day_there(row.closed, body.time_zone)
            days = ((closed or at.on) - opened).days
            rows.append((row.plot, body.code, row.number, service, row.state, row.turn, opened, closed, days))
    return pd.DataFrame(rows, columns=COLUMNS)
