"""Amounts within the sentences of the rules, written alike: lengths and areas with two decimals, thousands apart, one sign for m², money
in rupees as it is written in India, shares with %, and a plain number without a word for its unit.

In: a sentence or a step of a reckoning.  Out: the same with its amounts in one form.  Where rounding would make different amounts look the
same, and in steps, which are followed to the millimetre, decimals beyond the second stay.
"""

import re
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

from web.check_figures import rupees
from web.languages import Wording

PLACES = 2
_DAY = re.compile(r"(?<![\w-])\d{4}-\d\d-\d\d(?!-?\d)")
_AMOUNT = re.compile(r"(?<![\w.,/-])(\d+(?:\.\d+)?)[ \u00a0](m2|m²|m)(?![\w²/])")
_MONEY = re.compile(r"\bRs (\d+)(?:\.(\d{1,2}))?(?![\w.])(?:/(m2|m|are)\b)?")
_BARE = re.compile(
    r"(?<![\w.,/-])(\d+(?:\.\d+)?)[ \u00a0](?:(percent)\b|(degree|ratio|count)\b(?=[,.;:)]|$))"
)
"""A number with a word of the book for its unit: a share always, the others only where nothing of a sentence follows (“of which 2 count as floors”)."""
_SIGNS = {"m2": "m²"}
_WORDS = {"percent": "\u00a0%", "degree": "°", "ratio": "", "count": ""}


def tidy(sentence: str) -> str:
    """A sentence with its lengths and areas to the hundredth."""
    found = _AMOUNT.findall(sentence)
    exact = {(Decimal(number), _sign(unit)) for number, unit in found}
    rounded = {(_to(number, PLACES), unit) for number, unit in exact}
    return _rewritten(sentence, is_rounded=len(rounded) == len(exact))


def tidy_step(step: str) -> str:
    """A step of a reckoning with at least two decimals, none taken away."""
    return _rewritten(step, is_rounded=False)


def days_told(text: str, t: Wording) -> str:
    """A text with its days as they are written in a language: 2026-11-22 as 22 November 2026."""
    return _DAY.sub(lambda found: _day(found[0], t), text)


def _day(written: str, t: Wording) -> str:
    try:
        return t.day(date.fromisoformat(written))
    except ValueError:  # the 30th of February is nobody's day
        return written


def _rewritten(text: str, *, is_rounded: bool) -> str:
    def told(match: re.Match[str]) -> str:
        number = Decimal(match[1])
        written = -int(number.as_tuple().exponent)
        places = PLACES if is_rounded else max(PLACES, written)
        return f"{_to(number, places):,f}\u00a0{_sign(match[2])}"

    return _MONEY.sub(_money, _AMOUNT.sub(told, _BARE.sub(_bare, text)))


def _bare(match: re.Match[str]) -> str:
    return match[1] + _WORDS[match[2] or match[3]]


def _money(match: re.Match[str]) -> str:
    paise = int(match[1]) * 100 + int((match[2] or "").ljust(2, "0"))
    return rupees(paise) + (f"/{_sign(match[3])}" if match[3] else "")


def _to(number: Decimal, places: int) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN)


def _sign(unit: str) -> str:
    return _SIGNS.get(unit, unit)
