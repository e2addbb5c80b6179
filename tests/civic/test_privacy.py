"""A person sees what is kept of them and who looked, and can be forgotten where nothing must be kept."""

import re
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from api.sample_town import BODY, CITIZENS, OFFICERS
from civic.core.bodies import LocalBody
from civic.core.documents.uploads import GOOD_FOR
from civic.core.messages.forgetting import KEPT
from civic.core.messages.tables import PlotWatchRow
from civic.core.people import introduce, person_reached_by
from civic.core.privacy.looks import erase, forget_old, looks_at, note_look
from civic.core.privacy.notice import notice
from civic.core.sign_in import actor, begin, new_code
from civic.core.steps import advance, open_case
from gis.db.session import Base
from gis.errors import Conflict
from tests.civic.builders import NOW, a_desk, an_actor
from tests.civic.test_sample_town import apply_for, become

TOWN = f"/town/{BODY.code}"
TODAY = NOW.date()
OF_THINGS = {
    "account",
    "against",
    "book_digest",
    "challenge",
    "channel",
    "clause",
    "code",
    "credential",
    "currency",
    "digest",
    "event_ref",
    "gateway",
    "ground",
    "head",
    "jurisdiction",
    "kind",
    "language",
    "means",
    "media_type",
    "method",
    "mismatches",
    "name_en",
    "name_ml",
    "note",
    "number",
    "of_permit",
    "order_ref",
    "outcome",
    "outcome_before",
    "part",
    "payment_ref",
    "pool",
    "record",
    "reference",
    "refund_ref",
    "replaced_by",
    "revoked_clause",
    "revoked_why",
    "role",
    "roles",
    "route",
    "rule",
    "scan",
    "seed",
    "seen_by",
    "service",
    "sha256",
    "signature",
    "source",
    "stance",
    "state",
    "state_after",
    "state_before",
    "step",
    "stop",
    "svg",
    "template",
    "terms",
    "theme",
    "title_en",
    "title_ml",
    "token",
    "totals",
    "turn",
    "verdict",
    "way",
    "workflow",
}
"""Columns that name a kind, a state, a thing, a sum, or a random mark, and say nothing of a person, whatever their table."""
SAID_ELSEWHERE = {
    "case_task.answer",
    "document_version.found",
    "document_version.place",
    "journal.reason",
    "land_record.made",
    "land_record.measured",
    "message.failure",
    "message.subject",
    "message_template.name",
    "message_template.sms",
    "message_template.sms_header",
    "message_template.sms_template",
    "message_template.subject",
    "message_template.text",
    "message_template.whatsapp_template",
    "message_try.answer",
    "objection.shown_en",
    "objection.shown_ml",
    "passkey_challenge.sender",
    "permit_audit.reasons",
    "permit_audit.why",
    "permit_audit.words",
    "permit_case.title",
    "permit_case.why",
    "permit_consent.declared",
    "permit_fee_set.reason",
    "permit_override.reason",
    "permit_override.subject",
    "permit_query.subject",
    "permit_query.words",
    "permit_visit.answers",
    "permit_visit.photos",
    "permit_word.subject",
    "posting.grade",
    "posting.licence",
    "receipt.device",
    "reform_file.content",
    "reform_file.form",
    "reform_study.found",
    "reform_study.key",
    "reform_study.occupancy",
    "reform_study.reform",
    "reform_study.sources",
    "reform_study.text",
    "reform_study.ward",
    "reform_study.why",
    "refund.device",
    "upload.title",
    "upload_part.place",
}
"""Fields of an office's own wording, of a plot or a drawing, or a part of what another line of the notice tells."""


def test_every_field_of_a_person_stands_in_the_notice() -> None:
    """A new field of any table of the town hall is either in the notice, or said here to tell of nobody."""
    fields = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        if "body" in table.columns or table.name == "person"
        for column in table.columns
        if isinstance(column.type, Text | JSONB | LargeBinary)
        and column.name != "body"
        and f"{table.name}.{column.name}" not in notice()
    }
    untold = {each for each in fields - SAID_ELSEWHERE if each.partition(".")[2] not in OF_THINGS}
    assert untold == set()
    for name in notice():
        table, _, column = name.partition(".")
        assert column in Base.metadata.tables[table].columns, name


