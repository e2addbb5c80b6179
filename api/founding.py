"""Opening the town hall of a local body: the body, and its first administrator, who posts everybody else.

In: the database's owner, names, days of rest, an order.  Out: a local body that is not synthetic and has one posting.
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody, bodies_of, enter, found_body
from civic.core.people import introduce, person_reached_by, post, postings, reach
from civic.core.working_days import day_there, working_days
from gis.db.session import transaction
from gis.errors import Conflict, Invalid
from gis.jurisdictions import jurisdiction


@dataclass(frozen=True, kw_only=True)
class Administrator:
    """Who administers the town hall at first, and by which order."""

    name: str
    address: str
    order_ref: str


def check_land(session: Session, body: LocalBody) -> None:
    """Refuse a second town hall on one land: two that know nothing of each other would both change its plots."""
    session.execute(
        text("SELECT pg_advisory_xact_lock(7259, 3)")
    )  # two foundings at once come one after the other
    others = [each.code for each in bodies_of(session, body.jurisdiction) if each.code != body.code]
    if others:
        raise Conflict(
            f"The land of {body.jurisdiction} has its town hall already: {others[0]}. One land has one town hall, which alone"
            " changes its record; bring the plots of another local body in under a jurisdiction of their own, and open its"
            " town hall there."
        )


def open_town_hall(engine: Engine, body: LocalBody, first: Administrator, *, now: datetime) -> None:
    """Found a local body with its administrator, both or neither."""
    working_days(body.rest_days, [])
    try:
        ZoneInfo(body.time_zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise Invalid(f"“{body.time_zone}” is no time zone; write one such as Asia/Kolkata.") from error
    with transaction(engine) as session:
        jurisdiction(session, body.jurisdiction)
        check_land(session, body)
        found_body(session, body)
        enter(session, body.code)
        if any(posting.role == "admin" for posting in postings(session, on=None)):
            raise Conflict(
                f"{body.code} has an administrator already, who posts the others at /town/{body.code}/people."
            )
        who = person_reached_by(session, reach(first.address)) or introduce(
            session, body, name=first.name, address=first.address, language="ml", now=now
        )
        today = day_there(now, body.time_zone)
        post(session, body, who.id, role="admin", order_ref=first.order_ref, begins=today)
