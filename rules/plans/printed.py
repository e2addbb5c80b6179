"""What a dimension prints, beside what its points measure: text typed over it, a hidden number, a factor, a unit that is not the drawing's.

In: a DIMENSION, the distance of its points as drawn and in metres.  Out: `Printed`. The meaning of the codes is that of the DXF reference: an empty
text and `<>` are the measurement, a blank hides it; DIMLFAC multiplies what is printed (a negative one on layouts only), DIMPOST is put round it.
"""

import re
import unicodedata
from dataclasses import dataclass

from ezdxf.entities.dimension import Dimension

from rules.plans.foreign import DAMAGE, attribute

PLACE = "<>"
DIMLFAC, DIMPOST = 144, 3
"""Group codes under which a dimension overrides its style."""
CHARACTER = re.compile(r"\\[Uu]\+([0-9A-Fa-f]{4})|%%(\d{3})")
CODES = re.compile(r"\\[ACcfFHhQTWp][^;\\]*;|\\~|\\[A-Za-z]|[{}]|%%[A-Za-z]")
NAMED = re.compile(r"(?<!\w)\d")
"""The first digit of a number that stands for itself; one behind a letter is a name (W1) or a power (m2)."""
FRACTIONS = "No"
POWERS = "²³"
UNIT = re.compile(
    r"<>\s*(?:(?P<mm>mm)|(?P<cm>cms?)|(?P<m>m|mt|mtr|mts|mtrs|met(?:er|re)s?)|(?P<ft>ft|feet|foot|['′’])"
    r"|(?P<inch>in(?=\.?\s*$)|inch(?:es)?|[\"″”]))(?![\w²³])\.?",
    re.IGNORECASE,
)
METRES = {"mm": 0.001, "cm": 0.01, "m": 1.0, "ft": 0.3048, "inch": 0.0254}
AGREE = 0.001
"""Metres within which a printed number tells the measured length."""


@dataclass(frozen=True, slots=True)
class Printed:
    """What stands on the drawing in place of the measurement, or beside it.

    `typed` is a text that says something of its own, `is_hidden` a text without anything to read; `number` is what the measurement is printed as
    where that tells another length, and `why`.
    """

    typed: str | None
    is_hidden: bool
    number: float | None
    why: str

    @property
    def text(self) -> str | None:
        """What the drawing shows instead of the measurement; None where it shows what it measures."""
        if self.typed is not None or self.is_hidden:
            return self.typed or ""
        return None if self.number is None else f"{self.number:.3f}"


def printed(dimension: Dimension, drawn: float, *, metres: float, unit: float) -> Printed:
    """What a dimension prints: its points lie `drawn` apart where they are drawn and `metres` in the plan; a drawing unit is `unit` metres."""
    raw = str(dimension.dxf.get("text", ""))
    factor, post = _style(dimension)
    around = post if PLACE in post else PLACE + post
    shown = _plain((raw or PLACE).replace(PLACE, around))
    if not shown.strip():
        return Printed(typed=None, is_hidden=True, number=None, why="")
    if PLACE not in shown or says_a_number(shown):
        return Printed(
            typed=around if raw in ("", PLACE) else raw.strip(), is_hidden=False, number=None, why=""
        )
    told = UNIT.search(shown)
    name = None if told is None else told.lastgroup
    units = (METRES[name],) if name else (unit, METRES["m"], METRES["cm"], METRES["mm"])
    number = drawn * factor
    if any(abs(number * each - metres) <= AGREE for each in units):
        return Printed(typed=None, is_hidden=False, number=None, why="")
    return Printed(typed=None, is_hidden=False, number=number, why=_why(factor, drawn * unit, metres))


def says_a_number(shown: str) -> bool:
    """Whether a number stands beside the measurement; a unit, a sign or a name with a number in it (W1) says no other length."""
    beside = shown.replace(PLACE, " ")
    fractions = (unicodedata.category(each) == FRACTIONS and each not in POWERS for each in beside)
    return NAMED.search(beside) is not None or any(fractions)


def _why(factor: float, measured: float, metres: float) -> str:
    if factor != 1.0:
        return f"DIMLFAC {factor:g}"
    return "its unit is another" if abs(measured - metres) <= AGREE else "it lies in a block that is scaled"


def _plain(text: str) -> str:
    """A text without formatting codes; codes of characters are those characters."""

    def character(code: re.Match[str]) -> str:
        return chr(int(code[1], 16) if code[1] else int(code[2]))

    return CODES.sub(" ", CHARACTER.sub(character, text))


def _style(dimension: Dimension) -> tuple[float, str]:
    """DIMLFAC and DIMPOST of a dimension: its own where it overrides its style, else those of the style."""
    factor, post = 1.0, ""
    try:
        style = dimension.get_dim_style()
        factor, post = float(attribute(style, "dimlfac", 1.0)), str(attribute(style, "dimpost", ""))
    except DAMAGE:
        pass  # without its style a dimension prints what it measures, unless it says otherwise itself
    if dimension.has_xdata("ACAD"):
        own = _overridden(dimension)
        factor, post = float(own.get(DIMLFAC, factor)), str(own.get(DIMPOST, post))
    return factor if factor > 0.0 else 1.0, post


def _overridden(dimension: Dimension) -> dict[int, float | str]:
    """What a dimension says in place of its style, by group code: pairs of a code (1070) and a value."""
    try:
        tags = list(dimension.get_xdata_list("ACAD", "DSTYLE"))[2:-1]
    except DAMAGE:
        return {}
    found: dict[int, float | str] = {}
    for code, value in zip(tags[::2], tags[1::2], strict=False):
        if code.code == 1070 and code.value in (DIMLFAC, DIMPOST):
            try:
                found[int(code.value)] = float(value.value) if code.value == DIMLFAC else str(value.value)
            except DAMAGE:
                continue
    return found
