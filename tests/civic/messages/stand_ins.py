"""Carriers as they behave on the wire: a mail server, a provider of SMS, the Cloud API; each on this machine.

In: what the next answer shall be.  Out: real sockets that real adapters speak to, and what arrived there.
"""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class MailServer:
    """A mail server that takes what it is sent, unless told what to say."""

    port: int = 0
    says: list[str] = field(default_factory=list)
    """Answers to the next recipients; afterwards all is well."""
    taken: list[Envelope] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 - the server calls it so
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take or refuse a recipient."""
        if self.says:
            return self.says.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a message."""
        self.taken.append(envelope)
        return "250 OK queued"


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """A mail server on a free port."""
    kept = MailServer()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        kept.port = free.getsockname()[1]
    controller = Controller(kept, hostname="127.0.0.1", port=kept.port)
    controller.start()
    try:
        yield kept
    finally:
        controller.stop()


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request that arrived."""

    path: str
    token: str
    told: dict[str, Any]


@dataclass
class Provider:
    """An HTTP service: checks what the real one checks, and answers as it does."""

    address: str = ""
    says: list[tuple[int, Any]] = field(default_factory=list)
    """Answers to the next requests; afterwards it judges for itself."""
    asked: list[Asked] = field(default_factory=list)

    def judge(self, asked: Asked) -> tuple[int, Any]:
        """Its own answer."""
        raise NotImplementedError


class SmsProvider(Provider):
    """Carries only what names an entity, a header and a template, to Indian numbers."""

    registered = frozenset({("1101000000000000001", "KLTOWN", "1107000000000000009")})

    def judge(self, asked: Asked) -> tuple[int, Any]:
        """As a provider under DLT answers."""
        told = asked.told
        if asked.token != "Bearer sms-key":
            return 401, {"error": "bad key"}
        if (told.get("entity_id"), told.get("header"), told.get("template_id")) not in self.registered:
            return 422, {"error": "template not registered with the entity"}
        if not str(told.get("to", "")).startswith("+91"):
            return 400, {"error": "bad number"}
        if (told["coding"] == "plain") != told["text"].isascii():
            return 400, {"error": "bad coding"}
        return 202, {"id": f"sms-{len(self.asked)}"}

    def report(self, status: str, cause: str = "") -> bytes:
        """What it reports to its customer of everything that it took, once the operators have answered."""
        took = [each.told["reference"] for each in self.asked]
        return json.dumps(
            {
                "reports": [
                    {"id": f"sms-{place}", "reference": reference, "status": status, "cause": cause}
                    for place, reference in enumerate(took, 1)
                ]
            }
        ).encode()


class CloudApi(Provider):
    """Takes approved templates with the right number of parameters."""

    approved = {"plot_event": 7, "case_moved": 5}  # noqa: RUF012 - a stand-in of one test run

    def judge(self, asked: Asked) -> tuple[int, Any]:
        """As the Cloud API answers."""
        told = asked.told
        if asked.token != "Bearer wa-token":
            return 401, _error(190, "Invalid OAuth access token")
        if asked.path != "/v23.0/4711/messages" or told.get("messaging_product") != "whatsapp":
            return 400, _error(100, "Invalid parameter")
        template = told["template"]
        if template["name"] not in self.approved:
            return 404, _error(132001, "Template name does not exist in the translation")
        (body,) = template["components"]
        if len(body["parameters"]) != self.approved[template["name"]]:
            return 400, _error(132000, "Number of parameters does not match")
        if any("\n" in each["text"] or not each["text"] for each in body["parameters"]):
            return 400, _error(132018, "Param text cannot have new-line characters")
        number = told["to"]
        return 200, {
            "messaging_product": "whatsapp",
            "contacts": [{"input": number, "wa_id": number}],
            "messages": [{"id": f"wamid.{len(self.asked)}", "message_status": "accepted"}],
        }


def _error(code: int, message: str) -> dict[str, Any]:
    return {"error": {"message": f"(#{code}) {message}", "type": "OAuthException", "code": code}}


@contextmanager
def served(kept: Provider) -> Iterator[Provider]:
    """An HTTP service on a free port."""

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            asked = Asked(path=self.path, token=self.headers.get("Authorization", ""), told=json.loads(raw))
            kept.asked.append(asked)
            status, told = kept.says.pop(0) if kept.says else kept.judge(asked)
            answer = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    kept.address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield kept
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
