"""Shares of a full-coverage layer add to 100.0 %, whatever the rounding."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import box
from sqlalchemy.orm import Session

from layers.extract.assemble import extract_of_parcel
from layers.extract.model import ShareRow, ThemeAnswer
from layers.extract.shares import rounded_shares
from tests.builders import KERALA, a_box, a_parcel, a_place, now
from tests.layers.ground import bring_in


def row(kind: str, area: float) -> ShareRow:
    return ShareRow(kind=kind, label=None, label_ml=None, area=area, percent=0.0)


def total(rows: tuple[ShareRow, ...]) -> float:
    return round(sum(-each.percent if each.kind == "overlap" else each.percent for each in rows), 1)


@given(
    st.lists(st.floats(0.01, 1e6), min_size=1, max_size=30),
    st.floats(0, 1e4),
    st.floats(0, 1e4),
    st.floats(0, 1e4),
)
def test_rounded_shares_always_add_up(
    classes: list[float], unmapped: float, outside: float, overlap: float
) -> None:
    overlap = min(overlap, sum(classes) / 2)
    whole = sum(classes) + unmapped + outside - overlap
    rows = [row("class", area) for area in classes]
    rows += [row("unmapped", unmapped), row("outside", outside), row("overlap", overlap)]
    shares = rounded_shares(rows, of=whole)
    assert total(shares) == 100.0
    for before, after in zip(rows, shares, strict=True):
        assert after.percent == pytest.approx(before.area / whole * 100, abs=0.1001)


def zoning_of(session: Session, zones: list[object], coverage: object) -> ThemeAnswer:
    place = a_place(session)
    plot = a_parcel(session, place)
    labels = [f"zone {index}" for index in range(len(zones))]
    bring_in(session, place, "zoning", zones, labels=labels, coverage=coverage, accuracy=0.5)
    extract = extract_of_parcel(session, place, plot, at=now(session, place), rasters=Path("nowhere"))
    return next(each for each in extract.themes if each.layer == "zoning")


def test_thirds_gap_overlap_and_outside_are_printed_not_scaled(session: Session) -> None:
    west, south = KERALA
    covered = box(west, south, west + 18, south + 30)
    zoning = zoning_of(session, [a_box(-5, -5, 11, 50), a_box(5, -5, 10, 50)], covered)
    percents = {(each.kind, each.label): each.percent for each in zoning.shares}
    assert percents == {
        ("class", "zone 0"): 30.0,
        ("class", "zone 1"): 50.0,
        ("unmapped", None): 15.0,
        ("outside", None): 10.0,
        ("overlap", None): 5.0,
    }
    assert total(zoning.shares) == 100.0


def test_a_sliver_of_a_zone_still_counts_in_the_table(session: Session) -> None:
    zoning = zoning_of(
        session, [a_box(-5, -5, 24.8, 50), a_box(19.8, -5, 10, 50)], a_box(-100, -100, 300, 300)
    )
    assert [hit.label for hit in zoning.hits] == ["zone 0"]
    assert [hit.label for hit in zoning.left_out] == ["zone 1"]
    assert [(each.label, each.percent) for each in zoning.shares if each.kind == "class"] == [
        ("zone 0", 99.0),
        ("zone 1", 1.0),
    ]
