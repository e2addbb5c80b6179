"""What routes ask for by type.

In: the running application.  Out: the answers it was built with.
"""

from typing import Annotated, cast

from fastapi import Depends, Request

from api.answers import LandAnswers


def land_answers(request: Request) -> LandAnswers:
    """The answers that `create_app` was built with."""
    return cast(LandAnswers, request.app.state.answers)


LandDep = Annotated[LandAnswers, Depends(land_answers)]
