"""What people are told of a permit, for tests: a teller that listens for a while, and what it wrote.

In: a session of the service inside a body.  Out: the words of the newest message of a template, by person; the last line of a history.
"""

from contextlib import AbstractContextManager

from sqlalchemy.orm import Session

from api.town import SERVICES
from civic.core.case import Happening, history
from civic.core.desk import Advanced
from civic.core.events import listening
from civic.core.messages.outbox import outbox
from civic.core.messages.telling import Teller

TELLER = Teller(services=SERVICES, front="https://town.example")


def heard() -> AbstractContextManager[None]:
    """People are told of what happens to cases meanwhile."""
    return listening(Advanced, TELLER.heard_case)


def told(session: Session, template: str) -> dict[int | None, str]:
    """What each person was told last by a template."""
    return {each.person_id: each.text for each in reversed(outbox(session)) if each.template == template}


def last(session: Session, case_id: int) -> Happening:
    """What happened last to a case, as its parties see it."""
    return history(session, case_id, for_staff=False)[-1]
