"""The law as the book holds it, for programs: every parameter, its history with sources, every change by day.

In: addresses under /api/rules.  Out: JSON; errors as problem+json.
"""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from api.dependencies import only_known_words
from rules.book import Card
from rules.history import Change, Line, changes, history, list_parameters, named
from rules.reading import library

router = APIRouter(prefix="/api/rules", tags=["rules"], dependencies=[Depends(only_known_words)])


class ParameterOut(BaseModel):
    """What a parameter is."""

    key: str
    chapter: str
    title: str
    title_ml: str | None
    unit: str
    keyed_by: list[str]
    note: str | None

    @classmethod
    def of(cls, card: Card) -> "ParameterOut":
        """A parameter of the book."""
        return cls(
            key=card.key,
            chapter=card.chapter,
            title=card.title,
            title_ml=card.title_ml,
            unit=card.unit,
            keyed_by=[axis.name for axis in card.axes],
            note=card.note,
        )


class BookOut(BaseModel):
    """All parameters, and the digest that names this state of the book."""

    digest: str
    parameters: list[ParameterOut]


class HistoryOut(BaseModel):
    """A parameter and everything it ever said, oldest first."""

    parameter: ParameterOut
    lines: list[Line]


@router.get("/parameters")
def parameters() -> BookOut:
    """Every parameter of the book, by chapter."""
    book = library()
    return BookOut(digest=book.digest, parameters=[ParameterOut.of(card) for card in list_parameters(book)])


@router.get("/parameters/{key}")
def parameter(key: str) -> HistoryOut:
    """What a parameter said on which days, by which instrument and clause, and how surely it was read."""
    book = library()
    wanted = named(book, key)
    return HistoryOut(parameter=ParameterOut.of(book.card(wanted)), lines=list(history(book, wanted)))


@router.get("/changes")
def changes_of_law(
    since: Annotated[date | None, Query(description="Only changes from this day on.")] = None,
) -> list[Change]:
    """Every change of every parameter, in order of days."""
    return [change for change in changes(library()) if since is None or change.on >= since]
