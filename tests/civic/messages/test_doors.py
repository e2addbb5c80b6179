"""Messages through the doors: who sees the outbox, who is told what, what Meta may report."""

import hashlib
import hmac
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Engine, text

from api.town import SERVICES
from civic.core.bodies import LocalBody
from civic.core.jobs import Work, later
from civic.core.messages.carriers import Letter, Taken
from civic.core.messages.outbox import SEND, outbox, own_messages, set_whatsapp, tell
from civic.core.messages.sending import Senders
from civic.core.people import Actor, introduce
from civic.core.steps import open_case
from gis.db.session import transaction
from gis.jurisdictions import jurisdiction
from tests.builders import a_new_parcel, register
from tests.civic.conftest import a_body, open_on_its_land
from tests.civic.hall import Hall, a_hall

CODE = {"code": "271828", "minutes": "10"}
MOVED = {"body": "B", "number": "LR-1", "service": "S", "state": "Filed", "link": "https://x/"}


@pytest.fixture
def hall(service_engine: Engine, own_body: LocalBody, tmp_path: Path) -> Hall:
    """A synthetic body's town hall."""
    return a_hall(service_engine, own_body, tmp_path, public_url="https://town.example.org")


@pytest.fixture
def real_hall(engine: Engine, service_engine: Engine, tmp_path: Path) -> Hall:
    """A town hall that is not made up."""
    body = replace(a_body(f"real-{uuid4().hex[:8]}"), synthetic=False)
    with transaction(engine) as session:
        open_on_its_land(session, body)
    return a_hall(
        service_engine,
        body,
        tmp_path,
        whatsapp_secret="app-secret",
        whatsapp_verify="our word",
        sms_secret="dlt-secret",
    )


def told(hall: Hall, who: Actor, template: str = "case_moved") -> int:
    values = {**CODE, "body": "B"} if template == "sign_in_code" else MOVED
    now = datetime.now(UTC)
    with hall.inside() as session:
        (number,) = tell(
            session, case_id=None, person_id=who.person.id, template=template, values=values, now=now
        )
    return number


def test_in_the_demo_everyone_sees_what_would_be_sent(hall: Hall) -> None:
    answer = hall.client().post(f"{hall.path}/sign-in", data={"address": "new@example.org"})
    assert answer.status_code == 200
    with hall.inside() as session:
        (code,) = outbox(session)
    number = re.findall(r"\b\d{6}\b", code.text)[0]
    shown = hall.client().get(f"{hall.path}/outbox")
    assert shown.status_code == 200
    assert number in shown.text
    assert "Nothing really leaves from here" in shown.text


def test_the_outbox_of_a_real_body_is_the_offices_and_hides_codes(real_hall: Hall) -> None:
    citizen, officer = real_hall.person(), real_hall.person("admin")
    told(real_hall, citizen, "sign_in_code")
    number = told(real_hall, citizen)
    asked = real_hall.client().get(f"{real_hall.path}/outbox")
    assert (asked.status_code, "/sign-in" in asked.headers["location"]) == (303, True)
    assert real_hall.client(citizen).get(f"{real_hall.path}/outbox").status_code == 403
    assert real_hall.client(citizen).get(f"{real_hall.path}/outbox/{number}").status_code == 403
    shown = real_hall.client(officer).get(f"{real_hall.path}/outbox")
    assert shown.status_code == 200
    assert "Filed" in shown.text
    assert "271828" not in shown.text


def test_a_failed_message_is_seen_and_sent_again(hall: Hall) -> None:
    number = told(hall, hall.person())
    work = Work(
        engine=hall.engine,
        job=1,
        kind=SEND,
        body=hall.body.code,
        values={"message": number},
        now=datetime.now(UTC),
    )
    Senders().send(work)
    assert "would be sent" in hall.client().get(f"{hall.path}/outbox/{number}").text
    again = f"{hall.path}/outbox/{number}/again"
    assert hall.client(hall.person("verifier")).post(again).status_code == 403
    admin = hall.client(hall.person("admin"))
    assert admin.post(again).status_code == 303
    assert admin.post(again).status_code == 409
    assert hall.client().get(f"{hall.path}/outbox/999999999").status_code == 404


