"""What routes ask for by type.

In: the running application.  Out: the answers it was built with.
"""

from collections.abc import Iterator
from typing import Annotated, cast

from fastapi import Depends, Request
from fastapi.dependencies.models import Dependant

from api.answers import LandAnswers
from gis.errors import Invalid


async def land_answers(request: Request) -> LandAnswers:
    """The answers that `create_app` was built with."""
    return cast(LandAnswers, request.app.state.answers)


async def only_known_words(request: Request) -> None:
    """Refuse a word in the address that the route does not know: a misspelt date must not be answered for today.

    A word that stands twice is refused too: only one of its values would be answered.
    """
    known = set(_words(request.scope["route"].dependant))
    words = [word for word, _ in request.query_params.multi_items()]
    for word in words:
        if words.count(word) > 1:
            raise Invalid(
                f"“{word[:40]}” stands more than once in this address; ask for one value at a time."
            )
        if word not in known:
            listed = f"it knows: {', '.join(sorted(known))}" if known else "leave it out"
            raise Invalid(f"This address does not know “{word[:40]}”; {listed}.")


def _words(dependant: Dependant) -> Iterator[str]:
    for field in dependant.query_params:
        yield field.alias
    for inner in dependant.dependencies:
        yield from _words(inner)


LandDep = Annotated[LandAnswers, Depends(land_answers)]
