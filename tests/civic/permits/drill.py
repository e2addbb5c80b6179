"""A permit taken from the form to the letter while the server is killed in the middle of every step, and what must hold afterwards.

In: a mortal server (`tests.civic.permits.mortal`), a matter whose people have browsers, which of the points of a step to die at.  Out: how
many lives it took.  After each death the step is either done or not begun, never half; who goes on does what the page then offers.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from itertools import chain
from pathlib import Path
from socket import socket
from subprocess import PIPE, Popen
from sys import executable

from sqlalchemy import Engine, text

from civic.core.bodies import inside
from civic.core.case import case, tasks_of
from civic.core.people import Actor
from civic.core.sign_in import begin
from civic.permits.checking import newest_check
from rules.plans.starter import starter
from tests.civic.permits.clicking import Browser, Died, Filing, went
from tests.civic.permits.low_risk import a_clear_site
from tests.civic.permits.matters import Matter

ROOT = Path(__file__).parents[3]
Ends = Callable[[str], Iterable[int]]
"""At which points a step dies, one after the other, until it is done."""
WHOLE = {
    "a permit without its check, or a case granted without its permit": (
        "SELECT count(*) FROM civic_case c JOIN permit_case p ON p.case_id = c.id LEFT JOIN permit x ON x.case_id = c.id"
        " LEFT JOIN permit_check k ON k.id = x.check_id AND k.case_id = c.id"
        " WHERE c.state IN ('permitted', 'deemed') AND k.id IS NULL"
    ),
    "a permit of a case that was not granted": (
        "SELECT count(*) FROM permit x JOIN civic_case c ON c.id = x.case_id WHERE c.state NOT IN ('permitted', 'deemed')"
    ),
    "numbers of permits with a gap": "SELECT coalesce(max(serial), 0) - count(*) FROM permit",
    "numbers of cases with a gap": "SELECT coalesce(max(serial), 0) - count(*) FROM civic_case WHERE service = 'permits'",
    "a fee that was received twice, or not": (
        "SELECT count(*) FROM (SELECT d.id FROM demand d LEFT JOIN receipt r ON r.demand_id = d.id AND r.cancelled IS NULL"
        " WHERE d.state = 'paid' GROUP BY d.id HAVING count(r.id) <> 1) x"
    ),
    "a payment of the gateway without its receipt": (
        "SELECT count(*) FROM gateway_payment g LEFT JOIN receipt r ON r.payment_id = g.id WHERE r.id IS NULL"
    ),
    "a journal that does not balance": (
        "SELECT count(*) FROM (SELECT FROM journal_entry GROUP BY journal_id HAVING sum(amount) <> 0) x"
    ),
    "a check of another file than the one kept with it": (
        "SELECT count(*) FROM permit_check k LEFT JOIN document_version v ON v.document_id = k.document_id"
        " AND v.record = k.record AND v.seq = k.document_seq WHERE v.sha256 IS DISTINCT FROM k.sha256"
    ),
    "a history with a gap": (
        "SELECT count(*) FROM civic_case c WHERE c.version <> (SELECT count(*) FROM case_event e WHERE e.case_id = c.id)"
    ),
}
"""What must never be, each as a question that counts it."""


@contextmanager
def mortal_server(url: str, folder: Path) -> Iterator[int]:
    """A server that can be killed again and again; its port."""
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [executable, "-m", "tests.civic.permits.mortal", url, str(folder), str(port), "clear"]
    with Popen(command, cwd=ROOT, stdin=PIPE, stdout=PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().strip() == "ready"
            yield port
        finally:
            process.kill()


@dataclass
class Drill:
    """One permit's way through many lives of the server."""

    engine: Engine
    matter: Matter
    filing: Filing
    people: Mapping[str, Browser]
    ends: Ends
    deaths: int = 0
    seen: dict[str, int] = field(default_factory=dict)
    """The steps that were answered in the end, with their points."""
    killed: set[str] = field(default_factory=set)

    def way(self) -> None:
        """From the form to the permit on the licensee's certificate, and its letter."""
        self._begun_and_drawn()
        self._signed(declares=True)
        self._paid()
        assert self._state() == "permitted"
        assert self._letter("permit").startswith(b"%PDF")

    def officers_way(self) -> None:
        """From the form to the permit by an officer's decision, and its letter."""
        self._begun_and_drawn()
        self._signed(declares=False)
        self._paid()
        assert self._state() == "verifying"
        self._spoken()
        self._step("verify", "verifier", "consulting")
        self._answered()
        with inside(self.engine, self.matter.body.code) as (session, _):
            self.matter.session, self.matter.number = session, self._case_id()
            self.matter.visit()
        self._step("report", "field_inspector", "deciding")
        self._step("approve", "approver", "permitted")
        assert self._letter("permit").startswith(b"%PDF")

    def _begun_and_drawn(self) -> None:
        said = self.filing.form()
        number = self.filing.number
        self._lives(
            "begin",
            self.filing.owner,
            lambda: self.filing.open_with(said),
            lambda: self.filing.number != number,
        )
        drawing = starter(a_clear_site(), set_back=6.0)
        self._lives(
            "draw", self.filing.licensee, lambda: self.filing.draw(drawing), lambda: self._has_check()
        )
        self._lives("file", self.filing.licensee, self.filing.file, lambda: self._state() == "consenting")

    def _signed(self, *, declares: bool) -> None:
        owner, licensee = self.filing.owner, self.filing.licensee
        self._lives("sign", owner, lambda: self.filing.sign_as(owner), lambda: self._signatures() == 1)
        self._lives(
            "sign last",
            licensee,
            lambda: self.filing.sign_as(licensee, declares=declares),
            lambda: self._state() == "fee_due",
        )

    def _paid(self) -> None:
        """The money is taken at the gateway once; the way back is gone until the town hall has booked it."""
        owner = self.filing.owner
        back = owner.post(f"{owner.town}/trial-gateway/pay", self.filing.checkout())
        onward, at = back.form("/return"), back.link("/return")
        self._lives("pay", owner, sent(owner, at, onward), lambda: self._state() != "fee_due")

    def _spoken(self) -> None:
        verifier = self.people["verifier"]

        def act() -> None:
            page = verifier.get(f"{self.filing.here}/decision")
            unticked = {
                name: value for name, value in page.form("/words").items() if not name.startswith("tick-")
            }
            opened = {name for name in page.names("stance-")}
            words = {name: "accepted" for name in opened} | {
                name.replace("stance-", "reason-"): "Shown by the papers." for name in opened
            }
            went(verifier.post(f"{self.filing.here}/words", unticked | words))

        self._lives("words", verifier, act, lambda: self._words() > 0)

    def _answered(self) -> None:
        agency = self.people["agency"]
        with inside(self.engine, self.matter.body.code) as (session, _):
            tasks = [each.id for each in tasks_of(session, self._case_id())]
        for task in tasks:
            at = f"{self.filing.case}/tasks/{task}"
            said = sent(agency, at, {"answer": "agrees"})
            self._lives("answer", agency, said, partial(self._is_answered, task))

    def _step(self, name: str, who: str, leads_to: str) -> None:
        browser = self.people[who]
        self._lives(name, browser, lambda: self.filing.step(browser, name), lambda: self._state() == leads_to)

    def _lives(self, name: str, who: Browser, act: Callable[[], None], is_done: Callable[[], bool]) -> None:
        """Do a step, dying at one point after the other, until it is done; what is done stays done, and is done once."""
        for point in chain(self.ends(name), (0,)):
            who.dies_at = point
            try:
                act()
            except Died:
                self.deaths += 1
                self.killed.add(name)
                if is_done():
                    break
            else:
                assert is_done(), f"{name} was answered, and is not done"
                self.seen[name] = who.points
                break
        who.dies_at = 0
        self.check_whole()

    def check_whole(self) -> None:
        """Nothing is half there."""
        with inside(self.engine, self.matter.body.code) as (session, _):
            found = {fault: session.scalar(text(question)) for fault, question in WHOLE.items()}
        assert {fault: count for fault, count in found.items() if count} == {}

    def _case_id(self) -> int:
        with inside(self.engine, self.matter.body.code) as (session, _):
            found = session.scalar(
                text("SELECT id FROM civic_case WHERE number = :n"), {"n": self.filing.number}
            )
        assert found is not None
        return int(found)

    def _state(self) -> str:
        with inside(self.engine, self.matter.body.code) as (session, _):
            return case(session, self._case_id()).state

    def _has_check(self) -> bool:
        with inside(self.engine, self.matter.body.code) as (session, _):
            return newest_check(session, self._case_id()) is not None

    def _signatures(self) -> int:
        return self._count("SELECT count(*) FROM permit_consent WHERE case_id = :id")

    def _words(self) -> int:
        return self._count("SELECT count(*) FROM permit_word WHERE case_id = :id")

    def _is_answered(self, task: int) -> bool:
        with inside(self.engine, self.matter.body.code) as (session, _):
            question = text("SELECT answered IS NOT NULL FROM case_task WHERE id = :t")
            return bool(session.scalar(question, {"t": task}))

    def _count(self, question: str) -> int:
        with inside(self.engine, self.matter.body.code) as (session, _):
            return int(session.scalar(text(question), {"id": self._case_id()}) or 0)

    def _letter(self, kind: str) -> bytes:
        return self.filing.owner.get(f"{self.filing.here}/letters/{kind}.pdf").body


def sent(who: Browser, at: str, form: Mapping[str, str]) -> Callable[[], None]:
    """A form that is sent when it is called, the same each time."""

    def act() -> None:
        went(who.post(at, form))

    return act


def browsers(engine: Engine, matter: Matter, port: int) -> dict[str, Browser]:
    """Everybody who acts, signed in, each at a machine of their own."""
    now = datetime.now(UTC)
    people: dict[str, Actor] = {
        name: getattr(matter, name)
        for name in ("owner", "licensee", "verifier", "field_inspector", "approver", "agency")
        if hasattr(matter, name)
    } | {"field_inspector": matter.inspector}
    with inside(engine, matter.body.code) as (session, body):
        return {
            name: Browser(
                port,
                begin(session, body, who.person, way="code", browser=name, today=now.date(), now=now).secret,
                body=body.code,
            )
            for name, who in people.items()
        }


def filing_of(matter: Matter, people: Mapping[str, Browser]) -> Filing:
    """A filing on the matter's plot."""
    return Filing(
        owner=people["owner"],
        licensee=people["licensee"],
        licensee_id=matter.licensee.person.id,
        plot=matter.plot,
    )
