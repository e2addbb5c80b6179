"""An authority's word is given by those who are named for it, and by nobody else who happens to be posted as an agency."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
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
