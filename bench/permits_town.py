"""A town in which permits are filed: land and town hall of the sample, owners, licensees, plots on which the example house stands.

In: a folder, about how many plots.  Out: a `BenchTown` whose database is the project's own private PostGIS in that folder, durable as
in service.  The next run finds it again; `CLEAR` plots are those that no theme of a consent touches.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import orjson
import shapely
from rich.console import Console
from shapely import Polygon
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Engine, text

from api.answers import LandAnswers
from api.connecting import connect, connect_service, migrate
from api.importing import progress_bars
from api.plans import site_of
from api.sample_town import BODY, found_sample_town
from api.settings import Settings
from api.trades import listen
from civic.core.bodies import inside
from civic.core.owners import make_up_owner
from civic.core.people import introduce, person_reached_by, post
from civic.permits.consultations import authorities
from civic.permits.declared import declarables
from civic.permits.judgement import route_of
from gis.db.session import transaction
from gis.errors import LandError
from gis.jurisdictions import jurisdiction
from gis.recordings import record
from gis.site import Site, Status
from layers.importers.changes import apply_change, read_changes
from layers.importers.run import run_mapping
from layers.sample import generate
from rules.answers_document import NOTHING
from rules.check_document import to_json
from rules.checking import check
from rules.plans.starter import starter
from rules.reading import library

COMPLETE = "the town of the permits bench is complete"
SET_BACK, TOO_NEAR = 3.1, 1.0
"""Metres that the example house keeps from the boundary: by the rules of yards, and against them."""
LEAST, MOST = 150.0, 600.0
"""Square metres of a plot on which the example house stands."""
NARROWEST = 11.0
"""Metres of the shorter side of a plot that leaves a house between its yards."""
LICENSEES = 20
_PLOTS = text(
    "SELECT number FROM parcel WHERE jurisdiction = :j AND upper_inf(valid) AND upper_inf(recorded)"
    " AND measured_area BETWEEN :least AND :most ORDER BY number"
)


@dataclass(frozen=True, kw_only=True)
class Plot:
    """A plot on which the example house stands, whether no theme of a consent touches it, and who owns it."""

    number: str
    is_clear: bool
    owner: int


@dataclass(frozen=True, kw_only=True)
class BenchTown:
    """The town, opened in the role of the service and in that of its owner."""

    settings: Settings
    engine: Engine
    owner: Engine
    land: LandAnswers
    plots: tuple[Plot, ...]
    licensees: tuple[int, ...]

    def drawing(self, number: str, set_back: float = SET_BACK) -> bytes:
        """The example house on a plot."""
        return starter(site_of(self.land, BODY.jurisdiction, number, on=None), set_back=set_back)


def town(state: Path, *, parcels: int, plots: int) -> BenchTown:
    """The town of a folder, made where it is not there yet; so many plots with owners, clear ones first."""
    settings = Settings(state=state)
    owner = connect(settings)
    migrate(owner)
    if not _is_complete(owner):
        _make_land(owner, settings, parcels)
        found_sample_town(owner, now=datetime.now(UTC))
    listen(settings)
    engine = connect_service(settings)
    licensees = tuple(_licensees(owner))
    land = LandAnswers(engine, rasters=settings.rasters)
    found = _kept_plots(owner, land, settings, plots)
    return BenchTown(
        settings=settings, engine=engine, owner=owner, land=land, plots=found, licensees=licensees
    )


def _is_complete(owner: Engine) -> bool:
    with owner.connect() as connection:
        return connection.scalar(text("SELECT 1 FROM recording WHERE what = :w"), {"w": COMPLETE}) is not None


def _make_land(owner: Engine, settings: Settings, parcels: int) -> None:
    with TemporaryDirectory() as name, progress_bars(Console()) as bars:
        folder = Path(name)
        generate(folder, parcels=parcels, progress=bars.moved)
        run_mapping(owner, folder / "mapping.yaml", folder, state=settings.state, progress=bars.imported)
        with transaction(owner) as session:
            place = jurisdiction(session, BODY.jurisdiction)
            for entry in read_changes(folder / "changes.yaml"):
                apply_change(session, place, entry)
            record(session, BODY.jurisdiction, what=COMPLETE)


def _licensees(owner: Engine) -> Iterator[int]:
    now = datetime.now(UTC)
    with inside(owner, BODY.code) as (session, body):
        for each in range(LICENSEES):
            address = f"licensee{each}@bench.example"
            who = person_reached_by(session, address)
            if who is None:
                who = introduce(
                    session, body, name=f"Licensee {each}", address=address, language="ml", now=now
                )
                begins = now.date() - timedelta(days=600)
                order = f"Bench licence {each}"
                post(
                    session,
                    body,
                    who.id,
                    role="licensee",
                    order_ref=order,
                    begins=begins,
                    grade="Building designer A",
                )
            yield who.id


def _kept_plots(owner: Engine, land: LandAnswers, settings: Settings, wanted: int) -> tuple[Plot, ...]:
    """The plots that an earlier run has settled, or others where they were not as many."""
    kept = settings.state / f"bench-plots-{wanted}.json"
    if not kept.exists():
        found = _settled(owner, land, wanted)
        kept.write_bytes(orjson.dumps([asdict(each) for each in found]))
    return tuple(Plot(**each) for each in orjson.loads(kept.read_bytes()))


def _settled(owner: Engine, land: LandAnswers, wanted: int) -> tuple[Plot, ...]:
    """Plots with their owners; owners are recorded before anything is filed, since a new recording makes checks old."""
    with inside(owner, BODY.code) as (session, _):
        values = {"j": BODY.jurisdiction, "least": LEAST, "most": MOST}
        numbers = list(session.scalars(_PLOTS, values))
    standing = dict(_fit_for_a_house(land, numbers))
    chosen = sorted(standing, key=lambda number: (not standing[number], number))[:wanted]
    made = []
    now = datetime.now(UTC)
    with inside(owner, BODY.code) as (session, body):
        for number in chosen:
            address = f"owner-{number.replace('/', '-').lower()}@bench.example"
            who = person_reached_by(session, address)
            if who is None:
                who = introduce(session, body, name="Owner", address=address, language="ml", now=now)
                make_up_owner(session, body, who, [number], now=now)
            made.append(Plot(number=number, is_clear=standing[number], owner=who.id))
    return tuple(made)


def _fit_for_a_house(land: LandAnswers, numbers: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """Plots with room for the example house and a street before them, each with whether every theme of a consent is clear."""
    asked = frozenset(theme for each in authorities() for theme in each.themes)
    for number in numbers:
        try:
            site = site_of(land, BODY.jurisdiction, number, on=None)
        except LandError:  # divided or merged since
            continue
        if isinstance(site.boundary, Polygon) and site.roads and min(_sides(site.boundary)) >= NARROWEST:
            yield number, _is_clear(site, asked) and _is_certified(site)


def _sides(plot: BaseGeometry) -> tuple[float, float]:
    """Metres of the sides of the least rectangle around a plot."""
    corners = shapely.get_coordinates(plot.minimum_rotated_rectangle)
    return float(np.hypot(*(corners[1] - corners[0]))), float(np.hypot(*(corners[2] - corners[1])))


def _is_clear(site: Site, asked: frozenset[str]) -> bool:
    told = {each.layer: each.status for each in site.overlays}
    return all(told[theme] is Status.NOT_AFFECTED for theme in asked if theme in told)


def _is_certified(site: Site) -> bool:
    """Whether the example house is permitted at once if everything is declared that is asked."""
    try:
        found = check(starter(site, set_back=SET_BACK), site, library(), on=site.on, told=NOTHING)
    except LandError:
        return False
    everything = frozenset(each.id for each in declarables())
    return route_of(orjson.loads(to_json(found)), declarables(), everything).instant