def test_parties_see_their_own_messages_and_officers_all(hall: Hall) -> None:
    service = next(iter(SERVICES.values()))
    party, other = hall.person(), hall.person()
    now = datetime.now(UTC)
    with hall.inside() as session:
        case = open_case(service.desk(session, hall.body, now=now), parcels=["12/1"], actor=party, told={})
        for who in (party, other):
            tell(
                session,
                case_id=case.id,
                person_id=who.person.id,
                template="case_moved",
                values={**MOVED, "state": f"for {who.person.name}"},
                now=now,
            )
    page = f"{hall.path}/cases/{case.number}/messages"
    seen = hall.client(party).get(page).text
    assert f"for {party.person.name}" in seen
    assert f"for {other.person.name}" not in seen
    assert f"for {other.person.name}" in hall.client(hall.person("verifier")).get(page).text
    assert hall.client(other).get(page).status_code == 404


def test_whatsapp_is_wanted_and_not(hall: Hall) -> None:
    with hall.inside() as session:
        from civic.core.people import introduce

        now = datetime.now(UTC)
        who = introduce(session, hall.body, name="A", address="9876543210", language="en", now=now)
    client = hall.client(Actor(person=who))
    assert "come by SMS" in client.get(f"{hall.path}/messages").text
    assert client.post(f"{hall.path}/messages/whatsapp", data={"wants": "yes"}).status_code == 303
    assert "come by WhatsApp. You can stop" in client.get(f"{hall.path}/messages").text
    client.post(f"{hall.path}/messages/whatsapp", data={"wants": "no"})
    assert "come by SMS" in client.get(f"{hall.path}/messages").text


def test_the_admin_keeps_a_wording(hall: Hall) -> None:
    admin = hall.client(hall.person("admin"))
    page = f"{hall.path}/wordings/case_moved/en"
    assert admin.get(f"{hall.path}/wordings").status_code == 200
    assert "{number}" in admin.get(page).text
    form = {"subject": "{number}!", "text": "Moved to {state}", "sms": "{state}"}
    assert admin.post(page, data=form).status_code == 303
    number = told(hall, hall.person())
    with hall.inside() as session:
        assert [each.text for each in outbox(session) if each.id == number] == ["Moved to Filed"]
    wrong = admin.post(page, data={**form, "text": "{password}"})
    assert wrong.status_code == 422
    assert "{password}" in wrong.text
    assert admin.post(page, data={"back": "1"}).status_code == 303
    assert "Moved to" not in admin.get(page).text
    assert hall.client(hall.person("secretary")).post(page, data=form).status_code == 403
    assert admin.get(f"{hall.path}/wordings/case_moved/fr").status_code == 404
    assert admin.get(f"{hall.path}/wordings/nothing/en").status_code == 404


def sent_by(hall: Hall, channel: str, address: str = "+919876543210") -> int:
    """A message that a carrier has taken; which."""

    class Postman:
        def send(self, letter: Letter) -> Taken:
            """Take it."""
            return Taken(reference="wamid.1", answer=f"taken for {letter.address}")

    now = datetime.now(UTC)
    with hall.inside() as session:
        who = introduce(session, hall.body, name="A", address=address, language="en", now=now)
        set_whatsapp(session, hall.body.code, who.id, wants=channel == "whatsapp", now=now)
        (number,) = tell(
            session, case_id=None, person_id=who.id, template="case_moved", values=MOVED, now=now
        )
    work = Work(
        engine=hall.engine, job=1, kind=SEND, body=hall.body.code, values={"message": number}, now=now
    )
    Senders(carriers={channel: Postman()}).send(work)
    return number


def state_of(hall: Hall, number: int) -> str:
    with hall.inside() as session:
        (found,) = [each for each in outbox(session) if each.id == number]
    return found.state


