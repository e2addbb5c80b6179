"""HEAD at the addresses of tiles and open data: what GET would say of an answer, without the answer (RFC 9110, clause 9.3.2).

In: any request.  Out: under /tiles and /ogc, HEAD is answered by the doors as GET, and nothing but its head leaves; who asks so is
gone once that is said, so that a question that is still answered is given up.  All other requests go by.
"""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

BELOW = ("/tiles/", "/ogc/")


class Heads:
    """Stands before the doors."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["method"] != "HEAD" or not scope["path"].startswith(BELOW):
            await self.app(scope, receive, send)
            return
        is_said = False

        async def heard() -> Message:
            return {"type": "http.disconnect"} if is_said else await receive()

        async def head_alone(message: Message) -> None:
            nonlocal is_said
            if message["type"] == "http.response.start":
                is_said = True
                await send(message)
                await send({"type": "http.response.body", "body": b""})

        await self.app({**scope, "method": "GET"}, heard, head_alone)
