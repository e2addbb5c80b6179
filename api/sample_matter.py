"""One made-up matter of the sample as it goes its way: each step as its door takes it, at the matter's own instant.

In: a session inside the sample's body, the room of permits, made-up people.  Out: a case that was drawn, signed, paid, visited.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from api.sample_town import BODY
from api.town import SERVICES
from civic.core.case import Case, case
from civic.core.desk import Desk
from civic.core.money.counter import take_cash
from civic.core.money.demands import demands_of
from civic.core.people import Actor
from civic.core.steps import advance
from civic.permits.checking import Check, newest_check
from civic.permits.checklist import AS_PLANNED, checklist, stage_named
from civic.permits.deciding import point, say
from civic.permits.drawings import HandedIn, check_drawing, hand_in
from civic.permits.filing import begin
from civic.permits.model import asked_from
from civic.permits.room import PermitRoom
from civic.permits.routing import kind_of, way_of
from civic.permits.signing import sign_and_go_on
from civic.permits.visit_keeping import receive
from civic.permits.visit_said import Seen, VisitSaid


@dataclass(kw_only=True)
class Played:
    """One matter of the sample as it goes its way."""

    session: Session
    room: PermitRoom
    plot: str
    now: datetime
    people: Mapping[str, Actor]
    begin_with: Callable[[str, float], bytes]
    """The example house on a plot, so many metres inside its boundary."""
    owner: str = "ammini"
    case_id: int = 0

    @property
    def desk(self) -> Desk:
        """The desk at the matter's instant."""
        return SERVICES["permits"].desk(self.session, BODY, now=self.now)

    @property
    def case(self) -> Case:
        """The case as it stands."""
        return case(self.session, self.case_id)

    @property
    def check(self) -> Check:
        """The newest check."""
        found = newest_check(self.session, self.case_id)
        if found is None:
            raise LookupError("the sample's drawing was not checked")
        return found

    def begin(self, kind: str, title: str, **form: str) -> None:
        """Open a draft in the owner's name."""
        licensee = str(self.people["licensee"].person.id)
        said = {"kind": kind, "number": self.plot, "title": title, "licensee": licensee, **form}
        self.case_id = begin(self.desk, asked_from(said), actor=self.people[self.owner], form=said).id

    def draw(self, set_back: float) -> None:
        """Hand in the example house."""
        content = self.begin_with(self.plot, set_back)
        sent = HandedIn(name="plan.dxf", content=content)
        checked = check_drawing(self.room, self.desk, self.case, sent)
        hand_in(self.room, self.desk, self.case, sent, checked, actor=self.people["licensee"])

    def step(self, name: str, actor: str, note: str | None = None) -> None:
        """Take a step."""
        take = SERVICES["permits"].takes.get(name)
        told = take(self.desk, self.case, self.people[actor], {}) if take else {}
        version = self.case.version
        advance(
            self.desk, self.case_id, name, actor=self.people[actor], version=version, note=note, told=told
        )

    def sign(self, *, declares: bool) -> None:
        """Owner and licensee sign."""
        way = way_of(
            self.session, BODY, self.check, kind=kind_of(self.session, self.case_id), on=self.desk.today
        )
        declared = frozenset(each.id for each in way.to_sign) if declares else frozenset()
        for part, who in (("owner", self.owner), ("licensee", "licensee")):
            said = declared if part == "licensee" else frozenset()
            sign_and_go_on(
                self.desk,
                self.case,
                actor=self.people[who],
                part=part,
                seq=self.check.seq,
                declared=said,
                language="ml",
            )

    def filed_and_paid(self, title: str, set_back: float, *, declares: bool) -> None:
        """From the draft to the payment."""
        self.begin("new", title)
        self.draw(set_back)
        self.step("file", "licensee")
        self.sign(declares=declares)
        for owed in demands_of(self.session, self.case_id):
            counter = self.people["counter"].person.id
            take_cash(self.session, BODY, owed.id, amount=owed.amount, by=counter, now=self.now)

    def accept_open(self) -> None:
        """The verifier accepts what is open."""
        for each in self.check.of("unknown"):
            rule, subject = point(each)
            say(
                self.desk,
                self.check,
                rule=rule,
                subject=subject,
                stance="accepted",
                reason="Made up: shown by the papers.",
                actor=self.people["verifier"],
            )

    def visit(self, stage: str, words: str) -> None:
        """The inspector was there and saw what the plan shows."""
        points = {each.id: Seen(said=AS_PLANNED) for each in stage_named(stage).points}
        said = VisitSaid(
            id=str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self.case.number}/{stage}")),
            stage=stage,
            edition=checklist().edition,
            begun=self.now,
            ended=self.now + timedelta(minutes=20),
            answers=points,
            words=words,
            fix=None,
            photos=(),
        )
        receive(self.desk, self.case, said, actor=self.people["field_inspector"])
