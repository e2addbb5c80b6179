"""Fields of a form, as text.

In: a request's body, urlencoded or multipart.  Out: a mapping of the fields that are text; files have doors of their own.
"""

from collections.abc import Mapping
from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import RedirectResponse

from gis.errors import Invalid

MOST_FIELDS = 200


async def _fields(request: Request) -> Mapping[str, str]:
    form = await request.form(max_files=0, max_fields=MOST_FIELDS)
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    if any("\x00" in value for value in fields.values()):
        raise Invalid("A NUL character means nothing here; leave it out.")
    return fields


FormDep = Annotated[Mapping[str, str], Depends(_fields)]


def see(path: str) -> RedirectResponse:
    """After a form: look at the page of what was done, so that loading it again does nothing twice."""
    return RedirectResponse(path, status_code=303)
