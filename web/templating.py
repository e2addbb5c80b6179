"""One Jinja environment for all pages: strict, escaping, and the same few names in every template.

In: a request, a template's name and values.  Out: HTML in the reader's language, with `Content-Language` and `Vary`.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote, urlencode

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from layers.extract.model import Words
from web import law_words
from web.answers import Place
from web.asking import Moment
from web.check_sentences import days_told, tidy, tidy_step
from web.figures import Figures
from web.languages import Language, Wording, language_for
from web.sentences import told_in_malayalam

STATIC = Path(__file__).parent / "static"
COOKIE = "lang"
NOW = Moment()
HALL = re.compile(r"/town/[^/]+")
"""Where the pages of a town hall begin."""
YEAR = 365 * 24 * 3600
"""Seconds for which a reader's language is kept."""


@dataclass(frozen=True, kw_only=True)
class Link:
    """Where a page may lead on to."""

    href: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Page:
    """What every template knows: who reads, where, and at which point in time."""

    language: Language
    path: str
    query: tuple[tuple[str, str], ...]
    code: str | None = None
    place: Place | None = None
    moment: Moment = NOW

    def to(self, path: str, **query: object) -> str:
        """An address within this place, at the same point in time."""
        return address(f"/{self.code}/{path}" if self.code else f"/{path}", {**query, **self.moment.query})

    def plain(self, path: str) -> str:
        """The address that a form of this place sends its own query to."""
        return address(f"/{self.code}/{path}", {})

    def data(self, path: str, **query: object) -> str:
        """An address of the programming interface for this place, at the same point in time."""
        return address(
            f"/api/{self.code}/{path}" if self.code else f"/api/{path}", {**query, **self.moment.query}
        )

    def here(self, **changes: object) -> str:
        """This page's own address with some of its query changed; None takes a part out."""
        kept = {key: value for key, value in self.query if key not in changes}
        return address(self.path, kept | changes)


def address(path: str, query: Mapping[str, object]) -> str:
    """A path with a query, without the parts that are None."""
    given = {key: value for key, value in query.items() if value is not None}
    return f"{quote(path)}?{urlencode(given, safe=',~:/')}" if given else quote(path)


@lru_cache
def asset(name: str) -> str:
    """The address of a static file, changing with its content."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


@lru_cache
def environment() -> Environment:
    """The one environment: a name that a template does not know is an error, and everything is escaped."""
    made = Environment(
        loader=PackageLoader("web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {
        "asset": asset,
        "Words": Words,
        "days_told": days_told,
        "in_malayalam": law_words,
        "tidy": tidy,
        "tidy_step": tidy_step,
        "told_in_malayalam": told_in_malayalam,
    }
    return made


def page_for(request: Request) -> Page:
    """The reader's page before its place is known."""
    code = request.path_params.get("j")
    language = language_for(
        asked=request.query_params.get(COOKIE),
        kept=request.cookies.get(COOKIE),
        accepted=request.headers.get("accept-language", ""),
        code=code,
    )
    query = tuple((key, value) for key, value in request.query_params.items() if key != COOKIE)
    return Page(language=language, path=request.url.path, query=query, code=code)


def render(
    request: Request, template: str, page: Page, *, status: int = 200, **values: object
) -> HTMLResponse:
    """A page of HTML; a language chosen in the address is kept in a cookie."""
    t = Wording(language=page.language)
    html = environment().get_template(template).render(page=page, t=t, figures=Figures(t=t), **values)
    answer = HTMLResponse(html, status_code=status)
    answer.headers["Content-Language"] = page.language
    answer.headers["Vary"] = "Accept-Language, Cookie"
    if request.query_params.get(COOKIE) in set(Language):
        answer.set_cookie(COOKIE, page.language, max_age=YEAR, samesite="lax", httponly=True, path="/")
    return answer


def error_page(
    request: Request, *, status: int, code: str, message: str, successors: Sequence[str] = ()
) -> Response:
    """An error as a page: what happened, why, and where to go on; successors of a parcel are linked.

    Who must sign in first is led to where that is done, and from there back.  The message stands in English; the sentence of its code stands before it where the page speaks another language.
    """
    if status == 401 and request.method == "GET" and (hall := HALL.match(request.url.path)):
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(address(f"{hall[0]}/sign-in", {"next": here}), status_code=303)
    place = getattr(request.state, "place", None)
    # what was not understood holds on no day, and no link leads on with it
    moment = NOW if status == 422 else getattr(request.state, "moment", NOW)
    page = replace(page_for(request), place=place, moment=moment)
    t = Wording(language=page.language)
    onward = [Link(href=page.to("plot", number=number), text=number) for number in successors]
    key = f"error.{status}.title"
    title = t(key) if t.knows(key) else t("error.other.title")
    known = f"error.code.{code}"
    sentence = t(known) if t.knows(known) and page.language is not Language.ENGLISH else None
    return render(
        request,
        "error.html",
        page,
        status=status,
        title=title,
        sentence=sentence,
        message=message,
        onward=onward,
    )
