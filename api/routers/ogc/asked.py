"""What every door under /ogc begins with: the place, the instant of knowledge, its collections, and the words of the address.

In: a request.  Out: `Asked`, within one transaction; links as OGC writes them.  Words that a door does not know are refused,
save the properties of a collection where features are asked for.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Literal
from urllib.parse import quote, urlencode
from weakref import WeakKeyDictionary

import orjson
from fastapi import Depends, Query, Request
from fastapi.responses import Response
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from api.answers import LandAnswers, as_of, day_asked
from api.routers.ogc.sources import LAST_CHANGES, LIVING, SOURCES
from gis.asof import AsOf
from gis.db.quick import engine_of
from gis.errors import Invalid
from gis.jurisdictions import jurisdiction
from gis.place import Jurisdiction
from gis.recordings import last_recording
from layers.collections.model import Collection, collection_named, collections_of

Json = dict[str, object]
JSON, GEOJSON, HTML = "application/json", "application/geo+json", "text/html"
SCHEMA = "application/schema+json"
_places: WeakKeyDictionary[Engine, dict[str, Jurisdiction]] = WeakKeyDictionary()

On = Annotated[date | None, Query(description="Date of validity; today in Kerala unless given.")]
Known = Annotated[
    datetime | None, Query(description="Instant of knowledge; the last recording unless given.")
]


async def wants_page(
    request: Request,
    f: Annotated[
        Literal["json", "html"] | None, Query(description="Form of the answer; else by the Accept header.")
    ] = None,
    _lang: Annotated[str | None, Query(alias="lang", description="Language of a page: en or ml.")] = None,
) -> bool:
    """Whether a person asks: by the word `f`, else by what the client takes."""
    return is_for_people(request, f)


def is_for_people(request: Request, f: str | None) -> bool:
    """Whether an answer shall be a page."""
    if f is not None:
        return f == "html"
    accepted = request.headers.get("accept", "")
    return "text/html" in accepted and "json" not in accepted


IsPage = Annotated[bool, Depends(wants_page)]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A place at a point in both times, what it shares, and a session to ask about it."""

    session: Session
    place: Jurisdiction
    at: AsOf
    known: datetime | None
    """The instant of knowledge that was named."""
    recorded: tuple[Collection, ...]
    """What only a recording of the land changes."""

    @property
    def collections(self) -> tuple[Collection, ...]:
        """All that the place shares, what lives without recordings of the land last."""
        living = (source(self.session, self.place, self.known) for source in LIVING)
        return (*self.recorded, *(each for some in living for each in some))

    def collection(self, name: str) -> Collection:
        """The collection of a name, or `NotFound`; what lives is looked up only where it is asked for."""
        if any(each.id == name for each in self.recorded):
            return collection_named(self.recorded, name)
        return collection_named(self.collections, name)

    def moment_of(self, of: Collection) -> datetime:
        """The instant of knowledge of what is answered of a collection; asked by it, the same is answered again."""
        return max(self.at.known, of.changed)


@contextmanager
def asking(
    land: LandAnswers, code: str, *, on: date | None = None, known: datetime | None = None
) -> Iterator[Asked]:
    """One transaction about a place."""
    with Session(land.engine) as session, session.begin():
        place = _place(session, code)
        at = (
            AsOf(on=day_asked(on), known=last_recording(session, code))
            if known is None
            else _as_known(session, place, on=on, known=known)
        )
        recorded = collections_of(session, place, SOURCES, known=at.known)
        yield Asked(session=session, place=place, at=at, known=known, recorded=recorded)


def _as_known(session: Session, place: Jurisdiction, *, on: date | None, known: datetime) -> AsOf:
    """The point in both times that is meant; the land stood still where only permits changed after its last recording."""
    known = known if known.tzinfo else known.replace(tzinfo=UTC)
    changes = [each for each in (change(session, place) for change in LAST_CHANGES) if each]
    last = last_recording(session, place.code)
    if changes and last < known <= max(changes):
        known = last
    return as_of(session, place, on=on, known=known)


def _place(session: Session, code: str) -> Jurisdiction:
    """A jurisdiction; once founded it stays as it is, so it is looked up once."""
    kept = _places.setdefault(engine_of(session), {})
    if code not in kept:
        kept[code] = jurisdiction(session, code)
    return kept[code]


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """Addresses of a place under /ogc, as the client knows this service."""

    root: str
    code: str

    def to(self, path: str = "", query: Mapping[str, object] | None = None) -> str:
        """The address of a resource of the place."""
        given = {key: value for key, value in (query or {}).items() if value is not None}
        words = f"?{urlencode(given, safe=',:/')}" if given else ""
        return f"{self.root}/ogc/{quote(self.code)}{quote(path)}{words}"

    def link(
        self, path: str, rel: str, media: str, title: str, query: Mapping[str, object] | None = None
    ) -> Json:
        """A link to a resource of the place."""
        return {"href": self.to(path, query), "rel": rel, "type": media, "title": title}

    def here(
        self, path: str, title: str, *, media: str = JSON, query: Mapping[str, object] | None = None
    ) -> list[Json]:
        """The links of a resource to itself and to itself as a page."""
        return [
            self.link(path, "self", media, title, {**(query or {}), "f": "json"}),
            self.link(path, "alternate", HTML, f"{title}, as a page", {**(query or {}), "f": "html"}),
        ]


def addresses(request: Request, code: str) -> Addresses:
    """The addresses of a place as this client knows them."""
    return Addresses(root=str(request.base_url).rstrip("/"), code=code)


def told(content: object, *, media: str = JSON, headers: Mapping[str, str] | None = None) -> Response:
    """JSON, which is asked for again each time."""
    return Response(
        orjson.dumps(content),
        media_type=media,
        headers={"Cache-Control": "no-cache", "Vary": "Accept", **(headers or {})},
    )


def further_words(request: Request, known: frozenset[str]) -> dict[str, str]:
    """The words of an address that are not its own: names of properties; a word that stands twice is refused."""
    words: dict[str, str] = {}
    for word, value in request.query_params.multi_items():
        if word in words or request.query_params.getlist(word)[1:]:
            raise Invalid(
                f"“{word[:40]}” stands more than once in this address; ask for one value at a time."
            )
        if word not in known:
            words[word] = value
    return words
