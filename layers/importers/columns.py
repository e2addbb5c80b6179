"""Whole columns of a file as the register wants them: texts, numbers as written, dates, parcel numbers.

In: Arrow columns of any type.  Out: Arrow or numpy columns of the same length, null where nothing is given, and masks of
what was given but could not be understood.  The vectorised ways give what `gis.parcels.ids` gives one by one.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from gis.errors import Invalid
from gis.parcels.ids import LONGEST, normal_number, normal_ulpin
from gis.units import EARTH, SQUARE_METRES
from layers.importers.batches import Mask

T = TypeVar("T")
_NUMBER = r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$"
_BETWEEN = "\x1f"
_SQUARE_METRES = {unit.value: float(factor) for unit, factor in SQUARE_METRES.items()}
_PLAIN = r"^[\x20-\x7e]*$"


def mask_of(array: pa.Array) -> Mask:
    """A boolean column as numpy; null counts as no."""
    return np.asarray(pc.fill_null(array, False).to_numpy(zero_copy_only=False), dtype=bool)


def texts(column: pa.Array) -> pa.StringArray:
    """Texts in NFC without blanks around them or doubled inside; null where nothing is left."""
    plain = pc.utf8_normalize(pc.replace_substring(_as_text(column), "\0", ""), form="NFC")
    plain = pc.utf8_trim_whitespace(pc.replace_substring_regex(plain, r"\s+", " "))
    return pc.if_else(pc.equal(plain, ""), pa.scalar(None, pa.string()), plain)


def _as_text(column: pa.Array) -> pa.StringArray:
    """Values as they would be written; days without their hour, lists as Python writes them."""
    if pa.types.is_timestamp(column.type) or pa.types.is_date64(column.type):
        column = column.cast(pa.date32())
    if pa.types.is_nested(column.type) or pa.types.is_binary(column.type):
        return pa.array([None if value is None else str(value) for value in column.to_pylist()], pa.string())
    return column.cast(pa.string())


def numbers(column: pa.Array) -> tuple[NDArray[np.float64], Mask]:
    """Numbers, NaN where there is none; and where anything is given at all."""
    plain = texts(column)
    readable = pc.if_else(pc.match_substring_regex(plain, _NUMBER), plain, pa.scalar(None, pa.string()))
    values = readable.cast(pa.float64()).to_numpy(zero_copy_only=False)
    return np.asarray(values, dtype=np.float64), mask_of(pc.is_valid(plain))


def decimals(column: pa.Array) -> tuple[pa.StringArray, Mask]:
    """Numbers above 0 exactly as written, null for none and for 0; and where something else is written."""
    plain = texts(column)
    values, given = numbers(plain)
    with np.errstate(invalid="ignore"):
        good, nothing = np.isfinite(values) & (values > 0), values == 0
    return pc.if_else(pa.array(good), plain, pa.scalar(None, pa.string())), given & ~good & ~nothing


def beyond_the_earth(extents: pa.StringArray, units: pa.StringArray) -> Mask:
    """Extents that are more than the whole earth in their unit: no area, and no answer could ever print them."""
    values, _ = numbers(extents)
    factors = np.array([_SQUARE_METRES.get(unit, np.nan) for unit in units.to_pylist()], dtype=np.float64)
    with np.errstate(invalid="ignore", over="ignore"):
        return np.asarray(values * factors > float(EARTH), dtype=bool)


def each_once(column: pa.Array, judge: Callable[[Any], T | None]) -> tuple[list[T | None], Mask]:
    """`judge` of every different value, spread over the column; and where a value is given but judged None."""
    coded = column.dictionary_encode()
    judged = [judge(value) for value in coded.dictionary.to_pylist()]
    codes = coded.indices.to_pylist()
    results = [None if code is None else judged[code] for code in codes]
    bad = np.fromiter(
        (code is not None and judged[code] is None for code in codes), dtype=bool, count=len(codes)
    )
    return results, bad


def dates(column: pa.Array) -> tuple[list[date | None], Mask]:
    """Days, from dates, times, or texts that begin like 2024-03-01 or 2024/03/01; and what is neither."""
    if pa.types.is_temporal(column.type):
        return column.cast(pa.date32()).to_pylist(), np.zeros(len(column), dtype=bool)
    return each_once(texts(column), _day)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10].replace("/", "-"))
    except ValueError:
        return None


def parcel_numbers(column: pa.Array, blank: Sequence[str]) -> tuple[pa.StringArray, Mask]:
    """Numbers in their normal form, null where there is none or only a sign for none; and what cannot be a number."""
    plain = texts(column)
    if blank:
        signs = pa.array([sign.strip() for sign in blank], pa.string())
        plain = pc.if_else(pc.is_in(plain, value_set=signs), pa.scalar(None, pa.string()), plain)
    normal = pc.replace_substring_regex(pc.ascii_upper(plain), r"\s*([/-])\s*", r"\1")
    odd = mask_of(pc.invert(pc.match_substring_regex(plain, _PLAIN)))
    odd |= mask_of(pc.greater(pc.utf8_length(normal), LONGEST))
    if not odd.any():
        return normal, odd
    return _one_by_one(normal, plain, odd, normal_number)


def ulpins(column: pa.Array) -> tuple[pa.StringArray, Mask]:
    """ULPINs of 14 letters and digits, null where there is none; and what is none."""
    plain = pc.ascii_upper(texts(column))
    odd = mask_of(pc.invert(pc.match_substring_regex(plain, "^[A-Z0-9]{14}$")))
    if not odd.any():
        return plain, odd
    return _one_by_one(plain, plain, odd, normal_ulpin)


def _one_by_one(
    normal: pa.StringArray, plain: pa.StringArray, odd: Mask, rule: Callable[[str], str]
) -> tuple[pa.StringArray, Mask]:
    """The rule itself where the vectorised way does not serve; and where the rule refuses."""
    values, refused = normal.to_pylist(), np.zeros(len(odd), dtype=bool)
    for index in np.flatnonzero(odd):
        try:
            values[index] = rule(plain[index].as_py())
        except Invalid:
            values[index], refused[index] = None, True
    return pa.array(values, pa.string()), refused


def joined(columns: Sequence[pa.Array]) -> pa.StringArray:
    """The parts of a number with slashes between them; parts not given are left out, null where none is."""
    # Joining with null_handling="skip" loses rows in which all parts are null, so blanks are joined and taken out.
    parts = [pc.fill_null(texts(column), "") for column in columns]
    whole = pc.utf8_trim(pc.binary_join_element_wise(*parts, _BETWEEN), characters=_BETWEEN)
    whole = pc.replace_substring_regex(whole, f"{_BETWEEN}+", "/")
    return pc.if_else(pc.equal(whole, ""), pa.scalar(None, pa.string()), whole)


def spans(
    starts: Sequence[date | None], ends: Sequence[date | None], begins: date
) -> tuple[list[date], list[date | None], Mask]:
    """Days from which and until which things hold, `begins` where none is given; and what ends before it begins."""
    full = [start or begins for start in starts]
    empty = np.array(
        [end is not None and end <= start for start, end in zip(full, ends, strict=True)], dtype=bool
    )
    return full, list(ends), empty
