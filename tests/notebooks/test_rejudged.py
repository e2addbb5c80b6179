"""Issued permits judged again under a reform, and zones redrawn over the sample: what changes is the reform's, to both sides of a threshold."""

from pathlib import Path

import pandas as pd
import pytest
import shapely
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from api.cli import app
from api.notebook import Town
from api.settings import Settings
from api.stores import store_of
from civic.core.bodies import enter, inside
from gis.db.session import make_engine
from gis.errors import Invalid, Unavailable
from tests.notebooks.conftest import Sample

FRONT = """
title: {{en: Another front yard}}
from: 2027-01-01
parameters:
  - {{parameter: yards.open_space, where: {{occupancy: A1, yard: front_average}}, value: "{metres}"}}
"""
ZONE = """
title: {{en: Another zone}}
from: 2027-01-01
zones:
  - {{layer: {layer}, {says}, file: zone.geojson}}
"""


SAID = '{"words": {"WELL_DISTANCE": "8"}, "declared_by": {"words": "Ammini"}, "confirmed_by": {"x": "Anil"}}'


@pytest.fixture(scope="module")
def again(sample: Sample) -> pd.DataFrame:
    """The sample's permits under a front yard between those that their houses keep."""
    engine = make_engine(sample.planner)
    store = store_of(Settings(state=sample.state))
    town = Town("kl-sample", engine, rasters=sample.state / "rasters", store=store)
    found = town.rejudged(FRONT.format(metres="11.0"))
    engine.dispose()
    return found


def test_the_house_that_stands_too_near_would_newly_fail_and_the_other_not(again: pd.DataFrame) -> None:
    by_plot = again.set_index("plot")
    near, far = by_plot.loc["M2-4/3-16"], by_plot.loc["M2-4/3-15"]
    assert (near["effect"], far["effect"]) == ("newly fails", "same")
    assert "of 11 m" in near["newly_fails"]
    assert (near["verdict_before"], near["verdict_after"]) == ("unknown", "fail")
    assert far["verdict_after"] == far["verdict_before"]
    assert again.geometry.notna().all()


def test_no_word_of_a_person_is_in_what_a_planner_reads(again: pd.DataFrame) -> None:
    said = again.drop(columns="geometry").to_csv()
    assert "Anil" not in said
    assert "Ammini" not in said


def test_the_role_that_reads_is_told_what_was_said_and_not_by_whom(sample: Sample) -> None:
    owner, planner = make_engine(sample.owner), make_engine(sample.planner)
    with inside(owner, "kl-sample") as (session, _):
        number = session.scalar(
            text("SELECT number FROM permit WHERE check_id IS NOT NULL ORDER BY 1 LIMIT 1")
        )
        session.execute(
            text(
                'INSERT INTO permit_check (body, case_id, seq, document_id, record, document_seq, sha256, answers, made, "on",'
                " known, verdict, found, svg) SELECT c.body, c.case_id, c.seq + 100, c.document_id, c.record, c.document_seq,"
                ' c.sha256, :said, c.made, c."on", c.known, c.verdict, c.found, c.svg FROM permit p JOIN permit_check c'
                " ON c.id = p.check_id WHERE p.number = :number"
            ),
            {"said": SAID, "number": number},
        )
        last = text("UPDATE permit SET check_id = (SELECT max(id) FROM permit_check) WHERE number = :number")
        session.execute(last, {"number": number})
        asked = text("SELECT said FROM permit_drawn WHERE number = :number")
        with Session(planner) as reading:
            session.flush()
            enter(reading, "kl-sample")
            with pytest.raises(ProgrammingError, match="permission denied"):
                reading.execute(text("SELECT answers FROM permit_check"))
        assert session.scalar(asked, {"number": number}) == {"words": {"WELL_DISTANCE": "8"}}
        session.rollback()
    owner.dispose()
    planner.dispose()


def test_without_a_store_of_drawings_it_says_what_is_missing(town: Town) -> None:
    with pytest.raises(Unavailable, match="where drawings lie"):
        town.rejudged(FRONT.format(metres="11.0"))


