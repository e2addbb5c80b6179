"""The outbox: what is told stands there with its cause, leaves once, and says what became of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody, enter, inside
from civic.core.events import listening
from civic.core.jobs import Work
from civic.core.messages.carriers import Letter, Postponed, Refused, Taken
from civic.core.messages.forgetting import GONE, KEPT, SECRET_KEPT, forget_old, forget_told
from civic.core.messages.outbox import (
    HIDDEN,
    SEND,
    messages_of,
    outbox,
    set_whatsapp,
    tell,
    tell_address,
    tries_of,
    wants_whatsapp,
)
from civic.core.messages.sending import PAUSES, Senders, Undelivered, arrived, send_again
from civic.core.messages.wording import (
    default_wording,
    filled,
    forget_wording,
    keep_wording,
    names,
    wording,
)
from civic.core.people import introduce
from civic.core.sign_in import new_code
from gis.errors import Invalid, NotFound

NOW = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)
CODE = {"body": "Kochi", "code": "123456", "minutes": "10"}
MOVED = {"body": "Kochi", "number": "LR-1", "service": "S", "state": "Filed", "link": "https://x/"}


class Postman:
    """A carrier that does what it is told and keeps what it took."""

    def __init__(self, *answers: Exception) -> None:
        self.answers = list(answers)
        self.took: list[Letter] = []

    def send(self, letter: Letter) -> Taken:
        """Take it, or not."""
        if self.answers:
            raise self.answers.pop(0)
        self.took.append(letter)
        return Taken(reference=f"ref-{len(self.took)}", answer="taken")


def work_on(engine: Engine, body: LocalBody, message: int, now: datetime = NOW) -> Work:
    return Work(engine=engine, job=1, kind=SEND, body=body.code, values={"message": message}, now=now)


def written(
    engine: Engine, body: LocalBody, template: str = "case_moved", address: str = "a@example.org"
) -> int:
    values = CODE if template == "sign_in_code" else MOVED
    with inside(engine, body.code) as (session, _):
        (number,) = tell_address(
            session, body.code, address, language="en", template=template, values=values, now=NOW
        )
    return number


@contextmanager
def looked_at(engine: Engine, body: LocalBody) -> Iterator[Session]:
    with inside(engine, body.code) as (session, _):
        yield session


def state_of(engine: Engine, body: LocalBody, number: int) -> tuple[str, int, str | None]:
    with looked_at(engine, body) as session:
        (found,) = [each for each in outbox(session) if each.id == number]
    return found.state, found.tries, found.failure


def jobs_of(session: Session, message: int) -> list[datetime | None]:
    return list(
        session.scalars(
            text(
                "SELECT scheduled_at FROM jobs.procrastinate_jobs"
                " WHERE task_name = 'messages.send' AND (args->'values'->>'message')::int = :m ORDER BY id"
            ),
            {"m": message},
        )
    )


def test_a_person_is_told_by_every_way_in_their_language(town: Session, body: LocalBody) -> None:
    who = introduce(town, body, name="Ammini", address="ammini@example.org", language="ml", now=NOW)
    town.execute(text("UPDATE person SET phone = '+919876543210' WHERE id = :id"), {"id": who.id})
    tell(town, case_id=None, person_id=who.id, template="case_moved", values=MOVED, now=NOW)
    told = {each.channel: each for each in outbox(town)}
    assert set(told) == {"email", "sms"}
    assert told["email"].language == "ml"
    assert "മുന്നോട്ടു" in told["email"].text
    assert told["sms"].text != told["email"].text
    assert all(len(jobs_of(town, each.id)) == 1 for each in told.values())


def test_whatsapp_needs_the_persons_word(town: Session, body: LocalBody) -> None:
    who = introduce(town, body, name="Ammini", address="9876543210", language="en", now=NOW)

    def ways() -> list[str]:
        numbers = tell(town, case_id=None, person_id=who.id, template="case_moved", values=MOVED, now=NOW)
        return [each.channel for each in outbox(town) if each.id in numbers]

    assert ways() == ["sms"]
    set_whatsapp(town, body.code, who.id, wants=True, now=NOW)
    assert wants_whatsapp(town, who.id)
    assert ways() == ["whatsapp"]
    set_whatsapp(town, body.code, who.id, wants=False, now=NOW)
    assert ways() == ["sms"]
    set_whatsapp(town, body.code, who.id, wants=True, now=NOW + timedelta(days=1))
    assert ways() == ["whatsapp"]


def test_whatsapp_without_a_telephone_is_not_understood(town: Session, body: LocalBody) -> None:
    who = introduce(town, body, name="Ammini", address="ammini@example.org", language="en", now=NOW)
    with pytest.raises(Invalid, match="telephone"):
        set_whatsapp(town, body.code, who.id, wants=True, now=NOW)


def test_who_was_erased_is_told_nothing(town: Session, body: LocalBody) -> None:
    who = introduce(town, body, name="Ammini", address="ammini@example.org", language="en", now=NOW)
    town.execute(
        text("UPDATE person SET email = NULL, erased = :now WHERE id = :id"), {"id": who.id, "now": NOW}
    )
    assert tell(town, case_id=None, person_id=who.id, template="case_moved", values=MOVED, now=NOW) == []


def test_the_outbox_of_another_body_is_not_seen(
    town: Session, body: LocalBody, other_body: LocalBody
) -> None:
    tell_address(
        town, body.code, "a@example.org", language="en", template="case_moved", values=MOVED, now=NOW
    )
    assert len(outbox(town)) == 1
    enter(town, other_body.code)
    assert outbox(town) == []


def test_a_message_leaves_once(service_engine: Engine, own_body: LocalBody) -> None:
    number = written(service_engine, own_body)
    postman = Postman()
    senders = Senders(carriers={"email": postman})
    senders.send(work_on(service_engine, own_body, number))
    senders.send(work_on(service_engine, own_body, number))
    (letter,) = postman.took
    assert letter.address == "a@example.org"
    assert letter.reference == f"{own_body.code}.{number}"
    assert "Filed" in letter.text
    assert state_of(service_engine, own_body, number) == ("sent", 1, None)


def test_without_a_carrier_it_stays_and_says_so(service_engine: Engine, own_body: LocalBody) -> None:
    number = written(service_engine, own_body)
    Senders().send(work_on(service_engine, own_body, number))
    assert state_of(service_engine, own_body, number) == ("unsent", 1, None)
    with looked_at(service_engine, own_body) as session:
        (tried,) = tries_of(session, number)
        assert tried.outcome == "unsent"


def test_a_postponed_message_waits_and_leaves_later(service_engine: Engine, own_body: LocalBody) -> None:
    number = written(service_engine, own_body)
    senders = Senders(carriers={"email": Postman(Postponed("the line is busy"))})
    senders.send(work_on(service_engine, own_body, number))
    assert state_of(service_engine, own_body, number) == ("waiting", 1, None)
    with looked_at(service_engine, own_body) as session:
        assert jobs_of(session, number) == [None, NOW + timedelta(minutes=PAUSES[0])]
    senders.send(work_on(service_engine, own_body, number, NOW + timedelta(minutes=1)))
    assert state_of(service_engine, own_body, number)[0] == "sent"


def test_after_the_last_try_it_has_failed_and_everyone_hears(
    service_engine: Engine, own_body: LocalBody
) -> None:
    number = written(service_engine, own_body)
    senders = Senders(carriers={"email": Postman(*[Postponed("busy")] * (len(PAUSES) + 1))})
    heard: list[Undelivered] = []
    with listening(Undelivered, lambda _, event: heard.append(event)):
        for _ in PAUSES:
            senders.send(work_on(service_engine, own_body, number))
            assert state_of(service_engine, own_body, number)[0] == "waiting"
        senders.send(work_on(service_engine, own_body, number))
    assert state_of(service_engine, own_body, number) == ("failed", len(PAUSES) + 1, "busy")
    assert [each.message_id for each in heard] == [number]


def test_a_refused_message_is_not_tried_again(service_engine: Engine, own_body: LocalBody) -> None:
    number = written(service_engine, own_body)
    postman = Postman(Refused("550 no such mailbox"))
    Senders(carriers={"email": postman}).send(work_on(service_engine, own_body, number))
    assert state_of(service_engine, own_body, number) == ("failed", 1, "550 no such mailbox")
    Senders(carriers={"email": postman}).send(work_on(service_engine, own_body, number))
    assert postman.took == []
    with looked_at(service_engine, own_body) as session:
        assert len(jobs_of(session, number)) == 1
        assert [each.id for each in outbox(session, failed=True)] == [number]


def test_staff_may_send_a_failed_message_again(service_engine: Engine, own_body: LocalBody) -> None:
    number = written(service_engine, own_body)
    Senders(carriers={"email": Postman(Refused("no"))}).send(work_on(service_engine, own_body, number))
    with inside(service_engine, own_body.code) as (session, _):
        assert send_again(session, number)
        assert not send_again(session, number)
    postman = Postman()
    Senders(carriers={"email": postman}).send(work_on(service_engine, own_body, number))
    assert len(postman.took) == 1


def test_a_worker_that_died_while_sending_leaves_no_message_behind(
    service_engine: Engine, own_body: LocalBody
) -> None:
    """The message is marked and the postman never came back: the job is offered again, with the same reference."""

    class Killed(BaseException):
        pass

    class Dying(Postman):
        def send(self, letter: Letter) -> Taken:
            super().send(letter)
            raise Killed

    number = written(service_engine, own_body)
    dying, postman = Dying(), Postman()
    with pytest.raises(Killed):
        Senders(carriers={"email": dying}).send(work_on(service_engine, own_body, number))
    assert state_of(service_engine, own_body, number)[0] == "sending"
    Senders(carriers={"email": postman}).send(work_on(service_engine, own_body, number))
    assert state_of(service_engine, own_body, number) == ("sent", 2, None)
    assert dying.took[0].reference == postman.took[0].reference


def test_a_code_is_taken_out_of_the_outbox_once_it_has_left(
    service_engine: Engine, own_body: LocalBody
) -> None:
    number = written(service_engine, own_body, "sign_in_code")
    postman = Postman()
    Senders(carriers={"email": postman}).send(work_on(service_engine, own_body, number))
    assert "123456" in postman.took[0].text
    with looked_at(service_engine, own_body) as session:
        (found,) = outbox(session)
        assert (found.subject, found.text, found.is_secret) == (HIDDEN, HIDDEN, True)
        kept = session.scalar(text("SELECT blanks FROM message WHERE id = :id"), {"id": number})
        assert kept == []
        assert not send_again(session, number)


def test_a_report_of_arrival_counts_once(service_engine: Engine, own_body: LocalBody) -> None:
    number = written(service_engine, own_body)
    Senders(carriers={"email": Postman()}).send(work_on(service_engine, own_body, number))
    with inside(service_engine, own_body.code) as (session, body):
        assert not arrived(session, body, number, channel="sms", is_delivered=False, answer="", now=NOW)
        assert arrived(session, body, number, channel="email", is_delivered=True, answer="delivered", now=NOW)
        assert not arrived(session, body, number, channel="email", is_delivered=True, answer="read", now=NOW)
        assert not arrived(
            session, body, number, channel="email", is_delivered=False, answer="failed", now=NOW
        )
        assert not arrived(
            session, body, number + 1000, channel="email", is_delivered=True, answer="", now=NOW
        )
        assert [each.outcome for each in tries_of(session, number)] == ["sent", "delivered"]
    assert state_of(service_engine, own_body, number)[0] == "delivered"


def test_a_report_of_failure_ends_it(service_engine: Engine, own_body: LocalBody) -> None:
    number = written(service_engine, own_body)
    Senders(carriers={"email": Postman()}).send(work_on(service_engine, own_body, number))
    with inside(service_engine, own_body.code) as (session, body):
        assert arrived(
            session, body, number, channel="email", is_delivered=False, answer="failed 131026", now=NOW
        )
    assert state_of(service_engine, own_body, number) == ("failed", 1, "failed 131026")


def test_messages_of_a_case_are_those_of_its_case(town: Session, body: LocalBody) -> None:
    assert messages_of(town, 0) == []


@pytest.mark.parametrize("name", names())
def test_every_message_says_the_same_in_both_languages(name: str) -> None:
    english, malayalam = default_wording(name, "en"), default_wording(name, "ml")
    assert english.blanks == malayalam.blanks
    assert any("\u0d00" <= letter <= "\u0d7f" for letter in malayalam.text)
    assert len(english.sms) <= 160


def test_a_body_keeps_its_own_wording(town: Session, body: LocalBody) -> None:
    usual = default_wording("case_moved", "en")
    own = replace(
        usual, sms="Case {number}: {state}", sms_header="KLTOWN", sms_template="1107000000000000009"
    )
    keep_wording(town, body.code, own)
    assert wording(town, body.code, "case_moved", "en").sms == "Case {number}: {state}"
    assert wording(town, body.code, "case_moved", "ml") == default_wording("case_moved", "ml")
    forget_wording(town, body.code, "case_moved", "en")
    assert wording(town, body.code, "case_moved", "en") == usual


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"text": "{number} {password}"}, "password"),
        ({"subject": " "}, "subject"),
        ({"sms": "x" * 601}, "sms"),
        ({"sms_header": "KLTOWN"}, "both"),
        ({"sms_header": "KL TOWN", "sms_template": "1107000000000000009"}, "KL TOWN"),
        ({"sms_header": "KLTOWN", "sms_template": "12"}, "12"),
        ({"whatsapp_template": "Case Moved"}, "Case Moved"),
    ],
)
def test_a_wording_that_cannot_be_sent_is_not_kept(
    town: Session, body: LocalBody, change: dict[str, str], fault: str
) -> None:
    with pytest.raises(Invalid, match=fault):
        keep_wording(town, body.code, replace(default_wording("case_moved", "en"), **change))


def test_a_value_is_put_in_as_it_stands() -> None:
    worded = filled(default_wording("case_moved", "en"), {**MOVED, "state": "{link} {0.__class__}\nBcc: x"})
    assert "{link} {0.__class__}" in worded.text
    assert "\n" not in worded.subject


def test_a_missing_value_is_told() -> None:
    with pytest.raises(Invalid, match="link"):
        filled(default_wording("case_moved", "en"), {"number": "1"})
    with pytest.raises(NotFound, match="case_moved"):
        default_wording("no_such", "en")


def test_who_is_erased_leaves_the_outbox_and_is_sent_nothing_more(
    service_engine: Engine, own_body: LocalBody
) -> None:
    with inside(service_engine, own_body.code) as (session, body):
        who = introduce(session, body, name="A", address="gone@example.org", language="en", now=NOW)
        (number,) = tell(
            session, case_id=None, person_id=who.id, template="case_moved", values=MOVED, now=NOW
        )
        new_code(session, body, "gone@example.org", sender="203.0.113.7", language="en", now=NOW)
        new_code(session, body, "other@example.org", sender="203.0.113.7", language="en", now=NOW)
        forget_told(session, who.id, ["gone@example.org"], now=NOW)
    postman = Postman()
    Senders(carriers={"email": postman}).send(work_on(service_engine, own_body, number))
    assert postman.took == []
    with looked_at(service_engine, own_body) as session:
        others, code, found = outbox(session)
        assert (others.address, others.state) == ("other@example.org", "waiting")
        for each in (code, found):
            assert (each.address, each.text, each.state) == (GONE, GONE, "unsent")
        assert not send_again(session, number)


@pytest.mark.parametrize(
    ("template", "age", "is_kept"),
    [
        ("case_moved", KEPT, True),
        ("case_moved", KEPT + timedelta(seconds=1), False),
        ("sign_in_code", SECRET_KEPT, True),
        ("sign_in_code", SECRET_KEPT + timedelta(seconds=1), False),
    ],
)
def test_what_a_message_said_is_forgotten_in_time(
    town: Session, body: LocalBody, template: str, age: timedelta, is_kept: bool
) -> None:
    values = CODE if template == "sign_in_code" else MOVED
    tell_address(town, body.code, "a@example.org", language="en", template=template, values=values, now=NOW)
    night = Work(engine=town.get_bind(), job=1, kind="x", body=body.code, values={}, now=NOW + age)  # type: ignore[arg-type]
    forget_old(town, body, night)
    town.expire_all()
    (found,) = outbox(town)
    assert (found.text != GONE) is is_kept


def test_a_carriers_answer_does_not_keep_the_address(service_engine: Engine, own_body: LocalBody) -> None:
    number = written(service_engine, own_body)
    refusal = Refused("550 a@example.org: no such mailbox")
    Senders(carriers={"email": Postman(refusal)}).send(work_on(service_engine, own_body, number))
    assert state_of(service_engine, own_body, number)[2] == "550 …: no such mailbox"
    with looked_at(service_engine, own_body) as session:
        assert "a@example.org" not in tries_of(session, number)[0].answer
