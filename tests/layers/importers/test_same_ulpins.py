"""No two parcels share a ULPIN on any day: the later claim is refused, feature by feature, and told."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from gis.parcels.changes import correct
from gis.parcels.model import ParcelNotFound
from gis.parcels.queries import parcel_by_ulpin
from layers.importers.mapping import DatasetEntry
from layers.importers.report import ImportRefused, ImportReport, Kind
from tests.builders import a_box, a_new_parcel
from tests.layers.importers.test_parcels_in import NEWER, at, plots, standing
from tests.layers.importers.writing import PLACE, bring, entry

ONE, TWO = "KL00000000000A", "KL00000000000B"
FIELDS = {"number": "number", "ulpin": "ulpin", "valid_from": "since", "valid_to": "until"}


def edition(
    folder: Path, *rows: tuple[str, str | None], series: str = "village", **columns: list[Any]
) -> DatasetEntry:
    """Plots side by side, each with number and ULPIN; dates where a test names them."""
    columns.setdefault("since", ["2010-01-01"] * len(rows))
    columns.setdefault("until", [""] * len(rows))
    plots(
        folder,
        *(a_box(x=30 * place + (1_000 if series != "village" else 0)) for place in range(len(rows))),
        number=[number for number, _ in rows],
        ulpin=[ulpin or "" for _, ulpin in rows],
        **columns,
    )
    return entry("parcels", "plots.fgb", fields=FIELDS, series=series, refuse_at_most="0.9")


def refused(report: ImportReport) -> list[tuple[str, str]]:
    """Number and detail of every feature refused for its ULPIN."""
    notes = report.of(Kind.REFUSED)
    assert {note.reason for note in notes} <= {"its ULPIN is that of another parcel"}
    assert all("No two parcels share a ULPIN" in note.remedy for note in notes)
    return [(note.ref, note.detail) for note in notes]


def bearer(session: Session, ulpin: str, on: date = date(2026, 6, 1)) -> str:
    """The number of the parcel that a ULPIN means on a day."""
    return parcel_by_ulpin(session, PLACE, ulpin, at=at(session, on)).number.whole


def test_of_two_plots_with_one_ulpin_in_a_file_the_first_stays(session: Session, tmp_path: Path) -> None:
    rows = edition(tmp_path, ("1", ONE), ("2", ONE.lower()), ("3", None), ("4", None), ("5", TWO))
    report = bring(session, tmp_path, rows)
    assert (report.read, report.kept) == (5, 4)
    assert refused(report) == [("2", f"{ONE}, first at feature 1")]
    assert bearer(session, ONE) == "1"
    with pytest.raises(ParcelNotFound):
        standing(session, "2")


@pytest.mark.parametrize(("ends", "kept"), [("2015-01-01", 2), ("2015-01-02", 1)])
def test_one_after_the_other_may_have_it(session: Session, tmp_path: Path, ends: str, kept: int) -> None:
    rows = edition(tmp_path, ("1", ONE), ("2", ONE), since=["2010-01-01", "2015-01-01"], until=[ends, ""])
    assert bring(session, tmp_path, rows).kept == kept


def test_parts_of_one_plot_share_its_ulpin(session: Session, tmp_path: Path) -> None:
    rows = edition(tmp_path, ("1", ONE), ("1", ONE))
    wanted = rows.model_copy(update={"same_number": "parts"})
    report = bring(session, tmp_path, wanted)
    assert (report.kept, report.count(Kind.JOINED), report.count(Kind.REFUSED)) == (1, 1, 0)


def test_the_ulpin_of_a_plot_from_another_file_is_refused(session: Session, tmp_path: Path) -> None:
    bring(session, tmp_path, edition(tmp_path, ("1", ONE)))
    report = bring(session, tmp_path, edition(tmp_path, ("8", ONE), ("9", TWO), series="next village"))
    assert refused(report) == [("8", f"{ONE}, that of parcel 1")]
    assert (bearer(session, ONE), bearer(session, TWO)) == ("1", "9")


def test_a_dry_run_tells_it_too(session: Session, tmp_path: Path) -> None:
    bring(session, tmp_path, edition(tmp_path, ("1", ONE)))
    rows = edition(tmp_path, ("8", ONE), ("9", TWO), series="next village")
    assert refused(bring(session, tmp_path, rows, dry_run=True)) == [("8", f"{ONE}, that of parcel 1")]


def test_too_many_of_them_and_none_goes_in(session: Session, tmp_path: Path) -> None:
    bring(session, tmp_path, edition(tmp_path, ("1", ONE)))
    rows = edition(tmp_path, ("8", ONE), series="next village")
    with pytest.raises(ImportRefused, match="its ULPIN is that of another parcel"):
        bring(session, tmp_path, rows)


def test_the_next_edition_may_hand_ulpins_on(session: Session, tmp_path: Path) -> None:
    bring(session, tmp_path, edition(tmp_path, ("1", ONE), ("2", TWO)))
    report = bring(session, tmp_path, edition(tmp_path, ("1", TWO), ("2", ONE)), source=NEWER)
    assert refused(report) == []
    assert (bearer(session, ONE), bearer(session, TWO)) == ("2", "1")


def test_the_ulpin_of_a_plot_that_the_next_edition_leaves_out_is_free(
    session: Session, tmp_path: Path
) -> None:
    bring(session, tmp_path, edition(tmp_path, ("1", ONE), ("2", None)))
    report = bring(session, tmp_path, edition(tmp_path, ("2", ONE)), source=NEWER)
    assert refused(report) == []
    assert bearer(session, ONE) == "2"


def test_the_ulpin_of_a_plot_that_the_register_keeps_is_not_free(session: Session, tmp_path: Path) -> None:
    bring(session, tmp_path, edition(tmp_path, ("1", ONE), ("2", None), ("3", None)))
    correct(
        session, PLACE, "1", to=a_new_parcel("1", ulpin=TWO), on=date(2024, 1, 1), instrument="order 7/2024"
    )
    report = bring(session, tmp_path, edition(tmp_path, ("1", ONE), ("2", TWO), ("3", None)))
    assert [note.ref for note in report.of(Kind.HELD)] == ["1"]
    assert refused(report) == [("2", f"{TWO}, that of parcel 1")]
    assert bearer(session, TWO) == "1"
    assert standing(session, "2").ulpin is None


def test_a_refusal_that_leaves_another_ulpin_standing_is_followed_up(
    session: Session, tmp_path: Path
) -> None:
    """2 keeps its own ULPIN because it may not have that of 8; so 3 may not have it either."""
    bring(session, tmp_path, edition(tmp_path, ("8", ONE), series="next village"))
    bring(session, tmp_path, edition(tmp_path, ("2", TWO), ("3", None), ("4", None)))
    report = bring(session, tmp_path, edition(tmp_path, ("2", ONE), ("3", TWO), ("4", None)), source=NEWER)
    assert refused(report) == [("2", f"{ONE}, that of parcel 8"), ("3", f"{TWO}, that of parcel 2")]
    assert (bearer(session, ONE), bearer(session, TWO)) == ("8", "2")
    assert (report.kept, report.parcels and report.parcels.standing) == (1, 2)
