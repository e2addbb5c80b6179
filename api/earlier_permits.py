"""Earlier permits brought into a town hall: a table and a folder of plans, in one transaction or not at all.

In: an engine, the table's text, a folder.  Out: the report of every row; written only where no row was refused and it was no
rehearsal.  The plans of a rehearsal are read and checked, and kept nowhere.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from api.town import SERVICES
from civic.core.bodies import LocalBody, inside
from civic.core.documents.store import Store
from civic.core.people import Actor, person_reached_by, roles_on
from civic.core.working_days import day_there
from civic.permits.earlier import Archive, EarlierReport, bring_in
from civic.permits.model import SERVICE_NAME
from gis.errors import Invalid, LandError, NotAllowed


@dataclass(frozen=True, kw_only=True)
class Earlier:
    """What is brought in, by whom, and where its plans lie."""

    body: str
    table: Path
    plans: Path | None
    by: str
    """E-mail address or telephone number of an administrator of the local body."""
    is_rehearsal: bool


class _NotWritten(LandError):
    """Carries the report out of a transaction that is rolled back."""

    def __init__(self, report: EarlierReport) -> None:
        super().__init__("Nothing was written.")
        self.report = report


def bring_in_earlier(
    engine: Engine, earlier: Earlier, *, store: Store, largest: int, now: datetime
) -> EarlierReport:
    """Bring a table in; where a row is refused, and in a rehearsal, nothing is written."""
    text = _text(earlier.table)
    archive = Archive(
        files=lambda name: _plan(earlier.plans, name),
        store=Store() if earlier.is_rehearsal else store,
        largest=largest,
    )
    try:
        with inside(engine, earlier.body) as (session, body):
            desk = SERVICES[SERVICE_NAME].desk(session, body, now=now)
            report = bring_in(desk, text, archive, actor=_actor(session, body, earlier.by, now=now))
            if report.refused or earlier.is_rehearsal:
                raise _NotWritten(report)
    except _NotWritten as told:
        return told.report
    return report


def _actor(session: Session, body: LocalBody, by: str, *, now: datetime) -> Actor:
    person = person_reached_by(session, by.strip().lower())
    roles = roles_on(session, person.id, on=day_there(now, body.time_zone)) if person else frozenset()
    if person is None or "admin" not in roles:
        raise NotAllowed(
            f"No administrator of {body.code} is reached by {by}; name one who is posted there today."
        )
    return Actor(person=person, roles=roles)


def _text(table: Path) -> str:
    try:
        return table.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise Invalid(f"The table {table} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise Invalid(f"The table {table} is not in UTF-8; save it as “CSV UTF-8”.") from error


def _plan(folder: Path | None, name: str) -> bytes | None:
    """A file of the folder itself: a name that leads elsewhere is none."""
    if folder is None or name != Path(name).name:
        return None
    file = folder / name
    return file.read_bytes() if file.is_file() else None
