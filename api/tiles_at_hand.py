"""Plain questions for tiles of a place that was looked at before, the short way: looking for the route costs more than such a tile.

In: `GET /tiles/{code}/{z}/{x}/{y}.mvt` with known layers, today or on a day.  Out: what `api.routers.tiles` answers.  Every other
wording is left to that route, which looks at the place, refuses what it does not know and stands in the published description.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from urllib.parse import parse_qsl

from fastapi.concurrency import run_in_threadpool
from starlette.routing import BaseRoute, Match
from starlette.types import Message, Receive, Scope, Send

from api.answers import today
from api.beginnings import has_begun
from api.tile_door import HUNG_UP, Door, looked_at
from api.tile_words import Asked
from tiles.shelf import Seen, Shelf
from tiles.vector import DEEPEST, PARCELS, TileAddress

BEFORE, AFTER = "/tiles/", ".mvt"
WORDS = {"layers", "on", "v"}
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
DIGITS = 8
"""More than any column or row has."""
LONGEST = 400
"""Bytes of the words of a plain question."""
READ = {name.encode(): name for name in ("if-none-match", "accept-encoding")}
"""The client's headers that the door to a tile looks at."""
RawHeaders = list[tuple[bytes, bytes]]
Question = tuple[str, bytes, tuple[tuple[bytes, bytes], ...]]


@dataclass(frozen=True, kw_only=True)
class Said:
    """An answer, and the look at the place for which it holds."""

    code: str
    since: datetime | None
    seen: Seen
    status: int
    headers: RawHeaders
    body: Message


class TilesAtHand(BaseRoute):
    """Takes plain questions, and leaves all others to the routes behind it.

    What was answered is said again, word for word, until the place is looked at anew.
    """

    def __init__(self) -> None:
        self._said: dict[Question, Said] = {}

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Full where what is asked for is known to be there, none for all else."""
        if scope["type"] != "http" or not scope["path"].startswith(BEFORE):
            return Match.NONE, {}
        if scope["method"] != "GET" or scope.get("root_path"):
            return Match.NONE, {}
        shelf: Shelf = scope["app"].state.shelf
        said = self._said.get(_question(scope))
        if said is not None and shelf.seen(said.code, since=said.since) is said.seen:
            return Match.FULL, {"path_params": {"said": said}}
        asked = _asked(scope["path"], scope["query_string"])
        met = None if asked is None else shelf.met(asked.code)
        if asked is None or met is None or not met.layers.issuperset(asked.layers):
            return Match.NONE, {}
        if asked.on is not None and not _is_known_day(scope, asked.code, asked.on):
            return Match.NONE, {}
        return Match.FULL, {"path_params": {"asked": asked}}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        said: Said | None = scope["path_params"].get("said")
        if said is None:
            said = await self._answered(scope, receive)
        await send({"type": "http.response.start", "status": said.status, "headers": said.headers})
        await send(said.body)

    async def _answered(self, scope: Scope, receive: Receive) -> Said:
        """An answer, after a look at the place where that is due."""
        asked: Asked = scope["path_params"]["asked"]
        shelf: Shelf = scope["app"].state.shelf
        seen = shelf.seen(asked.code, since=asked.version)
        if seen is None:
            self._said.clear()
            look = run_in_threadpool(shelf.look, asked.code, on=today(), since=asked.version)
            seen = looked_at(await look, asked)
        door = Door(shelf=shelf, seen=seen, asked=asked, changes=seen.changes)
        status, headers, content = await _opened(door, scope, receive)
        body = {"type": "http.response.body", "body": content}
        said = Said(
            code=asked.code, since=asked.version, seen=seen, status=status, headers=headers, body=body
        )
        if shelf.kept.room and status != HUNG_UP:
            self._said[_question(scope)] = said
        return said


def _question(scope: Scope) -> Question:
    return scope["path"], scope["query_string"], tuple(scope["headers"])


def _is_known_day(scope: Scope, code: str, on: date) -> bool:
    """Whether a day is neither to come nor one of which nothing may be known."""
    return on <= today() and has_begun(scope["app"].state.answers.engine, code, on)


async def _opened(door: Door, scope: Scope, receive: Receive) -> tuple[int, RawHeaders, bytes]:
    """Status, headers and content, as the door to a tile gives them."""
    given = {READ[name]: value.decode("latin-1") for name, value in scope["headers"] if name in READ}
    status, headers, content = await door.answer(given, receive)
    raw = [*_raw(tuple(headers.items()))]
    if status != 304:
        raw.append((b"content-length", b"%d" % len(content)))
    return status, raw, content


@lru_cache(maxsize=256)
def _raw(headers: tuple[tuple[str, str], ...]) -> RawHeaders:
    """Headers as they are sent; most tiles of a place have the same."""
    return [(name.lower().encode(), value.encode()) for name, value in headers]


@lru_cache(maxsize=4096)
def _asked(path: str, query: bytes) -> Asked | None:
    """What a plain address asks for; None for any other."""
    if not (path.startswith(BEFORE) and path.endswith(AFTER)) or len(query) > LONGEST:
        return None
    words = _words(query)
    code, *numbers = path[len(BEFORE) : -len(AFTER)].split("/")
    if words is None or len(numbers) != 3:
        return None
    if not all(each.isascii() and each.isdecimal() and len(each) <= DIGITS for each in numbers):
        return None
    z, x, y = map(int, numbers)
    if z > DEEPEST or x >> z or y >> z:
        return None
    layers, on, version = words
    return Asked(code=code, address=TileAddress(z=z, x=x, y=y), layers=layers, on=on, known=None, v=version)


@lru_cache(maxsize=1024)
def _words(query: bytes) -> tuple[tuple[str, ...], date | None, str | None] | None:
    """Layers, day and version in the words of an address; None where the route has to look at them."""
    try:
        pairs = parse_qsl(query.decode("ascii"), keep_blank_values=True, strict_parsing=bool(query))
        words = dict(pairs)
        on = date.fromisoformat(words["on"]) if DAY.fullmatch(words.get("on", "")) else None
    except ValueError:
        return None
    if ("on" in words) is not (on is not None):
        return None
    layers = tuple(dict.fromkeys(name for name in words.get("layers", PARCELS).split(",") if name))
    if len(pairs) != len(words) or not words.keys() <= WORDS or not layers:
        return None
    return layers, on, words.get("v")
