"""Amounts within the sentences of the rules, written alike: lengths and areas with two decimals, thousands apart, one sign for m², money
in rupees as it is written in India.

In: a sentence or a step of a reckoning.  Out: the same with its amounts in one form.  Where rounding would make different amounts look the
same, and in steps, which are followed to the millimetre, decimals beyond the second stay.
"""

import re
from decimal import ROUND_HALF_EVEN, Decimal

from web.check_figures import rupees

PLACES = 2
_AMOUNT = re.compile(r"(?<![\w.,/-])(\d+(?:\.\d+)?)[ \u00a0](m2|m²|m)(?![\w²/])")
_MONEY = re.compile(r"\bRs (\d+)(?:\.(\d{1,2}))?(?![\w.])(?:/(m2|m|are)\b)?")
_SIGNS = {"m2": "m²"}


def tidy(sentence: str) -> str:
    """A sentence with its lengths and areas to the hundredth."""
    found = _AMOUNT.findall(sentence)
    exact = {(Decimal(number), _sign(unit)) for number, unit in found}
    rounded = {(_to(number, PLACES), unit) for number, unit in exact}
    return _rewritten(sentence, is_rounded=len(rounded) == len(exact))


def tidy_step(step: str) -> str:
    """A step of a reckoning with at least two decimals, none taken away."""
    return _rewritten(step, is_rounded=False)


def _rewritten(text: str, *, is_rounded: bool) -> str:
    def told(match: re.Match[str]) -> str:
        number = Decimal(match[1])
        written = -int(number.as_tuple().exponent)
        places = PLACES if is_rounded else max(PLACES, written)
        return f"{_to(number, places):,f}\u00a0{_sign(match[2])}"

    return _MONEY.sub(_money, _AMOUNT.sub(told, text))


def _money(match: re.Match[str]) -> str:
    paise = int(match[1]) * 100 + int((match[2] or "").ljust(2, "0"))
    return rupees(paise) + (f"/{_sign(match[3])}" if match[3] else "")


def _to(number: Decimal, places: int) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN)


def _sign(unit: str) -> str:
    return _SIGNS.get(unit, unit)
