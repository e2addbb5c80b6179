"""A town in a notebook: tables that agree with the platform, told in units, read in a role that can do nothing else."""

import re
from datetime import date
from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
import pytest
import shapely
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from api.answers import LandAnswers
from api.notebook import Town, distribution, show
from api.notebook.maps import MOST_SHAPES, NOTHING
from gis.db.session import make_engine
from gis.errors import Invalid, NotFound, TooLarge
from gis.geometry import ground_areas
from tests.notebooks.conftest import Sample

PERSONAL = (
    "SELECT name FROM person",
    "SELECT * FROM case_party",
    "SELECT opened_by FROM civic_case",
    "SELECT note FROM case_event",
    "SELECT * FROM party",
    "SELECT * FROM party_name",
    "SELECT * FROM parcel_right",
    "SELECT * FROM message",
    "SELECT * FROM sign_in",
    "SELECT received_by FROM receipt",
    "SELECT raised_by FROM demand",
    "SELECT licensee_id FROM permit_case",
    "SELECT asked FROM permit_case",
    "SELECT * FROM permit_consent",
)
WRITING = (
    "INSERT INTO recording (jurisdiction, instant, what) VALUES ('kl-sample', now(), 'x')",
    "UPDATE parcel SET number = 'x'",
    "DELETE FROM layer_feature",
    "CREATE TABLE mine (x int)",
)


FRONT = """title: {en: A front yard of 2 m}
from: 2027-01-01
parameters:
  - {parameter: yards.open_space, where: {occupancy: A1, yard: front_average}, value: "2.0"}
"""


@pytest.mark.parametrize("statement", [*PERSONAL, *WRITING])
def test_a_planner_reads_nobody_and_writes_nothing(sample: Sample, statement: str) -> None:
    engine = make_engine(sample.planner)
    with Session(engine) as session, pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(text(statement))
    engine.dispose()


def test_questions_about_plots_are_asked_in_the_same_role(sample: Sample) -> None:
    engine = make_engine(sample.planner)
    land = LandAnswers(engine, rasters=sample.state / "rasters")
    assert (
        land._reading.answer(lambda session: session.scalar(text("SELECT current_user"))) == "bhumika_planner"
    )
    engine.dispose()


def test_plots_are_those_of_the_register(town: Town, sample: Sample) -> None:
    plots = town.parcels()
    engine = make_engine(sample.owner)
    with Session(engine) as session:
        standing = "upper_inf(valid) AND upper_inf(recorded)"
        kept = session.execute(
            text(f"SELECT count(*), sum(measured_area), sum(ST_Area(boundary)) FROM parcel WHERE {standing}")
        ).one()
    engine.dispose()
    assert len(plots) == kept[0]
    assert plots["measured_area"].sum() == pytest.approx(kept[1])
    assert plots.geometry.area.sum() == pytest.approx(kept[2])
    assert plots.crs.to_epsg() == 32643
    assert plots.attrs["units"]["measured_area"] == "m², on the ground"
    assert plots.attrs["synthetic"]
    assert plots.attrs["sources"][0]["licence"]


def test_every_answer_says_of_which_place_and_days_in_which_units_and_from_what(town: Town) -> None:
    plots = town.parcels().head(2)
    change = town.change("zoning", date(2024, 3, 31))
    answers = (
        plots,
        town.layers(),
        town.layer("flood"),
        town.cases("permits"),
        town.extracts(plots.head(1)),
        town.envelopes(plots.head(1)),
        town.simulate(FRONT, plots=plots),
        town.features_on(plots, ["flood"]),
        town.permitted(),
        town.load(),
        town.catchments(),
        town.compliance(plots),
        change,
        town.touched(change),
        town.under(plots, "slope"),
        town.overlaps(plots, town.layer("zoning")),
    )
    for each in answers:
        told = each.attrs
        assert {"place", "on", "known", "crs", "synthetic", "units"} <= set(told), told.get("layer")
        assert told["crs"] == f"EPSG:{town.place.metric}"
        assert all(source["title"] and source["licence"] for source in told["sources"])
        assert told["sources"]