def _zone(town: Town, plots: list[str], folder: Path, layer: str, says: str) -> Path:
    """A reform with a zone over some plots, its shape in a file beside it."""
    there = town.parcels().set_index("number").loc[plots]
    shape = there.to_crs(4326).union_all().buffer(0.00002)
    (folder / "zone.geojson").write_text(shapely.to_geojson(shape), encoding="utf-8")
    file = folder / "reform.yaml"
    file.write_text(ZONE.format(layer=layer, says=says), encoding="utf-8")
    return file


def test_a_zone_that_forbids_the_use_says_so_for_its_plots_alone(town: Town, tmp_path: Path) -> None:
    every = list(town.parcels(ward="Kadalora")["number"][3:9])
    says = "label: Works, attributes: {use_groups: G1}"
    found = town.simulate(_zone(town, every[:1], tmp_path, "zoning", says), plots=every)
    by_plot = found.set_index("number")
    assert by_plot.loc[every[0], "groups_after"] == "G1"
    assert by_plot.loc[every[0], "use_permitted_after"] is False
    assert set(found["effect"]) == {"same"}
    touched = [each for each in every if by_plot.loc[each, "redrawn"] == "zoning"]
    assert every[0] in touched
    assert len(touched) < len(every)


def test_a_permit_in_a_zone_that_forbids_its_use_newly_fails_by_that_rule(
    sample: Sample, tmp_path: Path
) -> None:
    engine = make_engine(sample.planner)
    store = store_of(Settings(state=sample.state))
    town = Town("kl-sample", engine, rasters=sample.state / "rasters", store=store)
    says = "label: Works, attributes: {use_groups: G1}"
    found = town.rejudged(_zone(town, ["M2-4/3-15"], tmp_path, "zoning", says), plots=["M2-4/3-15"])
    engine.dispose()
    assert list(found["effect"]) == ["newly fails"]
    assert "Use permitted in the zone (A1)" in found["newly_fails"].iloc[0]


def test_a_security_zone_over_plots_takes_storeys(town: Town, tmp_path: Path) -> None:
    every = list(town.parcels(ward="Kadalora")["number"][3:6])
    found = town.simulate(_zone(town, every, tmp_path, "security_zone", "label: Camp"), plots=every)
    assert (found["storeys_after"] < found["storeys_before"]).any()
    assert set(found["effect"]) <= {"loses", "same"}
    assert set(found["zone_after"].str.contains("Camp")) == {True}


@pytest.mark.parametrize(
    ("layer", "shape", "says"),
    [
        ("electric_line", "[[[76.29, 9.98], [76.30, 9.98], [76.30, 9.99]]]", "cannot be redrawn"),
        ("zoning", "[[[9.98, 76.29], [9.99, 76.29], [9.99, 76.30]]]", "longitude, then latitude"),
    ],
)
def test_a_zone_that_cannot_be_laid_here_is_refused(town: Town, layer: str, shape: str, says: str) -> None:
    text = (
        f"title: {{en: A}}\nfrom: 2027-01-01\nzones:\n  - {{layer: {layer}, label: B,"
        f" shape: {{type: Polygon, coordinates: {shape}}}}}\n"
    )
    with pytest.raises(Invalid, match=says):
        town.simulate(text, plots=[])


def test_the_file_of_a_zone_that_is_no_geojson_is_named(town: Town, tmp_path: Path) -> None:
    file = _zone(town, ["M2-4/3-16"], tmp_path, "zoning", "label: B")
    for content, says in (("{", "zone.geojson is not GeoJSON"), ('{"type": "Point"}', "holds a Point")):
        (tmp_path / "zone.geojson").write_text(content, encoding="utf-8")
        with pytest.raises(Invalid, match=says):
            town.simulate(file, plots=[])
    (tmp_path / "zone.geojson").unlink()
    with pytest.raises(Invalid, match="cannot be read"):
        town.simulate(file, plots=[])


def test_the_command_judges_permits_of_a_ward_again(
    sample: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BHUMIKA_DATABASE_URL", sample.owner)
    monkeypatch.setenv("BHUMIKA_STATE", str(sample.state))
    file, output = tmp_path / "reform.yaml", tmp_path / "found.csv"
    file.write_text(FRONT.format(metres="2.0"), encoding="utf-8")
    words = ["simulate", str(file), "kl-sample", "--ward", "Kunnumpuram", "--permits", "-o", str(output)]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    assert "permit" in done.output
