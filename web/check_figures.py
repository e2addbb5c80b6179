"""Amounts of a finding as people read them: lengths and areas with two decimals, shares and numbers to the hundredth.

In: decimal strings of the document with their unit.  Out: text in one language.  Where rounding would hide the difference that decides, both
amounts stand with as many decimals as show it.  And paise as rupees.
"""

from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from web.languages import Wording

PLACES = 2
PAISE = 100
FIXED = frozenset({"m", "m2", "km"})
"""Units whose amounts always have their decimals: 3.00 m."""


def amount(t: Wording, measure: Mapping[str, Any]) -> str:
    """An amount with its unit: 1.93 m."""
    return _told(t, measure, PLACES)


def compared(t: Wording, found: Mapping[str, Any]) -> tuple[str, str]:
    """What was measured and what is required; different amounts never look the same."""
    measured, required = found["measured"], found["required"]
    if measured is None:
        return t("check.not_measured"), amount(t, required)
    places = PLACES
    amounts = Decimal(measured["amount"]), Decimal(required["amount"])
    if measured["unit"] == required["unit"] and amounts[0] != amounts[1]:
        while _to(amounts[0], places) == _to(amounts[1], places):
            places += 1
    return _told(t, measured, places), _told(t, required, places)


def unit(t: Wording, measure: Mapping[str, Any]) -> str:
    """The word of a unit with the blank before it; a unit without a word of its own stands as written."""
    key = f"check.unit.{measure['unit']}"
    word = t(key) if t.knows(key) else str(measure["unit"])
    return f"\u00a0{word}" if word else ""


def _told(t: Wording, measure: Mapping[str, Any], places: int) -> str:
    exact = _to(Decimal(measure["amount"]), places)
    if measure["unit"] not in FIXED:
        exact = exact.normalize() if exact else Decimal(0)
    return f"{exact:,f}{unit(t, measure)}"


def _to(amount: Decimal, places: int) -> Decimal:
    return amount.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN)


def rupees(paise: int) -> str:
    """An amount of money as it is written in India: rupees, with paise where there are any."""
    whole, rest = divmod(paise, PAISE)
    digits = str(whole)
    head, tail = digits[:-3], digits[-3:]
    pairs = [head[max(i - 2, 0) : i] for i in range(len(head), 0, -2)][::-1]
    return f"₹{','.join([*pairs, tail])}" + (f".{rest:02d}" if rest else "")
