"""A person at a browser without JavaScript: pages are read, their forms are filled in and sent, as the page's own fields say.

In: the port of a running service, the cookie of somebody signed in.  Out: answers; the steps of a building permit from the form to the letter.
"""

import http.client
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from urllib.parse import quote, urlencode, urlsplit

from civic.core.http import cookie_of

PATIENCE = 300.0
"""Seconds that a browser waits for an answer."""
_FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL)
_INPUT = re.compile(r"<input\b([^>]*)>")
_NAMED = re.compile(r'([a-z-]+)="([^"]*)"')


class Refused(Exception):
    """The service did not answer as a filing goes its way."""


class Died(Exception):
    """The server ended before it answered."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back."""

    status: int
    body: bytes
    location: str

    @property
    def text(self) -> str:
        """The page."""
        return self.body.decode()

    def form(self, action: str) -> dict[str, str]:
        """The fields of the page's form that goes to an address whose end is given, as they are filled in."""
        for head, inner in _FORM.findall(self.text):
            if dict(_NAMED.findall(head)).get("action", "").endswith(action):
                read = (dict(_NAMED.findall(each)) for each in _INPUT.findall(inner))
                return {each["name"]: unescape(each.get("value", "")) for each in read if "name" in each}
        raise Refused(f"the page has no form to {action}")

    def names(self, begins: str) -> set[str]:
        """The names of all fields that begin with a word."""
        return set(re.findall(f'name="({re.escape(begins)}[^"]*)"', self.text))

    def link(self, pattern: str) -> str:
        """The first address on the page that a pattern finds."""
        found = re.search(f'(?:href|action)="([^"]*{pattern}[^"]*)"', self.text)
        if found is None:
            raise Refused(f"the page has no link to {pattern}")
        return unescape(found[1])


class Browser:
    """Somebody signed in."""

    def __init__(self, port: int, secret: str, *, body: str) -> None:
        self.port = port
        self.town = f"/town/{body}"
        self.dies_at = 0
        """At which point of its work on the next form a mortal server dies; 0: it lives."""
        self.points = 0
        """How many points the last form had."""
        self._cookie = f"{cookie_of(body)}={secret}; lang=en"

    def get(self, path: str) -> Answer:
        """A page."""
        return self._ask("GET", path, b"", "")

    def post(self, path: str, form: Mapping[str, str]) -> Answer:
        """A form."""
        return self._ask("POST", path, urlencode(form).encode(), "application/x-www-form-urlencoded")

    def send(self, path: str, field: str, name: str, content: bytes) -> Answer:
        """A form with a file."""
        mark = secrets.token_hex(12)
        head = f'--{mark}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n\r\n'
        body = head.encode() + content + f"\r\n--{mark}--\r\n".encode()
        return self._ask("POST", path, body, f"multipart/form-data; boundary={mark}")

    def _ask(self, method: str, path: str, body: bytes, kind: str) -> Answer:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        headers = {"Cookie": self._cookie, "Sec-Fetch-Site": "same-origin"}
        if kind:
            headers |= {"Content-Type": kind, "X-Dies-At": str(self.dies_at)}
        try:
            line.request(method, path, body or None, headers)
            got = line.getresponse()
            answer = Answer(status=got.status, body=got.read(), location=got.getheader("location") or "")
            points = int(got.getheader("x-points") or 0)
        except (OSError, http.client.HTTPException) as error:
            raise Died(f"{method} {path}") from error
        finally:
            line.close()
        if kind:
            self.points = points
        return answer


@dataclass
class Filing:
    """One matter on its way, by its owner and a licensee at their own browsers."""

    owner: Browser
    licensee: Browser
    licensee_id: int
    plot: str
    number: str = ""

    @property
    def case(self) -> str:
        """The page of the case."""
        return f"{self.owner.town}/cases/{self.number}"

    @property
    def here(self) -> str:
        """Where the pages of the permit are."""
        return f"{self.owner.town}/permits/{self.number}"

    def begin(self) -> None:
        """The owner opens a draft and chooses the licensee."""
        self.open_with(self.form())

    def form(self) -> dict[str, str]:
        """The form of a draft, filled in."""
        page = self.owner.get(f"{self.owner.town}/permits/new?number={quote(self.plot)}&kind=new")
        own = {"title": "A house on two floors", "licensee": str(self.licensee_id)}
        return page.form("/permits/new") | own

    def open_with(self, said: Mapping[str, str]) -> None:
        """A form is sent that opens a draft."""
        self.number = went(self.owner.post(f"{self.owner.town}/permits/new", said)).split("/")[-2]

    def draw(self, drawing: bytes) -> None:
        """The licensee hands the drawing in, which is checked at once."""
        went(self.licensee.send(f"{self.here}/drawing", "drawing", "plan.dxf", drawing))

    def file(self) -> None:
        """The licensee files the draft for signature."""
        said = self.licensee.get(self.case).form("/steps/file")
        went(self.licensee.post(f"{self.case}/steps/file", said))

    def sign(self) -> None:
        """Both sign; the licensee ticks everything that is to be declared."""
        self.sign_as(self.owner)
        self.sign_as(self.licensee)

    def sign_as(self, who: Browser, *, declares: bool = True) -> None:
        """One of them signs; what stands ticked is what the page offers, or nothing of it."""
        said = who.get(f"{self.here}/sign").form("/sign")
        kept = {name: value for name, value in said.items() if declares or not name.startswith("declare-")}
        went(who.post(f"{self.here}/sign", kept))

    def step(self, who: Browser, name: str, note: str = "Seen.") -> None:
        """A step by its form on the page of the case."""
        said = who.get(self.case).form(f"/steps/{name}") | {"note": note}
        went(who.post(f"{self.case}/steps/{name}", said))

    def checkout(self) -> dict[str, str]:
        """The owner goes to the gateway; the fields of its button that pays."""
        page = self.owner.get(self.case)
        pay = page.link(f"{self.owner.town}/pay/")
        gateway = self.owner.get(went(self.owner.post(pay, {})))
        return gateway.form("/trial-gateway/pay") | {"outcome": "paid"}

    def pay(self, said: Mapping[str, str]) -> None:
        """The last click: paid at the gateway, back at the town hall, the receipt shown."""
        back = self.owner.post(f"{self.owner.town}/trial-gateway/pay", said)
        onward = back.form("/return")
        receipt = went(self.owner.post(back.link("/return"), onward))
        if "/receipt/" not in receipt or self.owner.get(receipt).status != 200:
            raise Refused(f"the payment led to {receipt}")

    def letter(self, *, until: float) -> bytes:
        """The letter of the permit by the link on the case's page, looked for until it is there."""
        while time.monotonic() < until:
            page = self.owner.get(self.case)
            if "/letters/permit.pdf" in page.text:
                got = self.owner.get(page.link("/letters/permit.pdf"))
                if got.status != 200 or not got.body.startswith(b"%PDF"):
                    raise Refused(f"the letter answered {got.status}")
                return got.body
            if "permits.why_officer" in page.text:
                raise Refused("an officer is to decide")
            time.sleep(0.25)
        raise Refused(f"no letter came of {self.number}")


def went(answer: Answer) -> str:
    """Where a form led; `Refused` with what stood above it."""
    if answer.status != 303:
        words = re.search(r'role="alert"[^>]*>(.*?)</', answer.text, re.DOTALL)
        raise Refused(f"{answer.status}: {words[1].strip()[:300] if words else answer.text[:300]}")
    return urlsplit(answer.location).path + (
        f"?{urlsplit(answer.location).query}" if urlsplit(answer.location).query else ""
    )
