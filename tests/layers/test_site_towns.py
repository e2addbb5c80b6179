"""Sites of whole towns: the generated one in any clone, Cambridge where `../shared` is.

What holds of every plot is asked of every so many; what the sample knows of its plots (corner, flag, row) is asked of those.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import shapely
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from gis.asof import AsOf
from gis.jurisdictions import jurisdiction
from gis.parcels.queries import parcel
from gis.place import Jurisdiction
from gis.recordings import last_recording
from gis.site import LocalBody, RoadKind, Site, Status
from gis.site_document import site_from_json, site_to_json
from layers.extract.assemble import extract_of_parcel
from layers.importers.run import run_mapping
from layers.sample import generate
from layers.sample.plots import Form
from layers.sample.town import Town as Sample
from layers.sample.town import town_of
from layers.site import site_of_number
from tests.conftest import ROOT, SHARED, own_database

PLOTS = 600
ASKED = 30
"""Plots of a town of which everything is asked."""
DAY = date(2026, 11, 20)
IS_REAL = (SHARED / "data" / "manifest.csv").is_file()


@dataclass(frozen=True, kw_only=True)
class Town:
    """A town that was brought in."""

    engine: Engine
    code: str
    rasters: Path

    def site(self, session: Session, number: str) -> Site:
        """The site of a number."""
        place, at = self.asked(session)
        return site_of_number(session, place, number, at=at, rasters=self.rasters)

    def asked(self, session: Session) -> tuple[Jurisdiction, AsOf]:
        """The place, and the day with all that is known."""
        place = jurisdiction(session, self.code)
        return place, AsOf(on=DAY, known=last_recording(session, self.code))

    def numbers(self, session: Session) -> list[str]:
        """Some numbers from all over the town."""
        found = session.scalars(text("SELECT number FROM parcel ORDER BY number")).all()
        return list(found[:: len(found) // ASKED])


def brought_in(server: str, space: Path, mapping: Path, folder: Path, code: str) -> Iterator[Town]:
    with own_database(server) as engine:
        run_mapping(engine, mapping, folder, state=space)
        yield Town(engine=engine, code=code, rasters=space / "rasters")


@pytest.fixture(scope="module")
def sample(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The generated town."""
    space = tmp_path_factory.mktemp("sample-sites")
    generate(space / "files", parcels=PLOTS)
    yield from brought_in(server, space, space / "files" / "mapping.yaml", space / "files", "kl-sample")


