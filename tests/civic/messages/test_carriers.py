"""Carriers: what leaves is what was written, and every refusal says whether another try makes sense."""

import hashlib
import hmac
import json
import socket
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from civic.core.messages import sms as dlt
from civic.core.messages.carriers import Letter, Postponed, Refused, Registered, Report
from civic.core.messages.mail import mail_by
from civic.core.messages.sms import MOST_REPORTS, Sms
from civic.core.messages.whatsapp import WhatsApp, report
from civic.core.messages.wire import check_address
from gis.errors import Invalid, NotAllowed
from tests.civic.messages.stand_ins import MailServer, Provider

LETTER = Letter(
    address="ammini@example.org",
    subject="LR-2026-00001: നിങ്ങളുടെ ഊഴം",
    text="കേസ് LR-2026-00001 നിങ്ങളെ കാത്തിരിക്കുന്നു.\nhttps://town.example.org/",
    language="ml",
    blanks=("LR-2026-00001", "two\nlines"),
    reference="kochi.17",
    registered=Registered(),
    now=datetime(2026, 11, 22, 10, tzinfo=UTC),
)
TEXT = replace(
    LETTER,
    address="+919876543210",
    registered=Registered(sms_header="KLTOWN", sms_template="1107000000000000009"),
)
CHAT = replace(
    TEXT, blanks=("a", "b", "c", "d", "e\nf"), registered=Registered(whatsapp_template="case_moved")
)
SENDER = "Town hall <no-reply@town.example.org>"


def read(raw: bytes | str | None) -> EmailMessage:
    assert isinstance(raw, bytes)
    read = message_from_bytes(raw, policy=policy.default)
    assert isinstance(read, EmailMessage)
    return read


def test_an_email_arrives_as_it_was_written(mails: MailServer) -> None:
    taken = mail_by(f"smtp://127.0.0.1:{mails.port}", SENDER).send(LETTER)
    (envelope,) = mails.taken
    assert envelope.rcpt_tos == ["ammini@example.org"]
    assert envelope.mail_from == "no-reply@town.example.org"
    mail = read(envelope.content)
    assert mail["Subject"] == LETTER.subject
    assert mail.get_content().strip() == LETTER.text
    assert mail["Message-ID"] == "<kochi.17@town.example.org>" == taken.reference
    assert mail["Content-Language"] == "ml"


def test_every_try_of_an_email_has_one_identity(mails: MailServer) -> None:
    carrier = mail_by(f"smtp://127.0.0.1:{mails.port}", SENDER)
    assert carrier.send(LETTER).reference == carrier.send(LETTER).reference


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        ("550 no such mailbox", Refused),
        ("450 mailbox busy", Postponed),
        ("499 last of its hundred", Postponed),
        ("500 first of its hundred", Refused),
    ],
)
def test_a_mail_servers_refusal_is_final_from_500_on(
    mails: MailServer, answer: str, fault: type[Exception]
) -> None:
    mails.says.append(answer)
    with pytest.raises(fault, match=answer[:3]):
        mail_by(f"smtp://127.0.0.1:{mails.port}", SENDER).send(LETTER)
    assert mails.taken == []


def test_a_silent_mail_server_is_tried_again() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    with pytest.raises(Postponed, match="does not answer"):
        mail_by(f"smtp://127.0.0.1:{port}", SENDER).send(LETTER)


def test_no_header_is_smuggled_into_an_email(mails: MailServer) -> None:
    with pytest.raises(Refused):
        mail_by(f"smtp://127.0.0.1:{mails.port}", SENDER).send(
            replace(LETTER, address="a@example.org\nBcc: b@example.org")
        )
    assert mails.taken == []


@pytest.mark.parametrize("address", ["mail.example.org", "http://mail.example.org", "smtp://"])
def test_what_is_no_mail_server_is_refused_at_start(address: str) -> None:
    with pytest.raises(Invalid, match="BHUMIKA_SMTP"):
        mail_by(address, SENDER)


