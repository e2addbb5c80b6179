"""What the composition root brings to the doors of money: gateways, the address people reach us by, the print of receipts.

In: settings, elsewhere.  Out: `MoneyDesk`.  Real money moves in real bodies only, and play money in made-up ones only: a
synthetic body always gets the trial gateway, every other body never.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from civic.core.bodies import LocalBody
from civic.core.money.gateway import Gateway, GatewayAway
from civic.core.money.local_gateway.server import LocalGateway
from civic.core.money.model import Demand, Receipt
from civic.core.money.razorpay import Razorpay

TRIAL = "local"
"""The name under which the trial gateway's numbers are kept."""


@dataclass(frozen=True, kw_only=True)
class ReceiptSheet:
    """Everything that a printed receipt says; nothing of it is about a person."""

    body: LocalBody
    receipt: Receipt
    demand: Demand | None
    case_number: str | None
    address: str
    """Where the receipt can be looked up."""


PrintReceipt = Callable[[ReceiptSheet, str], bytes]
"""A receipt as PDF in a language, `en` or `ml`."""


@dataclass(frozen=True, kw_only=True)
class MoneyDesk:
    """Gateways, addresses and print for all bodies."""

    real: Gateway | None
    trial: Callable[[], LocalGateway]
    """Opens the trial gateway, or answers with the one that is open."""
    front: str
    """The address that people reach us by, without a slash at its end."""
    print_receipt: PrintReceipt

    def gateway(self, body: LocalBody) -> Gateway:
        """The gateway of a body; `GatewayAway` where none is set up."""
        if body.synthetic:
            return replace(trial_of(self.trial()), trial_page=f"/town/{body.code}/trial-gateway/checkout")
        if self.real is None:
            raise GatewayAway(
                "This local body takes no payments online yet. Pay at its counter; the amount and the link stay the same."
            )
        return self.real


def trial_of(local: LocalGateway) -> Razorpay:
    """The adapter that speaks to a trial gateway."""
    return Razorpay(**vars(local.secrets), home=local.home, name=TRIAL)