def test_every_span_of_days_in_the_notice_is_kept_by_a_nightly_round() -> None:
    """What the notice promises is what the rounds do: a promise without its round, or another number, is found here."""
    promised = {name: field.kept.days for name, field in notice().items() if field.kept.until == "days"}
    assert promised == {
        "sign_in_code.reach": 1,
        "sign_in_code.sender": 1,
        "sent_form.digest": 30,
        "message.address": KEPT.days,
        "message.text": KEPT.days,
        "upload.name": GOOD_FOR.days,
        "gateway_event.raw": 400,
    }


def test_whoever_is_forgotten_takes_the_reason_of_a_watch_along(town: Session, body: LocalBody) -> None:
    citizen = an_actor(town, body)
    row = PlotWatchRow(
        body=body.code,
        person_id=citizen.person.id,
        jurisdiction=body.jurisdiction,
        number="1/1",
        ground="declared",
        reason="I am the sister of the owner, Deed 7",
        state="watching",
        asked=NOW,
        stop="x" * 20,
    )
    town.add(row)
    town.flush()
    erase(town, citizen.person.id, on=TODAY, now=NOW)
    town.refresh(row)
    assert (row.reason, row.state) == ("–", "stopped")


def test_a_list_of_persons_that_an_officer_opens_is_written_for_each(door: TestClient) -> None:
    """A wish that waits, the answer to it in the outbox, and the list of owners: each look stands at its subject's page."""
    name, said = CITIZENS[1][0], ("wishes to watch", "messages that went out", "persons known as owners")
    become(door, name)
    before = [door.get(f"{TOWN}/me?lang=en").text.count(each) for each in said]
    door.post(f"{TOWN}/watch", data={"number": "1/8", "reason": "My well is there."})
    become(door, OFFICERS["verifier"])
    wish = re.search(r"/watches/(\d+)", door.get(f"{TOWN}/watches").text)
    assert wish
    door.post(f"{TOWN}/watches/{wish[1]}", data={"decision": "grant"})
    become(door, OFFICERS["secretary"])
    for path in ("outbox", "people"):
        assert door.get(f"{TOWN}/{path}").status_code == 200
    become(door, name)
    mine = door.get(f"{TOWN}/me?lang=en").text
    assert OFFICERS["secretary"] in mine
    for each, earlier in zip(said, before, strict=True):
        assert mine.count(each) > earlier, each


def test_an_officers_look_is_written_for_its_subject(town: Session, body: LocalBody) -> None:
    citizen, officer = an_actor(town, body), an_actor(town, body, "verifier")
    opened = open_case(a_desk(town, body), parcels=[], actor=citizen, told={})
    note_look(town, body, officer, opened, now=NOW)
    note_look(town, body, citizen, opened, now=NOW)
    (look,) = looks_at(town, citizen.person.id)
    assert (look.name, look.page) == (officer.person.name, opened.number)
    note_look(town, body, officer, opened, now=NOW)
    newest = looks_at(town, citizen.person.id)[0]
    assert looks_at(town, citizen.person.id, before=newest.id) == [look]
    assert looks_at(town, citizen.person.id, before=look.id) == []
    town.execute(text("RESET ROLE"))  # leads back to the role that owns nothing
    with pytest.raises(ProgrammingError, match="permission denied"):
        town.execute(text("DELETE FROM personal_look"))


def test_a_person_with_an_open_case_is_not_forgotten(town: Session, body: LocalBody) -> None:
    citizen, verifier = an_actor(town, body), an_actor(town, body, "verifier")
    desk = a_desk(town, body)
    opened = open_case(desk, parcels=[], actor=citizen, told={})
    with pytest.raises(Conflict, match="open case"):
        erase(town, citizen.person.id, on=TODAY, now=NOW)
    moved = advance(desk, opened.id, "file", actor=citizen, version=1)
    advance(desk, opened.id, "refuse", actor=verifier, version=moved.version, note="no")
    erase(town, citizen.person.id, on=TODAY, now=NOW)
    assert citizen.person.email is not None
    assert person_reached_by(town, citizen.person.email) is None
    assert citizen.person.name not in str(town.execute(text("SELECT * FROM person")).all())


