"""The law's pages: every parameter of the book with its history and source, and what changed on which day.

In: requests.  Out: HTML.
"""

from itertools import groupby

from fastapi import APIRouter, Request, Response

from rules.history import changes, history, list_parameters, named
from rules.reading import library
from web.templating import page_for, render

router = APIRouter(default_response_class=Response, include_in_schema=False, prefix="/law")


@router.get("")
def book(request: Request) -> Response:
    """Every parameter, by chapter."""
    law = library()
    cards = list_parameters(law)
    chapters = [(name, list(group)) for name, group in groupby(cards, key=lambda card: card.chapter)]
    return render(
        request, "law.html", page_for(request), chapters=chapters, count=len(cards), digest=law.digest
    )


@router.get("/changes")
def changes_of_law(request: Request) -> Response:
    """From which day which number is different, newest first."""
    days = [(day, list(group)) for day, group in groupby(changes(library()), key=lambda change: change.on)]
    return render(
        request,
        "law_changes.html",
        page_for(request),
        days=days[::-1],
        titles_ml={card.key: card.title_ml for card in list_parameters(library())},
    )


@router.get("/{key}")
def parameter(request: Request, key: str) -> Response:
    """One parameter with everything it ever said."""
    law = library()
    wanted = named(law, key)
    return render(
        request,
        "law_parameter.html",
        page_for(request),
        card=law.card(wanted),
        lines=history(law, wanted)[::-1],
    )
