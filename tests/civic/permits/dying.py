"""A process that pays for a permit, or checks a paid drawing again, and may be killed at any moment; the tests kill it.

In: its arguments as JSON.  Out: one word per point reached, on standard output; at the point where it is to die it waits.
"""

import json
import sys
import time
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from civic.core.bodies import inside
from civic.core.desk import Advanced
from civic.core.events import subscribe
from civic.core.money.counter import take_cash
from civic.core.money.demands import demands_of
from civic.core.money.model import Paid
from civic.permits import service
from civic.permits.model import Issued
from gis.db.session import make_engine

TOLD: dict[str, Any] = {}


def reached(point: str) -> None:
    """Say so, and wait for the end where this is the point."""
    sys.stdout.write(f"{point}\n")
    sys.stdout.flush()
    if point == TOLD["dies_at"]:
        time.sleep(60)


def _moved(_session: Session, moved: Advanced) -> None:
    reached(f"moved:{moved.case.state}")


def _issued(_session: Session, _event: Issued) -> None:
    reached("issued")


def pay(engine: Any) -> None:
    """Take the fee at the counter, as its door does."""
    now = datetime.fromisoformat(TOLD["now"])
    with inside(engine, TOLD["body"]) as (session, body):
        for owed in demands_of(session, TOLD["case"]):
            if owed.state == "open":
                take_cash(session, body, owed.id, amount=owed.amount, by=TOLD["counter"], now=now)
        reached("paying")
    reached("paid")


def check_again(engine: Any) -> None:
    """Do the job that checks a paid drawing again; what only this needs takes seconds to load."""
    from dataclasses import replace
    from pathlib import Path

    from civic.core.documents.store import folder_store
    from civic.core.jobs import Work
    from civic.permits.rechecking import Rechecker
    from civic.permits.room import PermitRoom
    from gis.recordings import last_recording
    from tests.civic.permits.checkers import SiteChecker
    from tests.civic.permits.low_risk import a_clear_site

    def known(code: str) -> datetime:
        with inside(engine, TOLD["body"]) as (session, _):
            return last_recording(session, code)

    checker = SiteChecker(known=known, site=replace(a_clear_site(), number=TOLD["plot"]))
    store = folder_store(Path(TOLD["folder"]))
    room = PermitRoom(checker=checker, store=store, largest=10**8, front="https://town.example")
    now = datetime.fromisoformat(TOLD["now"])
    work = Work(
        engine=engine,
        job=1,
        kind="permits.check_again",
        body=TOLD["body"],
        values={"case": TOLD["case"]},
        now=now,
    )
    Rechecker(room=lambda _: room).do(work)
    reached("checked")


if __name__ == "__main__":
    TOLD.update(json.loads(sys.argv[1]))
    subscribe(Paid, service.when_paid)
    subscribe(Advanced, service.when_advanced)
    subscribe(Advanced, _moved)
    subscribe(Issued, _issued)
    made = make_engine(TOLD["url"], connect_args={"options": "-c timezone=UTC -c role=bhumika_service"})
    {"pay": pay, "check_again": check_again}[TOLD["does"]](made)
