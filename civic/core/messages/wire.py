"""One POST of JSON to a carrier.

In: an https address (http only on this machine), headers, a payload.  Out: the status and the answer; `Postponed` where
nobody answers.  Redirects are not followed: a token goes to nobody else.
"""

import http.client
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from civic.core.messages.carriers import Postponed
from gis.errors import Invalid

WAIT = 20.0
"""Seconds that a carrier may take for an answer."""
LONGEST_ANSWER = 100_000
NEAR = {"localhost", "127.0.0.1", "::1"}
NOT_NOW = {401, 403, 408, 409, 425, 429}
"""Refusals that another try may overcome: a token put right, a limit of the hour."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a carrier answered."""

    status: int
    told: Any
    """Its JSON, or None."""
    text: str

    @property
    def is_good(self) -> bool:
        """Whether it was taken."""
        return 200 <= self.status < 300

    @property
    def is_for_now(self) -> bool:
        """Whether another try may succeed."""
        return self.status >= 500 or self.status in NOT_NOW


def check_address(address: str, setting: str) -> str:
    """An address that secrets may be sent to."""
    parts = urlsplit(address)
    if parts.hostname and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in NEAR)):
        return address.rstrip("/")
    raise Invalid(f"{setting} must be an https address.")


def post_json(address: str, headers: Mapping[str, str], payload: Mapping[str, Any]) -> Answer:
    """Send, and read the answer."""
    parts = urlsplit(address)
    host, port = str(parts.hostname), parts.port
    wire = (
        http.client.HTTPSConnection(host, port, timeout=WAIT, context=ssl.create_default_context())
        if parts.scheme == "https"
        else http.client.HTTPConnection(host, port, timeout=WAIT)
    )
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    whole = {"Content-Type": "application/json", "Accept": "application/json", **headers}
    try:
        wire.request("POST", path, body=json.dumps(payload).encode(), headers=whole)
        answer = wire.getresponse()
        text = answer.read(LONGEST_ANSWER).decode("utf-8", "replace")
        return Answer(status=answer.status, told=_json(text), text=text[:500])
    except (OSError, http.client.HTTPException) as error:
        raise Postponed(f"{host} does not answer: {error}") from error
    finally:
        wire.close()


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
