"""kill -9 while a permit is paid for or checked again: no permit without its check, none twice, no number lost; two approvals at once."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from api.town import SERVICES
from civic.core.bodies import LocalBody, inside
from civic.core.case import case
from civic.core.money.tables import ReceiptRow
from civic.core.people import Actor
from civic.core.steps import advance
from civic.permits.tables import PermitCheckRow, PermitRow
from gis.errors import Conflict
from tests.civic.builders import an_actor
from tests.civic.permits.matters import Matter, a_matter
from tests.nursery import Born, born

LOADS = ("civic.permits.rechecking", "tests.civic.permits.checkers", "tests.civic.permits.low_risk")
"""What the program loads while it runs."""


@contextmanager
def kept(engine: Engine, body: LocalBody, folder: Path) -> Iterator[Matter]:
    """A matter whose work is committed."""
    with inside(engine, body.code) as (session, _):
        yield a_matter(session, body, folder)


@contextmanager
def dying(engine: Engine, matter: Matter, folder: Path, **told: Any) -> Iterator[Born]:
    """The process that is to be killed; killed at the end in any case."""
    given = {
        "url": engine.url.render_as_string(hide_password=False),
        "body": matter.body.code,
        "case": matter.number,
        "plot": matter.plot,
        "counter": matter.counter.person.id,
        "folder": str(folder),
        "now": matter.now.isoformat(),
    } | told
    with born("tests.civic.permits.dying", json.dumps(given), loads=LOADS) as process:
        yield process


def until(process: Born, point: str) -> None:
    for line in process.stdout:
        if line.strip() == point:
            return
    pytest.fail(f"it ended before {point}")


def counted(engine: Engine, matter: Matter) -> tuple[str, int, int, int]:
    """State of the case, permits, receipts, checks."""
    with inside(engine, matter.body.code) as (session, _):
        permits = session.scalar(select(func.count()).select_from(PermitRow)) or 0
        receipts = session.scalar(select(func.count()).select_from(ReceiptRow)) or 0
        checks = session.scalar(select(func.count()).select_from(PermitCheckRow)) or 0
        return case(session, matter.number).state, permits, receipts, checks


@pytest.mark.parametrize(
    ("point", "before"),
    [
        ("issued", ("fee_due", 0, 0, 1)),
        ("moved:permitted", ("fee_due", 0, 0, 1)),
        ("paying", ("fee_due", 0, 0, 1)),
        ("paid", ("permitted", 1, 1, 1)),
    ],
)
def test_a_payment_that_dies_issues_all_or_nothing(
    service_engine: Engine,
    engine: Engine,
    own_body: LocalBody,
    tmp_path: Path,
    point: str,
    before: tuple[str, int, int, int],
) -> None:
    with kept(service_engine, own_body, tmp_path) as matter:
        matter.filed()
    with dying(engine, matter, tmp_path, does="pay", dies_at=point) as process:
        until(process, point)
        process.kill()
        process.wait()
    assert counted(service_engine, matter) == before
    with dying(engine, matter, tmp_path, does="pay", dies_at="never") as process:
        until(process, "paid")
    assert counted(service_engine, matter) == ("permitted", 1, 1, 1)
    with inside(service_engine, own_body.code) as (session, _):
        assert list(session.scalars(select(PermitRow.serial))) == [1]


@pytest.mark.parametrize("point", ["issued", "moved:permitted", "checked"])
def test_a_check_again_that_dies_is_made_up_for_once(
    service_engine: Engine, engine: Engine, own_body: LocalBody, tmp_path: Path, point: str
) -> None:
    with kept(service_engine, own_body, tmp_path) as matter:
        matter.filed()
        matter.land_changes()
        matter.pay()
    assert counted(service_engine, matter) == ("rechecking", 0, 1, 1)
    with dying(engine, matter, tmp_path, does="check_again", dies_at=point) as process:
        until(process, point)
        process.kill()
        process.wait()
    with dying(engine, matter, tmp_path, does="check_again", dies_at="never") as process:
        until(process, "checked")
    assert counted(service_engine, matter) == ("permitted", 1, 1, 2)


def test_of_two_approvals_at_once_one_is_told(
    service_engine: Engine, own_body: LocalBody, tmp_path: Path
) -> None:
    with kept(service_engine, own_body, tmp_path) as matter:
        matter.to_decision()
        version = matter.case.version
        other = an_actor(matter.session, own_body, "approver")
    together, told = Barrier(2), []

    def approve(who: Actor) -> None:
        try:
            with inside(service_engine, own_body.code) as (session, body):
                desk = SERVICES["permits"].desk(session, body, now=matter.now)
                together.wait()
                advance(desk, matter.number, "approve", actor=who, version=version)
        except Conflict as refused:
            told.append(refused.message)

    threads = [Thread(target=approve, args=(who,)) for who in (matter.approver, other)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(told) == 1
    assert "moved on" in told[0]
    assert counted(service_engine, matter)[:2] == ("permitted", 1)
