"""What the doors of permits share: the case of an address, the room, what may be refused without being a fault.

In: a request in a local body.  Out: the case that its reader may see, or the answer that nothing is here.
"""

from typing import Annotated, cast

from fastapi import Path, Request

from civic.core.case import Case, seen_by
from civic.core.desk import Desk
from civic.core.http import Town
from civic.core.privacy.looks import note_look
from civic.permits.model import SERVICE_NAME
from civic.permits.room import PermitRoom
from gis.errors import Conflict, Gone, Invalid, NotAllowed, NotFound, TooLarge, Unavailable

Number = Annotated[str, Path(max_length=60)]
Seq = Annotated[int, Path(ge=1, lt=2**31)]
REFUSALS = (Conflict, Invalid, NotAllowed, NotFound, Gone, TooLarge, Unavailable)
"""What stands above a form that was refused."""
Refusal = Conflict | Invalid | NotAllowed | NotFound | Gone | TooLarge | Unavailable


def room_of(request: Request) -> PermitRoom:
    """The room of permits that `create_app` was built with."""
    return cast(PermitRoom, request.app.state.permits)


def matter(town: Town, number: str) -> tuple[Desk, Case, frozenset[str]]:
    """A permit's case that its reader may see, its desk, and the reader's roles in it; an officer's look is written for its parties."""
    found, roles = seen_by(town.session, number, town.who())
    if found.service != SERVICE_NAME:
        raise NotFound(f"Case {number[:40]} is about no permit.", code="no-case")
    note_look(town.session, town.body, town.who(), found, now=town.now)
    return town.desk(SERVICE_NAME), found, roles


def language_of(town: Town) -> str:
    """The language in which somebody signs: the one they read."""
    return town.who().person.language


def status_of(refused: Refusal | None) -> int:
    """The status of a page on which something was refused."""
    return 200 if refused is None else 409 if isinstance(refused, Conflict | Gone) else 422
