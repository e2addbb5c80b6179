"""Fixtures of the town hall: two local bodies, seen as the service sees them.

In: the migrated database of the run.  Out: `town` (a session of the service's role, rolled back after the test),
`body` and `other_body` (two local bodies, founded by the owner), `own_body` (for tests that commit), each on a land of its own;
`sample_owner`, `sample_hall`, `door`: the sample's town hall, as owner, as service, and through HTTP.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, make_url
from sqlalchemy.orm import Session

from api.app import create_app
from api.connecting import in_service_role
from api.sample_town import BODY, found_sample_town
from api.settings import Settings
from civic.core.bodies import LocalBody, enter, found_body
from gis.db.session import transaction
from gis.jurisdictions import found
from gis.place import Jurisdiction
from tests.builders import a_parcel, a_place
from tests.conftest import own_database, to_copy

LAND = Jurisdiction(
    code="town-test",
    name_en="Test land",
    name_ml="പരീക്ഷണഭൂമി",
    metric=32643,
    catalogue="kerala",
    rule_book="kmbr",
    synthetic=True,
)


def a_body(code: str, *, land: str | None = None) -> LocalBody:
    """A local body that rests on Sundays and second Saturdays, on a land of its own."""
    return LocalBody(
        code=code,
        jurisdiction=land or code,
        name_en=f"Body {code}",
        name_ml=f"തദ്ദേശസ്ഥാപനം {code}",
        kind="municipality",
        time_zone="Asia/Kolkata",
        rest_days="7,6/2",
        synthetic=True,
    )


def open_on_its_land(session: Session, body: LocalBody) -> None:
    """Found a local body and the land that it is on."""
    found(session, replace(LAND, code=body.jurisdiction))
    found_body(session, body)


@pytest.fixture(scope="session")
def engine(server: str) -> Iterator[Engine]:
    """A database of the town hall's own tests, many of which keep what they write."""
    with own_database(server) as made:
        yield made


@pytest.fixture(scope="session")
def service_engine(engine: Engine) -> Iterator[Engine]:
    """The run's database in the role that owns nothing."""
    made = in_service_role(make_url(engine.url))
    yield made
    made.dispose()


@pytest.fixture(scope="session")
def bodies(engine: Engine) -> tuple[LocalBody, LocalBody]:
    """Two local bodies, the first on the test land, kept for the run."""
    mark = uuid4().hex[:6]
    here, there = a_body(f"here-{mark}", land=LAND.code), a_body(f"there-{mark}")
    with transaction(engine) as session:
        open_on_its_land(session, here)
        open_on_its_land(session, there)
    return here, there


@pytest.fixture
def body(bodies: tuple[LocalBody, LocalBody]) -> LocalBody:
    """The local body that a test is about."""
    return bodies[0]


@pytest.fixture
def other_body(bodies: tuple[LocalBody, LocalBody]) -> LocalBody:
    """Another local body, whose rows must not be seen."""
    return bodies[1]


@pytest.fixture
def own_body(engine: Engine) -> LocalBody:
    """A local body of the test's own, for tests that commit."""
    made = a_body(f"own-{uuid4().hex[:8]}")
    with transaction(engine) as session:
        open_on_its_land(session, made)
    return made


@pytest.fixture
def town(service_engine: Engine, body: LocalBody) -> Iterator[Session]:
    """A session of the service inside `body`, whose work is rolled back."""
    with service_engine.connect() as connection:
        outer = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
            enter(session, body.code)
            yield session
        if outer.is_active:
            outer.rollback()


def _found_sample(engine: Engine) -> None:
    with transaction(engine) as session:
        place = a_place(session, BODY.jurisdiction, rule_book="kmbr")
        for column in range(8):
            a_parcel(session, place, f"1/{column + 1}", x=column * 20, land_type="purayidam")
    assert found_sample_town(engine, now=datetime.now(UTC))


@pytest.fixture(scope="session")
def sample_to_copy(server: str) -> Iterator[str]:
    """Name of a database with a few plots in the sample's place, and the sample's town hall."""
    with to_copy(server, _found_sample) as name:
        yield name


@pytest.fixture(scope="module")
def sample_owner(server: str, sample_to_copy: str) -> Iterator[Engine]:
    """A database with a few plots in the sample's place, and the sample's town hall."""
    with own_database(server, copy_of=sample_to_copy) as engine:
        yield engine


@pytest.fixture(scope="module")
def sample_hall(sample_owner: Engine) -> Iterator[Engine]:
    """The same database in the service's role."""
    engine = in_service_role(sample_owner.url)
    yield engine
    engine.dispose()


@pytest.fixture
def door(sample_hall: Engine, tmp_path: Path) -> TestClient:
    """A browser at the town hall."""
    return TestClient(create_app(Settings(state=tmp_path), sample_hall), raise_server_exceptions=True)
