"""What a worker of this instance can do: the doers of every part of the town hall, with their carriers and stores.

In: settings.  Out: a `Trade` for the worker, and the same stores and tellers for the doors.
"""

from sqlalchemy.orm import Session

from api.money import money_desk
from api.permits import rechecker
from api.planner.freshness import FRESH, HOURLY, heard_of_change, measure_again
from api.planner.reform_reckoner import study_doer
from api.settings import Settings
from api.stores import store_of
from api.town import CLOCKS, SERVICES, run_clocks_job
from api.town import listen as listen_to_each_other
from api.working import Trade
from civic.core.clocks import Escalated
from civic.core.desk import Advanced, Opening
from civic.core.documents.keeping import Keeper, Quarantined
from civic.core.documents.room import DocumentRoom
from civic.core.documents.scanner import scanner_at
from civic.core.events import subscribe
from civic.core.jobs import OWN, OWN_REPEATED
from civic.core.messages.carriers import Carrier
from civic.core.messages.forgetting import DOERS as FORGETTERS
from civic.core.messages.forgetting import REPEATED as FORGOTTEN
from civic.core.messages.mail import mail_by
from civic.core.messages.room import MessageRoom
from civic.core.messages.sending import Senders, Undelivered
from civic.core.messages.sms import Sms
from civic.core.messages.telling import Teller
from civic.core.messages.whatsapp import WhatsApp
from civic.core.messages.wire import check_address
from civic.core.money.cashier import Cashier
from civic.core.money.model import DemandRaised, Paid
from civic.core.sign_in import CodeMade
from civic.core.watching.recordings import HOURLY as RECORDINGS
from civic.core.watching.recordings import Recordings
from gis.errors import Invalid


def trade_of(settings: Settings) -> Trade:
    """Everything that a worker of this instance does."""
    listen(settings)  # a worker's jobs move cases and shut documents away, too
    keeper, teller = keeper_of(settings), teller_of(settings)
    senders = Senders(carriers=carriers_of(settings))
    cashier = Cashier(desk=money_desk(settings))
    checks = rechecker(settings, keeper.store)
    doers = {
        **OWN,
        **FORGETTERS,
        **keeper.doers,
        **teller.doers,
        **Recordings(teller=teller).doers,
        **senders.doers,
        **cashier.doers,
        **checks.doers,
        **study_doer(settings, keeper.store).doers,
        CLOCKS.kind: run_clocks_job,
        FRESH: measure_again,
    }
    repeated = (*keeper.repeated, *cashier.repeated, *checks.repeated)
    return Trade(doers=doers, repeated=(*OWN_REPEATED, *FORGOTTEN, *repeated, CLOCKS, HOURLY, RECORDINGS))


def teller_of(settings: Settings) -> Teller:
    """Who tells people."""
    return Teller(services=SERVICES, front=settings.front)


_TELLERS: list[Teller] = []
"""The one that tells now; a process that is set up anew tells by the new settings only."""


def listen(settings: Settings) -> None:
    """Have services hear each other, and people told of what happens, from now on; again changes no more than the settings."""
    listen_to_each_other()
    _TELLERS[:] = [teller_of(settings)]
    subscribe(CodeMade, _heard_code)
    subscribe(Opening, _heard_opening)
    subscribe(Advanced, _heard_case)
    subscribe(Advanced, heard_of_change)
    subscribe(Quarantined, _heard_quarantine)
    subscribe(DemandRaised, _heard_demand)
    subscribe(Paid, _heard_paid)
    subscribe(Escalated, _heard_escalated)
    subscribe(Undelivered, _heard_undelivered)


def _heard_code(session: Session, made: CodeMade) -> None:
    _TELLERS[0].heard_code(session, made)


def _heard_opening(session: Session, opening: Opening) -> None:
    _TELLERS[0].heard_opening(session, opening)


def _heard_case(session: Session, moved: Advanced) -> None:
    _TELLERS[0].heard_case(session, moved)


def _heard_quarantine(session: Session, shut: Quarantined) -> None:
    _TELLERS[0].heard_quarantine(session, shut)


def _heard_demand(session: Session, asked: DemandRaised) -> None:
    _TELLERS[0].heard_demand(session, asked)


def _heard_paid(session: Session, paid: Paid) -> None:
    _TELLERS[0].heard_paid(session, paid)


def _heard_escalated(session: Session, late: Escalated) -> None:
    _TELLERS[0].heard_escalated(session, late)


def _heard_undelivered(session: Session, lost: Undelivered) -> None:
    _TELLERS[0].heard_undelivered(session, lost)


def carriers_of(settings: Settings) -> dict[str, Carrier]:
    """The carriers that the settings name; the other channels send nothing and say so."""
    found: dict[str, Carrier] = {}
    if settings.smtp:
        found["email"] = mail_by(settings.smtp, settings.mail_from)
    if settings.sms_url:
        _need("SMS", SMS_KEY=settings.sms_key, SMS_ENTITY=settings.sms_entity)
        address = check_address(settings.sms_url, "BHUMIKA_SMS_URL")
        found["sms"] = Sms(address=address, key=settings.sms_key, entity=settings.sms_entity)
    if settings.whatsapp_url:
        _need("WhatsApp", WHATSAPP_NUMBER=settings.whatsapp_number, WHATSAPP_TOKEN=settings.whatsapp_token)
        address = check_address(settings.whatsapp_url, "BHUMIKA_WHATSAPP_URL")
        found["whatsapp"] = WhatsApp(
            address=address, number=settings.whatsapp_number, token=settings.whatsapp_token
        )
    return found


def _need(channel: str, **named: str) -> None:
    missing = [f"BHUMIKA_{name}" for name, value in named.items() if not value]
    if missing:
        raise Invalid(f"For {channel} these settings are missing: {', '.join(missing)}.")


def keeper_of(settings: Settings) -> Keeper:
    """Who keeps documents."""
    scanner = scanner_at(settings.scanner) if settings.scanner else None
    return Keeper(store=store_of(settings), scanner=scanner)


def message_room(settings: Settings) -> MessageRoom:
    """What the doors of messages need."""
    return MessageRoom(
        teller=teller_of(settings),
        channels=frozenset(carriers_of(settings)),
        whatsapp_secret=settings.whatsapp_secret,
        whatsapp_verify=settings.whatsapp_verify,
        sms_secret=settings.sms_secret,
    )


def document_room(settings: Settings) -> DocumentRoom:
    """What the doors of documents need."""
    return DocumentRoom(
        store=store_of(settings), largest=settings.largest_document, is_scanned=bool(settings.scanner)
    )
