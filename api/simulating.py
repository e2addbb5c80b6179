"""What a reform would do to plots: each plot's envelope before and after, from the same land.

In: plots, a reform, a use.  Out: a row for each plot, with what it can carry by the book and by the reform on the reform's first day, and
what that means for it.  Nothing is written down anywhere; a plot that cannot be told before or after says so and why.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from api.answers import LandAnswers, today
from api.envelopes import carried
from gis.errors import LandError
from gis.site import Site
from gis.site_document import site_from_json, site_to_json
from rules.book import Library
from rules.envelopes.model import Envelope
from rules.reading import library
from rules.reform import Reform, reformed


class Effect(StrEnum):
    """What a reform means for a plot."""

    GAINS = "gains"
    LOSES = "loses"
    SAME = "same"
    UNBUILDABLE = "becomes unbuildable"
    BUILDABLE = "becomes buildable"
    UNKNOWN = "cannot be told"


@dataclass(frozen=True, kw_only=True)
class Carries:
    """What a plot can carry by one law: m² of ground and of floor, storeys, what decides; None what is not known."""

    ground: Decimal | None
    floor_area: Decimal | None
    storeys: int | None
    decider: str | None


@dataclass(frozen=True, kw_only=True)
class Simulated:
    """A plot before and after."""

    number: str
    site: Site | None
    before: Carries
    after: Carries
    effect: Effect
    reason: str | None


NOTHING = Carries(ground=None, floor_area=None, storeys=None, decider=None)


@dataclass(frozen=True, kw_only=True)
class Use:
    """A use of the ground: a group of rule 25, and the metres of a storey."""

    occupancy: str = "A1"
    storey_height: Decimal = Decimal(3)


def simulate(
    land: LandAnswers, place: str, numbers: Iterable[str], change: Reform, use: Use
) -> Iterator[Simulated]:
    """Each plot before and after a reform, on its first day and as the land is known now; one after the other.

    `Invalid` for a reform that changes nothing the book has.
    """
    after = reformed(library(), change)
    return (_one(land, place, number, change.begins, use, after) for number in numbers)


def _one(land: LandAnswers, place: str, number: str, day: date, use: Use, law: Library) -> Simulated:
    try:
        on = day if day < today() else None
        site = site_from_json(site_to_json(land.site(land.extract(place, number=number, on=on, known=None))))
        old, new = (
            _carries(
                carried(
                    site,
                    day,
                    occupancy=use.occupancy,
                    storey_height=use.storey_height,
                    front=None,
                    law=each,
                )
            )
            for each in (library(), law)
        )
    except LandError as error:
        return Simulated(
            number=number,
            site=None,
            before=NOTHING,
            after=NOTHING,
            effect=Effect.UNKNOWN,
            reason=error.message,
        )
    effect = effect_of(old, new)
    reason = "What the plot can carry is not known by one of the two." if effect is Effect.UNKNOWN else None
    return Simulated(number=number, site=site, before=old, after=new, effect=effect, reason=reason)


def _carries(found: Envelope) -> Carries:
    choice = found.choice
    if choice is None:
        return NOTHING
    largest = choice.carried[0] if choice.carried else None
    return Carries(
        ground=choice.bands[0].area if choice.bands else Decimal(0),
        floor_area=choice.floor_area,
        storeys=choice.storeys,
        decider=str(largest.decider) if largest else None,
    )


def effect_of(before: Carries, after: Carries) -> Effect:
    """What the change of floor area, and where it is alike of the ground, means for a plot."""
    if before.floor_area is None or after.floor_area is None:
        return Effect.UNKNOWN
    if before.floor_area > 0 and after.floor_area == 0:
        return Effect.UNBUILDABLE
    if before.floor_area == 0 and after.floor_area > 0:
        return Effect.BUILDABLE
    old, new = (before.floor_area, before.ground or 0), (after.floor_area, after.ground or 0)
    if old == new:
        return Effect.SAME
    return Effect.GAINS if new > old else Effect.LOSES


def row_of(found: Simulated) -> dict[str, object]:
    """A plot before and after as a row: effect, m² and storeys, what decides, the change of floor area, the reason."""
    row: dict[str, object] = {"number": found.number, "effect": str(found.effect)}
    for side, carries in (("before", found.before), ("after", found.after)):
        row |= {
            f"ground_{side}": _float(carries.ground),
            f"floor_area_{side}": _float(carries.floor_area),
            f"storeys_{side}": carries.storeys,
            f"decider_{side}": carries.decider,
        }
    old, new = found.before.floor_area, found.after.floor_area
    row["floor_area_change"] = None if old is None or new is None else float(new - old)
    return row | {"reason": found.reason}


def _float(amount: Decimal | None) -> float | None:
    return None if amount is None else float(amount)
