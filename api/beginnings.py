"""The first day of which anything is known of a place: on an earlier one a map would show empty ground where nobody knows what lay there.

In: a place and a day, or both times.  Out: nothing, or `NotFound` with the first day; of times to come `Invalid`.  A day that was found late enough once stays so: what is
recorded later can only bring the beginning forward.
"""

from datetime import date, datetime
from threading import Lock
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from api.answers import as_of
from gis.errors import NotFound
from gis.jurisdictions import jurisdiction
from gis.recordings import last_recording
from layers.days import first_day
from layers.imports import standing

_first: WeakKeyDictionary[Engine, dict[str, date]] = WeakKeyDictionary()
_lock = Lock()


def has_begun(engine: Engine, code: str, on: date | None) -> bool:
    """Whether a day is known to be late enough; no day at all is today."""
    first = _first.get(engine, {}).get(code)
    return on is None or (first is not None and on >= first)


def check_begun(engine: Engine, code: str, on: date | None) -> None:
    """Refuse a day before anything of a place is known."""
    if has_begun(engine, code, on):
        return
    with Session(engine) as session, session.begin():
        place = jurisdiction(session, code)
        known = last_recording(session, code)
        first = first_day(session, place, standing(session, place, known=known)) or date.min
    with _lock:
        _first.setdefault(engine, {})[code] = first
    if on is not None and on < first:
        raise NotFound(
            f"Of {place.name_en} nothing is known before {first}; ask for that day or a later one."
        )


def check_moment(engine: Engine, code: str, on: date | None, known: datetime | None) -> None:
    """Refuse a moment for which there is no map: before anything of a place is known, or to come in one of both times."""
    if on is None and known is None:
        return
    with Session(engine) as session, session.begin():
        as_of(session, jurisdiction(session, code), on=on, known=known)
    check_begun(engine, code, on)
