"""The local gateway's few pages, in both languages and without JavaScript.

In: what a payer asks for and the fields of the form.  Out: HTML.  The town hall shows the same pages under an address of its
own, so that a demonstration needs one address only.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from html import escape

from civic.core.money.local_gateway.books import Entity, Refused
from civic.core.money.local_gateway.counter import GatewayCounter
from civic.core.money.model import rupees

NOTE = ("A trial gateway. No real money moves.", "പരീക്ഷണ ഗേറ്റ്വേ. യഥാർത്ഥ പണം നീങ്ങുന്നില്ല.")
PAID_ALREADY = ("This order is paid already.", "ഈ ഓർഡറിന്റെ പണം നേരത്തേ അടച്ചതാണ്.")
FAILED = ("The payment failed; nothing was taken.", "പണമടയ്ക്കൽ പരാജയപ്പെട്ടു; ഒന്നും എടുത്തിട്ടില്ല.")
LOST = ("Paid. You may close this page.", "പണം അടച്ചു. ഈ പേജ് അടയ്ക്കാം.")


@dataclass(frozen=True, kw_only=True)
class Shown:
    """Where the pages are shown: where their forms go, and the sheet that gives them their look."""

    pay_at: str
    stylesheet: str | None = None


BY_ITSELF = Shown(pay_at="/local/pay")


def checkout_page(counter: GatewayCounter, fields: Mapping[str, str], *, shown: Shown = BY_ITSELF) -> str:
    """Where a payer decides what happens; `Refused` for an unknown order."""
    order = counter.books.order(fields.get("order_id", ""))
    if order["status"] == "paid":
        return said(*PAID_ALREADY, shown=shown)
    return checkout(order, fields, shown)


def paid_page(
    counter: GatewayCounter, fields: Mapping[str, str], *, now: float, shown: Shown = BY_ITSELF
) -> str:
    """What the payer decided is done; `now` in seconds since 1970."""
    order_ref, outcome = fields.get("order_id", ""), fields.get("outcome", "")
    if outcome not in ("paid", "failed", "lost"):
        raise Refused("There is no such outcome.")
    if counter.books.order(order_ref)["status"] == "paid":
        return said(*PAID_ALREADY, shown=shown)
    back = counter.pay(order_ref, now=now, succeeds=outcome != "failed")
    if outcome == "paid":
        return go_back(fields.get("callback_url", ""), back, shown)
    return said(*(FAILED if outcome == "failed" else LOST), shown=shown)


def overview_page(counter: GatewayCounter, *, shown: Shown = BY_ITSELF) -> str:
    """What the gateway holds and how it behaves."""
    return overview(counter.books.orders(), counter.books.webhooks(), str(asdict(counter.habits)), shown)


def page(title: str, inner: str, shown: Shown) -> str:
    """A whole page."""
    sheet = f'<link rel="stylesheet" href="{escape(shown.stylesheet)}">' if shown.stylesheet else ""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">{sheet}</head>'
        f'<body><main><div class="column"><p class="notice">{both(*NOTE)}</p>{inner}</div></main></body></html>'
    )


def both(english: str, malayalam: str) -> str:
    """One text in both languages."""
    return f'{escape(english)}<br><span lang="ml">{escape(malayalam)}</span>'


def form(action: str, fields: Mapping[str, str], label: str, *, quiet: bool = False) -> str:
    """A form of hidden fields and one button."""
    hidden = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in fields.items()
    )
    look = "button button-quiet" if quiet else "button"
    button = f'<p><button class="{look}" type="submit"><span>{label}</span></button></p>'
    return f'<form method="post" action="{escape(action)}">{hidden}{button}</form>'


def checkout(order: Entity, given: Mapping[str, str], shown: Shown) -> str:
    """The sum and what may happen to it."""
    fields = {"order_id": order["id"], "callback_url": given.get("callback_url", "")}
    choices = "".join(
        form(shown.pay_at, fields | {"outcome": outcome}, both(*words), quiet=quiet)
        for outcome, words, quiet in (
            ("paid", ("Pay", "പണമടയ്ക്കുക"), False),
            ("failed", ("Let it fail", "പരാജയപ്പെടുത്തുക"), True),
            ("lost", ("Pay, but do not go back", "പണമടയ്ക്കുക, പക്ഷേ മടങ്ങിപ്പോകേണ്ട"), True),
        )
    )
    title = f"<h1>{escape(given.get('name', ''))} {rupees(order['amount'])}</h1>"
    return page("Pay", title + choices, shown)


def go_back(back: str, fields: Mapping[str, str], shown: Shown) -> str:
    """After a payment: back to the town hall with the signed fields."""
    words = both("Back to the local body", "തദ്ദേശസ്ഥാപനത്തിലേക്കു മടങ്ങുക")
    return page("Paid", f"<h1>{both('Paid', 'പണം അടച്ചു')}</h1>{form(back, fields, words)}", shown)


def said(english: str, malayalam: str, *, shown: Shown) -> str:
    """A page with one sentence."""
    return page("Trial gateway", f"<h1>{both(english, malayalam)}</h1>", shown)


def overview(
    orders: Iterable[Entity], webhooks: Iterable[tuple[str, str, int]], habits: str, shown: Shown
) -> str:
    """Orders, webhooks and habits as tables."""
    rows = "".join(
        f"<tr><td><code>{escape(order['id'])}</code></td><td>{rupees(order['amount'])}</td><td>{escape(order['status'])}</td></tr>"
        for order in orders
    )
    sent = "".join(
        f"<tr><td><code>{escape(ref)}</code></td><td>{escape(state)}</td><td>{tries}</td></tr>"
        for ref, state, tries in webhooks
    )
    return page(
        "Trial gateway",
        f"<h1>{both('Trial gateway', 'പരീക്ഷണ ഗേറ്റ്വേ')}</h1><p><code>{escape(habits)}</code></p>"
        f"<h2>{both('Orders', 'ഓർഡറുകൾ')}</h2><table>{rows}</table>"
        f"<h2>{both('Webhooks', 'വെബ്ഹുക്കുകൾ')}</h2><table>{sent}</table>",
        shown,
    )
