"""Who signs in, for how long, and with which rights on which day."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.http import cookie_of
from civic.core.passkeys import MOST_WAITING, Site, ask_to_make, ask_to_sign
from civic.core.people import end_posting, introduce, post, postings, reach, roles_on
from civic.core.privacy.looks import forget_old
from civic.core.sign_in import (
    MOST_CODES,
    MOST_OF_BODY,
    MOST_OF_SENDER,
    TooManyTries,
    WrongCode,
    actor,
    begin,
    check_code,
    end,
    mark_of_sender,
    new_code,
)
from gis.errors import Conflict, Invalid
from tests.civic.builders import NOW
from tests.civic.hall import Hall, a_hall

TODAY = NOW.date()


@pytest.fixture
def hall(service_engine: Engine, own_body: LocalBody, tmp_path: Path) -> Hall:
    """A town hall of the test's own."""
    return a_hall(service_engine, own_body, tmp_path)


def signed_in(town: Session, body: LocalBody, *roles: str) -> tuple[int, str]:
    who = introduce(town, body, name="Ammini", address="ammini@example.org", language="ml", now=NOW)
    for role in roles:
        post(town, body, who.id, role=role, order_ref="O-7/2026", begins=date(2026, 1, 1))
    made = begin(town, body, who, way="code", browser="A phone", today=TODAY, now=NOW)
    return who.id, made.secret


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (" Ammini@Example.ORG ", "ammini@example.org"),
        ("98470 12345", "+919847012345"),
        ("+44 20 7946 0958", "+442079460958"),
    ],
)
def test_an_address_is_kept_in_one_way(given: str, kept: str) -> None:
    assert reach(given) == kept


@pytest.mark.parametrize(
    "given", ["", "ammini", "a@b", "12345", "a b@example.org", "0" * 10, "x" * 300 + "@a.org"]
)
def test_what_reaches_nobody_is_refused(given: str) -> None:
    with pytest.raises(Invalid):
        reach(given)


def test_the_right_code_is_good_once(town: Session, body: LocalBody) -> None:
    where, code = new_code(town, body, "A@example.org", sender="203.0.113.7", language="ml", now=NOW)
    assert check_code(town, where, code, now=NOW) == "a@example.org"
    with pytest.raises(WrongCode):
        check_code(town, where, code, now=NOW)


def test_a_code_is_not_kept_readable(town: Session, body: LocalBody) -> None:
    _, code = new_code(town, body, "a@example.org", sender="203.0.113.7", language="ml", now=NOW)
    assert code not in str(town.execute(text("SELECT * FROM sign_in_code")).one())


def test_a_code_is_good_for_ten_minutes(town: Session, body: LocalBody) -> None:
    where, code = new_code(town, body, "a@example.org", sender="203.0.113.7", language="ml", now=NOW)
    with pytest.raises(WrongCode):
        check_code(town, where, code, now=NOW + timedelta(minutes=10))
    assert check_code(town, where, code, now=NOW + timedelta(minutes=9, seconds=59)) == where


def test_five_wrong_tries_use_a_code_up(town: Session, body: LocalBody) -> None:
    where, code = new_code(town, body, "a@example.org", sender="203.0.113.7", language="ml", now=NOW)
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(5):
        assert check_code(town, where, wrong, now=NOW) is None
    with pytest.raises(WrongCode):
        check_code(town, where, code, now=NOW)


def test_an_address_is_sent_five_codes_in_an_hour(town: Session, body: LocalBody) -> None:
    for _ in range(MOST_CODES):
        new_code(town, body, "a@example.org", sender="203.0.113.7", language="ml", now=NOW)
    with pytest.raises(TooManyTries):
        new_code(
            town, body, "a@example.org", sender="203.0.113.7", language="ml", now=NOW + timedelta(minutes=59)
        )
    new_code(
        town, body, "a@example.org", sender="203.0.113.7", language="ml", now=NOW + timedelta(minutes=60)
    )


def test_a_browser_is_known_by_its_secret_which_is_not_kept(town: Session, body: LocalBody) -> None:
    who, secret = signed_in(town, body)
    found = actor(town, secret, today=TODAY, now=NOW)
    assert found is not None
    assert (found.person.id, found.roles, found.is_staff) == (who, frozenset(), False)
    assert actor(town, secret + "x", today=TODAY, now=NOW) is None
    assert secret not in str(town.execute(text("SELECT * FROM sign_in")).one())


