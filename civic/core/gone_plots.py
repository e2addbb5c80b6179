"""A case whose plot was divided, merged or renumbered under it: nothing is taken for it, and what was paid on the way is told of.

In: a case, an instant.  Out: `PlotsGone` with the successors and what to do; nothing where its plots stand, in one statement.
"""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.case import Case, case
from civic.core.money.demands import demand
from civic.core.money.model import HeldForPayer, rupees
from civic.core.said import add_act
from civic.core.services import Service
from civic.core.workflow import LEDGER
from civic.core.working_days import day_there
from gis.asof import AsOf
from gis.db.straight import straight
from gis.errors import Conflict, Gone
from gis.jurisdictions import jurisdiction
from gis.parcels.queries import parcel
from gis.recordings import last_recording

HELD = "payment_held"
"""What the history of a case calls it that money came which it could not take."""
_GONE = text(
    "SELECT c.number FROM case_parcel c WHERE c.case_id = :case AND NOT EXISTS ("
    "SELECT FROM parcel p WHERE p.jurisdiction = c.jurisdiction AND p.number = c.number"
    " AND upper_inf(p.recorded) AND p.valid @> CAST(:today AS date)) ORDER BY c.number"
)


class PlotsGone(Conflict):
    """A plot of the case is no more: the case cannot be granted as it stands, and nothing is paid for it."""

    code = "plot-of-case-gone"


def check_plots_stand(session: Session, body: LocalBody, standing: Case, *, now: datetime) -> None:
    """Refuse to take money for an open case one of whose plots is gone, and say what became of it and what to do."""
    if standing.closed is not None:
        return
    today = day_there(now, body.time_zone)
    gone = [row.number for row in straight(session, _GONE, {"case": standing.id, "today": today})]
    if gone:
        told = " ".join(_told(session, body, number, AsOf(on=today, known=now)) for number in gone)
        raise PlotsGone(
            f"Nothing is taken for case {standing.number}, for it cannot be granted any more. {told} Withdraw the case, and apply anew"
            " for the plot as it stands now. Money that is on its way already is held for whoever paid it, and the office sends it back."
        )


def write_held(service: Service, session: Session, event: HeldForPayer) -> None:
    """Write into a case of a service that money came which it could not take; its parties are told that it goes back."""
    owed = demand(session, event.demand_id) if event.demand_id is not None else None
    if owed is None or owed.case_id is None or case(session, owed.case_id).service != service.name:
        return
    about = {"en": "Held, to be sent back", "ml": "തിരികെ നൽകാൻ സൂക്ഷിക്കുന്നു"}
    told = {"receipt": event.receipt.number, "about": about}
    desk = service.desk(session, event.body, now=event.now)
    words = f"{rupees(event.receipt.held)} ({event.receipt.number})"
    add_act(desk, owed.case_id, HELD, role=LEDGER, actor=None, note=words, told=told)


def _told(session: Session, body: LocalBody, number: str, at: AsOf) -> str:
    place = jurisdiction(session, body.jurisdiction)
    known = max(at.known, last_recording(session, place.code))
    try:
        parcel(session, place, number, at=AsOf(on=at.on, known=known))
    except Gone as gone:
        return gone.message
    return f"Plot {number} stands no more."
