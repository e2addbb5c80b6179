"""Units of the law, and what is written in them, exactly: decimals, fractions, paise, days, words.

In: one word of a parameter file and its unit.  Out: a typed content; a number is never a float.
"""

import re
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

Content = Decimal | Fraction | int | str | date
"""A number as written, a fraction such as 1/3, paise as an integer, a word, or a day."""


class Unit(StrEnum):
    """What a number counts; money is held in paise, whatever the file is written in."""

    METRE = "m"
    KILOMETRE = "km"
    SQUARE_METRE = "m2"
    SQUARE_METRE_PER_PERSON = "m2/person"
    SQUARE_METRE_PER_CAR = "m2/car"
    SQUARE_METRE_PER_FITMENT = "m2/fitment"
    HECTARE = "hectare"
    PERCENT = "percent"
    SHARE = "share"
    RATIO = "ratio"
    RUN = "run per rise"
    COUNT = "count"
    DEGREE = "degree"
    VOLT = "volt"
    KILOWATT = "kW"
    KILOWATT_PER_SQUARE_METRE = "kW/m2"
    LITRE = "litre"
    LITRE_PER_SQUARE_METRE = "litre/m2"
    HOUR = "hour"
    DAY = "day"
    WORKING_DAY = "working day"
    MONTH = "month"
    YEAR = "year"
    CENT = "cent"
    CRORE_RUPEES = "crore Rs"
    PAISE = "paise"
    PAISE_PER_METRE = "paise/m"
    PAISE_PER_SQUARE_METRE = "paise/m2"
    PAISE_PER_ARE = "paise/are"
    DATE = "date"
    WORD = "word"


RUPEES = {
    "Rs": Unit.PAISE,
    "Rs/m": Unit.PAISE_PER_METRE,
    "Rs/m2": Unit.PAISE_PER_SQUARE_METRE,
    "Rs/are": Unit.PAISE_PER_ARE,
}
"""How money is written in the files, and what it is held in: 1 rupee = 100 paise."""

MONEY = frozenset(RUPEES.values())
_NUMBER = re.compile(r"\d+(\.\d+)?", re.ASCII)
_FRACTION = re.compile(r"([1-9]\d*)/([1-9]\d*)", re.ASCII)
_WORD = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", re.ASCII)


def unit_of(text: str) -> Unit:
    """The unit written in a file; rupees become paise. `ValueError` if nobody knows it."""
    if text in RUPEES:
        return RUPEES[text]
    if text in MONEY:
        raise ValueError(f"money is written in {', '.join(RUPEES)}, not in {text}")
    try:
        return Unit(text)
    except ValueError:
        raise ValueError(f"“{text}” is not a unit; there are {', '.join([*Unit, *RUPEES])}") from None


def number_of(text: str) -> Decimal:
    """A plain decimal number as written, with a leading digit and no sign or exponent; else `ValueError`."""
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"“{text}” is not a plain decimal number")
    return Decimal(text)


def content_of(text: str, unit: Unit) -> Content:
    """What is written, typed by its unit; `ValueError` where text and unit do not agree."""
    if unit is Unit.DATE:
        return date.fromisoformat(text)
    if unit is Unit.WORD:
        if not _WORD.fullmatch(text):
            raise ValueError(f"“{text}” is not a word in small letters")
        return text
    if unit in MONEY:
        return _paise(text)
    if unit is Unit.RATIO and (parts := _FRACTION.fullmatch(text)):
        return Fraction(int(parts[1]), int(parts[2]))
    number = number_of(text)
    if unit in (Unit.COUNT, Unit.DAY, Unit.WORKING_DAY, Unit.HOUR, Unit.MONTH, Unit.YEAR):
        if number != number.to_integral_value():
            raise ValueError(f"“{text}” must be a whole number of {unit}")
        return int(number)
    if unit is Unit.SHARE and number > 1:
        raise ValueError(f"“{text}” is a share above the whole; write 0.15 for 15 percent")
    if unit is Unit.PERCENT and number > 500:
        raise ValueError(f"“{text}” percent cannot be meant")
    return number


def _paise(text: str) -> int:
    paise = number_of(text) * 100
    if paise != paise.to_integral_value():
        raise ValueError(f"“{text}” rupees is not a whole number of paise")
    return int(paise)


def written(content: Content, unit: Unit) -> str:
    """A content for people: the number as written with its unit, money in rupees."""
    if unit in MONEY:
        rupees = (Decimal(int(Fraction(str(content)))) / 100).normalize()
        return f"Rs {rupees:f}{str(unit).removeprefix('paise')}"
    if unit in (Unit.WORD, Unit.DATE):
        return str(content)
    return f"{content} {unit}"
