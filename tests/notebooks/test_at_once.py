"""The whole town at once: loads, buildings against today's yards, changes, rasters, told as the platform tells them one by one."""

from datetime import date, timedelta
from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely
from matplotlib import pyplot
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from api.answers import LandAnswers, today
from api.notebook import Town, distribution, show
from api.notebook.figures import drawn
from civic.core.bodies import enter
from civic.permits.register import permit_shown
from gis.db.session import make_engine
from gis.errors import Invalid, NotFound
from tests.notebooks.conftest import Sample

USES = {"residential": "A1", "mercantile": "F", "office": "E", "educational": "B_school", "storage": "H"}
OLD_PLAN, NEW_PLAN = date(2024, 3, 31), date(2024, 4, 1)
"""The last day of one master plan of the sample and the first of the next."""


def test_permits_measure_what_the_register_says(town: Town, sample: Sample) -> None:
    found = town.permitted()
    assert len(found) >= 2
    engine = make_engine(sample.owner)
    with Session(engine) as session:
        enter(session, "kl-sample")
        for row in found.to_dict("records"):
            shown = permit_shown(session, row["permit"], on=today())
            told = {name: float(amount) for name, amount, _ in shown.measures}
            assert {name: row[name] for name in told} == told
            assert row["plots"] == shown.line.plots
            assert row["issued"] == shown.line.issued
            told_to = 0.000_051 * row["geometry"].area  # the share of the plot is told to 0.01 %
            assert row["covered"] == pytest.approx(
                row["floor_area"] / 2, abs=told_to
            )  # two floors, both alike
            assert row["rain_asked"] == 0.0  # rule 76 has nothing stored up to 300 m² of built-up area
    engine.dispose()
    assert found.geometry.notna().all()
    assert not {"name", "licensee", "title"} & set(found.columns)


def test_a_planner_sees_measures_of_the_entered_town_hall_and_no_check(sample: Sample) -> None:
    engine = make_engine(sample.planner)
    with Session(engine) as session:
        assert session.scalar(text("SELECT count(*) FROM permit_measured")) == 0
        enter(session, "kl-sample")
        assert session.scalar(text("SELECT count(*) FROM permit_measured")) > 0
        with pytest.raises(ProgrammingError, match="permission denied"):
            session.execute(text("SELECT found FROM permit_check"))
    engine.dispose()


def test_a_load_by_ward_or_by_areas_of_ones_own_has_every_permit_once(town: Town, tmp_path: Path) -> None:
    permits = town.permitted()
    by_ward = town.load("ward")
    assert by_ward["permits"].sum() == len(permits)
    assert by_ward["floor_area"].sum() == pytest.approx(permits["floor_area"].sum())
    assert by_ward.attrs["units"]["floor_area"] == "m²"
    assert by_ward["runoff"].isna().all()
    assert {"sources", "on", "crs", "place", "known", "caveat"} <= set(by_ward.attrs)
    file = tmp_path / "catchment.geojson"
    whole = geopandas.GeoDataFrame(
        {"name": ["All"]}, geometry=[town.layer("local_body").union_all()], crs=permits.crs
    )
    whole.to_crs(4326).to_file(file)
    own = town.load(town.bring(file))
    assert list(own["floor_area"]) == pytest.approx([permits["floor_area"].sum()])
    for table in (permits, by_ward):  # what a table says of itself goes with it into any file
        table.to_parquet(tmp_path / "table.parquet")
    assert geopandas.read_parquet(tmp_path / "table.parquet").attrs["on"] == today().isoformat()
    before = town.load("ward", until=permits["issued"].min() - timedelta(days=1))
    assert before["permits"].sum() == 0
    with pytest.raises(NotFound, match="Areas of your own will do"):
        town.load("watershed")


def test_rasters_say_of_many_plots_what_the_extract_says_of_each(town: Town, sample: Sample) -> None:
    plots = town.parcels().iloc[::400]
    slopes, heights = town.under(plots, "slope"), town.under(list(plots["number"]), "elevation")
    engine = make_engine(sample.planner)
    land = LandAnswers(engine, rasters=sample.state / "rasters")
    for number, slope, height in zip(
        plots["number"], slopes.to_dict("records"), heights.to_dict("records"), strict=True
    ):
        ground = land.extract("kl-sample", number=number, on=None, known=None).terrain
        assert ground is not None
        assert (slope["mean"], slope["highest"]) == (ground.slope_mean, ground.slope_max)
        assert (height["lowest"], height["mean"], height["highest"]) == (
            ground.lowest,
            ground.mean,
            ground.highest,
        )
        assert height["source"] == ground.source
    engine.dispose()
    assert slopes.attrs["units"]["mean"] == "degree"
    assert heights.attrs["datum"]


def test_where_no_raster_knows_anything_a_plot_has_no_depth(town: Town) -> None:
    depths = town.under(town.parcels(), "flood-depth")
    unknown = depths[depths["mean"].isna()]
    assert 0 < len(unknown) < len(depths)
    assert unknown[["lowest", "highest", "cells"]].isna().all().all()
    assert (unknown["known"].fillna(0) == 0).all()
    assert (depths["mean"] == 0).any()  # dry ground is known to be dry
    odd = depths.iloc[:2].set_geometry([shapely.Polygon(), None], crs=depths.crs)
    assert town.under(odd, "flood-depth")[["mean", "cells", "known"]].isna().all(axis=None)
    with pytest.raises(Invalid, match="ask for one of"):
        town.under(depths, "gold")
    with pytest.raises(NotFound, match="No raster"):
        town.under(depths, "slope", on=date(2021, 1, 31))
    with pytest.raises(NotFound, match="No plot"):
        town.under(["0/0"], "slope")


