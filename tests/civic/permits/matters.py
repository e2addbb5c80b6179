"""A permit's matter for tests: a plot, its people, a checker that judges real drawings on a plot where every theme is clear.

In: a session of the service inside a body.  Out: `Matter`, which takes a case as far along its way as a test wants.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from api.town import SERVICES, listen
from civic.core.bodies import LocalBody
from civic.core.case import Case, case, tasks_of
from civic.core.desk import Desk
from civic.core.documents.store import folder_store
from civic.core.money.counter import take_cash
from civic.core.money.demands import demands_of
from civic.core.owners import make_up_owner
from civic.core.people import Actor
from civic.core.steps import advance, answer_task
from civic.permits.checking import Check, newest_check
from civic.permits.checklist import stage_of
from civic.permits.deciding import say
from civic.permits.drawings import HandedIn, check_drawing, hand_in
from civic.permits.filing import begin
from civic.permits.model import Kind, asked_from
from civic.permits.room import PermitRoom
from civic.permits.routing import kind_of, way_of
from civic.permits.signing import sign_and_go_on
from civic.permits.tables import PermitVisitRow
from gis.jurisdictions import jurisdiction
from gis.recordings import last_recording
from gis.site import Site
from rules.plans.starter import starter
from tests.builders import a_parcel
from tests.civic.builders import NOW, an_actor
from tests.civic.permits.checkers import SiteChecker
from tests.civic.permits.low_risk import a_clear_site

_PLOTS = count(1)


@dataclass
class Matter:
    """A plot with its people and the room in which its drawings are checked."""

    session: Session
    body: LocalBody
    room: PermitRoom
    checker: SiteChecker
    plot: str
    owner: Actor
    licensee: Actor
    verifier: Actor
    inspector: Actor
    approver: Actor
    secretary: Actor
    agency: Actor
    counter: Actor
    now: datetime = NOW
    number: int = 0

    @property
    def desk(self) -> Desk:
        """The desk at the matter's instant."""
        return SERVICES["permits"].desk(self.session, self.body, now=self.now)

    @property
    def case(self) -> Case:
        """The case as it stands."""
        return case(self.session, self.number)

    @property
    def check(self) -> Check:
        """The newest check."""
        found = newest_check(self.session, self.number)
        assert found is not None
        return found

    def later(self, *, days: int) -> None:
        """Let days pass."""
        self.now += timedelta(days=days)

    def begin(self, kind: str = "new", **form: str) -> Case:
        """Open a draft by the owner, who names the licensee."""
        asked = {
            "kind": kind,
            "number": self.plot,
            "title": "A house",
            "licensee": str(self.licensee.person.id),
        }
        if kind == "transfer":
            asked |= {"new_holder": "A new holder", "new_holder_address": "new-holder@citizen.example"}
        if kind == "compound_wall":
            asked["wall_length"] = "24.5"
        said = asked | form
        self.number = begin(self.desk, asked_from(said), actor=self.owner, form=said).id
        return self.case

    def draw(self, *, set_back: float = 6.0, site: Site | None = None, answers: bytes = b"") -> Check:
        """Hand in the example house, so many metres inside the boundary."""
        content = starter(site or self.checker.site, set_back=set_back)
        return self.hand_in(content, answers=answers)

    def hand_in(self, content: bytes, *, answers: bytes = b"") -> Check:
        """Hand in a drawing as the licensee."""
        sent = HandedIn(name="plan.dxf", content=content, answers=answers)
        checked = check_drawing(self.room, self.desk, self.case, sent)
        return hand_in(self.room, self.desk, self.case, sent, checked, actor=self.licensee)

    def step(self, name: str, actor: Actor, note: str | None = None) -> Case:
        """Take a step as the door does: its form first."""
        take = SERVICES["permits"].takes.get(name)
        told = take(self.desk, self.case, actor, {}) if take else {}
        return advance(
            self.desk, self.number, name, actor=actor, version=self.case.version, note=note, told=told
        )

    def to_sign(self) -> frozenset[str]:
        """All that the newest check asks the licensee to declare."""
        way = way_of(self.session, self.body, self.check, kind=self._kind(), on=self.desk.today)
        return frozenset(each.id for each in way.to_sign)

    def sign(self, actor: Actor, part: str, *, declared: frozenset[str] = frozenset()) -> Case:
        """Sign the newest drawing."""
        return sign_and_go_on(
            self.desk,
            self.case,
            actor=actor,
            part=part,
            seq=self.check.seq,
            declared=declared,
            language="en",
        )

    def sign_both(self, *, declared: frozenset[str] | None = None) -> Case:
        """Owner and licensee sign; the licensee declares everything that is asked unless told otherwise."""
        self.sign(self.owner, "owner")
        return self.sign(self.licensee, "licensee", declared=self.to_sign() if declared is None else declared)

    def pay(self) -> None:
        """Pay what stands open at the counter."""
        for owed in demands_of(self.session, self.number):
            if owed.state == "open":
                take_cash(
                    self.session,
                    self.body,
                    owed.id,
                    amount=owed.amount,
                    by=self.counter.person.id,
                    now=self.now,
                )

    def filed(self, *, declared: frozenset[str] | None = None, **how: Any) -> Case:
        """A drawing filed and signed by both."""
        self.begin()
        self.draw(**how)
        self.step("file", self.licensee)
        return self.sign_both(declared=declared)

    def taken_up(self, **how: Any) -> Case:
        """A case that an officer has to decide, paid for."""
        self.filed(declared=frozenset(), **how)
        self.pay()
        return self.case

    def accept_all(self, *, but: Sequence[str] = ()) -> None:
        """The verifier accepts every finding that is open."""
        for each in self.check.of("unknown"):
            if each["rule"] not in but:
                say(
                    self.desk,
                    self.check,
                    rule=each["rule"],
                    subject=each["subject"] or "",
                    stance="accepted",
                    reason="Shown by the papers.",
                    actor=self.verifier,
                )

    def visit(self) -> None:
        """A field inspection without photographs has arrived."""
        identifier = f"00000000-0000-4000-8000-{self.number:012d}"
        row = PermitVisitRow(
            id=identifier,
            body=self.body.code,
            case_id=self.number,
            kind=stage_of(self._kind()),
            begun=self.now,
            ended=self.now,
            received=self.now,
            by_id=self.inspector.person.id,
            answers={"edition": "1", "points": {}},
            words="As drawn.",
            place={},
            photos=[],
            digest="0" * 64,
        )
        self.session.add(row)
        self.session.flush()

    def answer_all(self, answer: str = "agrees") -> None:
        """Every authority that was asked answers."""
        for task in tasks_of(self.session, self.number):
            if task.answered is None:
                answer_task(self.desk, task.id, answer, actor=self.agency, told={})

    def to_decision(self, **how: Any) -> Case:
        """A case before the approver, with nothing left open."""
        self.taken_up(**how)
        self.accept_all()
        self.step("verify", self.verifier)
        self.answer_all()
        self.visit()
        return self.step("report", self.inspector, note="As drawn.")

    def land_changes(self, *, metres_off: float = 20) -> None:
        """A plot is recorded so many metres east of the matter's own; at 20 m it lies beside it."""
        place = jurisdiction(self.session, self.body.jurisdiction)
        a_parcel(self.session, place, f"78/{next(_PLOTS)}", x=metres_off)

    def _kind(self) -> Kind:
        return kind_of(self.session, self.number)


