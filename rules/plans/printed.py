"""What a dimension prints, beside what its points measure: text typed over it, a hidden number, a factor, a rounding, a unit that is not the drawing's.

In: a DIMENSION, the distance of its points as drawn and in metres.  Out: `Printed`. The meaning of the codes is that of the DXF reference: an empty
text and `<>` are the measurement, a blank hides it; DIMLFAC multiplies what is printed (a negative one on layouts only), DIMRND rounds it, DIMDEC
tells its places, DIMPOST is put round it.  What is seen is written in a block of the dimension's own, which may say another number.
"""

import re
import unicodedata
from dataclasses import dataclass

from ezdxf.entities.dimension import Dimension
from ezdxf.entities.mtext import MText

from rules.plans.foreign import DAMAGE, attribute

PLACE = "<>"
DIMPOST, DIMRND, DIMLFAC, DIMDEC, DIMLUNIT = 3, 45, 144, 271, 277
STYLED = {DIMPOST: "dimpost", DIMRND: "dimrnd", DIMLFAC: "dimlfac", DIMDEC: "dimdec", DIMLUNIT: "dimlunit"}
FRACTIONAL = (4, 5)
"""DIMLUNIT of feet with inches and of fractions, whose last place is no decimal."""
"""Group codes under which a dimension overrides its style."""
CHARACTER = re.compile(r"\\[Uu]\+([0-9A-Fa-f]{4})|%%(\d{3})")
CODES = re.compile(r"\\[ACcfFHhQTWp][^;\\]*;|\\~|\\[A-Za-z]|[{}]|%%[A-Za-z]")
NUMBER = re.compile(r"(?<!\w)(?:\d+(?:[.,]\d*)?|[.,]\d+)")
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
MOST_PLACES = 8
OTHER_BLOCK = "another number stands in its own block"


@dataclass(frozen=True, slots=True)
class Style:
    """How a dimension prints its number; `places` is None where nothing tells how many decimals it has."""

    factor: float
    rounding: float
    places: int | None
    post: str
    is_decimal: bool = True

    def rounded(self, number: float) -> float:
        """A number as DIMRND prints it."""
        return round(number / self.rounding) * self.rounding if self.rounding > 0.0 else number

    def last_place(self, written: str = "") -> float:
        """Half of the last place that is printed: as the style says, else as it is written."""
        places = len(written.replace(",", ".").partition(".")[2]) if self.places is None else self.places
        return float(0.5 * 10.0**-places) * (1.0 + AGREE)


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
    style = _style(dimension)
    around = style.post if PLACE in style.post else PLACE + style.post
    shown = _plain((raw or PLACE).replace(PLACE, around))
    if not shown.strip():
        return Printed(typed=None, is_hidden=True, number=None, why="")
    if PLACE not in shown or says_a_number(shown):
        return Printed(
            typed=around if raw in ("", PLACE) else raw.strip(), is_hidden=False, number=None, why=""
        )
    told = UNIT.search(shown)
    name = None if told is None else told.lastgroup
    common = (unit, METRES["m"], METRES["cm"], METRES["mm"])
    units = (METRES[name],) if name else common
    number = drawn * style.factor
    if not any(abs(number * each - metres) <= AGREE for each in units):
        return Printed(
            typed=None, is_hidden=False, number=number, why=_why(style.factor, drawn * unit, metres)
        )
    return _as_written(dimension, style, number, metres, (*units, *common))


def _as_written(
    dimension: Dimension, style: Style, number: float, metres: float, units: tuple[float, ...]
) -> Printed:
    """A right number as it is rounded and seen; the places that DIMDEC leaves out are no fault, whatever they hide."""
    rounded = style.rounded(number)
    last = style.last_place(f"{number:.{MOST_PLACES}f}")
    if style.rounding > 0.0 and not any(
        abs(rounded * each - metres) <= max(AGREE, last * each) for each in units
    ):
        return Printed(typed=None, is_hidden=False, number=rounded, why=f"DIMRND {style.rounding:g}")
    written = _lone_number(dimension) if style.is_decimal else None
    if written is None:
        return Printed(typed=None, is_hidden=False, number=None, why="")
    seen, last = float(written.replace(",", ".")), style.last_place(written)
    agrees = abs(seen - rounded) <= last or any(
        abs(seen * each - metres) <= max(AGREE, last * each) for each in units
    )
    return Printed(
        typed=None, is_hidden=False, number=None if agrees else seen, why="" if agrees else OTHER_BLOCK
    )


def _lone_number(dimension: Dimension) -> str | None:
    """The one number written in the block that shows the dimension; None where there is no such block, no number in it, or several."""
    try:
        block = dimension.get_geometry_block()
        texts = [] if block is None else [each for each in block if each.dxftype() in ("TEXT", "MTEXT")]
        shown = [
            _plain(each.text if isinstance(each, MText) else str(each.dxf.get("text", ""))) for each in texts
        ]
    except DAMAGE:
        return None
    found = [number for each in shown for number in NUMBER.findall(each)]
    return found[0] if len(found) == 1 else None


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


def _style(dimension: Dimension) -> Style:
    """How a dimension prints: as it says itself where it overrides its style, else as its style says."""
    found: dict[int, float | str] = {}
    try:
        style = dimension.get_dim_style()
        for code, name in STYLED.items():
            said = attribute(style, name, None)
            if said is not None:
                found[code] = _said(code, said)
    except DAMAGE:
        pass  # without its style a dimension prints what it measures, unless it says otherwise itself
    if dimension.has_xdata("ACAD"):
        found |= _overridden(dimension)
    factor, places = float(found.get(DIMLFAC, 1.0)), found.get(DIMDEC)
    return Style(
        factor=factor if factor > 0.0 else 1.0,
        rounding=max(0.0, float(found.get(DIMRND, 0.0))),
        places=None if places is None else min(MOST_PLACES, max(0, int(places))),
        post=str(found.get(DIMPOST, "")),
        is_decimal=found.get(DIMLUNIT) not in FRACTIONAL,
    )


def _said(code: int, value: object) -> float | str:
    return str(value) if code == DIMPOST else float(str(value))


def _overridden(dimension: Dimension) -> dict[int, float | str]:
    """What a dimension says in place of its style, by group code: pairs of a code (1070) and a value."""
    try:
        tags = list(dimension.get_xdata_list("ACAD", "DSTYLE"))[2:-1]
    except DAMAGE:
        return {}
    found: dict[int, float | str] = {}
    for code, value in zip(tags[::2], tags[1::2], strict=False):
        if code.code == 1070 and code.value in STYLED:
            try:
                found[int(code.value)] = _said(int(code.value), value.value)
            except DAMAGE:
                continue
    return found
