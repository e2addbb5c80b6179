"""Text of any origin, made fit for paper: it can be shown, it breaks, it cannot turn its neighbours around.

In: any string of an extract, and the code points that the fonts show.  Out: text in which control and direction signs
are gone, letters without a glyph are �, and words longer than a column may break.
"""

import re
import unicodedata
from collections.abc import Collection

from web.print.words import Wording

REPLACEMENT = "\ufffd"
LONGEST = 1000
"""Letters of one text that are printed; the rest is in the JSON."""

_JOINERS = "\u200c\u200d"
_BREAK = "\u200b"
_LONG_WORD = re.compile(r"\S{25,}")
_STRIDE = 12


def printable(text: str, letters: Collection[int], words: Wording) -> str:
    """The text as it can be set; what is cut off is said."""
    more = len(text) - LONGEST
    shown = unicodedata.normalize("NFC", text[:LONGEST])
    shown = "".join(_shown(letter, letters) for letter in shown)
    if more > 0:
        shown += words.say("cut", more=more)
    return _LONG_WORD.sub(lambda word: _breakable(word.group()), shown)


def _shown(letter: str, letters: Collection[int]) -> str:
    if letter in _JOINERS:
        return letter
    kind = unicodedata.category(letter)
    if kind in ("Cc", "Zl", "Zp", "Zs"):
        return letter if letter in " \u00a0\u202f" else " "
    if kind == "Cf":
        return ""
    return letter if kind not in ("Co", "Cs", "Cn") and ord(letter) in letters else REPLACEMENT


def _breakable(word: str) -> str:
    """Places to break about every dozen letters, never before a sign that belongs to the letter before it."""
    parts, part = [], ""
    for letter in word:
        belongs = unicodedata.category(letter)[0] == "M" or letter in _JOINERS
        joined = part != "" and (unicodedata.combining(part[-1]) == 9 or part[-1] in _JOINERS)
        if len(part) >= _STRIDE and not belongs and not joined:
            parts.append(part)
            part = ""
        part += letter
    return _BREAK.join([*parts, part])