def test_a_recorded_area_is_told_in_square_metres(town: Town) -> None:
    plots = town.parcels()
    ares = plots[plots["recorded_unit"] == "are"].iloc[0]
    assert ares["recorded_area"] == pytest.approx(ares["recorded_extent"] * 100)
    cents = plots[plots["recorded_unit"] == "cent"]
    if len(cents):
        assert cents.iloc[0]["recorded_area"] == pytest.approx(
            cents.iloc[0]["recorded_extent"] * 40.468564224
        )
    assert plots[plots["recorded_unit"].isna()]["recorded_area"].isna().all()


def test_a_divided_plot_is_there_before_its_day_and_not_after(town: Town, sample: Sample) -> None:
    engine = make_engine(sample.owner)
    with Session(engine) as session:
        number, day = session.execute(
            text(
                "SELECT l.predecessor, c.on_date FROM parcel_lineage l JOIN parcel_change c ON c.id = l.change_id"
                " WHERE c.kind = 'divide' LIMIT 1"
            )
        ).one()
    engine.dispose()
    before = town.parcels(on=date.fromordinal(day.toordinal() - 1))
    assert number in set(before["number"])
    assert number not in set(town.parcels(on=day)["number"])


def test_wards_share_the_plots_without_counting_one_twice(town: Town) -> None:
    wards = town.layer("ward")["label"]
    numbers = [number for ward in wards for number in town.parcels(ward=ward)["number"]]
    assert len(numbers) == len(set(numbers))
    with pytest.raises(NotFound, match="There is no such ward"):
        town.parcels(ward="Nowhere")


def test_a_layer_streams_as_it_is_whole(town: Town) -> None:
    whole = town.layer("road")
    assert len(whole) == sum(len(part) for part in town.stream("road"))
    with pytest.raises(NotFound, match="There is no collection"):
        town.layer("gold")


def test_extracts_say_what_the_platform_says(town: Town, sample: Sample) -> None:
    number = town.parcels()["number"].iloc[0]
    rows = town.extracts([number])
    engine = make_engine(sample.owner)
    extract = LandAnswers(engine, rasters=sample.state / "rasters").extract(
        "kl-sample", number=number, on=None, known=None
    )
    engine.dispose()
    assert list(zip(rows["theme"], rows["status"], strict=True)) == [
        (each.layer, str(each.status)) for each in extract.themes
    ]
    areas = [np.nan if each.area is None else each.area for each in extract.themes]
    np.testing.assert_allclose(rows["area"].astype(float), areas)
    assert set(rows["status"]) >= {"affected", "not_affected"}


def test_an_envelope_that_cannot_be_told_has_a_row_that_says_why(town: Town) -> None:
    plots = town.parcels().head(3)
    known = town.envelopes(plots)
    assert known["floor_area"].notna().all()
    assert (known.geometry.area > 0).all()
    unread = town.envelopes(plots, on=date(2025, 6, 1))  # S.R.O. 297/2025, not read
    assert unread["floor_area"].isna().all()
    assert unread["reason"].str.len().gt(0).all()
    nobody = town.envelopes(["no such plot"])
    assert "NO SUCH PLOT" in nobody["reason"].iloc[0]


def test_cases_tell_of_plots_and_days_and_of_nobody(town: Town) -> None:
    cases = town.cases("land_records")
    assert set(cases["state"]) >= {"fee_due", "refused"}
    assert (cases["days"] >= 0).all()
    assert cases.geometry.notna().all()
    assert not {"name", "person", "email", "opened_by"} & set(cases.columns)
    assert len(town.cases("land_records", until=date(2020, 1, 1))) == 0


def test_permits_come_with_their_way_and_what_was_paid(town: Town, sample: Sample) -> None:
    permits = town.cases("permits")
    assert "self_certified" in set(permits["route"])
    issued = permits[permits["permit"].notna()]
    assert (issued["issued"].notna()).all()
    engine = make_engine(sample.owner)
    with engine.begin() as connection:
        connection.execute(text("SELECT set_config('bhumika.body', 'kl-sample', true)"))
        paid = connection.scalar(
            text(
                "SELECT sum(r.amount - r.held) FROM receipt r JOIN demand d ON d.body = r.body AND d.id = r.demand_id"
                " JOIN civic_case c ON c.body = d.body AND c.id = d.case_id"
                " WHERE r.cancelled IS NULL AND c.service = 'permits'"
            )
        )
    engine.dispose()
    assert permits.drop_duplicates("case")["paid"].sum() == pytest.approx(float(paid) / 100)
    assert paid > 0


