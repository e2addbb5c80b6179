"""Text of any origin, made fit for paper: it can be shown, it breaks, it cannot turn its neighbours around.

In: any string of an extract, and the code points that each font shows.  Out: text in which control and direction signs
are gone, letters without a glyph are �, and words longer than a column may break.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

from web.print.words import Wording

REPLACEMENT = "\ufffd"
LONGEST = 1000
"""Letters of one text that are printed; the rest is in the JSON."""

Families = Sequence[frozenset[int]]
"""The code points of each font, in the order in which they are tried."""

_JOINERS = "\u200c\u200d"
_BREAK = "\u200b"
_VIRAMA = 9
"""Combining class of the sign that joins two consonants."""
_LONG_WORD = re.compile(r"\S{25,}")
_STRIDE = 12


def printable(text: str, families: Families, words: Wording) -> str:
    """The text as it can be set; what is cut off is said."""
    if _is_plain(text) and _has_plain(families[0]):
        return _LONG_WORD.sub(lambda word: _breakable(word.group()), text)
    more = len(text) - LONGEST
    tidy = "".join(_tidy(letter) for letter in unicodedata.normalize("NFC", text[:LONGEST]))
    shown = "".join(_shown(cluster, families) for cluster in _clusters(tidy))
    if more > 0:
        shown += words.say("cut", more=more)
    return _LONG_WORD.sub(lambda word: _breakable(word.group()), shown)


def named(text: str) -> str:
    """A text that heads something, or a dash where it shows nothing: a heading must not be empty."""
    return text if text.strip(f" \u00a0{_BREAK}{_JOINERS}") else "–"


def _is_plain(text: str) -> bool:
    """Whether it is short and holds nothing but the printed signs of ASCII, with which nothing can be amiss."""
    return len(text) <= LONGEST and text.isascii() and text.isprintable()


@lru_cache(maxsize=4)
def _has_plain(family: frozenset[int]) -> bool:
    """Whether a font shows all printed signs of ASCII."""
    return family >= frozenset(range(0x20, 0x7F))


def _tidy(letter: str) -> str:
    """A blank for any blank, nothing for signs that only steer the writing, � for what is no letter."""
    kind = unicodedata.category(letter)
    if kind in ("Cc", "Zl", "Zp", "Zs"):
        return letter if letter in " \u00a0" else " "
    if kind == "Cf":
        return letter if letter in _JOINERS else ""
    return REPLACEMENT if kind in ("Co", "Cs", "Cn") else letter


def _belongs(letter: str) -> bool:
    """Whether it is a sign on the letter before it."""
    return letter in _JOINERS or unicodedata.category(letter)[0] == "M"


def _clusters(text: str) -> Iterator[str]:
    """Letters with the signs that belong to them."""
    cluster = ""
    for letter in text:
        if cluster and not _belongs(letter):
            yield cluster
            cluster = ""
        cluster += letter
    if cluster:
        yield cluster


def _shown(cluster: str, families: Families) -> str:
    """A letter as written if one font has it with all its signs, else with � for its signs, or � alone."""
    codes = {ord(letter) for letter in cluster if letter not in _JOINERS}
    is_alone = _belongs(cluster[0]) and cluster[0] not in _JOINERS
    if not is_alone and any(codes <= family for family in families):
        return cluster
    has_base = not is_alone and any(ord(cluster[0]) in family for family in families)
    return cluster[0] + REPLACEMENT if has_base else REPLACEMENT


def _breakable(word: str) -> str:
    """Places to break about every dozen letters, never inside a letter with its signs or a conjunct."""
    parts, part = [], ""
    for cluster in _clusters(word):
        is_joined = part != "" and (part[-1] in _JOINERS or unicodedata.combining(part[-1]) == _VIRAMA)
        if len(part) >= _STRIDE and not is_joined:
            parts.append(part)
            part = ""
        part += cluster
    return _BREAK.join([*parts, part])
