"""The local gateway's door: Razorpay's addresses on the loopback, and a few of its own for payers and commands.

In: HTTP on 127.0.0.1.  Out: JSON as Razorpay sends it, pages for payers.  It reads its own clock, being a machine of its own.
Run it by itself with `python -m civic.core.money.local_gateway.server FOLDER PORT WEBHOOKS`.
"""

import hmac
import json
import sys
import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from secrets import token_hex
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from civic.core.money.local_gateway import pages
from civic.core.money.local_gateway.books import GatewayBooks, Refused
from civic.core.money.local_gateway.counter import GatewayCounter, Habits, Secrets

LONGEST = 1_000_000
_EVERY = 0.5
"""Seconds between two looks for webhooks that are due."""


def secrets_in(folder: Path) -> Secrets:
    """The secrets of the gateway that lives in a folder, made when it is first opened."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / "secrets.json"
    if not kept.exists():
        made = {"key": f"rzp_local_{token_hex(7)}", "secret": token_hex(16), "webhook_secret": token_hex(16)}
        draft = folder / f"secrets.{token_hex(4)}"
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(made), "utf-8")
        with suppress(FileExistsError):
            kept.hardlink_to(draft)
        draft.unlink()
    return Secrets(**json.loads(kept.read_text("utf-8")))


class LocalGateway:
    """A gateway that runs in threads of this process until it is closed; `home` is its address."""

    def __init__(self, folder: Path, *, targets: str, port: int = 0, delivers: bool = True) -> None:
        self.secrets = secrets_in(folder)
        self.books = GatewayBooks(folder / "gateway.sqlite")
        self.counter = GatewayCounter(self.books, self.secrets, targets)
        self._server = ThreadingHTTPServer(("127.0.0.1", port), Door)
        self._server.RequestHandlerClass = type("OwnDoor", (Door,), {"counter": self.counter})
        self._server.daemon_threads = True
        self._ended = Event()
        self._threads = [Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)]
        if delivers:
            self._threads.append(Thread(target=self._deliver, daemon=True))
        for thread in self._threads:
            thread.start()

    @property
    def home(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        """End it; what it has booked stays."""
        self._ended.set()
        self._server.shutdown()
        self._server.server_close()
        for thread in self._threads:
            thread.join()
        self.books.close()

    def _deliver(self) -> None:
        while not self._ended.wait(_EVERY):
            self.counter.deliver(now=time.time())


class Door(BaseHTTPRequestHandler):
    """One request at a gateway; each gateway has a door of its own with its `counter`."""

    protocol_version = "HTTP/1.1"
    counter: GatewayCounter

    def do_GET(self) -> None:
        """Answer a question."""
        self._answer("GET", b"")

    def do_POST(self) -> None:
        """Answer an order, a click or a command."""
        self._answer("POST", self.rfile.read(min(int(self.headers.get("Content-Length") or 0), LONGEST)))

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def _answer(self, method: str, raw: bytes) -> None:
        address = urlsplit(self.path)
        is_call = address.path.startswith("/v1/") and "checkout" not in address.path
        try:
            if is_call and self.counter.habits.deaf:
                self._send(503, b"", "text/plain")
            elif is_call and not self._is_known():
                self._problem(401, "Authentication failed")
            elif is_call or address.path.startswith("/local/command"):
                asked = json.loads(raw) if raw else {}
                answer = _called(self.counter, method, address.path.strip("/").split("/")[1:], asked)
                self._send(200, json.dumps(answer).encode(), "application/json")
            else:
                fields = parse_qs(raw.decode() or address.query)
                last = {name: values[-1] for name, values in fields.items()}
                html = _clicked(self.counter, method, address.path, last)
                self._send(200, html.encode(), "text/html; charset=utf-8")
        except (Refused, ValueError, KeyError, TypeError) as error:
            self._problem(400, str(error))

    def _is_known(self) -> bool:
        own = self.counter.secrets
        token = b64encode(f"{own.key}:{own.secret}".encode()).decode()
        return hmac.compare_digest(self.headers.get("Authorization", ""), f"Basic {token}")

    def _problem(self, status: int, words: str) -> None:
        problem = {"error": {"code": "BAD_REQUEST_ERROR", "description": words}}
        self._send(status, json.dumps(problem).encode(), "application/json")

    def _send(self, status: int, content: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def _called(counter: GatewayCounter, method: str, path: list[str], asked: Mapping[str, Any]) -> object:
    """Razorpay's calls, and the commands."""
    books, now = counter.books, time.time()
    calls: dict[tuple[str, ...], Callable[[str], object]] = {
        ("POST", "orders"): lambda _: books.open_order(asked, now=now),
        ("GET", "orders", ""): books.order,
        ("GET", "orders", "payments"): lambda ref: _list(books.payments_of(books.order(ref)["id"])),
        ("POST", "payments", "refund"): lambda ref: counter.refund(ref, asked, now=now),
        ("GET", "payments", "refunds"): lambda ref: _list(books.refunds_of(ref)),
        ("POST", "command"): lambda _: _commanded(counter, asked),
        ("POST", "command", "deliver"): lambda _: {
            "taken": counter.deliver(now=float(asked.get("now", now)))
        },
    }
    if path[0] == "command":
        key = ("POST", *path)
        ref = ""
    else:
        key = (method, path[0]) if len(path) == 1 else (method, path[0], path[2] if len(path) > 2 else "")
        ref = path[1] if len(path) > 1 else ""
    if key not in calls:
        raise Refused("The requested URL was not found on the server.")
    return calls[key](ref)


def _commanded(counter: GatewayCounter, asked: Mapping[str, Any]) -> object:
    """New habits; what is not said is as at the beginning."""
    counter.habits = replace(Habits(), **asked)
    return asdict(counter.habits)


def _list(items: list[dict[str, Any]]) -> object:
    return {"entity": "collection", "count": len(items), "items": items}


def _clicked(counter: GatewayCounter, method: str, path: str, fields: Mapping[str, str]) -> str:
    """A payer's pages."""
    if path == "/v1/checkout/embedded":
        return pages.checkout_page(counter, fields)
    if path == "/local/pay" and method == "POST":
        return pages.paid_page(counter, fields, now=time.time())
    if path == "/":
        return pages.overview_page(counter)
    raise Refused("There is no such page.")


def main() -> None:
    """Serve until interrupted."""
    folder, port, targets = sys.argv[1:4]
    gateway = LocalGateway(Path(folder), targets=targets, port=int(port))
    sys.stdout.write(f"{gateway.home}\n")
    sys.stdout.flush()
    with suppress(KeyboardInterrupt):
        Event().wait()
    gateway.close()


if __name__ == "__main__":
    main()
