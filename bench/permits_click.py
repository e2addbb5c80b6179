"""From the last click to the permit: waves of people who file at once, pay at the gateway and have their letter as PDF over HTTP.

In: a town, the command `serve` as it is run.  Out: for each filing the seconds from the click that pays to the whole of the PDF, with the
seconds of what led to it.  In an *even* wave all wait and click at the same moment; in a *free* one each goes on as soon as it can, so that
who pays stands beside those whose drawings are being checked.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Barrier, BrokenBarrierError

from sqlalchemy import text

from api.sample_town import BODY
from bench.permits_town import BenchTown, Plot
from civic.core.bodies import inside
from civic.core.people import person
from civic.core.sign_in import begin
from tests.civic.permits.clicking import Browser, Died, Filing

PORT = 8741
WAITS = 180.0
"""Seconds until a letter that has not come counts as missed."""
PARTS = ("draft", "drawing and check", "file", "signatures", "to the gateway", "payment", "letter")


@dataclass
class Timed:
    """One filing: seconds by part, and from the last click to the letter."""

    parts: dict[str, float] = field(default_factory=dict)
    last_click: float = 0.0
    size: int = 0

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Take the time of a part."""
        begun = time.monotonic()
        yield
        self.parts[name] = time.monotonic() - begun


@contextmanager
def served(town: BenchTown, port: int = PORT) -> Iterator[subprocess.Popen[bytes]]:
    """The service as `serve` runs it, with its worker, until the end."""
    state = str(town.settings.state)
    environment = os.environ | {"BHUMIKA_STATE": state, "BHUMIKA_PORT": str(port)}
    process = subprocess.Popen([sys.executable, "-m", "api.cli", "serve"], env=environment)
    try:
        _wait(port)
        yield process
    finally:
        process.terminate()
        process.wait()


def signed_in(town: BenchTown, people: Sequence[int]) -> dict[int, str]:
    """The secrets of browsers at which people are signed in."""
    now = datetime.now(UTC)
    with inside(town.engine, BODY.code) as (session, body):
        return {
            each: begin(
                session, body, person(session, each), way="code", browser="bench", today=now.date(), now=now
            ).secret
            for each in people
        }


def waves(
    town: BenchTown,
    plots: Sequence[Plot],
    *,
    count: int,
    at_once: int,
    is_even: bool,
    told: Callable[[Timed], None],
    before_click: Callable[[], None] = lambda: None,
) -> list[Timed]:
    """So many filings at once, wave after wave; `before_click` is done once in an even wave, when everybody is about to click."""
    secrets = signed_in(town, [*{each.owner for each in plots}, *town.licensees])
    drawings = {each.number: town.drawing(each.number) for each in plots}
    found: list[Timed] = []
    with ThreadPoolExecutor(at_once) as people:
        for wave in range(count):
            _end_former(town)
            together = Barrier(at_once, action=before_click) if is_even else None
            filings = [
                _filing(town, plots[(wave * at_once + each) % len(plots)], each, secrets)
                for each in range(at_once)
            ]
            goes = [people.submit(_go, each, drawings[each.plot], together) for each in filings]
            for each in goes:
                found.append(each.result())
                told(found[-1])
    return found


def _end_former(town: BenchTown) -> None:
    """The permits of former waves hold no more: a plot on which another is in force gets none at once."""
    with inside(town.engine, BODY.code) as (session, _):
        session.execute(
            text("UPDATE permit SET revoked = issued, revoked_why = 'Another wave.' WHERE revoked IS NULL")
        )


def _filing(town: BenchTown, plot: Plot, place: int, secrets: dict[int, str]) -> Filing:
    licensee = town.licensees[place % len(town.licensees)]
    return Filing(
        owner=Browser(PORT, secrets[plot.owner], body=BODY.code),
        licensee=Browser(PORT, secrets[licensee], body=BODY.code),
        licensee_id=licensee,
        plot=plot.number,
    )


def _go(filing: Filing, drawing: bytes, together: Barrier | None) -> Timed:
    """One filing from the form to the letter."""
    took = Timed()
    try:
        with took.part("draft"):
            filing.begin()
        with took.part("drawing and check"):
            filing.draw(drawing)
        with took.part("file"):
            filing.file()
        with took.part("signatures"):
            filing.sign()
        with took.part("to the gateway"):
            said = filing.checkout()
        if together is not None:
            together.wait(WAITS)
    except BrokenBarrierError:
        raise
    except Exception:
        if together is not None:
            together.abort()
        raise
    clicked = time.monotonic()
    with took.part("payment"):
        filing.pay(said)
    with took.part("letter"):
        took.size = len(filing.letter(until=clicked + WAITS))
    took.last_click = time.monotonic() - clicked
    return took


def _wait(port: int) -> None:
    for _ in range(600):
        try:
            Browser(port, "nobody", body=BODY.code).get("/health")
            return
        except Died:
            time.sleep(0.2)
    raise SystemExit("The service did not start.")
