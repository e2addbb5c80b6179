"""Parcels come in as states of the register; a newer file changes only what it changes."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import shapely
from shapely import Point, Polygon
from shapely.geometry.polygon import orient
from sqlalchemy import text
from sqlalchemy.orm import Session

from gis.asof import AsOf
from gis.crs import GEOID
from gis.errors import Conflict, Invalid
from gis.geometry import ground_area
from gis.parcels.changes import correct, divide
from gis.parcels.model import Parcel, ParcelGone, ParcelNotFound
from gis.parcels.queries import parcel
from gis.recordings import last_recording
from gis.units import AreaUnit
from layers.importers.mapping import DatasetEntry, ParcelsEntry, SourceEntry
from layers.importers.report import ImportRefused, ImportReport, Kind, ParcelCounts
from layers.search import search
from tests.builders import a_box, a_new_parcel
from tests.layers.importers.writing import PLACE, SOURCE, bring, entry, in_degrees, write

NEWER = SOURCE.model_copy(update={"date": date(2025, 1, 1)})
TODAY = date(2026, 6, 1)


def plots(folder: Path, *shapes: Any, file: str = "plots.fgb", **columns: list[Any]) -> Path:
    """A file of plots; numbered 1, 2, 3 where a test does not say otherwise."""
    columns.setdefault("number", [str(position) for position in range(1, len(shapes) + 1)])
    (folder / file).unlink(missing_ok=True)
    return write(folder / file, [shape and in_degrees(shape) for shape in shapes], **columns)


def at(session: Session, on: date = TODAY) -> AsOf:
    """A day, as known now."""
    return AsOf(on=on, known=last_recording(session, PLACE.code))


def standing(session: Session, number: str, on: date = TODAY) -> Parcel:
    """A parcel on a day, as known now."""
    return parcel(session, PLACE, number, at=at(session, on))


def rows(session: Session, sql: str) -> list[Any]:
    """What the database holds."""
    return list(session.execute(text(sql)).all())


def edition(folder: Path, *shapes: Any, begins: str = "2010-01-01", **columns: list[Any]) -> DatasetEntry:
    """A file of plots and its mapping, whose series is always the same."""
    plots(folder, *shapes, **columns)
    return entry("parcels", "plots.fgb", valid_from=begins, series="village plots")


# --- the first time ---------------------------------------------------------------------------------------


def test_plots_become_parcels_with_their_fields(session: Session, tmp_path: Path) -> None:
    plots(
        tmp_path,
        a_box(),
        village=["Kongad"],
        block=[12],
        survey=["104"],
        subdivision=["3"],
        ulpin=["kl12345678901a"],
        area=["4.50"],
        land_type=["purayidam"],
        address=["12 Temple Road"],
    )
    names = ("village", "block", "survey", "subdivision", "ulpin", "land_type", "address")
    fields = {name: name for name in names} | {"recorded_area": "area"}
    report = bring(session, tmp_path, entry("parcels", "plots.fgb", fields=fields, recorded_unit="cent"))
    assert (report.read, report.kept, report.parcels) == (1, 1, ParcelCounts(new=1))
    found = standing(session, "kongad/12/104/3")
    assert found.number.whole == "KONGAD/12/104/3"
    assert (found.number.village, found.number.block, found.number.subdivision) == ("Kongad", "12", "3")
    assert (found.ulpin, found.land_type, found.address) == ("KL12345678901A", "purayidam", "12 Temple Road")
    assert found.recorded_area is not None
    assert (found.recorded_area.value, found.recorded_area.unit) == (Decimal("4.50"), AreaUnit.CENT)
    assert (found.valid.begins, found.valid.ends, found.begun_by) == (date(2010, 1, 1), None, "import")
    assert "Survey of Test" in found.instrument


@pytest.mark.parametrize("side", [20.0, 1_500.0, 6_000.0])
def test_measured_areas_are_those_on_the_ground(session: Session, tmp_path: Path, side: float) -> None:
    shape = in_degrees(a_box(width=side, depth=side))
    plots(tmp_path, a_box(width=side, depth=side))
    bring(session, tmp_path, entry("parcels", "plots.fgb"))
    geodesic = abs(GEOID.geometry_area_perimeter(orient(shapely.segmentize(shape, 0.0001)))[0])
    assert standing(session, "1").measured_area == pytest.approx(geodesic, rel=1e-5)


def test_a_lane_is_measured_as_carefully_as_a_plot(session: Session, tmp_path: Path) -> None:
    """Of a long narrow shape one scale does not serve the whole: the bow of its sides counts."""
    lane = a_box(width=1_990, depth=0.5)
    plots(tmp_path, lane)
    bring(session, tmp_path, entry("parcels", "plots.fgb"))
    found = standing(session, "1")
    assert found.measured_area == pytest.approx(ground_area(found.boundary, PLACE.metric), abs=1e-9)


def test_dates_of_their_own_and_of_the_mapping(session: Session, tmp_path: Path) -> None:
    plots(
        tmp_path, a_box(), a_box(x=30), a_box(x=60), a_box(x=90), a_box(x=120),
        since=["2015-06-01", None, "2015-06-01", "2015-06-01", "first of June"],
        until=[None, "2020-01-01", "2015-06-01", "2015-06-02", None],
    )  # fmt: skip
    fields = {"number": "number", "valid_from": "since", "valid_to": "until"}
    report = bring(session, tmp_path, entry("parcels", "plots.fgb", fields=fields, refuse_at_most="0.5"))
    assert standing(session, "1").valid.begins == date(2015, 6, 1)
    assert standing(session, "2", date(2019, 12, 31)).valid.begins == date(2010, 1, 1)
    with pytest.raises((ParcelNotFound, ParcelGone)):
        standing(session, "2", date(2020, 1, 1))
    assert standing(session, "4", date(2015, 6, 1)).valid.ends == date(2015, 6, 2)
    assert {note.ref: note.reason for note in report.of(Kind.REFUSED)} == {
        "3": "it ends before it begins",
        "5": "its valid_from is not a date",
    }


def test_what_cannot_be_read_of_a_plot_is_left_out_and_said(session: Session, tmp_path: Path) -> None:
    plots(
        tmp_path, a_box(), a_box(x=30), a_box(x=60), a_box(x=90), a_box(x=120), ulpin=["KL1", None, None, None, None],
        area=["1,200", "3", "0", "5", "1e300"], unit=["cent", "perch", "cent", "Hectares.", "cent"],
    )  # fmt: skip
    fields = {"number": "number", "recorded_area": "area", "recorded_unit": "unit", "ulpin": "ulpin"}
    report = bring(session, tmp_path, entry("parcels", "plots.fgb", fields=fields))
    assert report.kept == 5
    assert [standing(session, number).recorded_area is None for number in "1235"] == [True] * 4
    last = standing(session, "4").recorded_area
    assert last is not None
    assert last.unit is AreaUnit.HECTARE
    assert [(note.ref, note.reason.split(";")[0]) for note in report.of(Kind.MENDED)] == [
        ("1", "its recorded area is not a number"),
        ("1", "its ULPIN has not 14 letters and digits"),
        ("2", "the unit of its recorded area is not known"),
        ("5", "its recorded area is more than the whole earth"),
    ]


def test_an_area_without_a_unit_is_an_error_of_the_mapping(session: Session, tmp_path: Path) -> None:
    plots(tmp_path, a_box(), area=["3"])
    with pytest.raises(Invalid, match=r"names a recorded area but not its unit.*m2, cent"):
        bring(
            session,
            tmp_path,
            entry("parcels", "plots.fgb", fields={"number": "number", "recorded_area": "area"}),
        )


@pytest.mark.parametrize(("refused", "goes_in"), [(1, True), (2, False)])
def test_a_tenth_may_be_refused_but_not_more(
    session: Session, tmp_path: Path, refused: int, goes_in: bool
) -> None:
    shapes = [None] * refused + [a_box(x=25 * number) for number in range(10 - refused)]
    plots(tmp_path, *shapes)
    if goes_in:
        assert bring(session, tmp_path, entry("parcels", "plots.fgb")).kept == 9
        return
    with pytest.raises(
        ImportRefused,
        match=r"2 of 10 features had to be refused \(20\.0%; at most 10\.0%.*it has no shape\. Draw the feature",
    ) as caught:
        bring(session, tmp_path, entry("parcels", "plots.fgb"))
    assert caught.value.report.count(Kind.REFUSED) == 2
    assert (
        rows(
            session,
            "SELECT 1 FROM parcel UNION ALL SELECT 1 FROM dataset_import UNION ALL SELECT 1 FROM recording",
        )
        == []
    )


def test_a_table_without_features_is_refused(session: Session, tmp_path: Path) -> None:
    (tmp_path / "plots.csv").write_text("number,wkt\n", encoding="utf-8")
    with pytest.raises(Invalid, match=r"plots\.csv, table plots: the table is empty"):
        bring(session, tmp_path, entry("parcels", "plots.csv", crs="32643"))


def test_rows_of_a_text_file_are_refused_one_by_one(session: Session, tmp_path: Path) -> None:
    good = "\n".join(f'{number},"{a_box(x=30 * number).wkt}"' for number in range(1, 20))
    (tmp_path / "plots.csv").write_text(f"number,wkt\n{good}\n20,POLYGON((1 2,x)),3\n", encoding="utf-8")
    report = bring(session, tmp_path, entry("parcels", "plots.csv", crs="32643"))
    assert (report.read, report.kept) == (20, 19)
    (note,) = report.of(Kind.REFUSED)
    assert (note.position, note.ref, note.reason) == (
        None,
        "line 21",
        "the row does not fall into the columns",
    )


# --- one number, several rows -----------------------------------------------------------------------------


def test_of_plots_with_one_number_the_first_stays(session: Session, tmp_path: Path) -> None:
    plots(tmp_path, a_box(), a_box(x=30), a_box(), number=["7", "7", " 7 "])
    report = bring(session, tmp_path, entry("parcels", "plots.fgb", refuse_at_most="0.9"))
    assert report.kept == 1
    assert [(note.position, note.reason) for note in report.of(Kind.REFUSED)] == [
        (2, "its number stands at an earlier feature with another shape"),
        (3, "it repeats an earlier feature: same number, same shape"),
    ]
    assert standing(session, "7").boundary.area == pytest.approx(600, rel=1e-6)


def test_rows_that_are_parts_of_one_plot_are_joined(session: Session, tmp_path: Path) -> None:
    plots(tmp_path, a_box(), a_box(x=50), a_box(x=60, width=20), a_box(x=20, width=10), number=["7"] * 4)
    report = bring(
        session, tmp_path, entry("parcels", "plots.fgb", same_number="parts", refuse_at_most="0.9")
    )
    assert (report.read, report.kept, report.count(Kind.JOINED), report.count(Kind.REFUSED)) == (4, 1, 2, 1)
    assert report.of(Kind.REFUSED)[0].reason.endswith("covers the same ground")
    found = standing(session, "7")
    assert found.boundary.area == pytest.approx(600 + 600 + 300, rel=1e-6)
    assert found.measured_area == pytest.approx(1500, rel=1e-3)


@pytest.mark.parametrize(("overlap", "is_joined"), [(0.19, True), (0.21, False)])
def test_parts_of_one_plot_may_overlap_by_a_hundredth(
    session: Session, tmp_path: Path, overlap: float, is_joined: bool
) -> None:
    plots(tmp_path, a_box(), a_box(x=20 - overlap), number=["7", "7"])
    report = bring(
        session, tmp_path, entry("parcels", "plots.fgb", same_number="parts", refuse_at_most="0.9")
    )
    assert (report.count(Kind.JOINED) == 1) is is_joined


def test_signs_for_no_number_are_no_number(session: Session, tmp_path: Path) -> None:
    plots(tmp_path, a_box(), a_box(x=30), number=["-", "7"])
    report = bring(session, tmp_path, entry("parcels", "plots.fgb", no_number=["-"], refuse_at_most="0.9"))
    assert [note.reason for note in report.of(Kind.REFUSED)] == ["it has no number"]


# --- attributes from elsewhere ----------------------------------------------------------------------------


def test_attributes_are_joined_by_a_key(session: Session, tmp_path: Path) -> None:
    plots(tmp_path, a_box(), a_box(x=30), a_box(x=60))
    (tmp_path / "tax.csv").write_text(
        "lot,area,use,where\n1,0,Condominium,\n1,871.20,House,1 Main St\n2,,Shop,2 Main St\n3,1e300,,\n9,5,Shop,9 Main St\n",
        encoding="utf-8",
    )
    join = {
        "file": "tax.csv",
        "key": "number",
        "other_key": "lot",
        "fields": {"recorded_area": "area", "land_type": "use", "address": "where"},
    }
    report = bring(session, tmp_path, entry("parcels", "plots.fgb", join=join, recorded_unit="sqft"))
    one, two, three = (standing(session, number) for number in "123")
    assert one.recorded_area is not None
    assert (one.recorded_area.value, one.recorded_area.unit) == (Decimal("871.20"), AreaUnit.SQUARE_FOOT)
    assert (one.land_type, one.address) == ("Condominium", "1 Main St")
    assert (two.recorded_area, two.address, three.address) == (None, "2 Main St", None)
    assert three.recorded_area is None
    assert report.remarks == (
        "1 recorded areas in tax.csv are not numbers, or more than the whole earth; they were left out.",
        "3 parcels are in tax.csv; 1 of its keys stand in several rows.",
    )


def test_addresses_can_be_searched(session: Session, tmp_path: Path) -> None:
    plots(tmp_path, a_box(), a_box(x=30), address=["12 Temple Road", "ക്ഷേത്രം റോഡ് 14"])
    bring(session, tmp_path, entry("parcels", "plots.fgb", fields={"number": "number", "address": "address"}))
    assert [found.number for found in search(session, PLACE, "12 temple rd", at=at(session))][:1] == ["1"]
    assert [found.number for found in search(session, PLACE, "ക്ഷേത്രം റോഡ് 14", at=at(session))][:1] == ["2"]
    names = rows(session, "SELECT name_en, name_ml FROM place_name ORDER BY parcel_number")
    assert names == [("12 Temple Road", None), (None, "ക്ഷേത്രം റോഡ് 14")]


# --- a newer file -----------------------------------------------------------------------------------------


def test_the_same_file_again_changes_nothing(session: Session, tmp_path: Path) -> None:
    first = edition(tmp_path, a_box())
    bring(session, tmp_path, first)
    known = last_recording(session, PLACE.code)
    report = bring(session, tmp_path, first)
    assert report.unchanged
    assert last_recording(session, PLACE.code) == known


def test_a_newer_file_changes_only_what_it_changes(session: Session, tmp_path: Path) -> None:
    bring(session, tmp_path, edition(tmp_path, a_box(), a_box(x=30), a_box(x=60)))
    before = at(session)
    same = standing(session, "1")
    grown = a_box(x=30, width=25)
    report = bring(
        session,
        tmp_path,
        edition(tmp_path, a_box(), grown, a_box(x=90), number=["1", "2", "4"], begins="2025-01-01"),
        source=NEWER,
    )
    assert report.parcels == ParcelCounts(new=1, changed=1, unchanged=1, ended=1)
    assert standing(session, "1") == same
    old, new = standing(session, "2", date(2024, 12, 31)), standing(session, "2", date(2025, 1, 1))
    assert (old.boundary.area, new.boundary.area) == (
        pytest.approx(600, rel=1e-6),
        pytest.approx(750, rel=1e-6),
    )
    assert (old.valid.ends, new.valid.begins) == (date(2025, 1, 1), date(2025, 1, 1))
    assert standing(session, "3", date(2024, 12, 31)).number.whole == "3"
    with pytest.raises((ParcelNotFound, ParcelGone)):
        standing(session, "3")
    assert parcel(session, PLACE, "3", at=before).valid.ends is None
    assert parcel(session, PLACE, "2", at=before).boundary.area == pytest.approx(600, rel=1e-6)


def test_a_corrected_file_of_the_same_date_replaces_what_was_believed(
    session: Session, tmp_path: Path
) -> None:
    bring(session, tmp_path, edition(tmp_path, a_box(), a_box(x=30)))
    before = at(session)
    report = bring(session, tmp_path, edition(tmp_path, a_box(width=21)))
    assert report.parcels == ParcelCounts(changed=1, ended=1)
    assert standing(session, "1", date(2010, 1, 1)).boundary.area == pytest.approx(630, rel=1e-6)
    with pytest.raises(ParcelNotFound):
        standing(session, "2", date(2015, 1, 1))
    assert parcel(session, PLACE, "2", at=before).number.whole == "2"


@pytest.mark.parametrize(
    ("moved", "counts"), [(0.0009, ParcelCounts(unchanged=1)), (0.0011, ParcelCounts(changed=1))]
)
def test_a_corner_has_moved_when_it_moved_by_a_millimetre(
    session: Session, tmp_path: Path, moved: float, counts: ParcelCounts
) -> None:
    x, y = a_box().bounds[:2]
    for width, begins in ((20.0, "2010-01-01"), (20.0 + moved, "2025-01-01")):
        shape = Polygon([(x, y), (x + width, y), (x + width, y + 30), (x, y + 30)])
        (tmp_path / "plots.fgb").unlink(missing_ok=True)
        write(tmp_path / "plots.fgb", [shape], crs=32643, number=["1"])
        wanted = entry("parcels", "plots.fgb", valid_from=begins, series="village plots")
        report = bring(session, tmp_path, wanted)
    assert report.parcels == counts


def test_a_plot_spoilt_in_the_newer_file_keeps_its_state(session: Session, tmp_path: Path) -> None:
    fields = {"number": "number", "address": "address"}
    plots(tmp_path, a_box(), a_box(x=30), address=["1 Temple Road", "2 Temple Road"])
    bring(session, tmp_path, entry("parcels", "plots.fgb", fields=fields, series="v"))
    plots(
        tmp_path,
        a_box(),
        Point(*a_box(x=30).centroid.coords[0]),
        file="plots.gpkg",
        address=["1 Temple Road", "2 Temple Road"],
    )
    wanted = entry(
        "parcels", "plots.gpkg", fields=fields, series="v", refuse_at_most="0.5", valid_from="2025-01-01"
    )
    report = bring(session, tmp_path, wanted, source=NEWER)
    assert report.parcels == ParcelCounts(unchanged=1, standing=1)
    assert standing(session, "2").valid.ends is None
    assert [found.number for found in search(session, PLACE, "2 Temple Road", at=at(session))][:1] == ["2"]


def test_a_number_that_another_file_brought_is_a_conflict(session: Session, tmp_path: Path) -> None:
    bring(session, tmp_path, edition(tmp_path, a_box()))
    plots(tmp_path, a_box(x=500), a_box(x=600), file="other.fgb", number=["1", "9"])
    with pytest.raises(
        Conflict,
        match=r"other\.fgb: these numbers already stand in Test from another file: 1 \(from village plots\).*same `series`",
    ):
        bring(session, tmp_path, entry("parcels", "other.fgb"))
    with pytest.raises(ParcelNotFound):
        standing(session, "9")


# --- what the register knows better -----------------------------------------------------------------------


def divided(session: Session, tmp_path: Path, on: date) -> None:
    """Plot 1 comes in and is divided into 1/1 and 1/2."""
    bring(session, tmp_path, edition(tmp_path, a_box(), a_box(x=30)))
    parts = [a_new_parcel("1/1", width=10), a_new_parcel("1/2", x=10, width=10)]
    divide(session, PLACE, "1", into=parts, on=on, instrument="Deed 7")


def test_a_divided_plot_does_not_come_back_with_an_old_file(session: Session, tmp_path: Path) -> None:
    divided(session, tmp_path, date(2022, 5, 1))
    report = bring(session, tmp_path, edition(tmp_path, a_box(), a_box(x=30, width=21)))
    assert report.parcels == ParcelCounts(changed=1)
    (held,) = report.of(Kind.HELD)
    assert (held.ref, held.detail) == ("1", "divide on 2022-05-01")
    with pytest.raises(ParcelGone):
        standing(session, "1")
    assert standing(session, "1/1").begun_by == "divide"


@pytest.mark.parametrize(("dated", "state"), [(date(2022, 5, 1), "import"), (date(2022, 4, 30), "correct")])
def test_a_correction_stays_unless_the_file_is_newer(
    session: Session, tmp_path: Path, dated: date, state: str
) -> None:
    bring(session, tmp_path, edition(tmp_path, a_box()))
    correct(session, PLACE, "1", to=a_new_parcel("1", width=19), on=date(2022, 5, 1), instrument="Order 3")
    report = bring(
        session,
        tmp_path,
        edition(tmp_path, a_box(width=22)),
        source=SOURCE.model_copy(update={"date": dated}),
    )
    assert standing(session, "1").begun_by == state
    assert report.count(Kind.HELD) == (0 if state == "import" else 1)
    assert report.read == report.kept + report.count(Kind.HELD)


def test_a_file_that_knows_the_division_does_not_carry_it_back(session: Session, tmp_path: Path) -> None:
    divided(session, tmp_path, date(2022, 5, 1))
    halves = [a_box(width=10), a_box(x=10, width=11)]
    report = bring(
        session, tmp_path, edition(tmp_path, *halves, a_box(x=30), number=["1/1", "1/2", "2"]), source=NEWER
    )
    assert report.parcels is not None
    assert (report.parcels.new, report.parcels.changed, report.parcels.ended) == (0, 2, 0)
    assert standing(session, "1/2", date(2022, 5, 1)).boundary.area == pytest.approx(330, rel=1e-6)
    day_before = date(2022, 5, 1) - timedelta(days=1)
    assert standing(session, "1", day_before).number.whole == "1"
    with pytest.raises(ParcelNotFound):
        standing(session, "1/2", day_before)


# --- looking before leaping -------------------------------------------------------------------------------


def test_a_dry_run_reports_all_and_stores_nothing(session: Session, tmp_path: Path) -> None:
    wanted = edition(tmp_path, a_box(), None)
    report: ImportReport = bring(
        session, tmp_path, wanted.model_copy(update={"refuse_at_most": 0.5}), dry_run=True
    )
    assert report.dry_run
    assert (report.kept, report.count(Kind.REFUSED), report.parcels) == (1, 1, ParcelCounts(new=1))
    assert (
        rows(
            session,
            "SELECT 1 FROM jurisdiction UNION ALL SELECT 1 FROM parcel UNION ALL SELECT 1 FROM recording",
        )
        == []
    )


def test_every_parcel_knows_its_import_and_source(session: Session, tmp_path: Path) -> None:
    bring(session, tmp_path, edition(tmp_path, a_box()))
    ((series, source, source_date, sha256, number),) = rows(
        session,
        "SELECT series, source, source_date, sha256, number FROM parcel JOIN dataset_import i ON i.id = import_id",
    )
    assert (series, source_date, number) == ("village plots", date(2020, 1, 1), "1")
    assert source == SourceEntry.model_dump(SOURCE, mode="json") | {"valid_from": "2010-01-01"}
    assert len(sha256) == 64


def test_progress_is_told_to_the_end(session: Session, tmp_path: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    wanted = edition(tmp_path, a_box(), a_box(x=30))
    bring(session, tmp_path, wanted, progress=lambda each: seen.append((each.step, each.done, each.total)))
    assert ("parcels: checking", 2, 2) in seen
    assert seen[-1] == ("parcels: storing", 2, 2)


def test_a_mapping_needs_a_number() -> None:
    with pytest.raises(ValueError, match="name the field of the parcel `number`"):
        ParcelsEntry.model_validate(
            entry("parcels", "a.fgb").model_dump() | {"fields": {"village": "village"}}
        )
