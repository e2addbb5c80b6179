"""The building permit through its doors: from the plot to the permit, and what each reader is shown."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from threading import Barrier

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from civic.core.bodies import LocalBody
from civic.core.case import case_numbered
from civic.core.money.demands import demands_of
from civic.core.money.receipts import receipts_of
from civic.core.owners import make_up_owner
from civic.core.people import Actor, end_posting, postings
from civic.core.privacy.looks import looks_at
from civic.core.working_days import day_there
from civic.permits.checking import newest_check
from civic.permits.consents import consents_of
from civic.permits.standing import titled
from gis.recordings import last_recording
from rules.plans.starter import starter
from tests.civic.hall import Hall, a_hall
from tests.civic.permits.checkers import SiteChecker
from tests.civic.permits.low_risk import a_clear_site
from tests.civic.permits.visiting import a_plot

SITE = a_clear_site()
DRAWING = starter(SITE, set_back=6.0)


@pytest.fixture
def hall(service_engine: Engine, own_body: LocalBody, tmp_path: Path) -> Hall:
    made = a_hall(service_engine, own_body, tmp_path)

    def known(code: str) -> datetime:
        with made.inside() as session:
            return last_recording(session, code)

    made.app.state.permits = replace(made.app.state.permits, checker=SiteChecker(known=known, site=SITE))
    return made


@pytest.fixture
def plot(engine: Engine, own_body: LocalBody) -> str:
    return a_plot(engine, own_body)


def an_owner(hall: Hall, plot: str) -> Actor:
    who = hall.person()
    with hall.inside() as session:
        make_up_owner(session, hall.body, who.person, [plot], now=datetime.now(UTC))
    return who


def begun(hall: Hall, client: TestClient, plot: str, licensee: Actor, **more: str) -> str:
    form = {"kind": "new", "number": plot, "title": "A house", "licensee": str(licensee.person.id)}
    answer = client.post(f"{hall.path}/permits/new", data=form | more)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].split("/")[-2]


def drawn(hall: Hall, client: TestClient, number: str, content: bytes = DRAWING) -> None:
    files = {"drawing": ("plan.dxf", content)}
    answer = client.post(f"{hall.path}/permits/{number}/drawing", files=files)
    assert answer.status_code == 303, answer.text


def stepped(hall: Hall, client: TestClient, number: str, step: str, **form: str) -> None:
    shown = client.get(f"{hall.path}/cases/{number}").text
    version = shown.split('name="version" value="')[1].split('"')[0]
    answer = client.post(f"{hall.path}/cases/{number}/steps/{step}", data={"version": version} | form)
    assert answer.status_code == 303, answer.text


def signed(hall: Hall, client: TestClient, number: str, part: str, *, declares: bool = True) -> None:
    page = client.get(f"{hall.path}/permits/{number}/sign").text
    form = {"part": part, "seq": "1"}
    if part == "licensee" and declares:
        form |= {
            each.split('"')[0]: "yes" for each in page.split('name="')[1:] if each.startswith("declare-")
        }
    answer = client.post(f"{hall.path}/permits/{number}/sign", data=form)
    assert answer.status_code == 303, answer.text


def paid(hall: Hall, number: str) -> None:
    from civic.core.money.counter import take_cash

    counter = hall.person("counter")
    with hall.inside() as session:
        (owed,) = demands_of(session, case_numbered(session, number).id)
        now = datetime.now(UTC)
        take_cash(session, hall.body, owed.id, amount=owed.amount, by=counter.person.id, now=now)


@pytest.mark.parametrize("language", ["en", "ml"])
def test_from_the_plot_to_the_permit(hall: Hall, plot: str, language: str) -> None:
    owner, licensee = an_owner(hall, plot), hall.person("licensee")
    mine, theirs = hall.client(owner), hall.client(licensee)
    for client in (mine, theirs):
        client.headers["accept-language"] = language
    assert mine.get(f"{hall.path}/permits/new?number={plot}").status_code == 200
    assert plot in mine.get(f"{hall.path}/permits/new?number={plot}&kind=new").text
    number = begun(hall, mine, plot, licensee)
    assert mine.get(f"{hall.path}/permits/{number}/drawing").status_code == 200
    drawn(hall, theirs, number)
    assert theirs.get(f"{hall.path}/permits/{number}/checks/1").status_code == 200
    assert theirs.get(f"/api{hall.path}/permits/{number}/checks/1").json()["schema"] == "bhumika-check-1"
    assert theirs.get(f"/api{hall.path}/permits/{number}/checks/1/plan.geojson").json()["features"]
    stepped(hall, theirs, number, "file")
    signed(hall, mine, number, "owner")
    signed(hall, theirs, number, "licensee")
    paid(hall, number)
    shown = mine.get(f"{hall.path}/cases/{number}")
    assert shown.status_code == 200
    assert "P-20" in shown.text
    assert ("ഒപ്പിട്ടു (ഉടമ)." in shown.text) == (language == "ml")  # what the program wrote into the history
    assert ("Signed by " in shown.text) == (language == "en")


@pytest.mark.parametrize(("language", "words"), [("en", "I own this plot"), ("ml", "എന്റേതാണ്")])
def test_the_words_are_signed_in_the_language_of_the_page(
    hall: Hall, plot: str, language: str, words: str
) -> None:
    owner, licensee = an_owner(hall, plot), hall.person("licensee")
    mine, theirs = hall.client(owner), hall.client(licensee)
    mine.headers["accept-language"] = language
    number = begun(hall, mine, plot, licensee)
    drawn(hall, theirs, number)
    stepped(hall, theirs, number, "file")
    page = mine.get(f"{hall.path}/permits/{number}/sign").text
    assert words in page
    assert f'name="language" value="{language}"' in page
    form = {"part": "owner", "seq": "1", "language": language}
    assert mine.post(f"{hall.path}/permits/{number}/sign", data=form).status_code == 303
    with hall.inside() as session:
        (given,) = consents_of(session, case_numbered(session, number).id)
    assert words in given.words


def assert_every_look_is_written(hall: Hall, officer: TestClient, owner: Actor, number: str) -> None:
    """Each page and file of a permit that an officer opens is one line for its owner, by whatever door."""
    here = f"{hall.path}/permits/{number}"
    pages = [
        f"{here}/{each}" for each in ("drawing", "sign", "decision", "appeal", "layout.json", "checks/1")
    ]
    programs = [f"/api{here}/checks/1", f"/api{here}/checks/1/plan.geojson"]
    for each in [*pages, *programs, f"{hall.path}/cases/{number}/visits"]:
        with hall.inside() as session:
            before = len(looks_at(session, owner.person.id))
        assert officer.get(each).status_code == 200, each
        with hall.inside() as session:
            assert len(looks_at(session, owner.person.id)) == before + 1, each


def test_an_officer_decides_on_one_screen(hall: Hall, plot: str) -> None:
    owner, licensee = an_owner(hall, plot), hall.person("licensee")
    mine, theirs = hall.client(owner), hall.client(licensee)
    number = begun(hall, mine, plot, licensee)
    drawn(hall, theirs, number)
    stepped(hall, theirs, number, "file")
    signed(hall, mine, number, "owner")
    signed(hall, theirs, number, "licensee", declares=False)
    paid(hall, number)
    verifier = hall.client(hall.person("verifier"))
    assert "Risk: low" in verifier.get(f"{hall.path}/inbox").text
    page = verifier.get(f"{hall.path}/permits/{number}/decision")
    assert page.status_code == 200
    assert "Risk: low" in page.text
    assert_every_look_is_written(hall, verifier, owner, number)
    places = [each.split('"')[0] for each in page.text.split('name="stance-')[1:]]
    ticked = {f"tick-{each}": "yes" for each in places[1:]} | {"ticked-reason": "Seen."}
    words = {"seq": "1", f"stance-{places[0]}": "accepted", f"reason-{places[0]}": "Seen first."} | ticked
    nothing = verifier.post(f"{hall.path}/permits/{number}/words", data=words)
    assert nothing.status_code == 422
    assert "Choose the word on the findings that are ticked" in nothing.text
    kept = verifier.post(f"{hall.path}/permits/{number}/words", data=words | {"ticked-stance": "accepted"})
    assert kept.status_code == 303
    assert f"{len(places)} with a word" in verifier.get(f"{hall.path}/permits/{number}/decision").text
    question = {"query_kind": "paper", "query_words": "Where is the deed?"}
    assert verifier.post(f"{hall.path}/permits/{number}/queries", data=question).status_code == 303
    shown = mine.get(f"{hall.path}/cases/{number}").text
    assert "Where is the deed?" in shown
    query = shown.split(f"/permits/{number}/answers/")[1].split('"')[0]
    told = mine.post(f"{hall.path}/permits/{number}/answers/{query}", data={"answer": "Attached."})
    assert told.status_code == 303
    stepped(hall, verifier, number, "verify")
    assert "Attached." in verifier.get(f"{hall.path}/cases/{number}").text


@pytest.mark.parametrize("content", [b"", b"no drawing at all", b"%PDF-1.7\n"])
def test_what_is_no_drawing_is_refused_and_nothing_kept(hall: Hall, plot: str, content: bytes) -> None:
    owner, licensee = an_owner(hall, plot), hall.person("licensee")
    client = hall.client(owner)
    number = begun(hall, client, plot, licensee)
    files = {"drawing": ("plan.dxf", content)}
    answer = client.post(f"{hall.path}/permits/{number}/drawing", files=files)
    assert answer.status_code in (413, 422)
    assert "/checks/1" not in client.get(f"{hall.path}/permits/{number}/drawing").text


def test_a_permit_is_nobody_elses_to_see(hall: Hall, plot: str) -> None:
    number = begun(hall, hall.client(an_owner(hall, plot)), plot, hall.person("licensee"))
    stranger = hall.client(hall.person())
    for path in ("drawing", "sign", "checks/1"):
        assert stranger.get(f"{hall.path}/permits/{number}/{path}").status_code == 404
    assert stranger.get(f"{hall.path}/permits/{number}/decision").status_code == 403
    assert hall.client().get(f"{hall.path}/permits/{number}/drawing").status_code in (303, 401)


def test_a_licensee_begins_for_an_owner(hall: Hall, plot: str) -> None:
    licensee = hall.person("licensee")
    client = hall.client(licensee)
    form = {
        "kind": "new",
        "number": plot,
        "title": "A house",
        "as": "licensee",
        "owner_name": "Ammini",
        "owner_address": "ammini@example.org",
    }
    answer = client.post(f"{hall.path}/permits/new", data=form)
    assert answer.status_code == 303
    assert (
        client.post(f"{hall.path}/permits/new", data=form | {"owner_address": "nowhere"}).status_code == 422
    )


def test_letters_are_printed_for_the_parties_alone(hall: Hall, plot: str) -> None:
    owner, licensee = an_owner(hall, plot), hall.person("licensee")
    mine, theirs = hall.client(owner), hall.client(licensee)
    number = begun(hall, mine, plot, licensee)
    drawn(hall, theirs, number)
    stepped(hall, theirs, number, "file")
    signed(hall, mine, number, "owner")
    assert mine.get(f"{hall.path}/permits/{number}/letters/permit.pdf").status_code == 404
    signed(hall, theirs, number, "licensee")
    paid(hall, number)
    letters = f"{hall.path}/permits/{number}/letters"
    for language in ("en", "ml"):
        answer = mine.get(f"{letters}/permit.pdf?lang={language}")
        assert answer.status_code == 200, answer.text
        assert answer.content.startswith(b"%PDF")
    assert mine.get(f"{letters}/refusal.pdf").status_code == 404
    assert hall.client(hall.person()).get(f"{letters}/permit.pdf").status_code == 404


def test_a_resubmission_shows_what_it_changed(hall: Hall, plot: str) -> None:
    owner, licensee = an_owner(hall, plot), hall.person("licensee")
    client = hall.client(owner)
    number = begun(hall, client, plot, licensee)
    drawn(hall, client, number, starter(SITE, set_back=1.0))
    drawn(hall, client, number)
    page = client.get(f"{hall.path}/permits/{number}/checks/2/changes")
    assert page.status_code == 200
    assert "outcome-fail" in page.text
    assert client.get(f"{hall.path}/permits/{number}/checks/1/changes").status_code == 404


def test_a_check_that_was_never_made_is_not_there(hall: Hall, plot: str) -> None:
    client = hall.client(an_owner(hall, plot))
    number = begun(hall, client, plot, hall.person("licensee"))
    drawn(hall, client, number)
    assert client.get(f"{hall.path}/permits/{number}/checks/1").status_code == 200
    assert client.get(f"{hall.path}/permits/{number}/checks/2").status_code == 404
    assert client.get(f"/api{hall.path}/permits/{number}/checks/2").json()["code"] == "no-check-yet"


def test_a_second_answer_is_refused_on_the_page_of_the_case(hall: Hall, plot: str) -> None:
    owner, licensee = an_owner(hall, plot), hall.person("licensee")
    mine, theirs = hall.client(owner), hall.client(licensee)
    number = begun(hall, mine, plot, licensee)
    drawn(hall, theirs, number)
    stepped(hall, theirs, number, "file")
    signed(hall, mine, number, "owner")
    signed(hall, theirs, number, "licensee", declares=False)
    paid(hall, number)
    verifier = hall.client(hall.person("verifier"))
    with hall.inside() as session:
        check = newest_check(session, case_numbered(session, number).id)
        assert check is not None
        rule = check.findings[0]["rule"]
        about = f"{rule}|{check.findings[0]['subject'] or ''}"
    question = {"query_kind": "finding", "query_words": "Which way in?", "query_finding": about}
    assert verifier.post(f"{hall.path}/permits/{number}/queries", data=question).status_code == 303
    shown = mine.get(f"{hall.path}/cases/{number}").text
    asked = unescape(shown.split('id="queries"')[1].split("Which way in?")[0])
    assert titled(rule)[0] in asked
    assert f">{rule}" not in asked
    query = shown.split(f"/permits/{number}/answers/")[1].split('"')[0]
    address = f"{hall.path}/permits/{number}/answers/{query}"
    empty = mine.post(address, data={"answer": " "})
    assert (empty.status_code, "Answer in 1 to" in empty.text) == (422, True)
    assert mine.post(address, data={"answer": "From the lane."}).status_code == 303
    again = mine.post(address, data={"answer": "From the road."})
    assert again.status_code == 409
    assert "Nothing is asked now." in again.text
    assert f"<h1>{number}</h1>" in again.text
    assert mine.post(f"{hall.path}/permits/{number}/answers/999999", data={"answer": "x"}).status_code == 409


def test_a_draft_shows_the_steps_of_its_own_kind_alone(hall: Hall, plot: str) -> None:
    client = hall.client(an_owner(hall, plot))
    number = begun(hall, client, plot, hall.person("licensee"))
    page = client.get(f"{hall.path}/cases/{number}").text
    assert '<p class="eyebrow">Application: New building</p>' in page
    assert '/steps/file"' in page
    assert "No drawing was handed in and checked yet." in page, "what is only missing stays, with its reason"
    assert "/steps/file_plain" not in page
    assert "/steps/report_plinth" not in page
    assert (
        client.post(f"{hall.path}/cases/{number}/steps/report_plinth", data={"version": "1"}).status_code
        == 409
    )


def test_signing_is_the_main_button_until_one_has_signed(hall: Hall, plot: str) -> None:
    owner, licensee = an_owner(hall, plot), hall.person("licensee")
    mine, theirs = hall.client(owner), hall.client(licensee)
    number = begun(hall, mine, plot, licensee)
    drawn(hall, theirs, number)
    stepped(hall, theirs, number, "file")
    main = f'<a class="button" href="{hall.path}/permits/{number}/sign">'
    assert main in mine.get(f"{hall.path}/cases/{number}").text
    signed(hall, mine, number, "owner")
    assert main not in mine.get(f"{hall.path}/cases/{number}").text
    assert main in theirs.get(f"{hall.path}/cases/{number}").text
    signed(hall, theirs, number, "licensee")
    assert main not in theirs.get(f"{hall.path}/cases/{number}").text


def test_a_licensee_without_a_licence_reads_the_case_and_is_told_so(hall: Hall, plot: str) -> None:
    """In both languages: on the page of the case, and where the form of before is sent."""
    licensee = hall.person("licensee")
    mine, theirs = hall.client(an_owner(hall, plot)), hall.client(licensee)
    number = begun(hall, mine, plot, licensee)
    drawn(hall, theirs, number)
    page = f"{hall.path}/cases/{number}"
    assert "/steps/file" in theirs.get(page).text
    with hall.inside() as session:
        today = day_there(datetime.now(UTC), hall.body.time_zone)
        (posting,) = postings(session, on=None, person_id=licensee.person.id)
        end_posting(session, posting.id, on=today, today=today)
    for language, told in (("en", "Your licence does not hold today"), ("ml", "ലൈസൻസിന് ഇന്ന് സാധുതയില്ല")):
        read = theirs.get(f"{page}?lang={language}")
        assert (read.status_code, told in read.text, "/steps/" in read.text) == (200, True, False)
        assert told not in mine.get(f"{page}?lang={language}").text
    sent = theirs.post(
        f"{hall.path}/permits/{number}/drawing", files={"drawing": ("plan.dxf", DRAWING, "image/vnd.dxf")}
    )
    assert (sent.status_code, told in sent.text) == (422, True)


def test_a_receipt_leads_a_party_back_to_the_case(hall: Hall, plot: str) -> None:
    owner, licensee = an_owner(hall, plot), hall.person("licensee")
    mine, theirs = hall.client(owner), hall.client(licensee)
    number = begun(hall, mine, plot, licensee)
    drawn(hall, theirs, number)
    stepped(hall, theirs, number, "file")
    signed(hall, mine, number, "owner")
    signed(hall, theirs, number, "licensee")
    paid(hall, number)
    with hall.inside() as session:
        (owed,) = demands_of(session, case_numbered(session, number).id)
        (receipt,) = receipts_of(session, owed.id)
    back = f'href="{hall.path}/cases/{number}"'
    address = f"{hall.path}/receipt/{receipt.token}"
    assert back in mine.get(address).text
    for other in (hall.client(), hall.client(hall.person())):
        page = other.get(address)
        assert page.status_code == 200
        assert back not in page.text


def test_a_form_sent_twice_at_once_opens_one_draft(hall: Hall, plot: str) -> None:
    client = hall.client(an_owner(hall, plot))
    page = client.get(f"{hall.path}/permits/new?number={plot}&kind=new").text
    mark = page.split('name="mark" value="')[1].split('"')[0]
    assert mark
    form, both = {"kind": "new", "number": plot, "title": "A house", "mark": mark}, Barrier(2)

    def click(_: int) -> str:
        browser = TestClient(
            hall.app, headers=client.headers, cookies=dict(client.cookies), follow_redirects=False
        )
        both.wait(20)
        answer = browser.post(f"{hall.path}/permits/new", data=form)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    with ThreadPoolExecutor(2) as pool:
        places = set(pool.map(click, range(2)))
    assert len(places) == 1
    other = client.post(f"{hall.path}/permits/new", data=form | {"title": "Another house"})
    assert other.headers["location"] not in places


def taken_up(hall: Hall, plot: str, owner: Actor) -> str:
    """A case before the verifier, who may not decide it without words."""
    licensee = hall.person("licensee")
    mine, theirs = hall.client(owner), hall.client(licensee)
    number = begun(hall, mine, plot, licensee)
    drawn(hall, theirs, number)
    stepped(hall, theirs, number, "file")
    signed(hall, mine, number, "owner")
    signed(hall, theirs, number, "licensee")
    paid(hall, number)
    return number


def test_the_word_on_the_title_is_said_on_the_decision_screen(hall: Hall, plot: str) -> None:
    number = taken_up(hall, plot, hall.person())  # nobody whom the register knows
    verifier = hall.client(hall.person("verifier"))
    here = f"{hall.path}/permits/{number}"
    assert 'name="stance-owner_unknown"' in verifier.get(f"{here}/decision").text
    form = {"about": "town_hall", "stance-owner_unknown": "accepted", "reason-owner_unknown": ""}
    assert verifier.post(f"{here}/words", data=form).status_code == 422
    form["reason-owner_unknown"] = "Deed 12/2019 was seen."
    assert verifier.post(f"{here}/words", data=form).status_code == 303
    assert "Deed 12/2019 was seen." in verifier.get(f"{here}/decision").text


def test_another_matter_on_the_plot_is_named_to_the_office_and_only_told_to_a_party(
    hall: Hall, plot: str
) -> None:
    words = "Another permit in force, or another open application"
    first = taken_up(hall, plot, hall.person())
    owner = hall.person()
    client = hall.client(owner)
    second = begun(hall, client, plot, hall.person("licensee"))
    for path in (f"permits/{second}/drawing", f"cases/{second}"):
        page = client.get(f"{hall.path}/{path}").text
        assert words in page
        assert first not in page
    third = taken_up(hall, plot, hall.person())
    verifier = hall.client(hall.person("verifier"))
    page = verifier.get(f"{hall.path}/permits/{third}/decision").text
    assert first in page
    assert second not in page  # a draft is not before the office


def test_what_is_open_stands_numbered_as_on_the_drawing_and_what_passes_is_folded(
    hall: Hall, plot: str
) -> None:
    client = hall.client(an_owner(hall, plot))
    number = begun(hall, client, plot, hall.person("licensee"))
    drawn(hall, client, number)
    page = client.get(f"{hall.path}/permits/{number}/checks/1").text
    with hall.inside() as session:
        check = newest_check(session, case_numbered(session, number).id)
    assert check is not None
    counts = {each: len(check.of(each)) for each in ("unknown", "pass")}
    assert min(counts.values()) > 0
    assert page.count('<li class="card finding finding-unknown') == counts["unknown"]
    assert f'<a class="outcome outcome-unknown" href="#unknown">{counts["unknown"]} ' in page
    assert f"({counts['pass']})</h2></summary>" in page.split('<details class="card folded" id="pass">')[1]
    assert '<details class="card folded" id="unknown">' not in page


def test_a_plan_of_another_plot_is_not_said_to_break_no_rule(hall: Hall, plot: str) -> None:
    from tests.rules.plan_builders import a_site

    owner = an_owner(hall, plot)
    client = hall.client(owner)
    number = begun(hall, client, plot, hall.person("licensee"))
    drawn(hall, client, number, starter(a_site({"roads": [{"width": 8}]}, plot=[31, 17]), set_back=6.0))
    page = client.get(f"{hall.path}/permits/{number}/checks/1").text
    assert "does not lie on this plot; mend this first" in page
    assert "No rule is broken as far as can be told" not in page
    drawn(hall, client, number)
    fits = client.get(f"{hall.path}/permits/{number}/checks/2").text
    assert "does not lie on this plot" not in fits
