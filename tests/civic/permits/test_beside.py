"""What the parties say beside a drawing is a form of plain fields: each answer has its person, and gives a check that nobody has signed."""

from dataclasses import replace
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.case import case_numbered, seen_by
from civic.core.people import Actor, end_posting, postings, roles_on
from civic.core.steps import add_note
from civic.permits.beside import answers_to, check_with, keep_with
from civic.permits.checking import Check, checks_of
from civic.permits.consents import why_unsigned
from civic.permits.filing import change_licensee
from civic.permits.joining import join_owner
from gis.errors import Conflict, Invalid, NotAllowed
from gis.recordings import last_recording
from rules.plans.starter import starter
from tests.civic.builders import an_actor
from tests.civic.hall import a_hall
from tests.civic.permits.checkers import SiteChecker
from tests.civic.permits.low_risk import a_clear_site
from tests.civic.permits.matters import Matter, a_matter
from tests.civic.permits.visiting import a_plot


@pytest.fixture
def drawn(town: Session, body: LocalBody, tmp_path: Path) -> Matter:
    """A draft with its first check."""
    matter = a_matter(town, body, tmp_path)
    matter.begin()
    matter.draw()
    return matter


def asked(check: Check) -> str:
    """A word that an open finding asks for."""
    words = [name for each in check.of("unknown") for name in each["asks"]]
    return next(name for name in words if name.isupper())


def say(matter: Matter, actor: Actor, seq: int | None = None, **sent: str) -> Check:
    at = seq or matter.check.seq
    told = answers_to(matter.desk, matter.case, at, sent, actor=actor)
    checked = check_with(matter.room, matter.desk, matter.case, told)
    return keep_with(matter.desk, matter.case, at, told, checked, actor=actor)


def test_an_answer_stands_with_who_gave_it_beside_the_same_file(drawn: Matter) -> None:
    first, word = drawn.check, asked(drawn.check)
    made = say(drawn, drawn.owner, **{f"say.{word}": "2"})
    assert (made.seq, made.sha256, made.document_seq) == (2, first.sha256, first.document_seq)
    assert made.answers is not None
    assert made.answers["words"] == {word: "2"}
    assert made.answers["declared_by"] == {word: f"{drawn.owner.person.name} (applicant)"}
    again = say(drawn, drawn.licensee, **{f"say.{word}": "3"})
    assert again.answers is not None
    assert again.answers["declared_by"] == {word: f"{drawn.licensee.person.name} (designer of the plan)"}


def test_the_applicant_confirms_nothing_and_the_licensee_does(drawn: Matter) -> None:
    word = asked(drawn.check)
    sent = {f"say.{word}": "2", f"confirm.{word}": "yes"}
    with pytest.raises(Invalid, match="other than the applicant"):
        say(drawn, drawn.owner, **sent)
    made = say(drawn, drawn.licensee, **sent)
    assert made.answers is not None
    assert made.answers["confirmed"] == [word]


def test_who_has_no_part_says_nothing_and_nobody_on_an_older_check(drawn: Matter) -> None:
    with pytest.raises(NotAllowed):
        say(drawn, an_actor(drawn.session, drawn.body, "verifier"), **{"say.X": "1"})
    drawn.draw(set_back=5.0)
    with pytest.raises(Conflict, match="newest check"):
        say(drawn, drawn.owner, 1, **{"say.X": "1"})


def test_a_licensee_whose_registration_ended_reads_and_does_nothing(drawn: Matter) -> None:
    """Until the owner chooses another: no drawing, no answer, no word, no step; the owner goes on meanwhile."""
    (posting,) = postings(drawn.session, on=None, person_id=drawn.licensee.person.id)
    today = drawn.desk.today
    end_posting(drawn.session, posting.id, on=today + timedelta(days=1), today=today)
    drawn.step("file", drawn.licensee)  # on its last day the licence still holds
    drawn.later(days=1)
    drawn.licensee = replace(
        drawn.licensee, roles=roles_on(drawn.session, drawn.licensee.person.id, on=drawn.desk.today)
    )
    assert drawn.licensee.roles == frozenset()
    assert seen_by(drawn.session, drawn.case.number, drawn.licensee)[1] == {"licensee"}
    for acts in (
        lambda: drawn.step("back_to_draft", drawn.licensee),
        lambda: drawn.draw(set_back=5.0),
        lambda: say(drawn, drawn.licensee, **{f"say.{asked(drawn.check)}": "2"}),
        lambda: add_note(drawn.desk, drawn.number, "Soon.", actor=drawn.licensee, seen="parties"),
        lambda: join_owner(drawn.desk, drawn.case, name="B", address="b@example.org", actor=drawn.licensee),
    ):
        with pytest.raises(NotAllowed, match="chooses another licensee") as refused:
            acts()
        assert refused.value.code == "licence-ended"
    with pytest.raises(NotAllowed):
        drawn.sign(drawn.licensee, "licensee")
    assert (drawn.case.state, drawn.check.seq) == ("consenting", 1)
    other = an_actor(drawn.session, drawn.body, "licensee")
    change_licensee(drawn.desk, drawn.case, licensee_id=other.person.id, actor=drawn.owner, language="en")
    drawn.licensee = other
    assert drawn.draw(set_back=5.0).seq == 2
    assert drawn.step("back_to_draft", drawn.owner).state == "draft"