def test_who_holds_a_posting_is_not_forgotten(town: Session, body: LocalBody) -> None:
    officer = an_actor(town, body, "verifier")
    with pytest.raises(Conflict, match="posting"):
        erase(town, officer.person.id, on=TODAY, now=NOW)


def test_who_was_forgotten_is_signed_out_and_may_come_anew(town: Session, body: LocalBody) -> None:
    who = introduce(town, body, name="Ammini", address="a@example.org", language="ml", now=NOW)
    made = begin(town, body, who, way="code", browser="x", today=TODAY, now=NOW)
    new_code(town, body, "a@example.org", sender="203.0.113.7", language="ml", now=NOW)
    erase(town, who.id, on=TODAY, now=NOW)
    assert actor(town, made.secret, today=TODAY, now=NOW) is None
    assert town.scalar(text("SELECT count(*) FROM sign_in_code")) == 0
    assert introduce(town, body, name="Ammini", address="a@example.org", language="ml", now=NOW).id != who.id


def test_codes_are_forgotten_after_a_day(town: Session, body: LocalBody) -> None:
    new_code(town, body, "a@example.org", sender="203.0.113.7", language="ml", now=NOW)
    assert forget_old(town, now=NOW + timedelta(days=1)) == 0
    assert forget_old(town, now=NOW + timedelta(days=1, seconds=1)) == 1


def test_the_pages_show_and_erasing_needs_to_be_sure(door: TestClient) -> None:
    assert door.get(f"{TOWN}/privacy?lang=en").status_code == 200
    become(door, OFFICERS["verifier"])
    inbox = door.get(f"{TOWN}/inbox").text
    number = inbox[inbox.index("/cases/LR-") + 7 :][:13]
    assert door.get(f"{TOWN}/cases/{number}").status_code == 200
    seen = ""
    for name, _ in CITIZENS:
        become(door, name)
        seen += door.get(f"{TOWN}/me").text
    assert OFFICERS["verifier"] in seen
    assert door.post(f"{TOWN}/me/erase").status_code == 422
    assert door.post(f"{TOWN}/me/erase", data={"sure": "yes"}).status_code == 409


def test_an_officers_look_at_the_papers_by_a_program_is_written_too(door: TestClient) -> None:
    become(door, CITIZENS[0][0])
    number = apply_for(door, kind="correct_land_type", number="1/8", land_type="nilam")
    become(door, OFFICERS["verifier"])
    assert door.get(f"/api{TOWN}/cases/{number}/documents").status_code == 200
    become(door, CITIZENS[0][0])
    me = door.get(f"{TOWN}/me?lang=en").text
    assert f"{OFFICERS['verifier']} · {number}" in me


def test_who_was_looked_at_often_pages_back_to_the_first_look(
    door: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With one look on a page the links lead through every one of them, and the last page leads to the newest."""
    for each in ("looks", "routes"):
        monkeypatch.setattr(f"civic.core.privacy.{each}.MOST", 1)
    become(door, CITIZENS[0][0])
    number = apply_for(door, kind="correct_land_type", number="1/8", land_type="nilam")
    become(door, OFFICERS["verifier"])
    for _ in range(2):
        assert door.get(f"{TOWN}/cases/{number}").status_code == 200
    become(door, CITIZENS[0][0])
    address, seen = f"{TOWN}/me?lang=ml", []
    while address:
        page = door.get(address).text
        seen += re.findall(rf"{OFFICERS['verifier']} · ({number})", page)
        onward = re.search(r'href="([^"]*/me\?before=\d+)#looks"', page)
        address = onward[1] if onward else ""
    assert len(seen) == 2
    assert "ഏറ്റവും ഒടുവിൽ നോക്കിയവർ" in page
    assert "അതിനു മുമ്പ് ആരും നോക്കിയിട്ടില്ല" in page
