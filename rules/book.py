"""The book of the law: every number with its days, its instrument and its clause, asked for one day and one body.

In: timelines read from the parameter files (`rules.reading`).  Out: `Library` (all days), `Book` (one day, one
kind of local body) and typed `Value`s, or `NotInForce` (the law had no such rule) or `NotEncoded` (we do not know).
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cached_property

from gis.errors import Invalid, NotFound
from gis.site import LocalBody
from rules.instruments import Instrument, Mark
from rules.measure import MONEY, Content, Unit, written
from rules.table import Axis, Cell, Key, Node, Silent, Unknown, found, words

MOST_BOOKS = 32
"""Editions that a library keeps ready."""


class Force(StrEnum):
    """Whether a number may decide (read in the text, Q) or only be shown (P and R)."""

    BINDING = "binding"
    ADVISORY = "advisory"


class NotInForce(NotFound):
    """The law had no such rule on that day: the only reason for “not applicable”."""


class NotEncoded(NotFound):
    """Our book does not know what the law said on that day: always “unknown”."""


@dataclass(frozen=True)
class Parameter:
    """The name of one number or table of the law: chapter and name."""

    key: str


@dataclass(frozen=True, kw_only=True)
class Citation:
    """Where a number stands: instrument, clause, and how far it was read."""

    instrument: Instrument
    clause: str
    mark: Mark

    def __str__(self) -> str:
        return f"{self.instrument.number}, {self.clause}"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What a parameter says from one day to another (both included; None: still)."""

    since: date
    until: date | None
    citation: Citation
    node: Node
    facts: tuple[str, ...]
    note: str | None

    @property
    def force(self) -> Force:
        """Only what was read in its own text binds."""
        return Force.BINDING if self.citation.mark is Mark.READ else Force.ADVISORY

    def holds_on(self, on: date) -> bool:
        """Whether the day lies in the entry's days."""
        return self.since <= on and (self.until is None or on <= self.until)


@dataclass(frozen=True, kw_only=True)
class Card:
    """What a parameter is: title, unit, and what it is keyed by, in order."""

    key: str
    chapter: str
    title: str
    title_ml: str | None
    unit: Unit
    axes: tuple[Axis, ...]
    note: str | None


@dataclass(frozen=True, kw_only=True)
class Value:
    """One number of the law as it stood, with its force and source."""

    parameter: str
    keys: tuple[Key, ...]
    content: Content
    unit: Unit
    force: Force
    citation: Citation
    since: date
    until: date | None
    note: str | None

    @property
    def number(self) -> Decimal:
        """The exact decimal; `Invalid` for a word, a day or a fraction that has none."""
        if isinstance(self.content, Decimal):
            return self.content
        if isinstance(self.content, int):
            return Decimal(self.content)
        raise Invalid(f"{self.parameter} is {self.content!s}, which is not a decimal number.")

    @property
    def exact(self) -> Fraction:
        """The exact number, fractions such as 1/3 included."""
        return self.content if isinstance(self.content, Fraction) else Fraction(self.number)

    @property
    def count(self) -> int:
        """A whole number; `Invalid` for anything else."""
        if isinstance(self.content, int):
            return self.content
        raise Invalid(f"{self.parameter} is {self.content!s}, which is not a whole number.")

    @property
    def paise(self) -> int:
        """Money in paise; `Invalid` where the unit is not money."""
        if self.unit in MONEY:
            return self.count
        raise Invalid(f"{self.parameter} is given in {self.unit}, which is not money.")

    @property
    def word(self) -> str:
        """A word; `Invalid` for anything else."""
        if isinstance(self.content, str):
            return self.content
        raise Invalid(f"{self.parameter} is {self.content!s}, which is not a word.")

    @property
    def day(self) -> date:
        """A day; `Invalid` for anything else."""
        if isinstance(self.content, date):
            return self.content
        raise Invalid(f"{self.parameter} is {self.content!s}, which is not a day.")

    @cached_property
    def told(self) -> str:
        """The number and where it stands, as a step of a finding."""
        return f"{self} by {self.citation}"

    def __str__(self) -> str:
        return self._written

    @cached_property
    def _written(self) -> str:
        return written(self.content, self.unit)


Timeline = tuple[Entry, ...]