def test_a_map_draws_from_what_it_carries(town: Town) -> None:
    plots = town.parcels().head(5)
    carried = town.envelopes(plots)
    carried.loc[0, "floor_area"] = np.nan
    page = show(plots, carried, by="floor_area").get_root().render()
    assert '<script src="http' not in page
    assert 'href="http' not in page
    assert "Synthetic" in page
    assert NOTHING in page
    assert "not known" in page


def test_points_are_dots_and_lines_have_their_own_colour(town: Town) -> None:
    roads = town.layer("road")
    page, plain = show(roads, by="width").get_root().render(), show(roads).get_root().render()
    meant = set(re.findall(r"background:(#[0-9a-f]{6})", page))
    assert len(meant) > 3
    assert meant <= set(re.findall(r'"color": "(#[0-9a-f]{6})"', page))
    assert f"background:{roads.attrs['colours']['line']}" in plain
    one = show(town.layer("airport")).get_root().render()
    assert "L.CircleMarker(" in one
    assert '"maxZoom": 18' in one


def test_what_a_table_holds_cannot_write_into_the_page(town: Town) -> None:
    plots = town.parcels().head(2)
    plots["number"] = "<script>alert(1)</script>"
    page = show(plots, by="number").get_root().render()
    assert "<script>alert(1)" not in page


def test_a_map_of_too_much_or_of_nothing_is_refused(town: Town) -> None:
    plots = town.parcels()
    many = pd.concat([plots] * (MOST_SHAPES // len(plots) + 1))
    with pytest.raises(TooLarge, match=r"are more than the 20000"):
        show(many)
    with pytest.raises(Invalid, match="nothing to draw"):
        show(plots.head(0))
    with pytest.raises(Invalid, match="has no column “height”"):
        show(plots.head(2), by="height")


def test_a_distribution_says_its_median_and_what_is_not_known(town: Town) -> None:
    plots = town.parcels()
    axes = distribution(plots, "recorded_area")
    missing = int(plots["recorded_area"].isna().sum())
    assert "m²" in axes.get_xlabel()
    assert ("rows not known" in axes.get_title()) == bool(missing)
    with pytest.raises(Invalid, match="No row tells a number"):
        distribution(plots.assign(nothing=None), "nothing")


def _file(town: Town, path: Path) -> Path:
    plots = town.parcels().head(2)
    frame = geopandas.GeoDataFrame(
        {"name": ["a", "b"]}, geometry=list(plots.geometry.buffer(-1)), crs=plots.crs
    )
    frame.to_crs(4326).to_file(path)
    return path


def test_a_layer_of_ones_own_is_laid_over_plots(town: Town, tmp_path: Path) -> None:
    plots = town.parcels().head(3)
    own = town.bring(_file(town, tmp_path / "own.geojson"))
    shared = town.overlaps(plots, own)
    assert list(shared["number"]) == list(plots["number"][:2])
    inner = plots.geometry.head(2).buffer(-1)
    np.testing.assert_allclose(shared["area"], ground_areas(inner.to_numpy(), town.place.metric), atol=0.05)
    assert shared["percent"].between(0, 100).all()


def test_what_lies_over_each_other_is_counted_once(town: Town, tmp_path: Path) -> None:
    plots = town.parcels().head(1)
    twice = pd.concat([plots, plots])
    assert town.overlaps(plots, twice)["percent"].iloc[0] == pytest.approx(100, abs=0.01)


def test_a_file_that_cannot_be_meant_is_refused(town: Town, tmp_path: Path) -> None:
    text_file = tmp_path / "own.geojson"
    text_file.write_text("not shapes")
    with pytest.raises(Invalid, match="cannot be read as shapes"):
        town.bring(text_file)
    far = geopandas.GeoDataFrame(geometry=[shapely.box(0, 0, 1, 1)], crs=4326)
    far.to_file(tmp_path / "far.gpkg")
    with pytest.raises(Invalid, match="km from"):
        town.bring(tmp_path / "far.gpkg")
    bow = shapely.Polygon([(76, 10), (77, 11), (77, 10), (76, 11)])
    geopandas.GeoDataFrame(geometry=[bow], crs=4326).to_file(tmp_path / "bow.gpkg")
    with pytest.raises(Invalid, match="broken or empty"):
        town.bring(tmp_path / "bow.gpkg")
    with pytest.raises(Invalid, match="cover no ground"):
        town.overlaps(town.parcels().head(1), town.layer("road_building_line"))
