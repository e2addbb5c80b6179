"""The money desk put together: Razorpay where its secrets are set, the trial gateway for made-up bodies.

In: settings.  Out: a `MoneyDesk`.  The trial gateway is opened on first use, in threads of this process, with its books in the
state folder; several processes share them.
"""

from functools import cache
from pathlib import Path

from api.settings import Settings
from civic.core.money.desk import MoneyDesk
from civic.core.money.gateway import Gateway
from civic.core.money.local_gateway.server import LocalGateway
from civic.core.money.razorpay import HOME, Razorpay
from gis.errors import Invalid
from web.print.receipt import receipt_pdf

EVENTS = "/api/town/{body}/money/events"
"""Where webhooks of a body are sent."""


def money_desk(settings: Settings) -> MoneyDesk:
    """Gateways, addresses and print for all bodies."""
    return MoneyDesk(
        real=real_gateway(settings),
        trial=lambda: _trial(settings.state / "trial-gateway", f"{_loopback(settings)}{EVENTS}"),
        front=settings.front,
        print_receipt=receipt_pdf,
    )


def real_gateway(settings: Settings) -> Gateway | None:
    """Razorpay with the secrets of the settings; None where none are set."""
    if not settings.razorpay_key:
        return None
    if not (settings.razorpay_secret and settings.razorpay_webhook_secret):
        raise Invalid(
            "BHUMIKA_RAZORPAY_KEY is set, but not both BHUMIKA_RAZORPAY_SECRET and BHUMIKA_RAZORPAY_WEBHOOK_SECRET."
            " Without them no payment can be told from a forged one."
        )
    return Razorpay(
        key=settings.razorpay_key,
        secret=settings.razorpay_secret,
        webhook_secret=settings.razorpay_webhook_secret,
    )


def payment_forms(settings: Settings) -> str | None:
    """The one other host that a form of ours may be sent to: the real gateway's, where there is one."""
    return HOME if settings.razorpay_key else None


@cache
def _trial(folder: Path, targets: str) -> LocalGateway:
    return LocalGateway(folder, targets=targets)


def _loopback(settings: Settings) -> str:
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104  # compared, not bound
    return f"http://{host}:{settings.port}"
