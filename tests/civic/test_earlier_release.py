"""A town hall of the release before this one comes over whole: restored, brought up to this schema, and at work again.

`earlier_release` is a backup that the service of schema 0012 made of its own filled sample, after people had applied, paid
through the gateway, objected, watched and been posted there.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, make_url, text

from api.app import create_app
from api.backing_up import restore
from api.connecting import connect_service, migrate
from api.sample_town import BODY, CITIZENS, OFFICERS
from api.settings import Settings
from civic.core.bodies import inside
from civic.core.documents.store import folder_store
from civic.core.money.reconciliation import reconcile
from gis.db.session import make_engine
from tests.civic.test_sample_town import TOWN, become
from tests.conftest import drop_database, fresh_database

EARLIER = Path(__file__).parent / "earlier_release"
MANIFEST = json.loads((EARLIER / "manifest.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def settings(server: str, engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """The machine to which the earlier town hall has moved, brought up to this version."""
    assert engine  # the roles of the service are there
    if make_url(server).username != "bhumika":
        pytest.skip("the backup is owned by bhumika, whose server this is not")
    url, name = fresh_database(server)
    administrator = make_url(url).set(username="postgres").render_as_string(hide_password=False)
    moved = Settings(
        state=tmp_path_factory.mktemp("moved"), database_url=url, backup_database_url=administrator
    )
    restore(moved, folder_store(moved.state / "documents"), EARLIER, said=lambda _part: None)
    owner = make_engine(url)
    migrate(owner)
    owner.dispose()
    yield moved
    drop_database(server, name)


@pytest.fixture(scope="module")
def hall(settings: Settings) -> Iterator[Engine]:
    engine = connect_service(settings)
    yield engine
    engine.dispose()


@pytest.fixture
def door(settings: Settings, hall: Engine) -> TestClient:
    return TestClient(create_app(settings, hall), raise_server_exceptions=True)


def test_every_row_of_the_earlier_release_is_there(settings: Settings) -> None:
    assert MANIFEST["revision"] == "0012"
    owner = make_engine(str(settings.backup_database_url))  # past the walls
    with owner.connect() as connection:
        found = {name: connection.scalar(text(f"SELECT count(*) FROM {name}")) for name in MANIFEST["tables"]}
    owner.dispose()
    assert found == MANIFEST["tables"]
    assert sum(bool(count) for count in found.values()) >= 60


def test_every_permit_of_the_earlier_release_is_published_on_its_plot(settings: Settings) -> None:
    owner = make_engine(str(settings.backup_database_url))  # past the walls
    with owner.connect() as connection:
        issued = set(connection.scalars(text("SELECT number FROM permit")))
        published = set(
            connection.scalars(text("SELECT number FROM published_permit WHERE shape IS NOT NULL"))
        )
    owner.dispose()
    assert published == issued != set()


def test_what_a_licensee_is_was_parted_from_the_class(hall: Engine, door: TestClient) -> None:
    with inside(hall, BODY.code) as (session, _):
        held = session.execute(
            text(
                "SELECT licence, grade FROM posting WHERE grade IS NOT NULL OR licence IS NOT NULL ORDER BY id"
            )
        )
        assert [tuple(each) for each in held] == [
            ("designer", "A"),  # Building designer A
            ("engineer", "A"),  # Engineer A
            ("supervisor", "senior"),  # supervisor, class senior
            (None, "A class, architect"),  # nothing is guessed
            ("engineer", "B"),  # എഞ്ചിനീയർ ക്ലാസ് B
            ("architect", None),  # Architect
            (None, "Kerala Water Authority"),  # an agency
        ]
    become(door, OFFICERS["admin"])
    shown = door.get(f"{TOWN}/people?lang=en").text
    assert "(Engineer, A)" in shown
    assert "(A class, architect)" in shown


def test_what_the_gateway_told_is_known_by_its_digest(hall: Engine) -> None:
    with inside(hall, BODY.code) as (session, _):
        told = session.execute(text("SELECT raw, digest FROM gateway_event ORDER BY id")).all()
    assert len(told) == 6
    assert all(hashlib.sha256(each.raw).hexdigest() == each.digest for each in told)


def test_the_books_of_the_earlier_release_agree(hall: Engine) -> None:
    with inside(hall, BODY.code) as (session, body):
        assert reconcile(session, None, body=body, now=datetime.now(UTC)).mismatches == ()
        session.rollback()


def test_every_case_of_the_earlier_release_opens_and_goes_on(hall: Engine, door: TestClient) -> None:
    with inside(hall, BODY.code) as (session, _):
        numbers = session.scalars(text("SELECT number FROM civic_case ORDER BY id")).all()
    become(door, OFFICERS["secretary"])
    assert {number: door.get(f"{TOWN}/cases/{number}").status_code for number in numbers} == dict.fromkeys(
        numbers, 200
    )
    become(door, CITIZENS[0][0])
    unpaid = f"{TOWN}/cases/LR-2026-00009"
    version = re.search(r'name="version" value="(\d+)"', door.get(unpaid).text)
    assert version
    door.post(f"{unpaid}/steps/withdraw", data={"version": version[1]})
    form = {"kind": "correct_land_type", "number": "M1-1/1-3", "land_type": "nilam", "deed": "D", "why": "W"}
    answer = door.post(f"{TOWN}/land-records/new", data=form, follow_redirects=False)
    assert answer.headers["location"].endswith("/LR-2026-00010")
