"""A message that did not arrive stands on the case's page, in its history and in the outbox, with what to do."""

import re
from datetime import UTC, datetime

from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from api.sample_town import BODY, CITIZENS
from civic.core.bodies import inside
from civic.core.messages.sending import arrived, send_again
from tests.civic.conftest import door, sample_hall, sample_owner
from tests.civic.test_sample_town import TOWN, apply_for, become, officer, pay

__all__ = ["door", "sample_hall", "sample_owner"]


def lose(sample_hall: Engine, number: str) -> int:
    """Let a message about a case not arrive; which."""
    with inside(sample_hall, BODY.code) as (session, body):
        message = session.scalar(
            text(
                "UPDATE message SET state = 'sent' WHERE id = (SELECT max(m.id) FROM message m JOIN civic_case c"
                " ON c.id = m.case_id WHERE c.number = :number AND m.channel = 'email') RETURNING id"
            ),
            {"number": number},
        )
        assert arrived(
            session,
            body,
            message,
            channel="email",
            is_delivered=False,
            answer="550 no such user",
            now=datetime.now(UTC),
        )
    return int(message)


def test_a_lost_message_is_told_until_it_is_sent_again(door: TestClient, sample_hall: Engine) -> None:
    become(door, CITIZENS[0][0])
    number = apply_for(door, kind="correct_land_type", number="1/1", land_type="nilam")
    case = f"{TOWN}/cases/{number}?lang=en"
    assert "did not arrive" not in door.get(case).text
    before = re.search(r'name="version" value="(\d+)"', door.get(case).text)
    message = lose(sample_hall, number)
    own = door.get(case).text
    assert "1 message(s) about this case did not arrive" in own
    assert "tell the office" in own
    assert "A message did not arrive" in own  # in its history
    become(door, CITIZENS[1][0])
    assert door.get(case).status_code == 404
    officer(door, "front_office")
    page = door.get(case).text
    assert "send the message again from the outbox" in page
    assert "550 no such user" in door.get(f"{TOWN}/outbox?failed=1&lang=en").text
    assert "What did not arrive waits for you" in door.get(f"{TOWN}/outbox?failed=1&lang=en").text
    assert "ask the person" in door.get(f"{TOWN}/outbox/{message}?lang=en").text
    with inside(sample_hall, BODY.code) as (session, _):
        assert send_again(session, message)
    become(door, CITIZENS[0][0])
    page = door.get(case).text
    assert "message(s) about this case" not in page
    assert "A message did not arrive" in page
    assert before
    answer = door.post(f"{TOWN}/cases/{number}/steps/withdraw", data={"version": before[1]})
    assert "withdrawn" in answer.text.lower() or answer.status_code == 200


def test_a_lost_message_does_not_make_an_officers_form_stale(door: TestClient, sample_hall: Engine) -> None:
    become(door, CITIZENS[0][0])
    number = apply_for(door, kind="correct_land_type", number="1/1", land_type="nilam")
    pay(sample_hall, number)
    officer(door, "verifier")
    version = re.search(r'name="version" value="(\d+)"', door.get(f"{TOWN}/cases/{number}").text)
    lose(sample_hall, number)
    assert version
    answer = door.post(
        f"{TOWN}/cases/{number}/steps/ask",
        data={"version": version[1], "note": "Which deed?"},
        follow_redirects=False,
    )
    assert answer.status_code == 303
