"""What a drawing shows and says of itself, as lines for page, print and terminal: both figures of each yard, both numbers of what is declared.

In: the content of a check's JSON document and the reader's words.  Out: `YardLine` and `BothLine`, all text.  Checks that were kept before these
figures stood in the document have none.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from web.check_figures import amount
from web.languages import Wording
from web.sentences import told_on_paper

Found = dict[str, Any]
PLACES = Decimal("0.001")
"""To what both figures of a yard and both numbers of a declaration are written: as they are compared."""


@dataclass(frozen=True, kw_only=True)
class YardLine:
    """One drawn yard: which, the average that is judged with its length, and the mean of nearest that is not."""

    name: str
    judged: str
    mean: str
    layer: str
    handles: str


@dataclass(frozen=True, kw_only=True)
class BothLine:
    """One thing that is measured and declared."""

    name: str
    measured: str
    declared: str
    differs: bool
    told: str
    """Both, and whether they differ, in one line."""
    handles: str


def yard_lines(found: Found, t: Wording) -> tuple[YardLine, ...]:
    """Every drawn yard with its two figures."""
    return tuple(_yard(each, t) for each in found.get("yards", ()))


def both_lines(found: Found, t: Wording) -> tuple[BothLine, ...]:
    """Everything that is measured and declared, whether it differs or not."""
    return tuple(_both(each, t) for each in found.get("declared", ()))


def _yard(each: Found, t: Wording) -> YardLine:
    level = "basement" if each["is_basement"] else None if each["level"] is None else f"level {each['level']}"
    named = ", ".join(part for part in (each["yard"], f"building {each['block']}", level) if part)
    mean = each["mean_of_nearest"]
    return YardLine(
        name=_sentence(told_on_paper(named, "subjects", t.language)),
        judged=_judged(each, t),
        mean=t("check.not_measured") if mean is None else _metres(mean, t),
        layer=each["layer"],
        handles=", ".join(each["handles"]),
    )


def _judged(each: Found, t: Wording) -> str:
    if each["average"] is not None:
        return t("check.yards.judged", area=_area(each["area"], t), **_depth(each["average"], t))
    if not each["candidates"]:
        return t("check.yards.none")
    listed = "; ".join(t("check.yards.candidate", **_depth(one, t)) for one in each["candidates"])
    return t("check.yards.open", candidates=listed)


def _depth(one: Found, t: Wording) -> dict[str, str]:
    basis = told_on_paper(one["basis"], "subjects", t.language)
    return {"metres": _metres(one["metres"], t), "length": _metres(one["length"], t), "basis": basis}


def _both(each: Found, t: Wording) -> BothLine:
    number = f"{Decimal(str(each['measured'])).quantize(PLACES):,f}"
    measured = f"{number}\u00a0{t('check.unit.' + each['unit'])}"
    word = "differs" if each["differs"] else "agrees"
    return BothLine(
        name=told_on_paper(each["what"], "subjects", t.language),
        measured=measured,
        declared=each["declared"],
        differs=each["differs"],
        told=t(f"check.both.{word}", measured=measured, declared=each["declared"], word=each["key"]),
        handles=", ".join(dict.fromkeys(each["handles"])),
    )


def _metres(metres: float, t: Wording) -> str:
    return f"{Decimal(str(metres)).quantize(PLACES):,f}\u00a0{t('check.unit.m')}"


def _area(area: float, t: Wording) -> str:
    return amount(t, {"amount": str(area), "unit": "m2"})


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
