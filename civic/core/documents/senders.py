"""Who sends papers to a case: its parties and whoever is consulted while it is open, the office always, which alone publishes.

In: a case, a record, who sends.  Out: nothing, or the reason why not.  Asked when a file is announced and again with each of its parts: a right
that ended on the way is gone.
"""

from sqlalchemy.orm import Session

from civic.core.case import Case, acting_in
from civic.core.documents.records import PUBLISHED
from civic.core.people import Actor
from civic.core.workflow import INSIDERS, READING
from gis.errors import Conflict, NotAllowed


def check_sender(session: Session, found: Case, record: str, *, actor: Actor) -> frozenset[str]:
    """In which roles somebody sends a file of a record; `LicenceEnded` or `NotAllowed` where in none."""
    stands = acting_in(session, found.id, actor)
    roles = stands - set(READING)
    if not roles:
        raise NotAllowed(
            "An auditor reads the papers of a case and sends none."
            if stands
            else f"You have no part in case {found.number} today: your posting, or your part in it, has ended."
            " Ask whoever acts in it now to send the paper."
        )
    if record == PUBLISHED and not roles & set(INSIDERS):
        raise NotAllowed("The office publishes documents, after taking out what is private.")
    return roles


def check_open(found: Case, roles: frozenset[str]) -> None:
    """Refuse a new paper for a case that has ended, but for the office: not in a case of one's own, nor an office that is consulted."""
    if found.closed and not roles & set(INSIDERS):
        raise Conflict(f"Case {found.number} is closed; no more papers are taken for it.")