def test_an_officer_stays_for_a_days_work_a_citizen_for_a_month(town: Session, body: LocalBody) -> None:
    _, citizen = signed_in(town, body)
    assert actor(town, citizen, today=TODAY, now=NOW + timedelta(days=29)) is not None
    assert actor(town, citizen, today=TODAY, now=NOW + timedelta(days=30)) is None


def test_an_officers_day_ends(town: Session, body: LocalBody) -> None:
    _, secret = signed_in(town, body, "approver")
    assert actor(town, secret, today=TODAY, now=NOW + timedelta(hours=9, minutes=59)) is not None
    assert actor(town, secret, today=TODAY, now=NOW + timedelta(hours=10)) is None


def test_a_session_stolen_after_the_posting_ended_has_no_rights(town: Session, body: LocalBody) -> None:
    who, secret = signed_in(town, body, "approver")
    (posting,) = postings(town, on=TODAY, person_id=who)
    end_posting(town, posting.id, on=TODAY, today=TODAY)
    found = actor(town, secret, today=TODAY, now=NOW)
    before = actor(town, secret, today=TODAY - timedelta(days=1), now=NOW)
    assert found is not None
    assert before is not None
    assert (found.roles, before.roles) == (frozenset(), {"approver"})


def test_who_signs_out_is_out(town: Session, body: LocalBody) -> None:
    _, secret = signed_in(town, body)
    end(town, secret, now=NOW)
    assert actor(town, secret, today=TODAY, now=NOW) is None


def test_an_address_belongs_to_one_person(town: Session, body: LocalBody) -> None:
    signed_in(town, body)
    with pytest.raises(Conflict):
        introduce(town, body, name="Other", address="AMMINI@example.org", language="en", now=NOW)


def test_a_posting_ends_once_and_not_before_today(town: Session, body: LocalBody) -> None:
    who, _ = signed_in(town, body, "verifier")
    (posting,) = postings(town, on=TODAY, person_id=who)
    for days in (1, 30, 400):
        with pytest.raises(Invalid, match="today or later") as refused:
            end_posting(town, posting.id, on=TODAY - timedelta(days=days), today=TODAY)
        assert refused.value.code == "ends-before-today"
    end_posting(town, posting.id, on=TODAY, today=TODAY)
    for days in (-1, 0, 1):
        with pytest.raises(Conflict, match="its end already") as conflict:
            end_posting(town, posting.id, on=TODAY + timedelta(days=days), today=TODAY)
        assert conflict.value.code == "posting-ended"
    assert roles_on(town, who, on=TODAY - timedelta(days=1)) == {"verifier"}


@pytest.mark.parametrize("begins", [0, 30])
def test_a_wrong_posting_is_void_at_once(town: Session, body: LocalBody, begins: int) -> None:
    """Whether it begins today or is still to come: its rights do not last until midnight, and no day has them."""
    who, secret = signed_in(town, body)
    first = TODAY + timedelta(days=begins)
    wrong = post(town, body, who, role="approver", order_ref="O-9", begins=first)
    assert (actor(town, secret, today=first, now=NOW) or pytest.fail("signed out")).roles == {"approver"}
    end_posting(town, wrong.id, on=TODAY, today=TODAY)
    assert (actor(town, secret, today=first, now=NOW) or pytest.fail("signed out")).roles == frozenset()
    (kept,) = postings(town, on=None, person_id=who)
    assert (kept.begins, kept.ends, kept.is_void) == (first, first, True)


# How many codes, and for whom.


def many_codes(town: Session, body: LocalBody, count: int, *, senders: int) -> None:
    """Codes for as many different addresses, asked for by turns from some senders."""
    digest, sent = "0:0", {"body": body.code, "now": NOW}
    rows = [
        {
            "reach": f"n{n}@example.org",
            "sender": mark_of_sender(body, f"203.0.113.{n % senders}"),
            "digest": digest,
            **sent,
        }
        for n in range(count)
    ]
    town.execute(
        text(
            "INSERT INTO sign_in_code (body, reach, sender, digest, made, ends)"
            " VALUES (:body, :reach, :sender, :digest, :now, :now)"
        ),
        rows,
    )


