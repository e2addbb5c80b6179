"""Who posted whom is on record, and nobody posts themselves."""

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from api.sample_town import CITIZENS, OFFICERS
from civic.core.bodies import LocalBody
from civic.core.people import end_posting, post, postings
from civic.core.tables import PostingRow
from gis.errors import NotAllowed
from tests.civic.builders import NOW, an_actor
from tests.civic.test_sample_town import TOWN, become, the_day_there

TODAY = NOW.date()
YESTERDAY = TODAY - timedelta(days=1)


@pytest.mark.parametrize("role", ["verifier", "licensee", "admin"])
def test_a_posting_says_who_made_it_and_who_ended_it(town: Session, body: LocalBody, role: str) -> None:
    admin, officer = an_actor(town, body, "admin").person.id, an_actor(town, body).person.id
    made = post(town, body, officer, role=role, order_ref="O-9", begins=YESTERDAY, by=admin)
    assert (made.posted_by, made.ended_by) == (admin, None)
    end_posting(town, made.id, on=TODAY, today=TODAY, by=admin)
    (kept,) = postings(town, on=None, person_id=officer)
    assert (kept.posted_by, kept.ended_by, kept.ends) == (admin, admin, TODAY)


@pytest.mark.parametrize("role", ["approver", "licensee", "admin"])
def test_nobody_posts_themselves(town: Session, body: LocalBody, role: str) -> None:
    admin = an_actor(town, body, "admin").person.id
    with pytest.raises(NotAllowed) as refused:
        post(town, body, admin, role=role, order_ref="O-9", begins=TODAY, by=admin)
    assert refused.value.code == "own-posting"
    row = PostingRow(body=body.code, person_id=admin, role=role, order_ref="x", begins=TODAY, posted_by=admin)
    town.add(row)
    with pytest.raises(DBAPIError, match="posting_own_check"):
        town.flush()


def test_nobody_ends_the_last_posting_by_which_they_administer(town: Session, body: LocalBody) -> None:
    one, other = an_actor(town, body, "admin").person.id, an_actor(town, body, "admin").person.id
    (own,) = postings(town, on=TODAY, person_id=one)
    with pytest.raises(NotAllowed, match="last posting"):
        end_posting(town, own.id, on=TODAY, today=TODAY, by=one)
    second = post(town, body, one, role="admin", order_ref="O-2", begins=YESTERDAY, by=other)
    end_posting(town, own.id, on=TODAY, today=TODAY, by=one)
    with pytest.raises(NotAllowed, match="last posting"):
        end_posting(town, second.id, on=TODAY, today=TODAY, by=one)
    end_posting(town, second.id, on=TODAY, today=TODAY, by=other)


def test_another_posting_that_ends_by_then_does_not_count(town: Session, body: LocalBody) -> None:
    one, other = an_actor(town, body, "admin").person.id, an_actor(town, body, "admin").person.id
    (own,) = postings(town, on=TODAY, person_id=one)
    post(town, body, one, role="admin", order_ref="O-2", begins=YESTERDAY, ends=TODAY, by=other)
    with pytest.raises(NotAllowed, match="last posting"):
        end_posting(town, own.id, on=TODAY, today=TODAY, by=one)


def test_one_ends_another_posting_of_ones_own(town: Session, body: LocalBody) -> None:
    admin = an_actor(town, body, "admin", "counter").person.id
    counter = next(each for each in postings(town, on=TODAY, person_id=admin) if each.role == "counter")
    end_posting(town, counter.id, on=TODAY, today=TODAY, by=admin)


def test_the_page_of_people_says_who_posted(door: TestClient) -> None:
    become(door, OFFICERS["admin"])
    form = {"name": "Anil", "address": "anil@office.example", "role": "verifier", "order_ref": "O-12/2026"}
    assert (
        door.post(f"{TOWN}/people", data=form | {"begins": str(TODAY)}, follow_redirects=False).status_code
        == 303
    )
    page = door.get(f"{TOWN}/people?lang=en").text
    assert "O-12/2026" in page
    row = page[page.index("O-12/2026") :].partition("</tr>")[0]
    assert OFFICERS["admin"] in row
    assert "came with the founding" in page
    own = form | {"address": "admin@office.example", "role": "approver", "begins": str(TODAY)}
    assert door.post(f"{TOWN}/people", data=own).status_code == 403


