"""The short way to the extract of a number: the question asked most, without what only other questions need.

In: `GET /api/{code}/extract` with a number and at most a day.  Out: what `api.routers.land` answers, byte for byte.  Every other
wording is left to that route, which reads all words, refuses what it does not know and stands in the published description;
errors are answered where all are.  Looking a question up among all routes of the service, twice, and reading eight words that
are not there took a third as long as the extract itself: between two extracts a processor has forgotten that code.
"""

import re
from asyncio import get_running_loop
from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any, cast
from urllib.parse import parse_qsl

from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from api.answers import LandAnswers
from layers.extract.document import in_pieces

ADDRESS = re.compile(r"/api/([^/]+)/extract")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
JSON = (b"content-type", b"application/json")
LONGEST = 400
"""Bytes of a plain question; a number is refused long before."""


class ShortWay(BaseRoute):
    """Takes the plain question, and leaves every other one to the routes behind it."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Full for a plain question, none for any other."""
        if scope["type"] != "http" or scope["method"] != "GET" or scope.get("root_path"):
            return Match.NONE, {}
        address = ADDRESS.fullmatch(scope["path"])
        if address is None or len(scope["query_string"]) > LONGEST:
            return Match.NONE, {}
        words = _plain(scope["query_string"])
        if words is None:
            return Match.NONE, {}
        return Match.FULL, {"path_params": {"code": address[1], **words}}

    async def handle(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Answer in a thread, as every question that waits for the database; the loop's own threads are the shortest way."""
        answers = cast(LandAnswers, scope["app"].state.answers)
        work = partial(_answered, answers, **scope["path_params"])
        head, rest = await get_running_loop().run_in_executor(None, work)
        headers = [(b"content-length", b"%d" % (len(head) + len(rest))), JSON]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": head, "more_body": True})
        await send({"type": "http.response.body", "body": rest})


def _answered(answers: LandAnswers, *, code: str, number: str, on: date | None) -> tuple[bytes, bytes]:
    return in_pieces(answers.extract(code, number=number, on=on, known=None))


def _plain(query: bytes) -> Mapping[str, Any] | None:
    """The number and the day of a plain question; None where a word is missing, is another one, or stands twice."""
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    words = dict(pairs)
    number, day = words.pop("number", ""), words.pop("on", None)
    if words or not number or len(pairs) != 1 + (day is not None):
        return None
    if day is None:
        return {"number": number, "on": None}
    on = _day(day)
    return None if on is None else {"number": number, "on": on}


def _day(text: str) -> date | None:
    """A day as ISO 8601 writes it; any other wording is for the long way to read, or to refuse."""
    if DAY.fullmatch(text) is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
