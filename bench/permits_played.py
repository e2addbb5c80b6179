"""One filing of a played month, from the draft to its end: each step in a transaction of its own, committed, by the functions behind the doors.

In: a town, the plan of a filing (its plot, whether it is drawn too near, whether the office is slow).  Out: what is to be done next, and on which
day; the last word is None.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.orm import Session

from api.sample_matter import Played
from api.sample_town import BODY, OFFICERS
from bench.permits_parts import Parts
from bench.permits_town import SET_BACK, TOO_NEAR, BenchTown, Plot
from civic.core.bodies import inside
from civic.core.case import tasks_of
from civic.core.money.counter import take_cash
from civic.core.money.demands import demands_of
from civic.core.people import Actor, person, person_reached_by, roles_on
from civic.core.steps import answer_task
from civic.permits.asking import Question, answer, ask, queries_of
from civic.permits.checklist import stage_of
from civic.permits.deciding import point, say
from civic.permits.drawings import HandedIn, check_drawing, hand_in
from civic.permits.fees import FeeSet, bill
from civic.permits.issuing import permit_of
from civic.permits.lettering import letter, letters_of
from civic.permits.room import PermitRoom
from civic.permits.routing import kind_of, way_of
from civic.permits.signing import answered, set_open_fee, sign_and_go_on
from civic.permits.town_words import say_of_reason, town_reasons

INDIA = ZoneInfo("Asia/Kolkata")
SMALLER = SET_BACK + 0.5
"""Metres to the boundary of the house that is drawn in answer to a question."""
Next = tuple["Does", int] | None
"""What is done next, and after how many days."""


class Does(StrEnum):
    """What is done on one day of a case."""

    FILE = "file"
    VERIFY = "verify"
    REDRAW = "redraw"
    VISIT = "visit"
    DECIDE = "decide"
    REFER = "refer"
    COUNCIL = "council"
    OCCUPY = "occupy"
    END = "end"


@dataclass
class Matter:
    """A filing: what it is, and where it stands."""

    index: int
    plot: Plot
    applicant: int
    licensee: int
    is_near: bool
    is_answered: bool
    """Whether a question is answered by another drawing, in place of a refusal."""
    is_slow: bool
    is_finished: bool
    """Whether the house is built and an occupancy certificate applied for."""
    case_id: int = 0
    permitted: float = SET_BACK
    """Metres to the boundary of the house that was drawn last for the permit."""
    ended: str = ""


class Player:
    """Plays matters: everybody who acts in them."""

    def __init__(self, town: BenchTown, room: PermitRoom, parts: Parts) -> None:
        self.town, self.room, self.parts = town, room, parts
        self.now = datetime.now(INDIA)
        with inside(town.engine, BODY.code) as (session, _):
            addresses = {role: f"{role}@office.example" for role in OFFICERS}
            found = {role: person_reached_by(session, each) for role, each in addresses.items()}
            self.office = {
                role: Actor(person=who, roles=roles_on(session, who.id, on=self.now.date()), device=role)
                for role, who in found.items()
                if who is not None
            }

    def does(self, matter: Matter, what: Does) -> Next:
        """Do what is to be done on this day."""
        self.parts.count()
        self.parts.case = matter.index
        following: Next = getattr(self, f"_{what}")(matter)
        self.parts.count()
        self.parts.case = None
        return following

    def at(self, day: datetime) -> None:
        """Another day, at ten in the morning."""
        self.now = datetime.combine(day.date(), time(10), INDIA)

    def _file(self, matter: Matter) -> Next:
        with self.parts.part("draft"), self._matter(matter) as played:
            played.begin("new", f"House {matter.index}")
            matter.case_id = played.case_id
        self._drawn(matter, TOO_NEAR if matter.is_near else SET_BACK)
        self._step(matter, "consent", "file", "licensee")
        self._signed(matter)
        self._paid(matter)
        return self._after_fee(matter)

    def _fees_set(self, matter: Matter) -> None:
        """What the book cannot tell the verifier sets: of a plot without a recorded area nobody knows what floor space is additional."""
        with self.parts.part("fee"), self._matter(matter) as played:
            for each in bill(played.session, played.check).open:
                fee = FeeSet(head=each.head, paise=0, reason="None by the deed.", source="Schedule II")
                set_open_fee(played.desk, played.case, fee, actor=self.office["verifier"])
        self._paid(matter)

    def _after_fee(self, matter: Matter) -> Next:
        if self._state(matter) == "fee_open":
            self._fees_set(matter)
        state = self._state(matter)
        if state == "permitted":
            self._printed(matter)
            return (Does.OCCUPY, 5) if matter.is_finished else self._end(matter)
        return (Does.VERIFY, 2) if state == "verifying" else self._end(matter)

    def _verify(self, matter: Matter) -> Next:
        with self.parts.part("verification"), self._matter(matter) as played:
            failing = played.check.of("fail")
            if failing and matter.is_answered:
                self._asked(played)
                return Does.REDRAW, 3
            if failing:
                return Does.DECIDE, 1
            played.accept_open()
            self._seen(played)
        self._step(matter, "verification", "verify", "verifier")
        return Does.VISIT, 4

    def _seen(self, played: Played) -> None:
        """The reasons of the town hall are accepted."""
        for each in town_reasons(played.session, BODY, played.case, on=played.desk.today):
            say_of_reason(
                played.desk,
                played.case,
                code=each.code,
                stance="accepted",
                reason="Seen.",
                actor=self.office["verifier"],
            )

    def _asked(self, played: Played) -> None:
        finding = played.check.of("fail")[0]
        question = Question(
            kind="finding",
            words="Can the house be moved?",
            rule=finding["rule"],
            subject=finding["subject"] or None,
        )
        ask(played.desk, played.case, question, actor=self.office["verifier"], version=played.case.version)

    def _redraw(self, matter: Matter) -> Next:
        self._drawn(matter, SMALLER)
        matter.permitted = SMALLER
        matter.is_answered = False  # what still fails is refused
        with self.parts.part("answer"), self._matter(matter) as played:
            (asked,) = [each for each in queries_of(played.session, matter.case_id) if each.answered is None]
            owner = played.people[played.owner]
            answer(played.desk, played.case, asked.id, "It was moved.", actor=owner)
            answered(played.desk, played.case, actor=owner)
        self._signed(matter)
        self._paid(matter)
        return (Does.VERIFY, 2) if self._state(matter) == "verifying" else self._end(matter)

    def _visit(self, matter: Matter) -> Next:
        with self.parts.part("consultations"):
            self._authorities_answer(matter)
        with self.parts.part("visit"), self._matter(matter) as played:
            kind = kind_of(played.session, matter.case_id)
            played.visit(stage_of(kind), "As drawn.")
        self._step(matter, "visit", "report", "field_inspector", "As drawn.")
        return (Does.REFER, 12) if matter.is_slow else (Does.DECIDE, 2)

    def _authorities_answer(self, matter: Matter) -> None:
        with self._matter(matter) as played:
            tasks = [each.id for each in tasks_of(played.session, matter.case_id) if each.answered is None]
        for each in tasks:
            with self._matter(matter) as played:
                answer_task(played.desk, each, "agrees", actor=self.office["agency"], told={})

    def _decide(self, matter: Matter) -> Next:
        with self.parts.part("decision"), self._matter(matter) as played:
            failing = played.check.of("fail")
            for each in failing:
                rule, subject = point(each)
                words = "The open space that this clause asks for is not there."
                say(
                    played.desk,
                    played.check,
                    rule=rule,
                    subject=subject,
                    stance="refused",
                    reason=words,
                    actor=self.office["approver"],
                )
        note = "The plan breaks the clauses below." if failing else None
        self._step(matter, "decision", "refuse" if failing else "approve", "approver", note)
        self._printed(matter)
        return (Does.OCCUPY, 5) if matter.is_finished and not failing else self._end(matter)

    def _refer(self, matter: Matter) -> Next:
        self._step(matter, "council", "refer", "owner", "No decision has come in its days.")
        return Does.COUNCIL, 32

    def _council(self, matter: Matter) -> Next:
        """What the night has not deemed granted, the Council approves."""
        if self._state(matter) == "council":
            self._step(matter, "council", "council_approve", "secretary", "The Council approves.")
        self._printed(matter)
        return self._end(matter)

    def _occupy(self, matter: Matter) -> Next:
        with self.parts.part("draft"), self._matter(matter) as played:
            permit = permit_of(played.session, matter.case_id)
            if permit is None:
                return self._end(matter)
            played.begin("occupancy", f"House {matter.index} is finished", of_permit=permit.number)
            matter.case_id = played.case_id
        matter.is_finished = matter.is_slow = False
        self._drawn(
            matter, matter.permitted
        )  # as it was permitted: what is built beyond costs what the office sets
        self._step(matter, "consent", "file", "licensee")
        self._signed(matter)
        return self._after_fee(matter)

    def _end(self, matter: Matter) -> Next:
        matter.ended = self._state(matter)
        return None

    def _drawn(self, matter: Matter, set_back: float) -> None:
        """The drawing is made (outside all counting), checked without a transaction, then kept."""
        with self.parts.part("drawn by the licensee"):
            content = self.town.drawing(matter.plot.number, set_back)
        sent = HandedIn(name="plan.dxf", content=content)
        with self.parts.part("check"), self._matter(matter) as played:
            checked = check_drawing(self.room, played.desk, played.case, sent)
        with self.parts.part("drawing kept"), self._matter(matter) as played:
            hand_in(self.room, played.desk, played.case, sent, checked, actor=played.people["licensee"])

    def _signed(self, matter: Matter) -> None:
        """Owner and licensee sign, the licensee with everything that is to be declared."""
        for part in ("owner", "licensee"):
            with self.parts.part("consent"), self._matter(matter) as played:
                said = self._declared(played) if part == "licensee" else frozenset()
                sign_and_go_on(
                    played.desk,
                    played.case,
                    actor=played.people[part],
                    part=part,
                    seq=played.check.seq,
                    declared=said,
                    language="ml",
                )

    def _declared(self, played: Played) -> frozenset[str]:
        """Everything that the licensee is asked to declare."""
        kind = kind_of(played.session, played.case_id)
        way = way_of(played.session, BODY, played.check, kind=kind, on=played.desk.today)
        return frozenset(each.id for each in way.to_sign)

    def _paid(self, matter: Matter) -> None:
        """The fee is paid at the counter: what is granted with the payment is granted here."""
        with self.parts.part("fee"), self._matter(matter) as played:
            counter = self.office["counter"].person.id
            for owed in demands_of(played.session, matter.case_id):
                if owed.state == "open":
                    take_cash(played.session, BODY, owed.id, amount=owed.amount, by=counter, now=self.now)

    def _printed(self, matter: Matter) -> None:
        with self.parts.part("drawn by the licensee"), self._matter(matter) as played:
            # Plots are fewer than filings, and one on which another permit is in force gets none at once: here each holds for its first day.
            played.session.execute(
                text("UPDATE permit SET until = issued WHERE case_id = :case AND until IS NOT NULL"),
                {"case": matter.case_id},
            )
        with self.parts.part("letter"), self._matter(matter) as played:
            kind = letters_of(played.session, played.case)[0]
            said = letter(played.session, BODY, played.case, kind, front=self.room.front)
        if self.room.letters is not None:
            with self.parts.part("letter"):
                self.room.letters.pdf(said, language="ml" if matter.index % 2 else "en")

    def _step(self, matter: Matter, part: str, name: str, actor: str, note: str | None = None) -> None:
        with self.parts.part(part), self._matter(matter) as played:
            played.step(name, actor, note)

    def _state(self, matter: Matter) -> str:
        with inside(self.town.engine, BODY.code) as (session, _):
            return self._played(session, matter).case.state

    @contextmanager
    def _matter(self, matter: Matter) -> Iterator[Played]:
        """The matter in a transaction that is committed at the end."""
        with inside(self.town.engine, BODY.code) as (session, _):
            yield self._played(session, matter)

    def _played(self, session: Session, matter: Matter) -> Played:
        owner = Actor(person=person(session, matter.applicant), device="owner")
        on = self.now.date()
        licensee = Actor(
            person=person(session, matter.licensee),
            roles=roles_on(session, matter.licensee, on=on),
            device="licensee",
        )
        return Played(
            session=session,
            room=self.room,
            plot=matter.plot.number,
            now=self.now,
            people=self.office | {"owner": owner, "licensee": licensee},
            begin_with=self.town.drawing,
            owner="owner",
            case_id=matter.case_id,
        )
