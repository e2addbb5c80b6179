"""Pages of the town hall: the common frame around what a service shows.

In: a request inside a local body, a template's name and values.  Out: HTML in the reader's language.
"""

from fastapi import Request, Response

from civic.core.http import Town
from web.check_figures import amount, compared
from web.check_sentences import tidy_step
from web.check_view import places_of, sections_of
from web.templating import page_for, render

FINDINGS = {
    "amount": amount,
    "compared": compared,
    "places_of": places_of,
    "sections_of": sections_of,
    "tidy_step": tidy_step,
}
"""What shows the findings of a check, for whichever service keeps one."""


def town_page(
    request: Request, template: str, *, town: Town, status: int = 200, **values: object
) -> Response:
    """A page that knows its local body and who reads it; nothing of it is kept by anything between."""
    page = page_for(request)
    answer = render(request, template, page, status=status, town=town, **FINDINGS, **values)
    answer.headers["Cache-Control"] = "no-store"
    return answer
