"""Pages of the town hall: the common frame around what a service shows.

In: a request inside a local body, a template's name and values.  Out: HTML in the reader's language.
"""

from fastapi import Request, Response

from civic.core.http import Town
from rules.answers_sent import HOLDING
from rules.axes import occupancies
from web.check_answers import said_lines, title_of
from web.check_figures import amount, compared
from web.check_sentences import tidy_step
from web.check_view import places_of, sections_of, unasked
from web.route_told import route_told
from web.templating import page_for, render

FINDINGS = {
    "amount": amount,
    "compared": compared,
    "places_of": places_of,
    "sections_of": sections_of,
    "tidy_step": tidy_step,
    "title_of": title_of,
    "said_lines": said_lines,
    "unasked": unasked,
    "holding": HOLDING,
    "occupancies": occupancies(),
    "route_told": route_told,
}
"""What shows the findings of a check and asks what it leaves open, for whichever service keeps one."""


def town_page(
    request: Request, template: str, *, town: Town, status: int = 200, **values: object
) -> Response:
    """A page that knows its local body and who reads it; nothing of it is kept by anything between."""
    page = page_for(request)
    answer = render(request, template, page, status=status, town=town, **FINDINGS, **values)
    answer.headers["Cache-Control"] = "no-store"
    return answer
