"""A town hall in this very process whose people file every kind of application through its forms, and the drawing each kind brings.

In: a hall, a plot whose owner is known.  Out: `Place`: a browser for everybody, and the steps from a form to a paper.
"""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from io import StringIO
from urllib.parse import quote
from uuid import uuid4

import ezdxf
from fastapi.testclient import TestClient

from civic.core.case import Case, case_numbered, tasks_of
from civic.core.money.counter import take_cash
from civic.core.money.demands import demands_of
from civic.permits.checking import Checked
from civic.permits.checklist import stage_of
from civic.permits.model import Kind
from civic.permits.routing import kind_of
from civic.permits.tables import PermitVisitRow
from rules.plans.starter import starter
from tests.civic.hall import Hall
from tests.civic.permits.checkers import SiteChecker
from tests.civic.permits.clicking import Answer, Browser, Filing, went
from tests.civic.permits.low_risk import a_clear_site

SITE = a_clear_site()
HOUSE = starter(SITE, set_back=6.0)
PROPOSED = 2
"""The colour in which a new well is drawn."""
STANDS = {Kind.DEMOLITION: b"_EXISTING", Kind.COMPOUND_WALL: b"_EXISTING", Kind.REGULARISATION: b"_TBR"}
KEPT: dict[tuple[str, bytes, date], Checked] = {}


def a_layout(*, east: float = 10.0, back: float = 25.0) -> bytes:
    """Two plots along a street of 7 m; the border between them lies so many metres from the west, their backs from the south."""
    sides = ((1, 0.0, east), (2, east, 20.0))
    told = {
        "kind": "residential",
        "land": [[0, 0], [20, 0], [20, 25], [0, 25]],
        "turn": 0,
        "access": 8,
        "plots": [
            {
                "number": str(number),
                "outline": [[one, 7], [other, 7], [other, back], [one, back]],
                "frontage": [[one, 7], [other, 7]],
            }
            for number, one, other in sides
        ],
        "streets": [{"ref": "a", "left": [[0, 7], [20, 7]], "right": [[0, 0], [20, 0]]}],
    }
    return json.dumps(told).encode()


def with_wells(count: int) -> bytes:
    """The plot with so many new wells in its middle."""
    document = ezdxf.read(StringIO(starter(SITE).decode()))  # type: ignore[attr-defined]
    for north in range(8, 8 + 4 * count, 4):
        ring = [(9, north), (11, north), (11, north + 2), (9, north + 2)]
        look = {"layer": "WELL", "color": PROPOSED}
        document.modelspace().add_lwpolyline(ring, close=True, dxfattribs=look)
    out = StringIO()
    document.write(out)
    return out.getvalue().encode()


@cache
def drawing_of(kind: Kind) -> bytes:
    """What is handed in for a kind."""
    if kind is Kind.LAYOUT:
        return a_layout()
    return with_wells(1) if kind is Kind.WELL else a_house(STANDS.get(kind, b""))


def a_house(work: bytes = b"") -> bytes:
    """The example house, as new or as what the end of its layers says."""
    return HOUSE.replace(b"FLOOR_0", b"FLOOR_0" + work).replace(b"FLOOR_1", b"FLOOR_1" + work)


@dataclass
class CheckedOnce(SiteChecker):
    """A checker that judges each drawing once: its plot and day are the same for all."""

    def check(self, *, jurisdiction: str, number: str, content: bytes, answers: bytes, on: date) -> Checked:
        """The check that the plan desk would make."""
        key = (f"{jurisdiction} {number}", content + answers, on)
        if key not in KEPT:
            KEPT[key] = super().check(
                jurisdiction=jurisdiction, number=number, content=content, answers=answers, on=on
            )
        return KEPT[key]


class Tab(Browser):
    """A browser in this very process."""

    def __init__(self, client: TestClient, town: str) -> None:
        super().__init__(0, "", body=town)
        self.client = client

    def _ask(self, method: str, path: str, body: bytes, kind: str) -> Answer:
        head = {"Content-Type": kind} if kind else {}
        got = self.client.request(method, path, content=body or None, headers=head)
        return Answer(status=got.status_code, body=got.content, location=got.headers.get("location", ""))


