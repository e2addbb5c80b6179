"""What routes ask for by type.

In: the running application.  Out: the answers it was built with.
"""

from collections.abc import Iterator
from typing import Annotated, cast

from fastapi import Depends, Request
from fastapi.dependencies.models import Dependant

from api.answers import LandAnswers
from gis.errors import Invalid


def land_answers(request: Request) -> LandAnswers:
    """The answers that `create_app` was built with."""
    return cast(LandAnswers, request.app.state.answers)


def only_known_words(request: Request) -> None:
    """Refuse a word in the address that the route does not know: a misspelt date must not be answered for today."""
    known = set(_words(request.scope["route"].dependant))
    for word in request.query_params:
        if word not in known:
            listed = ", ".join(sorted(known)) or "none"
            raise Invalid(f"This address does not know “{word[:40]}”; it knows: {listed}.")


def _words(dependant: Dependant) -> Iterator[str]:
    for field in dependant.query_params:
        yield field.alias
    for inner in dependant.dependencies:
        yield from _words(inner)


LandDep = Annotated[LandAnswers, Depends(land_answers)]