def a_report(reference: str, status: str = "delivered") -> bytes:
    told = {"id": "wamid.1", "status": status, "biz_opaque_callback_data": reference}
    return json.dumps({"entry": [{"changes": [{"value": {"statuses": [told]}}]}]}).encode()


def signature(raw: bytes, secret: str = "app-secret") -> dict[str, str]:
    return {"x-hub-signature-256": "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()}


def test_meta_reports_what_arrived_under_its_signature_only(real_hall: Hall) -> None:
    hall = real_hall
    number = sent_by(hall, "whatsapp")
    client = hall.client()
    raw = a_report(f"{hall.body.code}.{number}")
    for headers in ({}, signature(raw, "guessed"), signature(b"another")):
        assert client.post("/api/messages/whatsapp", content=raw, headers=headers).status_code == 403
    assert state_of(hall, number) == "sent"
    for _ in range(2):  # what is reported twice counts once
        assert client.post("/api/messages/whatsapp", content=raw, headers=signature(raw)).status_code == 200
    assert state_of(hall, number) == "delivered"
    for strange in ("", "somebody elses", "no-such-body.1", f"{hall.body.code}.99999999", "../x.1"):
        raw = a_report(strange)
        answer = client.post("/api/messages/whatsapp", content=raw, headers=signature(raw))
        assert answer.status_code == 200
    raw = b"{}"
    assert client.post("/api/messages/whatsapp", content=raw, headers=signature(raw)).status_code == 422


def test_the_provider_of_sms_reports_what_arrived_under_its_secret_only(real_hall: Hall, hall: Hall) -> None:
    number = sent_by(real_hall, "sms")
    client = real_hall.client()

    def reported(status: str, of: int = number) -> bytes:
        told = {"reference": f"{real_hall.body.code}.{of}", "status": status, "id": "sms-1"}
        return json.dumps({"reports": [told]}).encode()

    def signed(raw: bytes) -> dict[str, str]:
        return {"x-signature-256": signature(raw, "dlt-secret")["x-hub-signature-256"]}

    raw = reported("delivered")
    bearer = {"authorization": "Bearer dlt-secret"}
    for headers in (
        {},
        signature(raw, "dlt-secret"),
        signed(b"another"),
        {"authorization": "Bearer guessed"},
    ):
        assert client.post("/api/messages/sms", content=raw, headers=headers).status_code == 403
    for raw in (reported("submitted"), reported("delivered", of=10**9), b'{"reports": []}'):
        assert client.post("/api/messages/sms", content=raw, headers=signed(raw)).status_code == 200
    assert state_of(real_hall, number) == "sent"
    for status in ("failed", "delivered"):  # what comes late changes nothing
        raw = reported(status)
        assert client.post("/api/messages/sms", content=raw, headers=bearer).status_code == 200
    assert state_of(real_hall, number) == "failed"
    assert client.post("/api/messages/sms", content=b"{}", headers=signed(b"{}")).status_code == 422
    assert hall.client().post("/api/messages/sms", content=raw, headers=bearer).status_code == 403


def test_no_carrier_reports_what_another_carried(real_hall: Hall) -> None:
    number = sent_by(real_hall, "sms")
    raw = a_report(f"{real_hall.body.code}.{number}", "failed")
    answer = real_hall.client().post("/api/messages/whatsapp", content=raw, headers=signature(raw))
    assert (answer.status_code, state_of(real_hall, number)) == (200, "sent")


def test_meta_makes_sure_that_the_address_is_ours(real_hall: Hall, hall: Hall) -> None:
    asked = {"hub.mode": "subscribe", "hub.verify_token": "our word", "hub.challenge": "1158201444"}
    answer = real_hall.client().get("/api/messages/whatsapp", params=asked)
    assert (answer.status_code, answer.text) == (200, "1158201444")
    wrong = {**asked, "hub.verify_token": "guessed"}
    assert real_hall.client().get("/api/messages/whatsapp", params=wrong).status_code == 403
    for nothing_set in (asked, {**asked, "hub.verify_token": ""}):
        assert hall.client().get("/api/messages/whatsapp", params=nothing_set).status_code == 403
    assert hall.client().post("/api/messages/whatsapp", content=b"{}").status_code == 403


@pytest.fixture
def plot(engine: Engine, own_body: LocalBody) -> str:
    """A plot that nobody else looks at."""
    number = f"{uuid4().int % 10**9}/7"
    with transaction(engine) as session:
        place = jurisdiction(session, own_body.jurisdiction)
        register(session, place, [a_new_parcel(number, x=5000)])
    return number


def test_a_wish_to_watch_goes_its_way(hall: Hall, plot: str) -> None:
    who = hall.person()
    client, officer = hall.client(who), hall.client(hall.person("front_office"))
    page = f"{hall.path}/watch"
    assert client.get(f"{page}?number={plot}").status_code == 200
    refused = client.post(page, data={"number": plot})
    assert refused.status_code == 422
    assert "interest" in refused.text
    assert client.post(page, data={"number": "no/plot", "reason": "mine"}).status_code == 422
    assert client.post(page, data={"number": f"{plot}\x00", "reason": "mine"}).status_code == 422
    assert client.post(page, data={"number": plot, "reason": "mi\x00ne"}).status_code == 422
    assert client.post(page, data={"number": plot, "reason": "deed 12/1999"}).status_code == 303
    assert client.post(page, data={"number": plot, "reason": "deed 12/1999"}).status_code == 409
    wishes = officer.get(f"{hall.path}/watches")
    assert "deed 12/1999" in wishes.text
    (wish,) = re.findall(r"/watches/(\d+)", wishes.text)
    assert client.post(f"{hall.path}/watches/{wish}", data={"decision": "grant"}).status_code == 403
    assert officer.post(f"{hall.path}/watches/{wish}", data={"decision": "perhaps"}).status_code == 422
    assert officer.post(f"{hall.path}/watches/{wish}", data={"decision": "grant"}).status_code == 303
    assert "is watched" in client.get(page).text
    with hall.inside() as session:
        (message,) = own_messages(session, who.person.id)
    link = re.findall(r"https://town\.example\.org(/\S+)", message.text)[0]
    nobody = hall.client()
    assert "Stop watching plot" in nobody.get(link).text
    assert "is watched" in client.get(page).text, "looking at a link ends nothing"
    assert nobody.post(link).status_code == 200
    assert "This watch is over" in nobody.get(link).text
    assert "ended" in client.get(page).text
    assert nobody.get(f"{hall.path}/watch/stop/guessed").status_code == 404


def test_only_my_own_watch_is_mine_to_stop(hall: Hall, plot: str) -> None:
    who = hall.person()
    client = hall.client(who)
    client.post(f"{hall.path}/watch", data={"number": plot, "reason": "deed"})
    (watch,) = re.findall(r"/watch/(\d+)/stop", client.get(f"{hall.path}/watch").text)
    assert hall.client(hall.person()).post(f"{hall.path}/watch/{watch}/stop").status_code == 404
    assert client.post(f"{hall.path}/watch/{watch}/stop").status_code == 303
    assert "ended" in client.get(f"{hall.path}/watch").text


def test_the_office_sees_what_the_worker_could_not_do(hall: Hall) -> None:
    with hall.inside() as session:
        number = later(session, "documents.scan", document=7)
        session.execute(
            text("UPDATE jobs.procrastinate_jobs SET status = 'failed' WHERE id = :id"), {"id": number}
        )
    admin = hall.client(hall.person("admin"))
    assert "documents.scan" in admin.get(f"{hall.path}/jobs").text
    assert hall.client(hall.person("verifier")).get(f"{hall.path}/jobs").status_code == 403
    assert admin.post(f"{hall.path}/jobs/{number}/again").status_code == 303
    assert admin.post(f"{hall.path}/jobs/{number}/again").status_code == 409
    assert "Nothing has failed" in admin.get(f"{hall.path}/jobs").text