def test_what_is_refused_on_the_page_of_people_keeps_what_was_written(door: TestClient) -> None:
    """In both languages: the sentence of what was refused, above the form with everything in it."""
    become(door, OFFICERS["admin"])
    today = the_day_there()
    form = {
        "name": "Mis Take",
        "address": "mistake@office.example",
        "role": "approver",
        "licence": "",
        "grade": "",
        "order_ref": "O-99/2026",
        "begins": str(today),
    }
    wrongs = (
        ("order_ref", "", "its number and date", "നിയമന ഉത്തരവിന്റെ"),
        ("role", "king", "no role of the office", "ഓഫീസിലെ ഒരു ചുമതലയല്ല"),
        ("begins", "gibberish", "not a date", "ഇത് തീയതിയല്ല"),
        ("address", "zzz", "neither an e-mail", "ഫോൺ നമ്പറോ"),
        ("licence", "engineer", "Only a licensee", "ലൈസൻസിക്കു മാത്രമുള്ളതാണ്"),
        ("name", "", "the name, as it stands", "രേഖകളിലുള്ളതുപോലെ പേര്"),
    )
    for name, value, told, ours in wrongs:
        refused = door.post(f"{TOWN}/people?lang=en", data=form | {name: value})
        assert (refused.status_code, told in refused.text) == (422, True)
        kept = {each for each in ("name", "address", "order_ref", "begins") if each != name}
        assert all(f'value="{form[each]}"' in refused.text for each in kept)
        assert '<option value="approver" selected>' in refused.text or name == "role"
        assert ours in door.post(f"{TOWN}/people?lang=ml", data=form | {name: value}).text
    assert door.post(f"{TOWN}/people", data=form, follow_redirects=False).status_code == 303
    page = door.get(f"{TOWN}/people?lang=en").text
    posted = page[page.index("O-99/2026") :].partition("/end")[0].rpartition("/")[2]
    past = str(today - timedelta(days=1))
    refused = door.post(f"{TOWN}/people/{posted}/end?lang=ml", data={"ends": past})
    assert (refused.status_code, "മറ്റൊരു ദിവസം നൽകുക" in refused.text) == (422, True)
    assert f'value="{past}" aria-invalid="true"' in refused.text
    ended = {"data": {"ends": str(today)}, "follow_redirects": False}
    assert door.post(f"{TOWN}/people/{posted}/end", **ended).status_code == 303
    assert "Taken back before" in door.get(f"{TOWN}/people?lang=en").text.partition("O-99/2026")[2]
    again = door.post(f"{TOWN}/people/{posted}/end?lang=ml", data={"ends": str(today)})
    assert (again.status_code, "അവസാന ദിവസം നിശ്ചയിച്ചുകഴിഞ്ഞു" in again.text) == (409, True)
    door.get(f"{TOWN}/people?lang=en")


def test_the_secretary_takes_the_word_back_that_somebody_is_an_owner(door: TestClient) -> None:
    become(door, OFFICERS["admin"])
    page = door.get(f"{TOWN}/people?lang=en").text
    assert "/people/owners/" not in page
    assert CITIZENS[0][0] in page
    become(door, OFFICERS["secretary"])
    known = door.get(f"{TOWN}/people").text.partition("/people/owners/")[2].partition("/")[0]
    assert door.post(f"{TOWN}/people/owners/{known}/end", follow_redirects=False).status_code == 303
    assert door.post(f"{TOWN}/people/owners/{known}/end").status_code == 409
    become(door, OFFICERS["admin"])
    assert door.post(f"{TOWN}/people/owners/{known}/end").status_code == 403


def test_a_licensee_is_posted_with_what_they_are_and_their_class(door: TestClient) -> None:
    become(door, OFFICERS["admin"])
    form = {
        "name": "Latha Engineer",
        "address": "latha@office.example",
        "role": "licensee",
        "order_ref": "Registration 7/2026",
        "begins": "2026-01-01",
    }
    refused = door.post(f"{TOWN}/people", data=form)
    assert refused.status_code == 422
    assert "of which class" in refused.text
    for half in (
        {"grade": "A"},
        {"licence": "engineer"},
        {"licence": "engineer", "grade": " "},
        {"licence": "poet", "grade": "A"},
    ):
        assert door.post(f"{TOWN}/people", data=form | half).status_code == 422
    whole = {"licence": "engineer", "grade": "A"}
    assert door.post(f"{TOWN}/people", data=form | whole | {"role": "verifier"}).status_code == 422
    assert door.post(f"{TOWN}/people", data=form | whole).status_code == 200
    assert "(Engineer, A)" in door.get(f"{TOWN}/people?lang=en").text
    assert "(എഞ്ചിനീയർ, A)" in door.get(f"{TOWN}/people?lang=ml").text


def test_only_a_licensee_is_an_architect_or_an_engineer(town: Session, body: LocalBody) -> None:
    officer = an_actor(town, body).person.id
    row = PostingRow(
        body=body.code, person_id=officer, role="verifier", licence="engineer", order_ref="x", begins=TODAY
    )
    town.add(row)
    with pytest.raises(DBAPIError, match="posting_licence_check"):
        town.flush()
