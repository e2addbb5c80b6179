"""Amounts of a finding as people read them: lengths to the millimetre, areas and shares to the hundredth.

In: decimal strings of the document with their unit.  Out: text in one language.  Where rounding would hide the difference that decides, the
amounts stand as they were compared.
"""

from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from web.languages import Wording

PLACES = {"m": 3, "km": 3}
OTHER_PLACES = 2


def amount(t: Wording, measure: Mapping[str, Any]) -> str:
    """An amount with its unit: 1.932 m."""
    return f"{_rounded(measure)}{unit(t, measure)}"


def compared(t: Wording, found: Mapping[str, Any]) -> tuple[str, str]:
    """What was measured and what is required; different amounts never look the same."""
    measured, required = found["measured"], found["required"]
    if measured is None:
        return t("check.not_measured"), amount(t, required)
    is_hidden = _rounded(measured) == _rounded(required) and Decimal(measured["amount"]) != Decimal(
        required["amount"]
    )
    if is_hidden and measured["unit"] == required["unit"]:
        return f"{measured['amount']}{unit(t, measured)}", f"{required['amount']}{unit(t, required)}"
    return amount(t, measured), amount(t, required)


def unit(t: Wording, measure: Mapping[str, Any]) -> str:
    """The word of a unit with the blank before it; a unit without a word of its own stands as written."""
    key = f"check.unit.{measure['unit']}"
    word = t(key) if t.knows(key) else str(measure["unit"])
    return f"\u00a0{word}" if word else ""


def _rounded(measure: Mapping[str, Any]) -> str:
    places = PLACES.get(measure["unit"], OTHER_PLACES)
    exact = Decimal(measure["amount"]).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN)
    return f"{exact.normalize():,f}" if exact else "0"
