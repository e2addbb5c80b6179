"""Fixtures of money: every test has a local body of its own, so that sums and numbers begin at nothing.

`hall`: its town hall behind the doors; `owed`: a demand of a case in it.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Engine

from civic.core.bodies import LocalBody
from civic.core.money.local_gateway.server import LocalGateway
from civic.core.money.model import Demand
from civic.core.money.razorpay import Razorpay
from gis.db.session import transaction
from tests.civic.conftest import a_body, open_on_its_land
from tests.civic.hall import Hall, a_hall
from tests.civic.money.books import a_case, a_demand, speaking_to

NOBODY = 9
"""A port at which nobody listens: webhooks are brought in by the tests."""


@pytest.fixture
def body(engine: Engine, bodies: tuple[LocalBody, LocalBody]) -> LocalBody:
    """A local body founded for one test."""
    made = a_body(f"money-{uuid4().hex[:8]}")
    with transaction(engine) as session:
        open_on_its_land(session, made)
    return made


@pytest.fixture
def trial(tmp_path: Path) -> Iterator[LocalGateway]:
    """The local gateway, which sends its webhooks only on command."""
    made = LocalGateway(tmp_path / "gateway", targets="http://127.0.0.1:9/{body}", delivers=False)
    yield made
    made.close()


@pytest.fixture
def gateway(trial: LocalGateway) -> Razorpay:
    """The adapter, speaking to the local gateway."""
    return speaking_to(trial)


@pytest.fixture
def hall(service_engine: Engine, body: LocalBody, tmp_path: Path) -> Hall:
    """A town hall at whose port nobody hears webhooks."""
    return a_hall(service_engine, body, tmp_path, port=NOBODY)


@pytest.fixture
def owed(hall: Hall) -> Demand:
    """A demand of a case, raised now."""
    with hall.inside() as session:
        return a_demand(session, hall.body, now=datetime.now(UTC), case_id=a_case(session, hall.body))