def test_the_new_plan_put_shops_where_homes_were(town: Town) -> None:
    found = town.change("zoning", OLD_PLAN, NEW_PLAN)
    assert set(found["change"]) == {"altered"}
    assert set(found["was"]) == {"Residential zone"}
    assert set(found["label"]) == {"Commercial zone"}
    assert {"zone_code", "use_groups"} <= set(found["differs"].iloc[0].split(", "))
    assert (found["gained"] == 0).all()
    on_plots = town.touched(found)
    assert found["plots"].sum() == len(on_plots)
    by_ref = on_plots.groupby("ref")["amount"].sum()
    whole = found.set_index("ref")["after"]
    assert (by_ref <= whole[by_ref.index] * 1.0001).all()
    assert on_plots["percent"].between(0, 100.001).all()
    assert found.attrs["since"] == OLD_PLAN.isoformat()
    assert town.change("zoning", date(2024, 4, 2), date(2025, 4, 2)).empty
    with pytest.raises(NotFound, match="nothing is known before"):
        town.change("zoning", date(1990, 1, 1), NEW_PLAN)
    with pytest.raises(Invalid, match="is not before"):
        town.change("zoning", NEW_PLAN, NEW_PLAN)


def test_a_division_shows_among_the_plots_that_changed(town: Town) -> None:
    found = town.change("parcels", date(2023, 5, 16), date(2023, 5, 17))
    assert sorted(found["change"]) == ["gone", "new", "new"]
    gone = found[found["change"] == "gone"].iloc[0]
    assert all(ref.startswith(f"{gone['ref']}-") for ref in found[found["change"] == "new"]["ref"])
    assert found["gained"].sum() == pytest.approx(found["lost"].sum(), abs=0.01)


def test_buildings_against_the_yards_of_a_day(town: Town) -> None:
    plots = town.parcels(ward="Kadalora").head(16)
    found = town.compliance(plots, occupancy=USES)
    assert len(found) > 6
    assert set(found["status"]) == {"breaks", "keeps", "unknown"}
    assert set(found["number"]) <= set(plots["number"])
    margin = found.attrs["accuracy"]
    broken = found[found["status"] == "breaks"]
    assert (broken["short"] > margin).all()
    assert broken["clause"].notna().all()
    assert (
        found[found["status"] == "keeps"]["measured"] - found[found["status"] == "keeps"]["required"] > margin
    ).all()
    assert found[found["status"] == "unknown"]["reason"].str.len().gt(0).all()
    told = found.attrs["caveat"]
    assert "lawful by the rules of its own day" in told
    assert "lawful by the rules of its own day" in show(plots, found, by="status").get_root().render()
    for axes in (drawn(found, by="status"), distribution(found, "short")):
        assert "lawful" in axes.figure.get_supxlabel()
        pyplot.close(axes.figure)


def test_what_is_not_told_of_a_building_leaves_it_unknown(town: Town) -> None:
    plots = town.parcels(ward="Kadalora").iloc[3:6]
    unread = town.compliance(plots, on=date(2025, 6, 1))  # S.R.O. 297/2025, not read
    assert set(unread["status"]) == {"unknown"}
    no_use = town.compliance(plots, occupancy={"palace": "A1"})
    assert set(no_use["status"]) == {"unknown"}
    assert "stands for no occupancy" in no_use["reason"].iloc[0]
    with pytest.raises(Invalid, match="no occupancy"):
        town.compliance(plots, occupancy="Z9")
    with pytest.raises(Invalid, match="lines or points"):
        town.compliance(plots, buildings="road_building_line")
    with pytest.raises(NotFound, match="No plot"):
        town.compliance(["0/0"])


def test_a_building_belongs_to_the_plot_with_most_of_it(town: Town) -> None:
    plots = town.parcels().head(2)
    low, high = plots.geometry.iloc[0], plots.geometry.iloc[1]
    house = geopandas.GeoDataFrame(
        {"ref": ["most", "none"], "storeys": [1.0, 1.0]},
        geometry=[
            high.representative_point().buffer(2).union(low.representative_point().buffer(1)),
            low.centroid.buffer(1),
        ],
        crs=plots.crs,
    )
    house.geometry = [house.geometry.iloc[0], house.geometry.iloc[1].buffer(1)]
    house.loc[1, "geometry"] = type(low)([(x + 90_000, y) for x, y in house.geometry.iloc[1].exterior.coords])
    house.attrs = {"sources": [{"accuracy": 0.5}]}
    found = town.compliance(plots, buildings=house)
    assert list(found["number"]) == [plots["number"].iloc[1]]
    assert found.attrs["without_plot"] == 1
    house.attrs = {}
    with pytest.raises(Invalid, match="how accurate"):
        town.compliance(plots, buildings=house)
    assert np.isfinite(found["area"]).all()
