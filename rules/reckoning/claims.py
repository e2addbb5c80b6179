"""Regimes of their own that an application can claim: huts (rule 49), row buildings (rule 51), approved schemes (Chapter VIII).

In: a proposal and the book of one day.  Out: whether one is claimed, and what it makes of yards and distances.  No layer tells that a street was
declared, a scheme approved or a building a hut: the application says so and a person confirms it; what nobody claims does not hold.
"""

from collections.abc import Iterator

from rules.book import Book, NotEncoded, NotInForce, Parameter
from rules.findings import Required
from rules.proposal import Proposal
from rules.reckoning.relaxations import Relaxation

HUT, ROW, SCHEME = "HUT", "ROW_BUILDING_ON_DECLARED_STREET", "APPROVED_SCHEME"
HUT_ROAD, HUT_OTHER = Parameter("small.hut_road_distance"), Parameter("small.hut_other")
SCHEME_ROAD, SCHEME_FRONT = Parameter("small.scheme_road_distance"), Parameter("small.scheme_front")
SCHEME_OTHER = Parameter("small.scheme_other")


def claimed(plan: Proposal, key: str) -> bool | None:
    """Whether a regime holds: no where nobody claims it, yes where a person confirmed it, None where it is only declared."""
    word = plan.word(key)
    if word is None or not word.is_yes:
        return False
    return None if word.is_declared else True


def for_yards(plan: Proposal, book: Book, yard: str) -> Iterator[Relaxation]:
    """What the claimed regimes make of a yard."""
    yield from _relaxation(plan, book, HUT, HUT_ROAD if yard == "front" else HUT_OTHER, "if it is a hut")
    other = SCHEME_FRONT if yard == "front" else SCHEME_OTHER
    yield from _relaxation(plan, book, SCHEME, other, "if it is part of an approved scheme")


def for_streets(plan: Proposal, book: Book) -> Iterator[Relaxation]:
    """What the claimed regimes make of the distance to a street."""
    yield from _relaxation(plan, book, HUT, HUT_ROAD, "if it is a hut")
    yield from _relaxation(plan, book, SCHEME, SCHEME_ROAD, "if it is part of an approved scheme")


def _relaxation(plan: Proposal, book: Book, key: str, parameter: Parameter, why: str) -> Iterator[Relaxation]:
    holds = claimed(plan, key)
    if holds is False:
        return
    try:
        value = book.value(parameter)
    except (NotEncoded, NotInForce):
        return
    yield Relaxation(
        required=Required.of(value),
        holds=holds,
        why=f"{why}, {value.citation}, which a person has to confirm",
    )
