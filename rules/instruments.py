"""Acts, rules and orders: what each is called, from when it holds, for whom, and how far it was read.

In: entries of `parameters/instruments.yaml`, as strings.  Out: frozen `Instrument`s.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Self

from pydantic import Field, field_validator, model_validator

from gis.site import LocalBody
from rules.words import Day, Link, Name, Sheet, Text, Title


class Mark(StrEnum):
    """How far a text was read: Q in itself, P in the press or a second hand, R recalled, U uncertain (never loaded)."""

    READ = "Q"
    PRESS = "P"
    RECALLED = "R"
    UNCERTAIN = "U"


@dataclass(frozen=True, kw_only=True)
class Instrument:
    """One act, rule or order; `until` is its last day, None while it holds or where later ones only amend it."""

    id: str
    title: str
    title_ml: str | None
    number: str
    order: str | None
    gazette: str | None
    dated: date | None
    in_force: date | None
    until: date | None
    bodies: tuple[LocalBody, ...]
    link: str | None
    reader: str
    mark: Mark
    is_unread: bool
    followed_by: str | None
    changes: tuple[str, ...]
    note: str | None

    def holds_on(self, on: date) -> bool:
        """Whether the day lies between its first and last day."""
        return self.in_force is not None and self.in_force <= on and (self.until is None or on <= self.until)


class InstrumentSheet(Sheet):
    """An instrument as written."""

    id: Name
    title: Title
    number: Text
    order: Text | None = None
    gazette: Text | None = None
    dated: Day | None = None
    in_force: Day | None = None
    until: Day | None = None
    bodies: tuple[LocalBody, ...] = Field(min_length=1)
    link: Link | None = None
    reader: Text
    mark: Mark
    unread: bool = False
    followed_by: Name | None = None
    changes: tuple[Text, ...] = ()
    note: Text | None = None

    @field_validator("unread", mode="before")
    @classmethod
    def _yes_or_no(cls, value: object) -> bool:
        if value not in ("yes", "no"):
            raise ValueError("is written yes or no")
        return value == "yes"

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if self.mark is Mark.UNCERTAIN:
            raise ValueError("an uncertain instrument (U) is not loaded")
        if self.until is not None and (self.in_force is None or self.until < self.in_force):
            raise ValueError("ends before it begins")
        if self.unread and (self.until is None or self.followed_by is None):
            raise ValueError("an unread instrument says until when it held and what followed it")
        return self

    def instrument(self) -> Instrument:
        """The frozen value."""
        return Instrument(
            id=self.id,
            title=self.title.en,
            title_ml=self.title.ml,
            number=self.number,
            order=self.order,
            gazette=self.gazette,
            dated=self.dated,
            in_force=self.in_force,
            until=self.until,
            bodies=self.bodies,
            link=self.link,
            reader=self.reader,
            mark=self.mark,
            is_unread=self.unread,
            followed_by=self.followed_by,
            changes=self.changes,
            note=self.note,
        )
