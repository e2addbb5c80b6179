"""Who is told what when a case moves, a code is made, a watcher is to hear of it.

In: the events of the town hall, in their transaction.  Out: messages to the parties at once; to the watchers of a plot by a
job, because their neighbours are looked for on the map.  What only officers may see is told to nobody.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from sqlalchemy import select
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.case import Case, case, parcels_of
from civic.core.clocks import Escalated
from civic.core.desk import Advanced, Opening
from civic.core.documents.keeping import Quarantined
from civic.core.jobs import Doer, Work, later, whole
from civic.core.messages.hearers import hearers, look_ahead, payers
from civic.core.messages.outbox import Recipient, parties_of, tell, tell_address, tell_recipient
from civic.core.messages.saying import day_words, of_act, of_late
from civic.core.messages.sending import Undelivered
from civic.core.money.model import Demand, DemandRaised, Paid, rupees
from civic.core.owners import people_owning
from civic.core.people import people_in
from civic.core.said import add_undelivered
from civic.core.services import Services, service_kept
from civic.core.sign_in import GOOD_FOR, CodeMade
from civic.core.steps import ANSWER, NOTE
from civic.core.tables import CaseEventRow, PersonRow
from civic.core.watching.watches import Watch, watches_around
from civic.core.workflow import PARTIES, Workflow
from civic.core.working_days import day_there

WATCHERS = "messages.watchers"


@dataclass(frozen=True, kw_only=True)
class Teller:
    """Tells the people of a town hall; `front` is the address under which they reach it."""

    services: Services
    front: str

    @property
    def doers(self) -> dict[str, Doer]:
        """What a worker can do with it."""
        return {WATCHERS: whole(self.tell_watchers)}

    def heard_code(self, session: Session, made: CodeMade) -> None:
        """Send a sign-in code to where it was asked from."""
        language = "ml" if made.language == "ml" else "en"
        minutes = str(int(GOOD_FOR.total_seconds()) // 60)
        values = {"body": _named(made.body, language), "code": made.code, "minutes": minutes}
        tell_address(
            session,
            made.body.code,
            made.reach,
            language=language,
            template="sign_in_code",
            values=values,
            now=made.now,
        )

    def heard_opening(self, session: Session, opening: Opening) -> None:
        """Ask who will be told of a case before it is opened."""
        look_ahead(session, opening)

    def heard_case(self, session: Session, moved: Advanced) -> None:
        """Tell the parties of a case, but not who moved it, and ask for its watchers to be told."""
        if moved.case.state == moved.state_before:
            self._tell_of_act(session, moved)
            self._tell_of_words(session, moved)
            return
        if self._is_for_staff(moved.case, moved.step):
            return
        hear = hearers(session, moved)
        for party in hear.parties:
            if moved.actor is None or moved.actor.person.id != party.person_id or moved.step == "open":
                self._tell_party(session, moved, party)
        if moved.step == "open" and hear.may_be_owned:
            self._tell_owners(session, moved, {each.person_id for each in hear.parties})
        if hear.may_be_watched:
            later(session, WATCHERS, case=moved.case.id, seq=moved.case.version)

    def _tell_of_words(self, session: Session, moved: Advanced) -> None:
        """Tell the parties that somebody else wrote on their case or gave the word that was asked; what was said stands there."""
        if moved.actor is None or (moved.step != NOTE and not moved.step.startswith(ANSWER)):
            return
        event = session.get_one(CaseEventRow, (moved.case.id, moved.case.version))
        if event.seen_by == "staff":
            return
        for party in parties_of(session, moved.case.id):
            if party.person_id != moved.actor.person.id:
                words = self.words_of(moved.body, moved.case, moved.case.state, party.language)
                tell_recipient(
                    session, party, case_id=moved.case.id, template="words_added", values=words, now=moved.now
                )

    def _tell_of_act(self, session: Session, moved: Advanced) -> None:
        """Tell the parties what was done to their case beside its steps, but not who did it, and ask for its watchers to be told."""
        service = self.services.get(moved.case.service)
        named = service.flow.acts.get(moved.step) if service else None
        if named is None:
            return
        hear = hearers(session, moved)
        for party in hear.parties:
            if moved.actor is None or moved.actor.person.id != party.person_id:
                words = self.words_of(moved.body, moved.case, moved.case.state, party.language)
                values = {**words, **of_act(moved, named, party.language)}
                tell_recipient(
                    session,
                    party,
                    case_id=moved.case.id,
                    template=named.template,
                    values=values,
                    now=moved.now,
                )
        if hear.may_be_watched:
            later(session, WATCHERS, case=moved.case.id, seq=moved.case.version)

    def _tell_owners(self, session: Session, moved: Advanced, parties: set[int | None]) -> None:
        """Tell whoever is known as an owner that somebody else began a case on their plot; of whom is not told."""
        plots = parcels_of(session, moved.case.id)
        for each in sorted(people_owning(session, moved.body, plots, now=moved.now) - parties):
            language = _language(session, each)
            words = self.words_of(moved.body, moved.case, moved.case.state, language)
            values = {**words, "plot": ", ".join(plots), "link": self.plot_link(moved.body, plots[0])}
            tell(session, case_id=None, person_id=each, template="owner_told", values=values, now=moved.now)

    def heard_escalated(self, session: Session, late: Escalated) -> None:
        """Tell everybody who holds the role, and the parties, that a turn or a task is late; an officer's own matter is not theirs to hurry."""
        found, flow = late.case, service_kept(self.services, late.case.service).flow
        parties = parties_of(session, found.id)
        if late.role in PARTIES:
            self._remind(session, late, flow, parties)
            return
        own = {each.person_id for each in parties}
        holders = people_in(session, late.role, on=day_there(late.now, late.body.time_zone))
        officers = [each for each in holders if each.id not in own]
        named = ", ".join(each.name for each in officers) or "–"
        for who in officers:
            values = {
                **self.words_of(late.body, found, found.state, who.language),
                **of_late(late, flow, who.language),
            }
            tell(session, case_id=found.id, person_id=who.id, template="late", values=values, now=late.now)
        for party in parties if late.is_the_offices else ():
            words = self.words_of(late.body, found, found.state, party.language)
            values = {**words, **of_late(late, flow, party.language), "officers": named}
            tell_recipient(
                session, party, case_id=found.id, template="late_told", values=values, now=late.now
            )

    def _remind(
        self, session: Session, late: Escalated, flow: Workflow, parties: Sequence[Recipient]
    ) -> None:
        """Remind the parties of a turn of their own."""
        for party in parties:
            words = self.words_of(late.body, late.case, late.case.state, party.language)
            values = {**words, **of_late(late, flow, party.language)}
            tell_recipient(
                session, party, case_id=late.case.id, template="reminder", values=values, now=late.now
            )

    def heard_undelivered(self, session: Session, lost: Undelivered) -> None:
        """Write into a case's history that a message about it did not arrive: a notice that was not served is none."""
        if lost.case_id is None:
            return
        found = case(session, lost.case_id)
        service = self.services.get(found.service)
        if service is not None:
            desk = service.desk(session, lost.body, now=lost.now)
            add_undelivered(desk, found.id, told={"message": lost.message_id, "channel": lost.channel})

    def tell_watchers(self, session: Session, body: LocalBody, work: Work) -> None:
        """Tell everyone who watches a plot of a case, or a neighbour of it; its parties know already."""
        found = case(session, work.number("case"))
        event = session.get(CaseEventRow, (found.id, work.number("seq")))
        if event is None or event.seen_by == "staff":
            return
        parties = {party.person_id for party in parties_of(session, found.id)} | {event.person_id}
        plots = parcels_of(session, found.id)
        for each in watches_around(session, body, plots, now=work.now):
            if each.person_id not in parties:
                self._tell_watcher(session, body, each, found, event, plots, now=work.now)

    def heard_demand(self, session: Session, asked: DemandRaised) -> None:
        """Tell the parties of a case what is to be paid; the link needs no sign-in, so somebody else may pay."""
        path = f"pay/{asked.demand.token}"
        to = payers(session, asked)
        self._tell_of_money(session, asked.body, asked.demand, to, "money_due", path, {}, now=asked.now)

    def heard_paid(self, session: Session, paid: Paid) -> None:
        """Tell the parties of a case that their money has arrived, and by which receipt."""
        path, values = f"receipt/{paid.receipt.token}", {"receipt": paid.receipt.number}
        case_id = paid.demand.case_id
        to = parties_of(session, case_id) if case_id is not None else ()
        self._tell_of_money(session, paid.body, paid.demand, to, "money_received", path, values, now=paid.now)

    def _tell_of_money(
        self,
        session: Session,
        body: LocalBody,
        demand: Demand,
        to: Sequence[Recipient],
        template: str,
        path: str,
        more: Mapping[str, str],
        *,
        now: datetime,
    ) -> None:
        values = {"amount": rupees(demand.amount), "link": self.link(body, path), **more}
        for party in to:
            words = {**values, "number": party.case_number or "", "body": _named(body, party.language)}
            tell_recipient(session, party, case_id=demand.case_id, template=template, values=words, now=now)

    def heard_quarantine(self, session: Session, shut: Quarantined) -> None:
        """Tell who sent a harmful file; without one, nobody."""
        if shut.sent_by is None:
            return
        found = case(session, shut.case_id)
        words = self.words_of(shut.body, found, found.state, _language(session, shut.sent_by))
        tell(
            session,
            case_id=found.id,
            person_id=shut.sent_by,
            template="document_refused",
            values={**words, "document": shut.title},
            now=shut.now,
        )

    def answer_watch(
        self, session: Session, body: LocalBody, watch: Watch, *, case_id: int | None = None, now: datetime
    ) -> None:
        """Tell a person what became of the wish to watch a plot."""
        template = "watch_begun" if watch.state == "watching" else "watch_refused"
        language = _language(session, watch.person_id)
        values = {
            "body": _named(body, language),
            "plot": watch.number,
            "stop": self.link(body, f"watch/stop/{watch.stop}"),
        }
        tell(session, case_id=case_id, person_id=watch.person_id, template=template, values=values, now=now)

    def link(self, body: LocalBody, path: str) -> str:
        """The whole address of a page of a town hall."""
        return f"{self.front}/town/{body.code}/{path}"

    def plot_link(self, body: LocalBody, number: str) -> str:
        """The whole address of a plot's page."""
        return f"{self.front}/{body.jurisdiction}/plot?number={quote(number, safe='')}"

    def words_of(self, body: LocalBody, found: Case, state: str, language: str) -> Mapping[str, str]:
        """What every message about a case says of it."""
        service = self.services.get(found.service)
        flow = service.flow if service else None
        named = flow.states.get(state) if flow else None
        titles = (flow.title if flow else None, named.title if named else None)
        shown = [getattr(title, language) if title else "–" for title in titles]
        return {
            "body": _named(body, language),
            "number": found.number,
            "service": shown[0],
            "state": shown[1],
            "link": self.link(body, f"cases/{found.number}"),
        }

    def _tell_party(self, session: Session, moved: Advanced, party: Recipient) -> None:
        words = self.words_of(moved.body, moved.case, moved.case.state, party.language)
        template = "case_opened" if moved.step == "open" else "case_moved"
        if template == "case_moved" and moved.case.turn in PARTIES and moved.case.due:
            template, words = "your_turn", {**words, "due": day_words(moved.case.due)}
        tell_recipient(session, party, case_id=moved.case.id, template=template, values=words, now=moved.now)

    def _tell_watcher(
        self,
        session: Session,
        body: LocalBody,
        watch: Watch,
        found: Case,
        event: CaseEventRow,
        plots: tuple[str, ...],
        *,
        now: datetime,
    ) -> None:
        language = _language(session, watch.person_id)
        service = self.services.get(found.service)
        named = service.flow.acts.get(event.step) if service else None
        values = {
            **self.words_of(body, found, event.state_after, language),
            **({"state": getattr(named.title, language)} if named else {}),
            "plot": ", ".join(plots),
            "watched": watch.number,
            "stop": self.link(body, f"watch/stop/{watch.stop}"),
        }
        tell(session, case_id=None, person_id=watch.person_id, template="plot_event", values=values, now=now)

    def _is_for_staff(self, found: Case, step: str) -> bool:
        service = self.services.get(found.service)
        taken = service.flow.steps.get(step) if service else None
        return taken is not None and taken.seen_by == "staff"


def _language(session: Session, person_id: int) -> str:
    found = session.scalar(select(PersonRow.language).where(PersonRow.id == person_id))
    return found or "en"


def _named(body: LocalBody, language: str) -> str:
    return body.name_ml if language == "ml" else body.name_en