@dataclass(frozen=True, kw_only=True)
class Book:
    """The law of one day for one kind of local body."""

    on: date
    body: LocalBody
    library: "Library"
    _kept: dict[tuple[str, tuple[Key, ...]], Value] = field(
        init=False, default_factory=dict, compare=False, repr=False
    )
    """Numbers that were looked up: a check asks for the same ones many times."""
    _words: dict[tuple[str, str], frozenset[str]] = field(
        init=False, default_factory=dict, compare=False, repr=False
    )

    @property
    def digest(self) -> str:
        """Names exactly this edition: the library's content, the day and the body (sha256, hex)."""
        text = f"{self.library.digest} {self.on.isoformat()} {self.body}"
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def is_beyond_reading(self) -> bool:
        """Whether the day lies after the last day to which the law was read, so that newer law may be missing."""
        return self.on > self.library.read_to

    def value(self, parameter: Parameter, *keys: Key) -> Value:
        """The number for the keys of the table, in order; `NotInForce`, `NotEncoded`, or `Invalid` for a wrong question."""
        asked = (parameter.key, keys)
        kept = self._kept.get(asked)
        if kept is None:
            kept = self._kept[asked] = self._value(parameter, *keys)
        return kept

    def words(self, parameter: Parameter, axis: str) -> frozenset[str]:
        """Every word that the table of the day has on one axis; `NotEncoded` where our book has no table."""
        asked = (parameter.key, axis)
        if asked not in self._words:
            self._words[asked] = frozenset(words(self.entry(parameter).node, axis))
        return self._words[asked]

    def _value(self, parameter: Parameter, *keys: Key) -> Value:
        card = self.library.card(parameter)
        entry = self.entry(parameter)
        cell = found(entry.node, card.axes, keys)
        if isinstance(cell, Silent) and entry.force is Force.BINDING:
            raise NotInForce(
                f"{self._about(card)} the law has no such rule: {cell.reason} ({entry.citation})."
            )
        if isinstance(cell, Silent | Unknown):
            raise NotEncoded(f"{self._about(card)} the book has no value: {cell.reason} ({entry.citation}).")
        return Value(
            parameter=parameter.key,
            keys=keys,
            content=cell.content,
            unit=card.unit,
            force=entry.force,
            citation=entry.citation,
            since=entry.since,
            until=entry.until,
            note=entry.note,
        )

    def entry(self, parameter: Parameter) -> Entry:
        """The whole table of the day, or `NotEncoded` where our book has none."""
        card = self.library.card(parameter)
        timeline = self.library.timeline(parameter, self.body)
        for entry in timeline:
            if entry.holds_on(self.on):
                return entry
        raise NotEncoded(f"{self._about(card)} the book has no value: {self._why(timeline)}.")

    def _about(self, card: Card) -> str:
        return f"“{card.title}” ({card.key}), {self.body}, on {self.on.isoformat()}:"

    def _why(self, timeline: Timeline) -> str:
        if not timeline:
            return f"no text of this rule for a {self.body} has been read"
        for instrument in self.library.instruments.values():
            if instrument.is_unread and instrument.holds_on(self.on) and self.body in instrument.bodies:
                return f"{instrument.number} was in force and its text has not been read"
        return "the text of that day has not been read"


@dataclass(frozen=True, kw_only=True)
class Library:
    """All days: what was read of every parameter, per kind of local body; `read_to` is the last day it speaks for."""

    read_to: date
    digest: str
    instruments: Mapping[str, Instrument]
    cards: Mapping[str, Card]
    timelines: Mapping[tuple[str, LocalBody], Timeline] = field(repr=False)
    _books: dict[tuple[date, LocalBody], Book] = field(
        init=False, default_factory=dict, compare=False, repr=False
    )

    def on(self, on: date, body: LocalBody) -> Book:
        """The edition of one day; the last few are kept, with the numbers that were looked up in them."""
        if (on, body) not in self._books:
            while len(self._books) >= MOST_BOOKS:
                self._books.pop(next(iter(self._books)), None)
            self._books[on, body] = Book(on=on, body=body, library=self)
        return self._books[on, body]

    def card(self, parameter: Parameter) -> Card:
        """What the parameter is; `Invalid` if no file knows it."""
        card = self.cards.get(parameter.key)
        if card is None:
            raise Invalid(f"The book has no parameter “{parameter.key}”; see the list of parameters.")
        return card

    def timeline(self, parameter: Parameter, body: LocalBody) -> Timeline:
        """Its entries for a kind of local body, oldest first; empty where nothing was read for that kind."""
        return self.timelines.get((parameter.key, body), ())


__all__ = [
    "Book",
    "Card",
    "Cell",
    "Citation",
    "Entry",
    "Force",
    "Instrument",
    "Library",
    "LocalBody",
    "Mark",
    "NotEncoded",
    "NotInForce",
    "Parameter",
    "Timeline",
    "Value",
]
