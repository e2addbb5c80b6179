"""What lies on plots in a notebook: the extract's areas, from facts or measured on the spot, and never nothing for what is not known."""

from datetime import date
from io import StringIO
from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
import pytest
from rich.console import Console
from sqlalchemy import Engine, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from api.notebook import Town
from api.planner.overlapping import make_fresh, show_kept
from gis.db.session import make_engine, transaction
from gis.errors import Invalid, NotFound
from gis.jurisdictions import jurisdiction
from layers.overlaps.refresh import refresh
from tests.notebooks.conftest import Sample

QUIET = Console(file=StringIO(), width=120)
AREAS = ["flood", "paddy_data_bank", "zoning", "crz_zone"]


@pytest.fixture(scope="module")
def measured(sample: Sample) -> Sample:
    """The sample with its facts."""
    engine = make_engine(sample.owner)
    with transaction(engine) as session:
        refresh(session, jurisdiction(session, "kl-sample"), cores=1)
    engine.dispose()
    return sample


def shown(engine: Engine) -> str:
    """What the command says there is."""
    with QUIET.capture() as said:
        show_kept(engine, "kl-sample", out=QUIET, as_json=False)
    return said.get()


def told(table: pd.DataFrame) -> set[str]:
    return {each["from"] for each in table.attrs["measured"].values()}


def test_the_sample_comes_with_its_facts(town: Town, tmp_path: Path) -> None:
    found = town.features_on(town.parcels().iloc[::400], AREAS)
    assert told(found) == {"kept facts"}
    found.to_parquet(tmp_path / "found.parquet")
    again = geopandas.read_parquet(tmp_path / "found.parquet")
    assert again.attrs == found.attrs
    ground = town.parcels().set_index("number").geometry
    assert all(row.geometry.equals(ground[row.number]) for row in again.itertuples())


def test_facts_are_what_was_measured_on_the_spot(town: Town, sample: Sample) -> None:
    plots = town.parcels().iloc[::40]
    engine = make_engine(sample.owner)
    with transaction(engine) as session:
        session.execute(text("TRUNCATE parcel_overlap, overlap_measured"))
    assert "never measured" in shown(engine)
    now = town.features_on(plots, AREAS)
    assert told(now) == {"measured now"}
    make_fresh(engine, "kl-sample", anew=False, cores=1, out=QUIET, err=QUIET, as_json=False)
    assert "never measured" not in shown(engine)
    engine.dispose()
    kept = town.features_on(plots, AREAS)
    assert told(kept) == {"kept facts"}
    pd.testing.assert_frame_equal(kept, now, atol=1e-4)
    assert len(kept[kept["area"] > 0]) > len(plots)


def test_areas_are_those_of_the_extract(town: Town, measured: Sample) -> None:
    plots = town.parcels().iloc[::100]
    rows = town.features_on(plots, ["zoning"]).set_index("number")
    alone = rows[~rows.index.duplicated(keep=False)]  # of several, the extract sets slivers aside
    extracts = town.extracts(list(alone.index))
    zoning = extracts[extracts["theme"] == "zoning"].set_index("number")
    assert len(alone) > 5
    np.testing.assert_allclose(alone["area"], zoning["area"][alone.index].astype(float), atol=0.005_1)
    np.testing.assert_allclose(alone["percent"], zoning["percent"][alone.index].astype(float), atol=0.051)


def test_silence_counts_only_where_the_data_reach(town: Town, measured: Sample) -> None:
    plots = list(town.parcels()["number"][:2])
    early = town.features_on(plots, ["flood"], on=date(1999, 1, 1))
    assert early["area"].isna().all()
    assert early["reason"].str.contains("no plot of this number|hold from").all()
    assert set(early["number"]) == set(plots)
    nobody = town.features_on([*plots, "no such plot"], ["flood"])
    gone = nobody[nobody["number"] == "NO SUCH PLOT"].iloc[0]
    assert "no plot of this number" in gone["reason"]
    assert np.isnan(gone["area"])


def test_silence_means_what_it_means_in_the_extract(town: Town, measured: Sample) -> None:
    plots = town.parcels().iloc[::25]
    rows = town.features_on(plots, ["flood"])
    told = rows.groupby("number").agg(
        area=("area", "sum"), unknown=("reason", lambda each: each.notna().any())
    )
    extracts = town.extracts(plots)
    flood = extracts[extracts["theme"] == "flood"].set_index("number")
    for number, status in flood["status"].items():
        if status == "not_affected":
            assert number not in told.index
        elif status == "no_data":
            assert told.loc[number, "unknown"]
        elif status == "affected":
            assert told.loc[number, "area"] > 0
    assert set(flood["status"]) >= {"not_affected", "no_data", "affected"}


def test_a_layer_of_lines_or_of_heights_has_no_areas(town: Town, measured: Sample) -> None:
    plots = list(town.parcels()["number"][:1])
    lines = town.features_on(plots, ["road_building_line"])
    assert "lines or points" in lines["reason"].iloc[0]
    with pytest.raises(Invalid, match="no layer of areas"):
        town.features_on(plots, ["elevation"])
    with pytest.raises(NotFound, match="no layer “gold”"):
        town.features_on(plots, ["gold"])


def test_all_layers_of_areas_are_asked_unless_some_are_named(town: Town, measured: Sample) -> None:
    plots = town.parcels().iloc[::400]
    everything = town.features_on(plots)
    assert set(town.features_on(plots, AREAS)["ref"]) <= set(everything["ref"])
    assert everything.attrs["units"]["area"] == "m², on the ground"
    assert told(everything) == {"kept facts"}


@pytest.mark.parametrize("table", ["parcel_overlap", "overlap_measured"])
def test_who_only_reads_may_not_touch_facts(sample: Sample, table: str) -> None:
    engine = make_engine(sample.planner)
    with Session(engine) as session, pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(text(f"DELETE FROM {table}"))
    engine.dispose()
