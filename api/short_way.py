"""The short way to the extract of a number: the question asked most, without what only other questions need.

In: `GET /api/{code}/extract` with a number and at most a day.  Out: what `api.routers.land` answers, byte for byte.  Every other
wording is left to that route, which reads all words, refuses what it does not know and stands in the published description;
errors are answered where all are.  Looking a question up among all routes of the service, twice, and reading eight words that
are not there took a third as long as the extract itself: between two extracts a processor has forgotten that code.
"""

import re
from asyncio import AbstractEventLoop, Future, get_running_loop
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date
from typing import Any
from urllib.parse import unquote

from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from api.answers import LandAnswers
from layers.extract.document import written

ADDRESS = re.compile(r"/api/([^/]+)/extract")
NUMBER, DAY = r"number=([!-%'-*,-~]+)", r"on=([0-9]{4}-[0-9]{2}-[0-9]{2})"
WORDS = re.compile(f"{NUMBER}(?:&{DAY})?|{DAY}&{NUMBER}")
"""The words of a plain question, in either order; a number with a plus sign, which stands for a space, is for the long way."""
JSON = (b"content-type", b"application/json")
LONGEST = 400
"""Bytes of a plain question; a number is refused long before."""


class ShortWay(BaseRoute):
    """Takes the plain question, and leaves every other one to the routes behind it."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(thread_name_prefix="extract")

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Full for a plain question, none for any other."""
        if scope["type"] != "http" or scope["method"] != "GET" or scope.get("root_path"):
            return Match.NONE, {}
        address = ADDRESS.fullmatch(scope["path"])
        if address is None or len(scope["query_string"]) > LONGEST:
            return Match.NONE, {}
        words = _plain(scope["query_string"])
        return (
            (Match.NONE, {})
            if words is None
            else (Match.FULL, {"path_params": {"code": address[1], **words}})
        )

    async def handle(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Answer in a thread, as every question that waits for the database."""
        loop = get_running_loop()
        future: Future[bytearray] = loop.create_future()
        self._threads.submit(_answer, loop, future, scope["app"].state.answers, scope["path_params"])
        text = await future
        headers = [(b"content-length", b"%d" % len(text)), JSON]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": text})


def _answer(
    loop: AbstractEventLoop, future: "Future[bytearray]", answers: LandAnswers, words: Mapping[str, Any]
) -> None:
    """The answer, or what it failed of, told to the loop straight; from one library's future to the other's it is as far again."""
    text: bytearray | None = None
    fault: Exception | None = None
    try:
        text = written(answers.extract(known=None, **words))
    except Exception as error:
        fault = error
    with suppress(RuntimeError):  # the loop has ended, and with it whoever waited
        loop.call_soon_threadsafe(_told, future, text, fault)


def _told(future: "Future[bytearray]", text: bytearray | None, fault: Exception | None) -> None:
    """Nobody waits any more where the client has hung up."""
    if future.cancelled():
        return
    if text is None:
        future.set_exception(fault or RuntimeError("An answer without words."))
    else:
        future.set_result(text)


def _plain(query: bytes) -> Mapping[str, Any] | None:
    """The number and the day of a plain question; None where a word is missing, is another one, or stands twice."""
    words = WORDS.fullmatch(query.decode("latin-1"))
    if words is None:
        return None
    day = words[2] or words[3]
    try:
        on = date.fromisoformat(day) if day else None
    except ValueError:
        return None
    return {"number": unquote(words[1] or words[4]), "on": on}
