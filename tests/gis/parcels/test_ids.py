"""Parcel numbers as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.errors import Invalid
from gis.parcels.ids import LONGEST, normal_number, normal_ulpin


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("12/104-3", "12/104-3"),
        ("  12 / 104 - 3 ", "12/104-3"),
        ("12/104-3a", "12/104-3A"),
        ("re sy   12", "RE SY 12"),
        ("കൊ/12", "കൊ/12"),
        ("café 1", "CAFÉ 1"),
        ("9" * LONGEST, "9" * LONGEST),
        ("൧൨/൧൦൪", "12/104"),
        ("１２／１０４", "12/104"),
        ("12/104–3", "12/104-3"),
        ("12 ‐ 3", "12-3"),
        ("12\u2212\u200b3", "12-3"),
        ("12∕104⁄5", "12/104/5"),
        ("\u202a12\u200d/\u00ad104\u202c", "12/104"),
    ],
)
def test_a_number_is_found_however_it_is_typed(typed: str, kept: str) -> None:
    assert normal_number(typed) == kept


@pytest.mark.parametrize("typed", ["", "   ", "\u200b\u200d", "9" * (LONGEST + 1), "12\x00104", "12\x7f"])
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(Invalid, match="not a parcel number"):
        normal_number(typed)


@given(st.text(min_size=1, max_size=40))
def test_a_kept_number_is_kept_as_it_is(typed: str) -> None:
    try:
        kept = normal_number(typed)
    except Invalid:
        return
    assert normal_number(kept) == kept


def test_a_ulpin_is_found_however_it_is_typed() -> None:
    assert normal_ulpin(" abc12345678901 ") == "ABC12345678901"


@pytest.mark.parametrize(
    "typed", ["", "ABC1234567890", "ABC123456789012", "ABC1234567890-", "ＡBC1234567890１"]
)
def test_what_is_no_ulpin_is_refused(typed: str) -> None:
    with pytest.raises(Invalid, match="14"):
        normal_ulpin(typed)
