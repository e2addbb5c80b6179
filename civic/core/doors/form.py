"""Fields of a form, as text.

In: a request's body, urlencoded or multipart.  Out: a mapping of the fields that are text; files have doors of their own.
"""

from collections.abc import Mapping
from typing import Annotated

from fastapi import Depends, Form, Path, Request
from fastapi.responses import RedirectResponse
from pydantic import AfterValidator

from gis.errors import Invalid

MOST_FIELDS = 200


def plain(value: str) -> str:
    """Text that the database can keep."""
    if "\x00" in value:
        raise Invalid("A NUL character means nothing here; leave it out.")
    if any("\ud800" <= letter <= "\udfff" for letter in value):
        raise Invalid("The text holds half a letter; write it again.")
    return value


Text = Annotated[str, Form(max_length=300), AfterValidator(plain)]
"""A field of one line."""
Identifier = Annotated[int, Path(ge=0, lt=2**62)]
"""A number of the database in an address."""


async def _fields(request: Request) -> Mapping[str, str]:
    form = await request.form(max_files=0, max_fields=MOST_FIELDS)
    return {name: plain(value) for name, value in form.items() if isinstance(value, str)}


FormDep = Annotated[Mapping[str, str], Depends(_fields)]


def see(path: str) -> RedirectResponse:
    """After a form: look at the page of what was done, so that loading it again does nothing twice."""
    return RedirectResponse(path, status_code=303)
