"""The page that draws one file of tiles, from the reader's own device or from this host: without a service behind it, and without a line.

In: a request.  Out: HTML; the file itself is read by the browser alone and is sent nowhere.
"""

from fastapi import APIRouter, Request, Response

from web.languages import Language, Wording
from web.templating import page_for, render

router = APIRouter(default_response_class=Response, include_in_schema=False)
WORDS = "archive.js."
"""Of the browser, among those of the page."""
FROM_MAP = ("zoom_in", "zoom_out", "north")
"""Words that every map has."""


@router.get("/archive")
def archive(request: Request) -> Response:
    """The map of a file of tiles."""
    page = page_for(request)
    t = Wording(language=page.language)
    words = t.part(WORDS.removesuffix("."))
    words |= {name: t(f"map.js.{name}") for name in FROM_MAP}
    words["title_key"] = "title_ml" if page.language is Language.MALAYALAM else "title"
    return render(request, "archive.html", page, words=words)
