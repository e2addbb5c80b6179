"""Columns as a whole are read exactly as one value at a time."""

from datetime import date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.errors import Invalid
from gis.parcels.ids import normal_number
from gis.units import AreaUnit
from layers.importers.columns import (
    beyond_the_earth,
    dates,
    decimals,
    joined,
    numbers,
    parcel_numbers,
    texts,
    ulpins,
)
from layers.importers.parcels import unit_of

LETTERS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
LIKE_NUMBERS = st.text(st.sampled_from("12aAb/- \t\u00a0\u0d15é\u0301ß\x1f\x00"), max_size=12)


@given(st.lists(LETTERS | LIKE_NUMBERS, min_size=1, max_size=5))
def test_a_column_of_numbers_reads_like_one_number_at_a_time(values: list[str]) -> None:
    found, refused = parcel_numbers(pa.array(values), [])
    for value, number, bad in zip(values, found.to_pylist(), refused, strict=True):
        plain = texts(pa.array([value]))[0].as_py()
        if plain is None:
            assert number is None
            assert not bad
            continue
        try:
            assert number == normal_number(plain)
        except Invalid:
            assert number is None
            assert bad


@pytest.mark.parametrize(("length", "is_refused"), [(120, False), (121, True)])
def test_a_number_has_at_most_120_letters(length: int, is_refused: bool) -> None:
    _, refused = parcel_numbers(pa.array(["1" * length]), [])
    assert refused.tolist() == [is_refused]


def test_signs_for_no_number_are_none() -> None:
    found, refused = parcel_numbers(pa.array(["-", " --- ", "12 / 3 - a", None, "--"]), ["-", "---"])
    assert found.to_pylist() == [None, None, "12/3-A", None, "--"]
    assert not refused.any()


def test_a_number_made_of_parts_leaves_out_what_is_not_given() -> None:
    assert joined(
        [pa.array(["V1", None, ""]), pa.array([12, 13, None]), pa.array(["3", "", None])]
    ).to_pylist() == [
        "V1/12/3",
        "13",
        None,
    ]


def test_recorded_areas_stay_as_written() -> None:
    found, bad = decimals(pa.array(["12.50", " 7 ", "0", "1,200", "-3", "", None, "1e3", "12478.9999752"]))
    assert found.to_pylist() == ["12.50", "7", None, None, None, None, None, "1e3", "12478.9999752"]
    assert bad.tolist() == [False, False, False, True, True, False, False, False, False]
    binary, _ = decimals(pa.array([0.1, 0.0412, float("nan")]))
    assert [value and Decimal(value) for value in binary.to_pylist()] == [
        Decimal("0.1"),
        Decimal("0.0412"),
        None,
    ]


def test_an_extent_is_at_most_the_whole_earth_in_its_own_unit() -> None:
    extents = pa.array(
        ["510065621724089", "510065621724090", "12603000000000", "12605000000000", None, "1e400"]
    )
    units = pa.array(["m2", "m2", "cent", "cent", "cent", "are"])
    assert beyond_the_earth(extents, units).tolist() == [False, True, False, True, False, True]


def test_numbers_are_read_from_text_and_from_numbers() -> None:
    values, given_ = numbers(pa.array(["1.5", "x", None, ".5", "2."]))
    assert values[[0, 3, 4]].tolist() == [1.5, 0.5, 2.0]
    assert given_.tolist() == [True, True, False, True, True]


def test_days_are_read_from_dates_and_from_text() -> None:
    found, bad = dates(
        pa.array(["2024-02-29", "2024/03/01", "2024-03-01T10:00:00", "2023-02-29", "01-03-2024", None])
    )
    day = date(2024, 3, 1)
    assert found == [date(2024, 2, 29), day, day, None, None, None]
    assert bad.tolist() == [False, False, False, True, True, False]
    found, _ = dates(pa.array([datetime(2024, 3, 1, 12)], pa.timestamp("ms")))  # noqa: DTZ001
    assert found == [day]


def test_a_ulpin_has_fourteen_letters_and_digits() -> None:
    found, bad = ulpins(pa.array(["abcd1234567890", "ABC", None]))
    assert found.to_pylist() == ["ABCD1234567890", None, None]
    assert bad.tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("text", "unit"),
    [("Cents", AreaUnit.CENT), ("sq. m", None), ("SQ.M.", AreaUnit.SQUARE_METRE), ("m2", AreaUnit.SQUARE_METRE),
     ("Ha", AreaUnit.HECTARE), ("acres", AreaUnit.ACRE), ("are", AreaUnit.ARE), ("sqft", AreaUnit.SQUARE_FOOT),
     ("perch", None)],
)  # fmt: skip
def test_units_are_known_by_the_words_that_registers_use(text: str, unit: AreaUnit | None) -> None:
    assert unit_of(text) == unit


def test_texts_are_trimmed_and_nul_is_no_letter() -> None:
    assert texts(pa.array(["  a   b ", "", " ", "a\0b", None])).to_pylist() == ["a b", None, None, "ab", None]
    assert texts(pa.array([122.0, 0.5])).to_pylist() == ["122", "0.5"]


def test_lists_and_bytes_are_texts_too() -> None:
    assert texts(pa.array([["a", "b"], None])).to_pylist() == ["['a', 'b']", None]
    assert texts(pa.array([b"\xff", None])).to_pylist() == ["b'\\xff'", None]
