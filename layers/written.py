"""What people write who look for a plot: coordinates in degrees, minutes and seconds, a number with its title or its village.

In: the words typed, in either script.  Out: positions to try (degrees), and the readings of the words as a number with or
without a village.  No database: what there is, the search asks.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gis.names import sound_key

_PLAIN = re.compile(r"(-?\d{1,3}(?:\.\d+)?)\s*[,;\s]\s*(-?\d{1,3}(?:\.\d+)?)")
_LINK = re.compile(
    r"(?:geo:|https?://\S*?[=@/])(-?\d{1,3}\.\d+)(?:,|%2C)(?:\+|%20)?(-?\d{1,3}\.\d+)(?![\d.])\S*",
    re.IGNORECASE,
)
"""A place that a telephone shares: latitude and longitude in a `geo:` address or in the address of a map."""
_ANGLE = (
    r"(?P<{0}d>\d{{1,3}}(?:\.\d+)?)\s*[°º]?"
    r"(?:\s*(?P<{0}m>\d{{1,2}}(?:\.\d+)?)\s*['′’])?(?:\s*(?P<{0}s>\d{{1,2}}(?:\.\d+)?)\s*(?:[\"″”]|'')?)?"
)
_SIDE = r"(?P<{0}>[NSEW])"
_SIDES_AFTER, _SIDES_BEFORE = (
    re.compile(
        order.format(x=_ANGLE.format("x"), y=_ANGLE.format("y"), a=_SIDE.format("xa"), b=_SIDE.format("ya")),
        re.IGNORECASE,
    )
    for order in (r"{x}\s*{a}\s*[,;\s]?\s*{y}\s*{b}", r"{a}\s*{x}\s*[,;\s]?\s*{b}\s*{y}")
)
_TITLE = re.compile(
    r"^(?:(?:re[-\s]?)?sur?vey|re[-\s]?sy|r\.?\s?s|sy|plot|(?:റീ[-\s]?)?സർവേ|(?:റീ[-\s]?)?സർവ്വേ|പ്ലോട്ട്)"
    r"[.\s]*(?:number|no|num|നമ്പർ|നം)?[.:\s#]*(?=\d)",
    re.IGNORECASE,
)
_DASHES = re.compile("[\u2010-\u2015\u2212]")
_NUMBER = r"\d+[A-Z]?(?:\s*[/-]\s*\w+)*"
_NAME_FIRST = re.compile(rf"(?P<name>.*[^\W\d].*?)[\s,.:#]+(?P<number>{_NUMBER})", re.IGNORECASE)
_NUMBER_FIRST = re.compile(rf"(?P<number>{_NUMBER})[\s,]+(?P<name>[^\W\d].*)", re.IGNORECASE)
_LAST_TITLE = re.compile(
    r"[\s,.]+(?:(?:re[-\s]?)?sur?vey|re[-\s]?sy|r\.?\s?s|sy|no|number|സർവേ|സർവ്വേ|നമ്പർ|[.\s])+$", re.IGNORECASE
)

VILLAGE = {"village"}
"""The sound of the word that may follow a village's name."""


@dataclass(frozen=True, kw_only=True)
class NumberRead:
    """A number that words may mean, and the village in which it lies where they name one."""

    number: str
    village: str | None = None

    def is_in(self, village: str | None) -> bool:
        """Whether a village of the register is the one that is named, by the sound of its words in either script."""
        if self.village is None:
            return True
        return village is not None and _sounds(self.village) - VILLAGE <= _sounds(village)


def positions(words: str) -> Iterator[tuple[float, float]]:
    """Longitude and latitude that words may mean: latitude first as people write it, then the other order."""
    plain = words.strip()
    if found := _PLAIN.fullmatch(plain):
        first, second = float(found[1]), float(found[2])
    elif link := _LINK.fullmatch(plain):
        yield float(link[2]), float(link[1])
        return
    elif sides := _SIDES_AFTER.fullmatch(plain) or _SIDES_BEFORE.fullmatch(plain):
        one, other = _angle(sides, "x"), _angle(sides, "y")
        if one is None or other is None or one[1] == other[1]:
            return
        first, second = (one[0], other[0]) if one[1] == "NS" else (other[0], one[0])
        yield second, first
        return
    else:
        return
    yield second, first
    yield first, second


def _angle(found: re.Match[str], which: str) -> tuple[float, str] | None:
    """Degrees, and whether they count north and south or east and west; None where minutes or seconds are too many."""
    side = found[f"{which}a"].upper()
    minutes, seconds = (float(found[f"{which}{part}"] or 0) for part in "ms")
    if minutes >= 60 or seconds >= 60:
        return None
    degrees = float(found[f"{which}d"]) + minutes / 60 + seconds / 3600
    return (-degrees if side in "SW" else degrees), ("NS" if side in "NS" else "EW")


def numbers_read(words: str) -> list[NumberRead]:
    """How words can be read as a number: as they stand, without a title such as “Sy. No.”, with the name of a village."""
    plain = _DASHES.sub("-", words.strip())
    found = [NumberRead(number=plain)]
    bare = _TITLE.sub("", plain)
    if bare != plain:
        found.append(NumberRead(number=bare))
    for pattern in (_NAME_FIRST, _NUMBER_FIRST):
        if parts := pattern.fullmatch(plain):
            name = _LAST_TITLE.sub("", f" {parts['name']}").strip(" ,.")
            if name and sound_key(name):
                found.append(NumberRead(number=parts["number"], village=name))
    return found


def _sounds(name: str) -> set[str]:
    """The sounds of a name's words; the last word of a sound key stands for all of the name, so it is left out."""
    return set(sound_key(name).split()[:-1])