def test_one_sender_has_no_more_than_a_number_of_codes_sent_in_an_hour(
    town: Session, body: LocalBody
) -> None:
    many_codes(town, body, MOST_OF_SENDER - 1, senders=1)
    new_code(town, body, "last@example.org", sender="203.0.113.0", language="ml", now=NOW)
    with pytest.raises(TooManyTries) as refused:
        new_code(town, body, "more@example.org", sender="203.0.113.0", language="ml", now=NOW)
    assert refused.value.code == "too-many-from-here"
    new_code(town, body, "more@example.org", sender="203.0.113.1", language="ml", now=NOW)
    later = NOW + timedelta(hours=1)
    new_code(town, body, "more@example.org", sender="203.0.113.0", language="ml", now=later)


def test_a_body_sends_no_more_than_a_number_of_codes_in_an_hour(town: Session, body: LocalBody) -> None:
    many_codes(town, body, MOST_OF_BODY - 1, senders=200)
    new_code(town, body, "last@example.org", sender="198.51.100.1", language="ml", now=NOW)
    with pytest.raises(TooManyTries) as refused:
        new_code(town, body, "more@example.org", sender="198.51.100.2", language="ml", now=NOW)
    assert refused.value.code == "too-many-of-all"


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("203.0.113.7", "203.0.113.7", True),
        ("203.0.113.7", "203.0.113.8", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("", "testclient", False),
    ],
)
def test_a_sender_is_an_address_or_a_subscribers_network(
    body: LocalBody, one: str, other: str, is_same: bool
) -> None:
    assert (mark_of_sender(body, one) == mark_of_sender(body, other)) is is_same
    assert one not in mark_of_sender(body, one) or not one


def test_a_sender_is_kept_as_a_mark_that_another_body_does_not_share(
    body: LocalBody, other_body: LocalBody
) -> None:
    assert mark_of_sender(body, "203.0.113.7") != mark_of_sender(other_body, "203.0.113.7")


def test_who_asks_too_often_is_told_on_the_form(hall: Hall) -> None:
    client = hall.client()
    for _ in range(MOST_CODES):
        assert client.post(f"{hall.path}/sign-in", data={"address": "a@example.org"}).status_code == 200
    answer = client.post(f"{hall.path}/sign-in", data={"address": "a@example.org"})
    assert answer.status_code == 429
    assert "within the hour" in answer.text
    assert 'name="address"' in answer.text
    wrong = client.post(f"{hall.path}/sign-in", data={"address": "nobody"})
    assert wrong.status_code == 422
    assert "neither an e-mail address" in wrong.text


def test_signing_in_anew_ends_what_the_same_browser_had_before(hall: Hall) -> None:
    first, second = hall.person(), hall.person("verifier")
    client = hall.client(first)
    name = cookie_of(hall.body.code)
    before = str(client.cookies[name])
    client.post(f"{hall.path}/sign-in/demo", data={"who": second.person.id})
    stolen = hall.client()
    stolen.cookies.set(name, before)
    assert client.get(f"{hall.path}/my").status_code == 200
    assert stolen.get(f"{hall.path}/my").status_code in (303, 401)


def test_challenges_of_a_sender_are_limited_and_old_ones_go(town: Session, body: LocalBody) -> None:
    site = Site(host="town.example.org", origin="https://town.example.org")
    for _ in range(MOST_WAITING):
        ask_to_sign(town, body, site, sender="203.0.113.7", now=NOW)
    with pytest.raises(TooManyTries):
        ask_to_sign(town, body, site, sender="203.0.113.7", now=NOW)
    ask_to_sign(town, body, site, sender="203.0.113.8", now=NOW)
    ask_to_sign(town, body, site, sender="203.0.113.7", now=NOW + timedelta(minutes=5))
    assert town.scalar(text("SELECT count(*) FROM passkey_challenge")) == 1
    who = introduce(town, body, name="Ammini", address="ammini@example.org", language="ml", now=NOW)
    for _ in range(3):
        ask_to_make(town, body, who, site, sender="203.0.113.9", now=NOW)
    assert town.scalar(text("SELECT count(*) FROM passkey_challenge WHERE person_id IS NOT NULL")) == 1


def test_the_night_forgets_challenges_that_nobody_answered(town: Session, body: LocalBody) -> None:
    site = Site(host="town.example.org", origin="https://town.example.org")
    ask_to_sign(town, body, site, sender="203.0.113.7", now=NOW)
    assert forget_old(town, now=NOW + timedelta(minutes=4)) == 0
    assert forget_old(town, now=NOW + timedelta(minutes=5)) == 1