def test_a_server_elsewhere_is_never_spoken_to_in_the_clear(
    mails: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that does not offer STARTTLS gets nothing, unless it is this very machine."""
    monkeypatch.setattr("civic.core.messages.mail.NEAR", set())
    with pytest.raises(Postponed):
        mail_by(f"smtp://127.0.0.1:{mails.port}", SENDER).send(LETTER)
    assert mails.taken == []


def sms(provider: Provider, key: str = "sms-key") -> Sms:
    return Sms(address=f"{provider.address}/send", key=key, entity="1101000000000000001")


def test_an_sms_carries_what_is_registered(sms_provider: Provider) -> None:
    assert sms(sms_provider).send(TEXT).reference == "sms-1"
    (asked,) = sms_provider.asked
    assert asked.told == {
        "to": "+919876543210",
        "text": TEXT.text,
        "coding": "unicode",
        "entity_id": "1101000000000000001",
        "header": "KLTOWN",
        "template_id": "1107000000000000009",
        "reference": "kochi.17",
    }


def test_an_unregistered_sms_does_not_leave(sms_provider: Provider) -> None:
    with pytest.raises(Refused, match="registered"):
        sms(sms_provider).send(replace(TEXT, registered=Registered(sms_header="KLTOWN")))
    assert sms_provider.asked == []


@pytest.mark.parametrize(
    ("status", "fault"),
    [(400, Refused), (401, Postponed), (404, Refused), (422, Refused), (429, Postponed), (500, Postponed)],
)
def test_what_a_providers_refusal_means(sms_provider: Provider, status: int, fault: type[Exception]) -> None:
    sms_provider.says.append((status, {"error": "no"}))
    with pytest.raises(fault, match=str(status)):
        sms(sms_provider).send(TEXT)


def test_a_template_of_somebody_else_is_refused(sms_provider: Provider) -> None:
    strange = replace(TEXT, registered=Registered(sms_header="OTHERS", sms_template="1107000000000000009"))
    with pytest.raises(Refused, match="not registered"):
        sms(sms_provider).send(strange)


def whatsapp(provider: Provider, token: str = "wa-token") -> WhatsApp:
    return WhatsApp(address=f"{provider.address}/v23.0", number="4711", token=token)


def test_whatsapp_is_sent_as_an_approved_template(cloud_api: Provider) -> None:
    assert whatsapp(cloud_api).send(CHAT).reference == "wamid.1"
    (asked,) = cloud_api.asked
    assert asked.told["to"] == "919876543210"
    assert asked.told["template"]["language"] == {"code": "ml"}
    assert asked.told["biz_opaque_callback_data"] == "kochi.17"
    parameters = asked.told["template"]["components"][0]["parameters"]
    assert [each["text"] for each in parameters] == ["a", "b", "c", "d", "e f"]


def test_a_template_that_is_not_approved_is_final(cloud_api: Provider) -> None:
    with pytest.raises(Refused, match="132001"):
        whatsapp(cloud_api).send(replace(CHAT, registered=Registered(whatsapp_template="unknown")))
    with pytest.raises(Refused, match="approved"):
        whatsapp(cloud_api).send(replace(CHAT, registered=Registered()))


@pytest.mark.parametrize(
    ("status", "code", "fault"),
    [
        (400, 131026, Refused),
        (400, 131056, Postponed),
        (429, 130429, Postponed),
        (401, 190, Postponed),
        (400, 132000, Refused),
    ],
)
def test_what_the_api_says_is_final_or_passes(
    cloud_api: Provider, status: int, code: int, fault: type[Exception]
) -> None:
    cloud_api.says.append((status, {"error": {"code": code, "message": "no"}}))
    with pytest.raises(fault):
        whatsapp(cloud_api).send(CHAT)


def a_report(status: str = "delivered", **more: object) -> bytes:
    told = {"id": "wamid.1", "status": status, "biz_opaque_callback_data": "kochi.17", **more}
    change = {"field": "messages", "value": {"messaging_product": "whatsapp", "statuses": [told]}}
    return json.dumps({"object": "whatsapp_business_account", "entry": [{"changes": [change]}]}).encode()


def signed(raw: bytes, secret: str = "app-secret") -> str:
    return "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()


def test_a_report_says_that_it_arrived() -> None:
    raw = a_report()
    assert report(raw, signed(raw), "app-secret") == [
        Report(reference="kochi.17", is_delivered=True, answer="delivered")
    ]
    failed = a_report("failed", errors=[{"code": 131026, "title": "Message undeliverable"}])
    (read,) = report(failed, signed(failed), "app-secret")
    assert (read.is_delivered, "131026" in read.answer) == (False, True)


def an_operators_report(*statuses: str, **more: object) -> bytes:
    return json.dumps(
        {"reports": [{"reference": "kochi.17", "status": each, **more} for each in statuses]}
    ).encode()


def test_an_operator_reports_what_became_of_an_sms() -> None:
    raw = an_operators_report("submitted", "DELIVERED", "expired", cause="absent subscriber")
    told = dlt.report(raw, signed(raw), "", "app-secret")
    assert told == [
        Report(reference="kochi.17", is_delivered=True, answer="delivered absent subscriber"),
        Report(reference="kochi.17", is_delivered=False, answer="expired absent subscriber"),
    ]
    assert dlt.report(raw, "", "Bearer app-secret", "app-secret") == told


@pytest.mark.parametrize(
    "authorization", ["", "Bearer", "Bearer ", "Bearer another", "app-secret", "Bearer ü"]
)
def test_a_forged_report_of_an_sms_is_refused(authorization: str) -> None:
    raw = an_operators_report("delivered")
    for signature in ("", "sha256=", signed(raw, "another"), signed(raw + b" "), "sha256=ü"):
        with pytest.raises(NotAllowed):
            dlt.report(raw, signature, authorization, "app-secret")


def test_what_is_no_report_of_sms_is_named_so() -> None:
    wrong = [
        b"",
        b"{}",
        b"[]",
        b'{"reports": {}}',
        b'{"reports": [1]}',
        b'{"reports": [{"status": "failed"}]}',
    ]
    for raw in (*wrong, an_operators_report(*["failed"] * (MOST_REPORTS + 1))):
        with pytest.raises(Invalid):
            dlt.report(raw, signed(raw), "", "app-secret")
    most = an_operators_report(*["failed"] * MOST_REPORTS)
    assert len(dlt.report(most, signed(most), "", "app-secret")) == MOST_REPORTS


def test_a_forged_report_is_refused() -> None:
    raw = a_report()
    for signature in ("", "sha256=", signed(raw, "another-secret"), signed(raw + b" "), "sha256=ü"):
        with pytest.raises(NotAllowed):
            report(raw, signature, "app-secret")


@pytest.mark.parametrize(
    "raw", [b"{}", b"[]", b"not json", b'{"entry": 1}', b'{"entry": [{"changes": [1]}]}']
)
def test_a_report_that_is_none_is_not_understood(raw: bytes) -> None:
    with pytest.raises(Invalid):
        report(raw, signed(raw), "app-secret")


def test_a_report_on_its_way_tells_nothing_yet() -> None:
    raw = a_report("sent")
    assert report(raw, signed(raw), "app-secret") == []


@pytest.mark.parametrize(
    ("address", "is_good"),
    [
        ("https://sms.example.org/send", True),
        ("http://127.0.0.1:9/send", True),
        ("http://sms.example.org/send", False),
        ("ftp://sms.example.org", False),
        ("sms.example.org", False),
    ],
)
def test_secrets_go_over_https_only(address: str, is_good: bool) -> None:
    if is_good:
        assert check_address(address, "BHUMIKA_SMS_URL") == address
    else:
        with pytest.raises(Invalid, match="BHUMIKA_SMS_URL"):
            check_address(address, "BHUMIKA_SMS_URL")
