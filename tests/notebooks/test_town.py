"""A town in a notebook: tables that agree with the platform, told in units, read in a role that can do nothing else."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from api.answers import LandAnswers
from api.notebook import Town, distribution, show
from api.notebook.maps import MOST_SHAPES, NOTHING
from gis.db.session import make_engine
from gis.errors import Invalid, NotFound, TooLarge
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
)
WRITING = (
    "INSERT INTO recording (jurisdiction, instant, what) VALUES ('kl-sample', now(), 'x')",
    "UPDATE parcel SET number = 'x'",
    "DELETE FROM layer_feature",
    "CREATE TABLE mine (x int)",
)


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
