"""What a reform would do to plots: each plot's envelope before and after, from the same land.

In: plots, a reform, a use.  Out: a row for each plot, with what it can carry by the book and by the reform on the reform's first day, and
what that means for it.  Nothing is written down anywhere; a plot that cannot be told before or after says so and why.

Plots are reckoned some hundred together (`api.planner.weighing`), to the numbers that each gives by itself; those that cannot be, and those that a
redrawn zone touches, are reckoned one by one.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, islice
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import URL

from api.answers import LandAnswers, today
from api.envelopes import carried
from api.planner.effects import NOT_KNOWN, NOTHING, Carries, Effect, effect_of
from api.planner.hands import ALONE, Hands, land_there
from api.planner.tracts import AT_ONCE, Tracts, in_pieces
from api.planner.weighing import Use, weigh
from api.planner.zones import Redrawn, areas_of, compared, row_of_zones
from civic.reforms.room import Plot
from gis.crs import to_geographic
from gis.errors import LandError
from gis.site import Site
from layers.tracts.frames import Frames
from layers.tracts.model import Tract
from rules.book import Library
from rules.envelopes.model import Envelope
from rules.envelopes.search import CODES
from rules.envelopes.several import Carried
from rules.reading import library
from rules.redrawing import Area, redrawn, touched
from rules.reform import Reform, reformed


@dataclass(frozen=True, kw_only=True)
class Simulated:
    """A plot before and after."""

    number: str
    shape: BaseGeometry | None
    """The plot in metres of the grid; None where it is not there."""
    before: Carries
    after: Carries
    effect: Effect
    reason: str | None
    zones: Redrawn | None = None
    """What redrawn zones change on the plot; None where none touches it."""
    is_alone: bool = False
    """Whether it was reckoned by itself."""


SHARED_FROM = 4 * AT_ONCE
"""Plots from which on other cores are worth what it takes to begin on them."""


def simulate(
    land: LandAnswers,
    place: str,
    numbers: Iterable[str],
    change: Reform,
    use: Use,
    *,
    hands: Hands = ALONE,
) -> Iterator[Simulated]:
    """Each plot before and after a reform, on its first day and as the land is known now, in their order; many on whatever hands there are.

    `Invalid` for a reform that changes nothing the book has, or a zone that cannot be laid on this land.
    """
    asked = _Asked(place=place, change=change, use=use)
    here, left = _Bench(land, asked), iter(numbers)
    if not hands.are_several:
        return here.simulated(left)
    first = list(islice(left, SHARED_FROM))
    if len(first) < SHARED_FROM:
        return here.simulated(iter(first))
    known = Tracts(land, place, change.begins).stamp().known
    begun = _begin, (land.engine.url, land.rasters, asked, known)
    pieces = in_pieces(chain(first, left), AT_ONCE)
    return chain.from_iterable(hands.each(_piece, pieces, begun_with=begun))


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """A reform of a place and a use."""

    place: str
    change: Reform
    use: Use


class _Bench:
    """Where plots are simulated: the land, and the law after the reform."""

    def __init__(self, land: LandAnswers, asked: _Asked, *, known: datetime | None = None) -> None:
        self._land, self._asked = land, asked
        self._law = reformed(library(), asked.change)
        self._drawn = areas_of(land, asked.place, asked.change)
        self._tracts = Tracts(land, asked.place, asked.change.begins, known=known)

    def simulated(self, numbers: Iterator[str]) -> Iterator[Simulated]:
        """Some hundred plots after the other: together those of which that can be told, the rest by themselves."""
        asked, law, drawn = self._asked, self._law, self._drawn
        for some in in_pieces(numbers, AT_ONCE):
            told = self._told(some)
            for at, number in enumerate(some):
                yield (
                    told.get(at)
                    or _one(self._land, asked.place, number, asked.change.begins, asked.use, law, drawn)
                )

    def _told(self, some: Sequence[str]) -> dict[int, Simulated]:
        """What can be told of plots together, by their places; a shape that breaks that leaves each to itself."""
        read, asked = self._tracts.read(some), self._asked
        if read.tract is None:
            return {}
        with suppress(shapely.errors.GEOSException):
            together = _together(read.tract, asked.change.begins, asked.use, self._law, self._drawn)
            return {at: found for at, found in zip(read.places.tolist(), together, strict=True) if found}
        return {}


_HERE: list[_Bench] = []
"""Where a process that simulates for another one does so."""


def _begin(url: URL, rasters: Path, asked: _Asked, known: datetime) -> None:
    _HERE[:] = [_Bench(land_there(url, rasters), asked, known=known)]


def _piece(numbers: Sequence[str]) -> list[Simulated]:
    return list(_HERE[0].simulated(iter(numbers)))


def _together(
    tract: Tract, day: date, use: Use, law: Library, drawn: tuple[Area, ...]
) -> Iterator[Simulated | None]:
    """The plots of a tract; None for those that a zone touches."""
    weighed = weigh(tract, day, use, (library(), law))
    shapes = Frames(east=tract.east, north=tract.north, scale=tract.scale).to_grid(tract.boundary)
    is_touched = np.zeros(len(tract), dtype=bool)
    is_touched[list(touched(list(shapes), drawn))] = True
    sides = [_all_carry(each) for each in weighed.carried]
    rows = zip(tract.number, shapes, *sides, weighed.reason, is_touched.tolist(), strict=True)
    for number, shape, before, after, reason, is_out in rows:
        yield None if is_out else _found(number, shape, before, after, reason)


def _all_carry(found: Carried) -> list[Carries]:
    rows = zip(
        found.ground.tolist(),
        found.floor.tolist(),
        found.storeys.tolist(),
        found.decider.tolist(),
        strict=True,
    )
    return [
        Carries(
            ground=_exact(ground),
            floor_area=_exact(floor),
            storeys=None if decider < 0 else storeys,
            decider=None if decider < 0 else str(CODES[decider]),
        )
        for ground, floor, storeys, decider in rows
    ]


def _exact(area: float) -> Decimal | None:
    """m² to 0.01 as a decimal; None for nan."""
    return None if area != area else Decimal(f"{area:.2f}")


def _found(
    number: str,
    shape: BaseGeometry,
    before: Carries,
    after: Carries,
    reason: str | None,
    *,
    zones: Redrawn | None = None,
    is_alone: bool = False,
) -> Simulated:
    effect = effect_of(before, after)
    if reason is not None:
        shape = None
    elif effect is Effect.UNKNOWN:
        reason = NOT_KNOWN
    return Simulated(
        number=number,
        shape=shape,
        before=before,
        after=after,
        effect=effect,
        reason=reason,
        zones=zones,
        is_alone=is_alone,
    )


def _one(
    land: LandAnswers, place: str, number: str, day: date, use: Use, law: Library, drawn: tuple[Area, ...]
) -> Simulated:
    try:
        on = day if day < today() else None
        site = land.site(land.extract(place, number=number, on=on, known=None))
    except LandError as error:
        return _untold(number, error)
    return of_site(number, site, day, use, law, drawn)


def of_site(number: str, site: Site, day: date, use: Use, law: Library, drawn: tuple[Area, ...]) -> Simulated:
    """A plot by itself, with all that is known of it, before and after on a day; zones are redrawn over it."""
    try:
        then = redrawn(site, drawn)
        old, new = (
            _carries(
                carried(
                    ground,
                    day,
                    occupancy=use.occupancy,
                    storey_height=use.storey_height,
                    front=None,
                    law=each,
                )
            )
            for ground, each in ((site, library()), (then, law))
        )
    except LandError as error:
        return _untold(number, error)
    shape, zones = site.frame.to_grid(site.boundary), compared(site, then, drawn, use.occupancy)
    return _found(number, shape, old, new, None, zones=zones, is_alone=True)


def _untold(number: str, error: LandError) -> Simulated:
    return Simulated(
        number=number,
        shape=None,
        before=NOTHING,
        after=NOTHING,
        effect=Effect.UNKNOWN,
        reason=error.message,
        is_alone=True,
    )


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
    return row | row_of_zones(found.zones) | {"reason": found.reason}


def plot_of(found: Simulated, metric: int) -> Plot:
    """A plot as files have it: its row, its shape in degrees (EPSG:4326)."""
    shape = None if found.shape is None else to_geographic(found.shape, metric)
    return Plot(row=row_of(found), shape=shape)


def _float(amount: Decimal | None) -> float | None:
    return None if amount is None else float(amount)


__all__ = [
    "NOTHING",
    "NOT_KNOWN",
    "Carries",
    "Effect",
    "Simulated",
    "Use",
    "effect_of",
    "plot_of",
    "row_of",
    "simulate",
]
