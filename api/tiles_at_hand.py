"""Plain questions for tiles of a place that was looked at just now, the short way: looking for the route costs more than such a tile.

In: `GET /tiles/{code}/{z}/{x}/{y}.mvt` with known layers, today or on a day.  Out: what `api.routers.tiles` answers.  Every other
wording is left to that route, which looks at the place, refuses what it does not know and stands in the published description.
"""

import re
from datetime import date
from functools import lru_cache
from urllib.parse import parse_qsl

from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from api.answers import today
from api.tile_door import Door
from api.tile_words import Asked
from tiles.shelf import Shelf
from tiles.vector import DEEPEST, PARCELS, TileAddress

BEFORE, AFTER = "/tiles/", ".mvt"
WORDS = {"layers", "on", "v"}
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
DIGITS = 8
"""More than any column or row has."""
LONGEST = 400
"""Bytes of the words of a plain question."""


class TilesAtHand(BaseRoute):
    """Takes plain questions, and leaves all others to the routes behind it."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Full where all is known that the answer needs, none for all else."""
        if scope["type"] != "http" or scope["method"] != "GET" or scope.get("root_path"):
            return Match.NONE, {}
        asked = _asked(scope["path"], scope["query_string"])
        if asked is None:
            return Match.NONE, {}
        shelf: Shelf = scope["app"].state.shelf
        seen = shelf.seen(asked.code, since=asked.version)
        if seen is None or not seen.layers.issuperset(asked.layers) or (asked.on or date.min) > today():
            return Match.NONE, {}
        door = Door(shelf=shelf, seen=seen, asked=asked, changes=seen.changes)
        return Match.FULL, {"path_params": {"door": door}}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        door: Door = scope["path_params"]["door"]
        given = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        status, headers, body = await door.answer(given, receive)
        raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        if status != 304:
            raw.append((b"content-length", b"%d" % len(body)))
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": body})


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