def test_what_cannot_be_used_is_refused_and_nothing_is_kept(drawn: Matter) -> None:
    with pytest.raises(Invalid, match="no side of the plot"):
        say(drawn, drawn.owner, **{"front.side": "left", "front.reason": "the lane"})
    with pytest.raises(Invalid, match="answers cannot be used"):
        say(drawn, drawn.owner, **{"front.side": "1", "front.reason": ""})
    assert drawn.check.seq == 1


def test_other_answers_are_to_be_signed_anew_and_confirmed_ones_go_to_an_officer(drawn: Matter) -> None:
    drawn.step("file", drawn.licensee)
    drawn.sign(drawn.owner, "owner")
    word = asked(drawn.check)
    say(drawn, drawn.licensee, **{f"say.{word}": "2", f"confirm.{word}": "yes"})
    assert drawn.owner.person.name in str(why_unsigned(drawn.session, drawn.number))
    drawn.sign_both()
    drawn.pay()
    assert drawn.case.state == "verifying"


def test_after_the_payment_nothing_is_said_beside(drawn: Matter) -> None:
    word = asked(drawn.check)
    drawn.step("file", drawn.licensee)
    drawn.sign_both(declared=frozenset())
    drawn.pay()
    with pytest.raises(Conflict, match="not now"):
        say(drawn, drawn.owner, **{f"say.{word}": "2"})


def test_the_page_of_the_check_asks_in_plain_fields(
    engine: Engine, service_engine: Engine, own_body: LocalBody, tmp_path: Path
) -> None:
    plot, site = a_plot(engine, own_body), a_clear_site()
    hall = a_hall(service_engine, own_body, tmp_path)

    def known(code: str) -> datetime:
        with hall.inside() as session:
            return last_recording(session, code)

    hall.app.state.permits = replace(hall.app.state.permits, checker=SiteChecker(known=known, site=site))
    owner, licensee = hall.person(), hall.person("licensee")
    mine, theirs = hall.client(owner), hall.client(licensee)
    form = {"kind": "new", "number": plot, "title": "A house", "licensee": str(licensee.person.id)}
    draft = mine.post(f"{hall.path}/permits/new", data=form).headers["location"].rsplit("/", 1)[0]
    sheet = theirs.get(f"{draft}/drawing").text
    assert "JSON" not in sheet
    drawing = {"drawing": ("plan.dxf", starter(site, set_back=6.0))}
    theirs.post(f"{draft}/drawing", files=drawing)
    shown, seen = theirs.get(f"{draft}/checks/1").text, mine.get(f"{draft}/checks/1").text
    word = shown.split('name="say.')[1].split('"')[0]
    assert f'name="confirm.{word}"' in shown
    assert 'name="confirm.' not in seen
    sent = theirs.post(f"{draft}/checks/1/answers", data={f"say.{word}": "2"})
    assert (sent.status_code, sent.headers["location"]) == (303, f"{draft}/checks/2")
    assert licensee.person.name in unescape(mine.get(f"{draft}/checks/2").text)
    assert mine.post(f"{draft}/checks/1/answers", data={f"say.{word}": "3"}).status_code == 409
    for keeps in ({"keeps_answers": "yes"}, {}):
        theirs.post(f"{draft}/drawing", files=drawing, data=keeps)
    with hall.inside() as session:
        found = checks_of(session, case_numbered(session, draft.rsplit("/", 1)[1]).id)
    assert [bool(each.answers) for each in found] == [False, True, True, False]
