"""A case that the town hall itself sends to an officer is granted only after a word on each of its reasons."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from api.town import SERVICES
from civic.core.bodies import LocalBody
from civic.core.clocks import run_clocks
from civic.core.people import end_posting, postings
from civic.permits.filing import change_licensee
from civic.permits.issuing import permit_of
from civic.permits.lettering import letter as letter_of
from civic.permits.tables import PermitCaseRow
from civic.permits.town_words import headed, is_refused, say_of_reason, town_reasons
from gis.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.civic.builders import an_actor
from tests.civic.permits.matters import Matter, a_matter


@pytest.fixture
def stranger(town: Session, body: LocalBody, tmp_path: Path) -> Matter:
    """A plot whose owner the register does not know."""
    return a_matter(town, body, tmp_path, is_known=False)


@pytest.fixture
def matter(town: Session, body: LocalBody, tmp_path: Path) -> Matter:
    return a_matter(town, body, tmp_path)


def say(
    matter: Matter, code: str, stance: str, why: str = "The deed was seen.", by: str = "verifier"
) -> None:
    actor = getattr(matter, by)
    say_of_reason(matter.desk, matter.case, code=code, stance=stance, reason=why, actor=actor)


def codes(matter: Matter) -> set[str]:
    row = matter.session.get_one(PermitCaseRow, matter.number, populate_existing=True)
    return {each["code"] for each in row.why}


def test_an_unknown_owner_holds_the_approval_until_an_officer_accepts_it(stranger: Matter) -> None:
    stranger.to_decision()
    with pytest.raises(Conflict, match="No word yet on: nobody who signs"):
        stranger.step("approve", stranger.approver)
    say(stranger, "owner_unknown", "refused")
    with pytest.raises(Conflict, match="refused it: nobody who signs"):
        stranger.step("approve", stranger.approver)
    say(stranger, "owner_unknown", "accepted")
    assert stranger.step("approve", stranger.approver).state == "permitted"


def test_a_refused_reason_is_a_ground_of_refusal(stranger: Matter) -> None:
    stranger.to_decision()
    with pytest.raises(Conflict, match="at least one"):
        stranger.step("refuse", stranger.approver, note="No title.")
    say(stranger, "owner_unknown", "refused")
    assert stranger.step("refuse", stranger.approver, note="No title.").state == "refused"


def test_only_officers_speak_and_only_of_reasons_that_there_are(stranger: Matter) -> None:
    stranger.to_decision()
    with pytest.raises(NotAllowed):
        say(stranger, "owner_unknown", "accepted", by="owner")
    with pytest.raises(NotFound):
        say(stranger, "licence_ended", "accepted")
    with pytest.raises(Invalid):
        say(stranger, "owner_unknown", "condition")
    with pytest.raises(Invalid):
        say(stranger, "owner_unknown", "accepted", why=" ")


def test_a_licence_that_has_ended_holds_it_too(matter: Matter) -> None:
    matter.filed()
    (posting,) = postings(matter.session, on=None, person_id=matter.licensee.person.id)
    end_posting(matter.session, posting.id, on=matter.desk.today, today=matter.desk.today)
    matter.pay()
    matter.accept_all()
    matter.step("verify", matter.verifier)
    matter.visit()
    matter.step("report", matter.inspector, note="Seen.")
    with pytest.raises(Conflict, match="licence of the licensee"):
        matter.step("approve", matter.approver)
    say(matter, "licence_ended", "accepted")
    assert matter.step("approve", matter.approver).state == "permitted"


@pytest.mark.parametrize(
    ("word", "state"), [(None, "council"), ("refused", "council"), ("accepted", "deemed")]
)
def test_nothing_is_deemed_without_the_word(stranger: Matter, word: str | None, state: str) -> None:
    stranger.to_decision()
    stranger.later(days=16)
    stranger.step("refer", stranger.owner, note="Please decide.")
    if word:
        say(stranger, "owner_unknown", word)
    stranger.later(days=31)
    run_clocks(stranger.session, stranger.body, SERVICES, now=stranger.now)
    assert stranger.case.state == state


def test_the_council_does_not_approve_without_the_word(stranger: Matter) -> None:
    stranger.to_decision()
    stranger.later(days=16)
    stranger.step("refer", stranger.owner, note="Please decide.")
    with pytest.raises(Conflict, match="No word yet"):
        stranger.step("council_approve", stranger.secretary, note="Approved.")
    say(stranger, "owner_unknown", "accepted", by="secretary")
    assert stranger.step("council_approve", stranger.secretary, note="Approved.").state == "permitted"


def permitted(matter: Matter) -> str:
    matter.filed()
    matter.pay()
    permit = permit_of(matter.session, matter.number)
    assert permit is not None
    assert permit.until is not None
    return permit.number


@pytest.mark.parametrize("kind", ["extension", "transfer", "renewal"])
@pytest.mark.parametrize("is_stranger", [True, False])
def test_what_a_stranger_asks_of_a_permit_needs_a_word(
    matter: Matter, body: LocalBody, kind: str, is_stranger: bool
) -> None:
    number = permitted(matter)
    if kind == "renewal":
        permit = permit_of(matter.session, matter.number)
        assert permit is not None
        assert permit.until is not None
        matter.now += timedelta(days=(permit.until - matter.desk.today).days + 1)
    if is_stranger:
        matter.owner = an_actor(matter.session, body)
    matter.begin(kind, of_permit=number, transferred=str(matter.desk.today), new_holder="Somebody")
    matter.step("file_plain", matter.owner)
    matter.pay()
    assert ("not_holder" in codes(matter)) is is_stranger
    matter.step("verify_plain", matter.verifier)
    if is_stranger:
        with pytest.raises(Conflict, match="owner of the permit"):
            matter.step("approve", matter.approver)
        say(matter, "not_holder", "accepted")
    assert matter.step("approve", matter.approver).state == "permitted"


@pytest.mark.parametrize("kind", ["occupancy", "revision"])
def test_a_drawn_matter_of_a_permit_by_a_stranger_has_the_reason(
    matter: Matter, body: LocalBody, kind: str
) -> None:
    number = permitted(matter)
    matter.owner = an_actor(matter.session, body)
    matter.begin(kind, of_permit=number)
    matter.draw()
    matter.step("file", matter.licensee)
    matter.sign_both()
    matter.pay()
    assert {"not_holder", "owner_unknown"} <= codes(matter)
    found = town_reasons(matter.session, body, matter.case, on=matter.desk.today)
    assert {each.code for each in found} == {"not_holder", "owner_unknown"}


def test_a_word_on_a_licence_ends_with_its_licensee(matter: Matter) -> None:
    matter.filed()
    (posting,) = postings(matter.session, on=None, person_id=matter.licensee.person.id)
    end_posting(matter.session, posting.id, on=matter.desk.today, today=matter.desk.today)
    matter.pay()
    say(matter, "licence_ended", "refused")
    other = an_actor(matter.session, matter.body, "licensee")
    change_licensee(matter.desk, matter.case, licensee_id=other.person.id, actor=matter.owner, language="en")
    assert town_reasons(matter.session, matter.body, matter.case, on=matter.desk.today) == ()
    assert not is_refused(matter.session, matter.number)
    (posting,) = postings(matter.session, on=None, person_id=other.person.id)
    end_posting(matter.session, posting.id, on=matter.desk.today, today=matter.desk.today)
    (reason,) = town_reasons(matter.session, matter.body, matter.case, on=matter.desk.today)
    assert (reason.code, reason.stance) == ("licence_ended", None)
    say(matter, "licence_ended", "accepted")
    (reason,) = town_reasons(matter.session, matter.body, matter.case, on=matter.desk.today)
    assert reason.stance == "accepted"


def test_the_words_stand_in_the_permit_and_its_letter(stranger: Matter) -> None:
    stranger.to_decision()
    say(stranger, "owner_unknown", "accepted", why="The deed of 2019 was seen.")
    stranger.step("approve", stranger.approver)
    letter = letter_of(stranger.session, stranger.body, stranger.case, "permit", front="https://x.example")
    (point,) = [each for each in letter.accepted if each.rule == "town_hall"]
    assert (point.title, point.words) == (headed("owner_unknown").en, "The deed of 2019 was seen.")
    assert point.title_ml == headed("owner_unknown").ml


def test_a_refused_reason_stands_in_the_refusal(stranger: Matter) -> None:
    stranger.taken_up()
    say(stranger, "owner_unknown", "refused", why="The deed is of another plot.")
    stranger.step("refuse", stranger.approver, note="No title.")
    letter = letter_of(stranger.session, stranger.body, stranger.case, "refusal", front="https://x.example")
    assert [each.words for each in letter.grounds] == ["The deed is of another plot."]
