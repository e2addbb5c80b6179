"""Time in two directions: what holds on a date, as known at an instant.

In: a date of validity and an instant of recording.  Out: `AsOf`, which every query takes as `at`.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from gis.errors import Invalid


@dataclass(frozen=True, kw_only=True)
class AsOf:
    """The question's place in time: valid `on` a date, as `known` at an instant (UTC)."""

    on: date
    known: datetime

    def __post_init__(self) -> None:
        if isinstance(self.on, datetime):
            raise Invalid(
                f"“{self.on}” is an instant; the date of a question is a day, for example 2026-05-03."
            )
        if self.known.tzinfo is None:
            raise Invalid("The recording instant needs a time zone, for example 2026-05-03T00:00:00Z.")
        object.__setattr__(self, "known", self.known.astimezone(UTC))
