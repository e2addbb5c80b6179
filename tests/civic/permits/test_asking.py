"""Questions to the applicant, another drawing in answer, another licensee midway."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.money.demands import demands_of
from civic.permits.asking import Question, answer, ask, queries_of
from civic.permits.consents import consents_of, signatures
from civic.permits.fees import bill
from civic.permits.filing import change_licensee
from civic.permits.guards import fee_paid
from civic.permits.issuing import permit_of
from civic.permits.signing import answered
from gis.errors import Conflict, NotAllowed, NotFound
from tests.civic.builders import an_actor
from tests.civic.permits.hearing import heard, last, told
from tests.civic.permits.matters import Matter, a_matter


@pytest.fixture
def matter(town: Session, body: LocalBody, tmp_path: Path) -> Matter:
    return a_matter(town, body, tmp_path)


def ask_about(matter: Matter, rule: str, subject: str | None = None) -> None:
    finding = next(each for each in matter.check.findings if each["rule"] == rule)
    question = Question(
        kind="finding", words="How is it meant?", rule=rule, subject=subject or finding["subject"]
    )
    ask(matter.desk, matter.case, question, actor=matter.verifier, version=matter.case.version)


def test_a_question_points_at_a_finding_and_has_a_clock(matter: Matter) -> None:
    matter.taken_up()
    ask_about(matter, "stairs")
    (row,) = queries_of(matter.session, matter.number)
    assert (row.rule, matter.case.state) == ("stairs", "asked")
    assert row.due == matter.case.due
    with pytest.raises(Conflict):
        matter.step("answer", matter.owner)


def test_a_question_about_a_finding_that_is_not_there_is_refused(matter: Matter) -> None:
    matter.taken_up()
    question = Question(kind="finding", words="?", rule="stairs", subject="on the moon")
    with pytest.raises(NotFound):
        ask(matter.desk, matter.case, question, actor=matter.verifier, version=matter.case.version)


def test_words_alone_can_answer(matter: Matter) -> None:
    matter.taken_up()
    ask_about(matter, "stairs")
    (row,) = queries_of(matter.session, matter.number)
    with pytest.raises(NotAllowed):
        answer(matter.desk, matter.case, row.id, "As drawn.", actor=matter.verifier)
    answer(matter.desk, matter.case, row.id, "As drawn.", actor=matter.owner)
    answered(matter.desk, matter.case, actor=matter.owner)
    assert matter.case.state == "verifying"
    assert queries_of(matter.session, matter.number)[0].answered_check is None


def test_another_drawing_answers_once_both_have_signed_it(matter: Matter) -> None:
    matter.taken_up()
    ask_about(matter, "stairs")
    matter.later(days=1)
    matter.draw(set_back=5.0)
    (row,) = queries_of(matter.session, matter.number)
    answer(matter.desk, matter.case, row.id, "See the new drawing.", actor=matter.licensee)
    answered(matter.desk, matter.case, actor=matter.licensee)
    assert matter.case.state == "asked"
    assert queries_of(matter.session, matter.number)[0].answered_check == 2
    matter.sign(matter.owner, "owner")
    assert matter.case.state == "asked"
    matter.sign(matter.licensee, "licensee")
    assert matter.case.state == "verifying"


def test_a_larger_building_in_answer_pays_the_difference_before_it_is_approved(matter: Matter) -> None:
    matter.taken_up(set_back=7.0)
    (paid,) = demands_of(matter.session, matter.number)
    ask_about(matter, "stairs")
    matter.later(days=1)
    matter.draw(set_back=6.0)
    (row,) = queries_of(matter.session, matter.number)
    answer(matter.desk, matter.case, row.id, "See the new drawing.", actor=matter.licensee)
    matter.sign_both()
    _, rest = demands_of(matter.session, matter.number)
    assert rest.state == "open"
    assert paid.amount + rest.amount == bill(matter.session, matter.check).paise
    assert fee_paid(matter.session, matter.case) == "The fee is not paid."
    matter.pay()
    assert fee_paid(matter.session, matter.case) is None
    assert matter.case.state == "verifying"


def test_a_smaller_building_in_answer_asks_no_more(matter: Matter) -> None:
    matter.taken_up(set_back=6.0)
    ask_about(matter, "stairs")
    matter.later(days=1)
    matter.draw(set_back=7.0)
    (row,) = queries_of(matter.session, matter.number)
    answer(matter.desk, matter.case, row.id, "See the new drawing.", actor=matter.licensee)
    matter.sign_both()
    assert len(demands_of(matter.session, matter.number)) == 1
    assert fee_paid(matter.session, matter.case) is None


def test_a_new_drawing_is_one_that_nobody_has_signed(matter: Matter) -> None:
    matter.begin()
    matter.draw()
    matter.step("file", matter.licensee)
    matter.sign(matter.owner, "owner")
    matter.draw(set_back=5.0)
    assert [each.is_given for each in signatures(matter.session, matter.number)] == [False, False]
    matter.draw()  # the first drawing again is the file that the owner signed
    assert [each.is_given for each in signatures(matter.session, matter.number)] == [True, False]


def test_other_answers_beside_the_same_file_are_signed_anew(matter: Matter) -> None:
    matter.begin()
    matter.draw()
    matter.step("file", matter.licensee)
    matter.sign(matter.owner, "owner")
    matter.draw(answers=b'{"words": {"street": "It is wide enough."}}')
    assert [each.is_given for each in signatures(matter.session, matter.number)] == [False, False]
    matter.sign_both()
    assert matter.case.state == "fee_due"


def test_the_owner_changes_the_licensee_by_one_consent(matter: Matter, body: LocalBody) -> None:
    matter.filed()
    another = an_actor(matter.session, body, "licensee")
    with pytest.raises(NotAllowed):
        change_licensee(
            matter.desk, matter.case, licensee_id=another.person.id, actor=matter.licensee, language="en"
        )
    with heard():
        change_licensee(
            matter.desk, matter.case, licensee_id=another.person.id, actor=matter.owner, language="en"
        )
    assert last(matter.session, matter.number).step == "licensee_changed"
    words = told(matter.session, "case_act")
    assert set(words) == {matter.licensee.person.id, another.person.id}
    assert f"Licensee: {another.person.name}" in words[matter.licensee.person.id]
    assert [(each.part, each.is_given) for each in signatures(matter.session, matter.number)] == [
        ("owner", True),
        ("licensee", False),
    ]
    matter.pay()
    assert matter.case.state == "fee_due"  # paid, and it waits for the new licensee's signature
    declared = matter.to_sign()
    with pytest.raises(NotAllowed):
        matter.sign(matter.licensee, "licensee", declared=declared)
    matter.sign(another, "licensee", declared=declared)
    assert matter.case.state == "permitted"
    assert permit_of(matter.session, matter.number) is not None
    (change,) = [each for each in consents_of(matter.session, matter.number) if each.check_seq is None]
    assert another.person.name in change.words


def test_whoever_holds_no_licence_today_is_not_chosen(matter: Matter, body: LocalBody) -> None:
    stranger = an_actor(matter.session, body)
    with pytest.raises(Conflict, match="no licence"):
        matter.begin(licensee=str(stranger.person.id))


def test_nobody_signs_twice_or_for_another(matter: Matter) -> None:
    matter.begin()
    matter.draw()
    matter.step("file", matter.licensee)
    matter.sign(matter.owner, "owner")
    with pytest.raises(Conflict, match="already"):
        matter.sign(matter.owner, "owner")
    with pytest.raises(NotAllowed):
        matter.sign(matter.owner, "licensee")
    with pytest.raises(NotAllowed):
        matter.sign(matter.verifier, "owner")


def test_nobody_gives_the_turn_back_without_a_question(matter: Matter) -> None:
    matter.taken_up()
    with pytest.raises(Conflict, match="Write the question"):
        matter.step("ask", matter.verifier)
