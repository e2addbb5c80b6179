"""Days as a planner writes them: a date, a moment of pandas, or words such as 2026-01-31.

In: what stands behind `on=`, `since=` and `until=`.  Out: the day.
"""

from datetime import date, datetime

from gis.errors import Invalid

Day = date | str
"""A day, or its words."""


def day_of(said: Day | None) -> date | None:
    """The day that is meant, None where none was said; `Invalid` for what is no day."""
    if said is None:
        return None
    if isinstance(said, datetime):  # a moment of pandas is one; NaT is one too, and equals nothing
        if said == said:
            return said.date()
    elif isinstance(said, date):
        return said
    elif isinstance(said, str):
        try:
            return date.fromisoformat(said.strip())
        except ValueError:
            pass
    raise Invalid(f"“{str(said)[:40]}” is no day; write it as 2026-01-31, or as date(2026, 1, 31).")