@dataclass(frozen=True, kw_only=True)
class Place:
    """A town hall with its people at their browsers, and a plot whose owner is known."""

    hall: Hall
    plot: str
    tabs: dict[str, Tab]
    ids: dict[str, int]

    def begun(self, kind: Kind, of_permit: str | None, **own: str) -> Filing:
        """A draft from the plot's page: everything known is filled in, and only what a person alone knows is added."""
        tabs, licensee = self.tabs, self.ids["licensee"]
        filing = Filing(owner=tabs["owner"], licensee=tabs["licensee"], licensee_id=licensee, plot=self.plot)
        follows = f"&of_permit={quote(of_permit)}" if of_permit else ""
        at = f"{filing.owner.town}/permits/new?number={quote(self.plot)}&kind={kind}{follows}"
        said = filing.owner.get(at).form("/permits/new")
        assert (said["number"], said["kind"], said.get("of_permit")) == (self.plot, kind, of_permit)
        words = {"title": "What is to be done", "licensee": str(licensee), **self._own(kind)}
        onward = went(filing.owner.post(f"{filing.owner.town}/permits/new", said | words | own))
        filing.number = next(each for each in onward.split("/") if each.startswith("BP-"))
        return filing

    def drawn(self, filing: Filing, content: bytes, *, declares: bool = False) -> None:
        """A drawing is handed in, filed and signed; fees that the book does not tell are set by the verifier."""
        went(filing.licensee.send(f"{filing.here}/drawing", "drawing", "plan", content))
        filing.file()
        filing.sign_as(filing.owner)
        filing.sign_as(filing.licensee, declares=declares)
        while self.state(filing) == "fee_open":
            verifier = self.tabs["verifier"]
            said = verifier.get(f"{filing.here}/decision").form("/fees")
            told = {"rupees": "10", "reason": "As resolved.", "source": "Order 1"}
            went(verifier.post(f"{filing.here}/fees", said | told))

    def pay(self, filing: Filing) -> int:
        """What stands open is paid at the counter, in paise."""
        paid = 0
        with self.hall.inside() as session:
            for owed in demands_of(session, case_numbered(session, filing.number).id):
                if owed.state == "open":
                    now, by = datetime.now(UTC), self.ids["counter"]
                    take_cash(session, self.hall.body, owed.id, amount=owed.amount, by=by, now=now)
                    paid += owed.amount
        return paid

    def spoken(self, filing: Filing) -> None:
        """The verifier accepts every finding and every reason that is open."""
        verifier = self.tabs["verifier"]
        opened = {
            name.removeprefix("stance-") for name in verifier.get(f"{filing.here}/decision").names("stance-")
        }
        reasons = {name for name in opened if not name.isdigit()}
        for about, names in (({"seq": "1"}, opened - reasons), ({"about": "town_hall"}, reasons)):
            words = {f"stance-{name}": "accepted" for name in names}
            words |= {f"reason-{name}": "Shown by the papers." for name in names}
            if names:
                went(verifier.post(f"{filing.here}/words", about | words))

    def heard(self, filing: Filing) -> None:
        """The office says its words, asks whom it must, and inspects: the case is before the approver."""
        tabs = self.tabs
        self.spoken(filing)
        if "/steps/verify_plain" in tabs["verifier"].get(filing.case).text:
            filing.step(tabs["verifier"], "verify_plain")
            return
        filing.step(tabs["verifier"], "verify")
        with self.hall.inside() as session:
            tasks = [each.id for each in tasks_of(session, case_numbered(session, filing.number).id)]
        for task in tasks:
            went(tabs["agency"].post(f"{filing.case}/tasks/{task}", {"answer": "agrees"}))
        self._visited(filing)
        filing.step(tabs["field_inspector"], "report")

    def state(self, filing: Filing) -> str:
        """In which state a matter is."""
        return self.case(filing).state

    def case(self, filing: Filing) -> Case:
        """A matter's case as it stands."""
        with self.hall.inside() as session:
            return case_numbered(session, filing.number)

    def _own(self, kind: Kind) -> dict[str, str]:
        if kind is Kind.COMPOUND_WALL:
            return {"wall_length": "24,5"}
        if kind is not Kind.TRANSFER:
            return {}
        return {
            "new_holder": "Ammini",
            "new_holder_address": f"{uuid4().hex[:8]}@citizen.example",
            "transferred": datetime.now(UTC).date().isoformat(),
        }

    def _visited(self, filing: Filing) -> None:
        """A field inspection has arrived."""
        now = datetime.now(UTC)
        with self.hall.inside() as session:
            session.add(
                PermitVisitRow(
                    id=str(uuid4()),
                    body=self.hall.body.code,
                    case_id=case_numbered(session, filing.number).id,
                    kind=stage_of(kind_of(session, case_numbered(session, filing.number).id)),
                    begun=now,
                    ended=now,
                    received=now,
                    by_id=self.ids["field_inspector"],
                    answers={"edition": "1", "points": {}},
                    words="As drawn.",
                    place={},
                    photos=[],
                    digest="0" * 64,
                )
            )
