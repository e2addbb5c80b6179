"""Guards at the door: request size, and headers that keep a page to its own host.

In: an ASGI application.  Out: the same, wrapped.
"""

import re

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import ErrorPage, is_for_programs

HEADERS = [
    (
        b"content-security-policy",
        b"default-src 'self'; img-src 'self' data: blob:; worker-src 'self' blob:; child-src blob:;"
        b" frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"permissions-policy", b"geolocation=(self), camera=(), microphone=()"),
]


def headers(pictures: str | None, forms: str | None = None) -> list[tuple[bytes, bytes]]:
    """The headers of every answer; the origin of a base map and that of a payment gateway, where the service names them, are
    the only other hosts of a page: the one for its pictures, the other for the form that leads to it."""
    policy = HEADERS[0][1]
    if forms is not None:
        policy = policy.replace(b"form-action 'self'", b"form-action 'self' " + forms.encode())
    if pictures is None:
        return [(HEADERS[0][0], policy), *HEADERS[1:]]
    own, to_images = policy.split(b" img-src 'self'")
    allowed = b"%s connect-src 'self' %s; img-src 'self' %s%s" % (
        own,
        pictures.encode(),
        pictures.encode(),
        to_images,
    )
    return [(HEADERS[0][0], allowed), *HEADERS[1:]]


DRAWINGS = re.compile(
    r"(/api)?/[^/]+/check|/town/[^/]+/cases/[^/]+/(documents|visit)|/town/[^/]+/permits/[^/]+/drawing|/town/[^/]+/reforms|/api/town/[^/]+/uploads/[^/]+"
)
"""Addresses to which drawings and documents are sent."""
NUL = b'{"type":"about:blank","title":"Not understood","status":422,"code":"not-understood","detail":"A NUL character means nothing here; leave it out."}'


class Guard:
    """Refuses bodies over a limit while they arrive, and adds the headers to every answer."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        longest_body: int,
        longest_drawing: int,
        page: ErrorPage | None = None,
        pictures: str | None = None,
        forms: str | None = None,
    ) -> None:
        self.app = app
        self.headers = headers(pictures, forms)
        self.page = page
        self.longest_body = longest_body
        self.longest_drawing = longest_drawing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        longest = self.longest_drawing if _takes_files(scope) else self.longest_body
        if _declared(scope) > longest:
            await self._tell(scope, receive, send, longest)
            return
        if "\x00" in scope["path"] or b"%00" in scope.get("query_string", b""):
            status = 400 if scope["path"].startswith("/ogc/") else 422  # as `api.errors` answers there
            await _refuse(send, status, NUL.replace(b"422", b"%d" % status))
            return
        taken = 0
        refused = False

        async def counted() -> Message:
            nonlocal taken, refused
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > longest:
                refused = True
                await self._tell(scope, receive, send, longest)
                return {"type": "http.disconnect"}
            return message

        async def guarded(message: Message) -> None:
            if refused:
                return
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *self.headers]
            await send(message)

        await self.app(scope, counted, guarded)

    async def _tell(self, scope: Scope, receive: Receive, send: Send, longest: int) -> None:
        """Refuse a body that is too large: by a page for a browser, as other errors are."""
        request, told = Request(scope), _limit(scope, longest)
        if self.page is None or "accept" not in request.headers or is_for_programs(request):
            await _refuse(send, 413, _too_large(told))
            return
        code = "file-too-large" if _takes_files(scope) else "too-large"
        answer = self.page(request, status=413, code=code, message=told, successors=())
        answer.raw_headers += self.headers
        await answer(scope, receive, send)


def _takes_files(scope: Scope) -> bool:
    return DRAWINGS.fullmatch(scope["path"]) is not None


def _limit(scope: Scope, longest: int) -> str:
    """The limit in a sentence, in megabytes of 1 000 000 bytes."""
    if _takes_files(scope):
        return (
            f"The file is larger than the {longest / 1e6:g} MB that this address takes; send a smaller file."
        )
    return f"The request is larger than the {longest / 1e6:g} MB that this address takes; send a simpler shape or drawing."


def _too_large(told: str) -> bytes:
    """The refusal of a body for programs."""
    return (
        '{"type":"about:blank","title":"Too large","status":413,"code":"too-large","detail":"' + told + '"}'
    ).encode()


def _declared(scope: Scope) -> int:
    value = dict(scope["headers"]).get(b"content-length", b"0")
    return int(value) if value.isdigit() else 0


async def _refuse(send: Send, status: int, problem: bytes) -> None:
    headers = [(b"content-type", b"application/problem+json"), *HEADERS]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": problem})
