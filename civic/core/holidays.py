"""Days without office: added ahead, with the clocks that already count on them named; taken out while they are still to come.

In: days and their names.  Out: rows of the calendar.  A clock that runs keeps the last day that people were told.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.tables import NO_DAY, CaseRow, CaseTaskRow, HolidayRow
from gis.errors import Conflict, Invalid


class ClocksRun(Conflict):
    """Limits that people were told already count a day as one of the office."""

    code = "clocks-run"


@dataclass(frozen=True, kw_only=True)
class Holiday:
    """A day without office, with its name in both languages."""

    day: date
    name_en: str
    name_ml: str


def holidays(session: Session) -> list[Holiday]:
    """The days without office, in order."""
    rows = session.scalars(select(HolidayRow).order_by(HolidayRow.day))
    return [Holiday(day=row.day, name_en=row.name_en, name_ml=row.name_ml) for row in rows]


def clocks_over(session: Session, day: date) -> int:
    """How many limits of open cases and tasks end on a day or after it, and so were counted with it."""
    turns = select(func.count()).where(CaseRow.closed.is_(None), CaseRow.due >= day, CaseRow.due < NO_DAY)
    tasks = select(func.count()).where(
        CaseTaskRow.answered.is_(None), CaseTaskRow.due >= day, CaseTaskRow.due < NO_DAY
    )
    return (session.scalar(turns.select_from(CaseRow)) or 0) + (
        session.scalar(tasks.select_from(CaseTaskRow)) or 0
    )


def add_holiday(session: Session, body: LocalBody, new: Holiday, *, today: date, is_sure: bool) -> None:
    """Add a day without office that has not been; `ClocksRun` where limits were counted with it and nobody said to go on."""
    if not new.name_en.strip() or not new.name_ml.strip():
        raise Invalid("Name the holiday in both languages.", code="holiday-unnamed")
    if new.day < today:
        raise Invalid(
            "A day that has been cannot become a holiday: clocks were counted with it.",
            code="holiday-has-been",
        )
    running = clocks_over(session, new.day)
    if running and not is_sure:
        raise ClocksRun(
            f"{running} limit(s) that people were told already end on this day or after it. They keep their last day; only"
            " clocks that begin from now on leave it out. Say that you are sure, and add it again."
        )
    row = {
        "body": body.code,
        "day": new.day,
        "name_en": new.name_en.strip(),
        "name_ml": new.name_ml.strip(),
    }
    added = session.execute(insert(HolidayRow).values(row).on_conflict_do_nothing().returning(HolidayRow.day))
    if added.one_or_none() is None:
        raise Conflict(f"{new.day} is a holiday already.", code="holiday-already")


def remove_holiday(session: Session, day: date, *, today: date) -> None:
    """Take a holiday that is still to come out of the calendar."""
    if day <= today:
        raise Invalid(
            "A holiday that has been stays in the calendar: clocks were counted by it.", code="holiday-stays"
        )
    session.execute(delete(HolidayRow).where(HolidayRow.day == day))
