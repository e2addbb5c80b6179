"""Which groups of rule 25 a plan belongs to, and by how much.

In: a proposal, the book of one day, and the colours of the drawing.  Out: `Use` values: group, part, areas; the most restrictive of several
uses binds, rule by rule (rule 25(1)).

The drawing convention is older than the groups: its D1 is worship (group D), the law's D1 is recreation.  Where a code of the drawing
may be several groups the use has none, and checks are unknown until a person names it (`Answers.groups`).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from rules.book import Book, NotEncoded, NotInForce, Parameter, Value
from rules.findings import TOLERANCE, Comparison, Measured, Required
from rules.measure import Unit
from rules.proposal import Proposal, once
from rules.table import Key
from rules.takings import floor_uses, total

OVER = Parameter("occupancy.built_up_area_over")
INDUSTRY = Parameter("occupancy.industrial_area")
INCIDENTAL = Parameter("occupancy.incidental_share")

PARTS: dict[str, str] = {
    "A1": "A1",
    "A4": "A1",
    "A5": "A1",
    "A2": "A2",
    "A3": "A2",
    "B1": "B_school",
    "B2": "B_school",
    "B3": "B_other",
    "C1": "C",
    "C2": "C",
    "C3": "C",
    "D": "D",
    "D1": "D_worship",
    "D2": "D",
    "D3": "D_halls",
    "D4": "D_worship",
    "E": "E",
    "E1": "E",
    "E2": "E",
    "F": "F",
    "F1": "F",
    "F2": "F",
    "F3": "F",
    "G1": "G1",
    "G2": "G2",
    "G3": "G2",
    "G5": "G1",
    "H": "H",
    "I": "I",
    "I1": "I",
    "I2": "I",
    "I3": "I",
    "I4": "I",
    "I5": "I",
    "I6": "I",
    "J": "J",
}
"""Occupancy of the drawing convention to the rows of the law's tables, where there is only one it can be.  G4 (repair and service of
vehicles) stands in no group that was read, so a person names it."""

PARK = "E1"
"""Occupancy of the drawing: information-technology parks of the government or approved by it."""


@dataclass(frozen=True, kw_only=True)
class Use:
    """One occupancy of the plan: `group` is the letter of rule 25, `part` the finer row where tables have one."""

    group: str
    part: str
    codes: tuple[str, ...]
    built_up: Measured | None
    floor_area: Measured | None
    reasons: tuple[str, ...] = ()


def uses(plan: Proposal, book: Book) -> tuple[Use, ...]:
    """The uses of the whole plan by group, largest first.

    `NotEncoded` where the book cannot tell the groups of that day, or a use has a code that belongs to no one group.
    """
    return once(plan, ("uses", book.on, book.body), lambda: _uses(plan, book))


def _uses(plan: Proposal, book: Book) -> tuple[Use, ...]:
    by_part: dict[str, list[str | None]] = {}
    for use in floor_uses(plan):
        by_part.setdefault(_part(plan, use.code), []).append(use.code)
    found = [_use(plan, part, codes) for part, codes in by_part.items()]
    if not found:
        raise NotEncoded(
            "The drawing shows no floor area with an occupancy, so the group of rule 25 is unknown."
        )
    return _by_size(_merged(_regrouped(use, book) for use in found))


def named_groups(plan: Proposal) -> frozenset[str]:
    """Groups that a person named for occupancies of the drawing: what they may be beside what their colour says."""
    there = {use.code for use in floor_uses(plan)}
    named = (each.choice for code, each in plan.answers.groups.items() if code in there)
    return frozenset(choice.split("_", maxsplit=1)[0] for choice in named)


def main_use(plan: Proposal, book: Book) -> Use:
    """The use with the largest floor area; incidental uses join it up to their share (rule 25(1))."""
    return joined(plan, book)[0]


def joined(plan: Proposal, book: Book) -> tuple[Use, ...]:
    """The uses with incidental ones joined to the main one where together they stay within the share of rule 25(1)."""
    found = uses(plan, book)
    if len(found) == 1:
        return found
    share = book.value(INCIDENTAL).number
    main, others = found[0], found[1:]
    areas = [each.floor_area for each in others]
    whole = total([main.floor_area, *areas], Unit.SQUARE_METRE, "floor area")
    less = total(areas, Unit.SQUARE_METRE, "floor area of the other uses")
    if whole is None or less is None or less.amount * 100 > share * whole.amount:
        return found
    step = f"uses of {', '.join(each.group for each in others)} are incidental: {less.amount:.2f} of {whole.amount:.2f} m²"
    built_up = total((each.built_up for each in found), Unit.SQUARE_METRE, "built-up area")
    return (replace(main, built_up=built_up, floor_area=whole, reasons=(*main.reasons, step)),)


def is_park(use: Use) -> bool:
    """Whether all of a use is an information-technology park of the drawing."""
    return use.group == "E" and set(use.codes) == {PARK}


def row_of(book: Book, parameter: Parameter, use: Use, *keys: Key) -> Value:
    """The number of a table for a use: in the row of its part where the table has one, else in that of its group."""
    named = book.words(parameter, "occupancy")
    return book.value(parameter, use.part if use.part in named else use.group, *keys)


def _part(plan: Proposal, code: str | None) -> str:
    if code is not None and code in plan.answers.groups:
        return plan.answers.groups[code].choice
    if code is None:
        raise NotEncoded(
            "A floor area of the drawing has no occupancy. Give its outline the colour of its occupancy, or name it with the text USE."
        )
    if code not in PARTS:
        raise NotEncoded(
            f"Occupancy {code} of the drawing is not one group of rule 25; a person has to name the group."
        )
    return PARTS[code]


def _use(plan: Proposal, part: str, codes: list[str | None]) -> Use:
    there = [use for use in floor_uses(plan) if use.code in codes]
    return Use(
        group=part.split("_", maxsplit=1)[0],
        part=part,
        codes=tuple(sorted({code for code in codes if code is not None})),
        built_up=total((use.built_up for use in there), Unit.SQUARE_METRE, f"built-up area of {part}"),
        floor_area=total((use.floor_area for use in there), Unit.SQUARE_METRE, f"floor area of {part}"),
    )


def _regrouped(use: Use, book: Book) -> Use:
    """Small uses belong to another group: B to A1, C, D, E to F, and large G1 to G2 (rule 25(1))."""
    if use.group in {"B", "C", "D", "E"}:
        try:
            limit = book.value(OVER, use.group).number
        except NotInForce:
            return use
        if use.part == "D1" or _area(use) > limit:
            return use
        other = "A1" if use.group == "B" else "F"
        why = f"{use.group} up to {limit} m² is group {other}, {book.value(OVER, use.group).citation}"
        return replace(use, group=other, part=other, reasons=(why,))
    if use.group == "G1":
        limit = book.value(INDUSTRY, "G1").number
        if _area(use) > limit:
            why = f"G1 over {limit} m² is group G2, {book.value(INDUSTRY, 'G1').citation}"
            return replace(use, group="G2", part="G2", reasons=(why,))
    return use


def _area(use: Use) -> Decimal:
    if use.built_up is None:
        raise NotEncoded(
            f"The built-up area of {use.part} could not be measured, so its group of rule 25 is unknown."
        )
    return use.built_up.amount.quantize(TOLERANCE[Unit.SQUARE_METRE])


def _merged(found: Iterable[Use]) -> list[Use]:
    merged: dict[str, Use] = {}
    for use in found:
        other = merged.get(use.part)
        if other is None:
            merged[use.part] = use
            continue
        merged[use.part] = replace(
            other,
            codes=tuple(sorted({*other.codes, *use.codes})),
            built_up=total((other.built_up, use.built_up), Unit.SQUARE_METRE, f"built-up area of {use.part}"),
            floor_area=total(
                (other.floor_area, use.floor_area), Unit.SQUARE_METRE, f"floor area of {use.part}"
            ),
            reasons=(*other.reasons, *use.reasons),
        )
    return list(merged.values())


def _by_size(found: Iterable[Use]) -> tuple[Use, ...]:
    def size(use: Use) -> tuple[Decimal, str]:
        return (-(use.floor_area.amount if use.floor_area else Decimal(0)), use.part)

    return tuple(sorted(found, key=size))


def strictest(
    found: Iterable[Use], required: Callable[[Use], Required], comparison: Comparison
) -> tuple[Use, Required]:
    """Of several uses the one that asks for most (rule 25(1)); a gap of the book for one of them is a gap for all."""
    asked = [(use, required(use)) for use in found]
    if comparison is Comparison.AT_LEAST:
        return max(asked, key=lambda each: each[1].amount)
    return min(asked, key=lambda each: each[1].amount)