@pytest.fixture(scope="module")
def cambridge(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The real town."""
    if not IS_REAL:
        pytest.skip("the real data are not beside this checkout")
    space = tmp_path_factory.mktemp("cambridge-sites")
    mapping = ROOT / "data" / "mappings" / "cambridge_ma.yaml"
    yield from brought_in(server, space, mapping, SHARED / "data", "cambridge-ma")


@pytest.fixture(scope="module")
def plan() -> Sample:
    """The generated town as it was invented."""
    return town_of(PLOTS, seed=2026)


@pytest.fixture(params=["sample", "cambridge"])
def town(request: pytest.FixtureRequest) -> Town:
    """Either."""
    found: Town = request.getfixturevalue(request.param)
    return found


def test_a_site_says_what_the_extract_says_and_comes_back_from_its_file(town: Town) -> None:
    with Session(town.engine) as session:
        place, at = town.asked(session)
        for number in town.numbers(session):
            site = town.site(session, number)
            extract = extract_of_parcel(
                session, place, parcel(session, place, number, at=at), at=at, rasters=town.rasters
            )
            assert [(each.layer, each.status.value, each.share) for each in site.overlays] == [
                (each.layer, each.status.value, each.share_of_measured) for each in extract.themes
            ]
            assert [(each.ref, each.width, each.basis, each.origin) for each in site.roads] == [
                (each.ref, each.width, each.basis, each.source) for each in extract.frontages
            ]
            assert [each.number for each in site.neighbours] == [each.number for each in extract.neighbours]
            assert {each.id for each in site.origins} == {each.id for each in extract.sources}
            content = site_to_json(site)
            assert site_from_json(content) == site
            assert site_to_json(site_from_json(content)) == content


def test_frontages_lie_on_the_boundary_and_parts_of_themes_on_the_plot(town: Town) -> None:
    with Session(town.engine) as session:
        for number in town.numbers(session):
            site = town.site(session, number)
            edge, ground = site.boundary.boundary, site.boundary.buffer(0.001)
            for road in site.roads:
                assert road.frontage.length > 0
                assert road.frontage.within(edge.buffer(0.001))
            for overlay in site.overlays:
                assert overlay.shape is None or overlay.shape.within(ground)
                if overlay.near_shape is not None and overlay.distance:
                    assert overlay.near_shape.distance(site.boundary) == pytest.approx(
                        overlay.distance, abs=0.02, rel=0.001
                    )
            assert site.boundary.area == pytest.approx(site.measured_area, rel=1e-5, abs=0.02)


def sites_of(town: Town, plan: Sample, form: Form) -> Iterator[Site]:
    numbers = [plan.register.number(int(at)) for at in np.flatnonzero(plan.plots.form == int(form))]
    with Session(town.engine) as session:
        yield from (town.site(session, number) for number in numbers)


def test_corner_plots_have_two_streets(sample: Town, plan: Sample) -> None:
    """Where a highway is wider than its mean width, its centre line does not tell that the plot lies along it."""
    sites = list(sites_of(sample, plan, Form.CORNER))
    assert sum(len(site.roads) > 1 for site in sites) > 0.9 * len(sites)
    for site in sites:
        sides = [road.frontage.length for road in site.roads]
        assert sum(sides) < site.boundary.length, site.number


def test_flag_plots_reach_their_street_by_a_pole(sample: Town, plan: Sample) -> None:
    sites = list(sites_of(sample, plan, Form.FLAG))
    assert sites
    for site in sites:
        narrow = [road for road in site.roads if road.basis == "half_width"]
        assert min(road.frontage.length for road in narrow or site.roads) < 7, site.number


def test_every_kind_of_street_that_the_sample_has_is_told_and_some_stay_unknown(sample: Town) -> None:
    with Session(sample.engine) as session:
        numbers = session.scalars(text("SELECT number FROM parcel ORDER BY number")).all()[::4]
        roads = [road for number in numbers for road in sample.site(session, number).roads]
    assert {road.kind for road in roads} == {*RoadKind, None} - {RoadKind.COLONY}
    for road in roads:
        small = road.kind in (RoadKind.CUL_DE_SAC, RoadKind.PEDESTRIAN, RoadKind.UNNOTIFIED)
        assert (road.length is not None, road.plots_served is not None) == (small, small), road.ref


def test_the_sample_lies_in_a_municipality_with_height_and_slope(sample: Town) -> None:
    with Session(sample.engine) as session:
        site = sample.site(session, sample.numbers(session)[0])
    assert (site.body, site.body_name, site.rule_book) == (LocalBody.MUNICIPALITY, "Maathrukapuram", "kmbr")
    assert site.ground is not None
    assert site.ground.lowest <= site.ground.highest
    assert site.ground.resolution == pytest.approx(10, abs=0.1)


def test_nothing_of_who_owns_an_open_space_enters_the_file(cambridge: Town) -> None:
    with Session(cambridge.engine) as session:
        place, _ = cambridge.asked(session)
        number = session.scalar(
            text(
                "SELECT parcel.number FROM layer_feature AS feature JOIN dataset_import AS i ON i.id = feature.import_id"
                " JOIN parcel ON ST_Intersects(parcel.boundary, ST_PointOnSurface(feature.shape))"
                " WHERE i.target = 'open_space' AND feature.attributes ->> 'OWNER' <> '' ORDER BY 1 LIMIT 1"
            )
        )
        site = cambridge.site(session, number)
    space = site.overlay("open_space")
    assert space is not None
    assert space.status is Status.AFFECTED
    assert {name for name, _ in space.attributes} >= {"NAME"}
    assert "OWNER" not in {name for name, _ in space.attributes}
    assert (site.body, site.rule_book, site.jurisdiction) == (None, None, place.code)
    assert shapely.is_valid(site.boundary)
