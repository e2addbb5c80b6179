"""An authority's word is given by those who are named for it, who alone see what it is asked, and by nobody else who is posted as an agency."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.case import NoSuchCase, inbox, seen_by
from civic.core.documents.records import may_read_full
from civic.core.people import Actor
from civic.permits.agencies import answering, end_answering, name_answering
from gis.errors import Conflict, Invalid, NotAllowed
from tests.civic.builders import an_actor
from tests.civic.permits.matters import Matter, a_matter

HERITAGE = "Art and Heritage Commission"


@pytest.fixture
def asked(town: Session, body: LocalBody, tmp_path: Path) -> Matter:
    """A house for which the heritage commission was asked."""
    matter = a_matter(town, body, tmp_path, themes={"heritage": "affected"})
    matter.taken_up()
    matter.accept_all()
    matter.step("verify", matter.verifier)
    return matter


def name(matter: Matter, person_id: int, authority: str = HERITAGE) -> None:
    name_answering(matter.desk, authority=authority, person_id=person_id, actor=matter.secretary)


def test_only_who_is_named_answers(asked: Matter) -> None:
    other = an_actor(asked.session, asked.body, "agency")
    name(asked, other.person.id)
    with pytest.raises(NotAllowed, match=f"asked of: {HERITAGE}"), asked.session.begin_nested():
        asked.answer_all()
    asked.agency = other
    asked.answer_all()
    assert asked.desk.guards["consents_of_others"](asked.session, asked.case) is None


def test_until_somebody_is_named_whoever_is_posted_answers(asked: Matter) -> None:
    name(asked, asked.agency.person.id, "Railway administration")
    other = an_actor(asked.session, asked.body, "agency")
    name(asked, other.person.id)
    (found,) = [each for each in answering(asked.session) if each.authority.en == HERITAGE]
    assert [each.person_id for each in found.named] == [other.person.id]
    end_answering(asked.desk, found.named[0].id, actor=asked.secretary)
    asked.answer_all()
    assert asked.desk.guards["consents_of_others"](asked.session, asked.case) is None


def test_only_the_secretary_names_and_only_who_is_posted(asked: Matter) -> None:
    with pytest.raises(NotAllowed):
        name_answering(asked.desk, authority=HERITAGE, person_id=asked.agency.person.id, actor=asked.approver)
    with pytest.raises(Conflict, match="posted as an agency"):
        name(asked, asked.verifier.person.id)
    with pytest.raises(Invalid):
        name(asked, asked.agency.person.id, "Ministry of Silly Walks")
    name(asked, asked.agency.person.id)
    name(asked, asked.agency.person.id)
    (found,) = [each for each in answering(asked.session) if each.named]
    assert len(found.named) == 1


def sees(matter: Matter, actor: Actor) -> bool:
    """Whether somebody is shown the case: by its address, by its papers, in the inbox; all three say the same."""
    session, found = matter.session, matter.case
    try:
        seen_by(session, found.number, actor)
        is_shown = True
    except NoSuchCase:
        is_shown = False
    listed = {each.case.id for each in inbox(session, actor.roles, person_id=actor.person.id)}
    assert may_read_full(session, found.id, actor) is is_shown
    assert (found.id in listed) is is_shown
    return is_shown


def test_an_agency_sees_only_the_cases_in_which_it_was_asked_itself(asked: Matter) -> None:
    railway = an_actor(asked.session, asked.body, "agency")
    name(asked, asked.agency.person.id)
    name(asked, railway.person.id, "Railway administration")
    assert sees(asked, asked.agency)
    assert not sees(asked, railway)
    assert not sees(asked, an_actor(asked.session, asked.body, "agency"))


def test_while_nobody_is_named_whoever_is_posted_sees_what_they_may_answer(asked: Matter) -> None:
    railway = an_actor(asked.session, asked.body, "agency")
    name(asked, railway.person.id, "Railway administration")
    assert sees(asked, asked.agency)
    assert sees(asked, railway)
