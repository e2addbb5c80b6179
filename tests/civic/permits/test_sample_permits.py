"""The sample's building permits as `bhumika up` plays them, and a house filed on the sample's own land and layers."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console
from sqlalchemy import Engine, select, text

from api.answers import LandAnswers
from api.connecting import in_service_role
from api.plans import site_of
from api.running import load_sample
from api.sample_permits import CERTIFIED, CONSULTED, OCCUPIED, REFUSED, found_sample_permits
from api.sample_town import BODY
from api.settings import Settings
from civic.core.bodies import inside
from civic.core.case import parcels_of, tasks_of
from civic.core.owners import make_up_owner, owns
from civic.core.people import Actor, person_reached_by, roles_on
from civic.core.tables import CaseRow
from civic.permits.checking import newest_check
from civic.permits.deciding import overrides_on, words_on
from civic.permits.tables import PermitCaseRow, PermitRow
from rules.plans.starter import starter
from tests.civic.hall import Hall, a_hall
from tests.civic.permits import test_doors as doors
from tests.conftest import own_database

pytestmark = pytest.mark.filterwarnings("ignore:Use `@` matmul:PendingDeprecationWarning")  # rasterio's own
FREE = "M2-4/3-14"
"""A plot of the sample that no theme of a consent touches."""


@pytest.fixture(scope="module")
def sample(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, Settings]]:
    with own_database(server) as owner:
        settings = Settings(state=Path(tmp_path_factory.mktemp("state")))
        load_sample(owner, settings, Console(quiet=True))
        engine = in_service_role(owner.url)
        yield engine, settings
        engine.dispose()


def test_there_is_a_matter_of_every_sort(sample: tuple[Engine, Settings]) -> None:
    with inside(sample[0], BODY.code) as (session, _):
        rows = session.execute(
            select(CaseRow.id, CaseRow.state, PermitCaseRow.kind, PermitCaseRow.route)
            .join(PermitCaseRow, PermitCaseRow.case_id == CaseRow.id)
            .order_by(CaseRow.id)
        ).all()
        found = [(parcels_of(session, row.id)[0], row.kind, row.route, row.state) for row in rows]
        assert found == [
            (CERTIFIED, "new", "self_certified", "permitted"),
            (REFUSED, "new", "officer", "refused"),
            (CONSULTED, "new", "officer", "consulting"),
            (OCCUPIED, "new", "self_certified", "permitted"),
            (OCCUPIED, "occupancy", "officer", "deciding"),
        ]
        assert [task.kind for task in tasks_of(session, rows[2].id)] == ["noc_monument"]
        refused = newest_check(session, rows[1].id)
        assert refused is not None
        assert {word.stance for word in words_on(session, refused).values()} == {"accepted", "refused"}
        assert overrides_on(session, refused) == {}
        assert len(session.scalars(select(PermitRow)).all()) == 2


def test_what_was_played_is_not_played_again(sample: tuple[Engine, Settings]) -> None:
    engine, settings = sample
    assert found_sample_permits(engine, settings, now=datetime.now(UTC)) == 0


def test_hall_and_land_are_of_one_kind(sample: tuple[Engine, Settings]) -> None:
    engine, settings = sample
    land = LandAnswers(engine, rasters=settings.rasters)
    assert site_of(land, BODY.jurisdiction, FREE, on=None).body == BODY.kind == "municipality"


def test_a_house_on_the_samples_own_land_is_permitted_at_once(sample: tuple[Engine, Settings]) -> None:
    """Everything real: the layers, the plan desk with its process of its own, the doors, the ledger."""
    engine, _ = sample
    with inside(engine, BODY.code) as (session, body):
        people = {}
        for name in ("safiya", "anil"):
            who = person_reached_by(session, f"{name}@citizen.example")
            assert who is not None
            roles = roles_on(session, who.id, on=datetime.now(UTC).date())
            people[name] = Actor(person=who, roles=roles, device=name)
        make_up_owner(session, body, people["safiya"].person, [FREE], now=datetime.now(UTC))
    assert a_house_filed(sample, people["safiya"], people["anil"], FREE) == "permitted"
    with inside(engine, BODY.code) as (session, _):
        assert session.scalar(text("SELECT count(*) FROM permit")) == 3


def test_who_begins_finds_an_owner_of_a_clear_plot_as_the_pages_say(sample: tuple[Engine, Settings]) -> None:
    """docs/permits.md: Kunjumon owns the plot on which the first application was refused."""
    with inside(sample[0], BODY.code) as (session, body):
        today = datetime.now(UTC).date()
        people = {}
        for name in ("kunjumon", "ammini", "safiya", "anil"):
            who = person_reached_by(session, f"{name}@citizen.example")
            assert who is not None
            people[name] = Actor(person=who, roles=roles_on(session, who.id, on=today), device=name)
        for name, plot in (
            ("kunjumon", REFUSED),
            ("ammini", CERTIFIED),
            ("ammini", OCCUPIED),
            ("safiya", CONSULTED),
        ):
            assert owns(session, body, people[name].person.id, [plot], on=today), plot
        for plot in ("M2-4/3-11", "M2-4/3-12", "M2-1/3-23"):
            assert not any(owns(session, body, who.person.id, [plot], on=today) for who in people.values())
    assert a_house_filed(sample, people["kunjumon"], people["anil"], REFUSED) == "permitted"


def a_house_filed(sample: tuple[Engine, Settings], owner: Actor, licensee: Actor, plot: str) -> str | None:
    """Where a house stands that was drawn, filed, signed and paid for through the doors."""
    engine, settings = sample
    hall: Hall = a_hall(engine, BODY, settings.state)
    mine, theirs = hall.client(owner), hall.client(licensee)
    land = LandAnswers(engine, rasters=settings.rasters)
    drawing = starter(site_of(land, BODY.jurisdiction, plot, on=None), set_back=3.1)
    number = doors.begun(hall, mine, plot, licensee)
    doors.drawn(hall, theirs, number, drawing)
    doors.stepped(hall, theirs, number, "file")
    doors.signed(hall, mine, number, "owner")
    doors.signed(hall, theirs, number, "licensee")
    doors.paid(hall, number)
    with inside(engine, BODY.code) as (session, _):
        return session.scalar(select(CaseRow.state).where(CaseRow.number == number))
