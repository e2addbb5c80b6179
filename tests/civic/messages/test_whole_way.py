"""The whole way: something happens, a worker of this instance takes it up, and it arrives where it should."""

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text

from api.app import create_app
from api.settings import Settings
from api.stores import store_of
from api.trades import carriers_of, trade_of
from api.working import Pace, work
from civic.core.bodies import LocalBody, inside
from civic.core.documents.uploads import CLEAR, SCAN
from civic.core.messages.outbox import SEND, messages_of, own_messages, set_whatsapp, tell
from civic.core.messages.telling import WATCHERS
from civic.core.messages.wording import default_wording, keep_wording
from civic.core.people import Actor, introduce
from civic.core.steps import open_case
from gis.errors import Invalid
from tests.builders import in_a_thread
from tests.civic.builders import NOW, a_desk, an_actor
from tests.civic.documents.clamd import EICAR, clamd
from tests.civic.documents.conftest import a_pdf, send
from tests.civic.jobs.conftest import hall as _hall
from tests.civic.messages.stand_ins import MailServer, Provider, SmsProvider

hall = _hall
QUICK = Pace(heartbeat=0.3, silent=2.0, look=0.3, until_empty=True)
MOVED = {"body": "B", "number": "LR-1", "service": "S", "state": "Filed", "link": "https://x/"}


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody listens but this instance."""
    monkeypatch.setattr("civic.core.events._LISTENERS", defaultdict(list))


DUE = text(
    "SELECT count(*) FROM jobs.procrastinate_jobs"
    " WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now())"
)


def work_until_done(engine: Engine, ours: Settings) -> None:
    """A worker ends when it finds nothing; what its last jobs put off is for the next one."""
    for _ in range(6):
        in_a_thread(work, engine, trade_of(ours), pace=QUICK)
        with engine.connect() as connection:
            if not connection.scalar(DUE):
                return


def settings(tmp_path: Path, **named: object) -> Settings:
    return Settings(state=tmp_path, **named)  # type: ignore[arg-type]


def test_everything_that_is_put_off_has_somebody_who_does_it(tmp_path: Path) -> None:
    trade = trade_of(settings(tmp_path))
    assert {SEND, WATCHERS, SCAN, CLEAR, "clocks"} <= set(trade.doers)
    assert {each.kind for each in trade.repeated} <= set(trade.doers)


def test_what_is_half_set_is_refused_at_start(tmp_path: Path) -> None:
    assert carriers_of(settings(tmp_path)) == {}
    with pytest.raises(Invalid, match="BHUMIKA_SMS_KEY, BHUMIKA_SMS_ENTITY"):
        carriers_of(settings(tmp_path, sms_url="https://sms.example.org"))
    with pytest.raises(Invalid, match="BHUMIKA_WHATSAPP_TOKEN"):
        carriers_of(settings(tmp_path, whatsapp_url="https://graph.example.org", whatsapp_number="1"))
    with pytest.raises(Invalid, match="BHUMIKA_MAIL_FROM"):
        carriers_of(settings(tmp_path, smtp="smtp://localhost"))


def test_a_message_goes_from_the_case_to_every_carrier(
    hall: tuple[Engine, LocalBody],
    mails: MailServer,
    sms_provider: SmsProvider,
    cloud_api: Provider,
    tmp_path: Path,
) -> None:
    engine, body = hall
    ours = settings(
        tmp_path,
        smtp=f"smtp://127.0.0.1:{mails.port}",
        mail_from="no-reply@example.org",
        sms_url=f"{sms_provider.address}/send",
        sms_key="sms-key",
        sms_entity="1101000000000000001",
        sms_secret="dlt-secret",
        whatsapp_url=f"{cloud_api.address}/v23.0",
        whatsapp_number="4711",
        whatsapp_token="wa-token",
    )
    with inside(engine, body.code) as (session, _):
        own = replace(
            default_wording("case_moved", "en"),
            text="{body} {number} {service} {state} {link}",
            sms_header="KLTOWN",
            sms_template="1107000000000000009",
            whatsapp_template="case_moved",
        )
        keep_wording(session, body.code, own)
        people = [
            introduce(session, body, name="A", address=address, language="en", now=NOW)
            for address in ("a@example.org", "9876543210", "9876543211")
        ]
        set_whatsapp(session, body.code, people[2].id, wants=True, now=NOW)
        for each in people:
            tell(session, case_id=None, person_id=each.id, template="case_moved", values=MOVED, now=NOW)
    work_until_done(engine, ours)
    assert [envelope.rcpt_tos for envelope in mails.taken] == [["a@example.org"]]
    assert [asked.told["to"] for asked in sms_provider.asked] == ["+919876543210"]
    assert [asked.told["to"] for asked in cloud_api.asked] == ["919876543211"]
    with inside(engine, body.code) as (session, _):
        states = [own_messages(session, each.id)[0].state for each in people]
        left = session.scalar(
            text("SELECT count(*) FROM jobs.procrastinate_jobs WHERE task_name = :s"), {"s": SEND}
        )
    assert (states, left) == (["sent", "sent", "sent"], 0)
    client = TestClient(create_app(ours, engine))
    bearer = {"authorization": "Bearer dlt-secret"}
    for _ in range(2):  # operators repeat themselves
        told = sms_provider.report("delivered")
        assert client.post("/api/messages/sms", content=told, headers=bearer).status_code == 200
    with inside(engine, body.code) as (session, _):
        assert [own_messages(session, each.id)[0].state for each in people] == ["sent", "delivered", "sent"]


def test_a_harmful_document_is_found_shut_away_and_told_by_mail(
    hall: tuple[Engine, LocalBody], mails: MailServer, tmp_path: Path
) -> None:
    engine, body = hall
    ours = settings(
        tmp_path,
        smtp=f"smtp://127.0.0.1:{mails.port}",
        mail_from="no-reply@example.org",
        scanner=str(tmp_path / "clamd.ctl"),
        public_url="https://town.example.org",
    )
    with inside(engine, body.code) as (session, here):
        who: Actor = an_actor(session, here)
        case = open_case(a_desk(session, here), parcels=["12/104"], actor=who, told={})
        send(session, here, store_of(ours), case, who, a_pdf(5000, EICAR))
    with clamd(tmp_path / "clamd.ctl"):
        work_until_done(engine, ours)
    (envelope,) = mails.taken
    assert envelope.rcpt_tos == [who.person.email]
    with inside(engine, body.code) as (session, _):
        (told,) = messages_of(session, case.id)
        assert (told.template, told.state) == ("document_refused", "sent")
        assert told.sent is not None
        assert told.sent <= datetime.now(UTC)
    places = [each.place for page in store_of(ours).kept(body.code) for each in page]
    assert [place.split("/")[1] for place in places] == ["quarantine"], "parts and the file itself are gone"
