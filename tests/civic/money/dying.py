"""A process that books payments and may be killed at any moment; the tests start it and kill it.

In: its arguments as JSON.  Out: one word per point reached, on standard output; at the point where it is to die it waits.
"""

import json
import sys
import time
from base64 import b64decode
from datetime import datetime
from typing import Any

from sqlalchemy import Engine

from civic.core.bodies import inside
from civic.core.money.payments import book_event, keep_event
from civic.core.money.razorpay import Razorpay
from civic.core.money.refunds import send_refund
from gis.db.session import make_engine


def reached(point: str, told: dict[str, Any]) -> None:
    """Say so, and wait for the end where this is the point."""
    sys.stdout.write(f"{point}\n")
    sys.stdout.flush()
    if point == told["dies_at"]:
        time.sleep(60)


def served(told: dict[str, Any]) -> Engine:
    """The database in the service's role; the module that usually makes it takes seconds to load."""
    return make_engine(told["url"], connect_args={"options": "-c timezone=UTC -c role=bhumika_service"})


def hear(told: dict[str, Any]) -> None:
    """Keep and book each webhook, in two transactions, as the door does."""
    engine, gateway = served(told), Razorpay(**told["gateway"])
    now = datetime.fromisoformat(told["now"])
    for ref, raw, signature in told["hooks"]:
        with inside(engine, told["body"]) as (session, body):
            kept = keep_event(
                session, gateway, body, raw=b64decode(raw), signature=signature, event_ref=ref, now=now
            )
            reached("keeping", told)
        reached("kept", told)
        with inside(engine, told["body"]) as (session, body):
            book_event(session, gateway, body, kept, now=now)
            reached("booking", told)
        reached("booked", told)


def pay_back(told: dict[str, Any]) -> None:
    """Send one refund."""
    engine, gateway = served(told), Razorpay(**told["gateway"])
    with inside(engine, told["body"]) as (session, body):
        send_refund(session, gateway, body, told["refund"], now=datetime.fromisoformat(told["now"]))
        reached("sent", told)


if __name__ == "__main__":
    told = json.loads(sys.argv[1])
    (pay_back if "refund" in told else hear)(told)
