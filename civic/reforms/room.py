"""What studies of reforms ask of whoever reckons them: the land, the book and the drawings lie behind this port.

In: the composition root's choice.  Out: values.  A test may bring its own.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from shapely.geometry.base import BaseGeometry
from sqlalchemy import Engine

from rules.reform import Reform

Row = Mapping[str, object]
"""Columns of a plot or of a permit, by name."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """A reform on a place: all its plots or those of a ward, for a use (`storey` in metres)."""

    place: str
    reform: Reform
    ward: str | None
    occupancy: str
    storey: Decimal


@dataclass(frozen=True, kw_only=True)
class Editions:
    """On what an answer rests: the digest of the book, the newest recording of the land, the imports that stood."""

    book: str
    known: datetime
    sources: tuple[Mapping[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Plot:
    """A plot before and after: its columns, and its shape in degrees (EPSG:4326), None where it is not known."""

    row: Row
    shape: BaseGeometry | None


class Reckoner(Protocol):
    """Who reckons a reform; what cannot be meant is refused with an error of the family before any work is done."""

    def check(self, question: Question) -> None:
        """Whether the reform can be laid on this place and book."""
        ...

    def editions(self, place: str) -> Editions:
        """On what an answer of now would rest."""
        ...

    def changes(self, reform: Reform) -> list[dict[str, Any]]:
        """Every number of the book that the reform changes."""
        ...

    def plots(self, question: Question) -> tuple[int, Iterator[Plot]]:
        """How many plots there are, and each before and after."""
        ...

    def permits(self, question: Question, body: str) -> tuple[int, Iterator[dict[str, Any]]]:
        """How many permits the body has issued for these plots, and each judged again."""
        ...


@dataclass(frozen=True, kw_only=True)
class ReformRoom:
    """What the doors and the worker need."""

    reckoner: Callable[[Engine], Reckoner]
    clock: Callable[[], datetime]
