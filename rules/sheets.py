"""The shape of the book's files: axes, chapters, parameters and their dated entries, checked one by one.

In: nested strings.  Out: frozen sheets, each consistent in itself; how they fit together is checked in `rules.reading`.
"""

from typing import Annotated, Self

from pydantic import ConfigDict, Field, StringConstraints, field_validator, model_validator

from gis.site import LocalBody
from rules.instruments import InstrumentSheet, Mark
from rules.measure import Unit, unit_of
from rules.table import Axis
from rules.words import Day, Name, Sheet, Text, Title

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$")]


class AxisSheet(Sheet):
    """What tables are keyed by: a number in a unit, or words (a closed list with titles, or free)."""

    title: Title
    unit: Unit | None = None
    words: dict[Name, Title] = Field(default_factory=dict)

    @field_validator("unit", mode="before")
    @classmethod
    def _known_unit(cls, value: str) -> Unit:
        return unit_of(value)

    @model_validator(mode="after")
    def _number_or_words(self) -> Self:
        if self.unit is not None and self.words:
            raise ValueError("an axis is a number or words, not both")
        return self

    def axis(self, name: str) -> Axis:
        """The frozen value."""
        return Axis(name=name, title=self.title.en, words=tuple(self.words), unit=self.unit)


class EntrySheet(Sheet):
    """What a parameter says between two days; exactly one of value, none (the law is silent), unknown (we are)."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=False)

    since: Day = Field(alias="from")
    until: Day | None = None
    bodies: tuple[LocalBody, ...] | None = Field(default=None, alias="for", min_length=1)
    cite: tuple[Name, Text]
    mark: Mark
    value: object = None
    none: Text | None = None
    unknown: Text | None = None
    fact: tuple[Text, ...] = ()
    note: Text | None = None

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if self.mark is Mark.UNCERTAIN:
            raise ValueError("an uncertain number (U) is not loaded")
        if self.until is not None and self.until < self.since:
            raise ValueError(f"ends on {self.until}, before it begins on {self.since}")
        if [self.value, self.none, self.unknown].count(None) != 2:
            raise ValueError("say exactly one of value, none (why the law is silent), unknown (why we are)")
        if self.none is not None and self.mark is not Mark.READ:
            raise ValueError("that the law is silent can only be read in its text (Q)")
        return self

    @property
    def raw(self) -> object:
        """The value as nested strings, or the hole."""
        if self.none is not None:
            return {"none": self.none}
        return {"unknown": self.unknown} if self.unknown is not None else self.value


class ParameterSheet(Sheet):
    """One number or table of the law, with all its days, oldest first."""

    title: Title
    unit: Unit
    by: tuple[Name, ...] = ()
    fact: tuple[Text, ...] = ()
    note: Text | None = None
    values: tuple[EntrySheet, ...] = Field(min_length=1)

    @field_validator("unit", mode="before")
    @classmethod
    def _known_unit(cls, value: str) -> Unit:
        return unit_of(value)


class ChapterSheet(Sheet):
    """One file of parameters."""

    chapter: Key
    title: Title
    parameters: dict[Key, ParameterSheet] = Field(min_length=1)


class InstrumentsSheet(Sheet):
    """The file of instruments; `read_to` is the last day up to which the law was looked for."""

    read_to: Day
    instruments: tuple[InstrumentSheet, ...] = Field(min_length=1)


class AxesSheet(Sheet):
    """The file of axes."""

    axes: dict[Name, AxisSheet] = Field(min_length=1)