def a_matter(
    session: Session,
    body: LocalBody,
    folder: Path,
    *,
    now: datetime = NOW,
    is_known: bool = True,
    themes: Mapping[str, str] | None = None,
) -> Matter:
    """A plot of its own with people in every role; the owner is known as such unless told otherwise."""
    listen()
    place = jurisdiction(session, body.jurisdiction)
    plot = f"77/{next(_PLOTS)}"
    a_parcel(session, place, plot)
    owner = an_actor(session, body)
    if is_known:
        make_up_owner(session, body, owner.person, [plot], now=now)
    checker = SiteChecker(
        known=lambda code: last_recording(session, code), site=a_clear_site(**dict(themes or {}))
    )
    room = PermitRoom(
        checker=checker, store=folder_store(folder), largest=50_000_000, front="https://town.example"
    )
    roles = ("licensee", "verifier", "field_inspector", "approver", "secretary", "agency", "counter")
    people = {role: an_actor(session, body, role) for role in roles}
    return Matter(
        session=session,
        body=body,
        room=room,
        checker=checker,
        plot=plot,
        owner=owner,
        licensee=people["licensee"],
        verifier=people["verifier"],
        inspector=people["field_inspector"],
        approver=people["approver"],
        secretary=people["secretary"],
        agency=people["agency"],
        counter=people["counter"],
        now=now,
    )
