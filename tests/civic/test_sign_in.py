"""Who signs in, for how long, and with which rights on which day."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.people import end_posting, introduce, post, postings, reach
from civic.core.sign_in import MOST_CODES, TooManyTries, WrongCode, actor, begin, check_code, end, new_code
from gis.errors import Conflict, Invalid
from tests.civic.builders import NOW

TODAY = NOW.date()


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
    where, code = new_code(town, body, "A@example.org", language="ml", now=NOW)
    assert check_code(town, where, code, now=NOW) == "a@example.org"
    with pytest.raises(WrongCode):
        check_code(town, where, code, now=NOW)


def test_a_code_is_not_kept_readable(town: Session, body: LocalBody) -> None:
    _, code = new_code(town, body, "a@example.org", language="ml", now=NOW)
    assert code not in str(town.execute(text("SELECT * FROM sign_in_code")).one())


def test_a_code_is_good_for_ten_minutes(town: Session, body: LocalBody) -> None:
    where, code = new_code(town, body, "a@example.org", language="ml", now=NOW)
    with pytest.raises(WrongCode):
        check_code(town, where, code, now=NOW + timedelta(minutes=10))
    assert check_code(town, where, code, now=NOW + timedelta(minutes=9, seconds=59)) == where


def test_five_wrong_tries_use_a_code_up(town: Session, body: LocalBody) -> None:
    where, code = new_code(town, body, "a@example.org", language="ml", now=NOW)
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(5):
        assert check_code(town, where, wrong, now=NOW) is None
    with pytest.raises(WrongCode):
        check_code(town, where, code, now=NOW)


def test_an_address_is_sent_five_codes_in_an_hour(town: Session, body: LocalBody) -> None:
    for _ in range(MOST_CODES):
        new_code(town, body, "a@example.org", language="ml", now=NOW)
    with pytest.raises(TooManyTries):
        new_code(town, body, "a@example.org", language="ml", now=NOW + timedelta(minutes=59))
    new_code(town, body, "a@example.org", language="ml", now=NOW + timedelta(minutes=60))


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
    end_posting(town, posting.id, on=TODAY)
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


def test_a_posting_ends_once_and_after_its_beginning(town: Session, body: LocalBody) -> None:
    who, _ = signed_in(town, body, "verifier")
    (posting,) = postings(town, on=TODAY, person_id=who)
    with pytest.raises(Conflict, match="begins on"):
        end_posting(town, posting.id, on=date(2026, 1, 1))
    end_posting(town, posting.id, on=TODAY)
    with pytest.raises(Conflict, match="ended"):
        end_posting(town, posting.id, on=TODAY + timedelta(days=1))
