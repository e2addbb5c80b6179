"""Parcel numbers: normalised, so that what a person types finds what the register prints.

In: text as typed or as filed.  Out: the normal form, or `Invalid`.
"""

import re
import unicodedata

from gis.errors import Invalid

LONGEST = 120
_AROUND = re.compile(r" *([/-]) *")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
"""Control characters (category Cc of Unicode)."""
_SLASHES = "\u2044\u2215\uff0f"
"""Signs that look like a slash."""


def normal_number(text: str) -> str:
    """NFC, upper case, single spaces, none around slashes and hyphens; the form under which a number is kept.

    Digits of every script are those of ASCII, dashes are hyphens, and what is not seen (joiners, marks of direction, soft
    hyphens) is nothing: two numbers that look alike are one.
    """
    if not text.isascii():
        text = "".join(map(_plain, text))
    plain = " ".join(unicodedata.normalize("NFC", text).upper().split())
    if " " in plain:
        plain = _AROUND.sub(r"\1", plain)
    if not plain or len(plain) > LONGEST or _CONTROL.search(plain):
        raise Invalid(
            f"“{text[:40]}” is not a parcel number: write it as on the tax receipt, for example 12/104-3.",
            code="bad-number",
        )
    return plain


def _plain(letter: str) -> str:
    """A letter of a number as it is kept."""
    kind = unicodedata.category(letter)
    if kind == "Nd":
        return str(unicodedata.decimal(letter))
    if kind == "Cf":
        return ""
    if kind == "Pd" or letter == "\u2212":
        return "-"
    return "/" if letter in _SLASHES else letter


def normal_ulpin(text: str) -> str:
    """Fourteen capital letters and digits."""
    plain = text.strip().upper()
    if not re.fullmatch(r"[A-Z0-9]{14}", plain):
        raise Invalid(
            f"“{text[:40]}” is not a ULPIN: that has 14 letters and digits. Check it on the document, or ask by number.",
            code="bad-number",
        )
    return plain
