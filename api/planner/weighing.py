"""What the plots of a tract can carry by the book of a day and by other laws.

In: a `Tract` from the database or from files, a day, a use, laws.  Out: `Weighed`, arrays over the plots: what each can carry by each law, or
why that cannot be told.  Nothing is read here and nothing written, so it runs wherever a tract is.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np
import shapely

from api.envelopes import check_rules
from gis.errors import LandError
from gis.site import Road, RoadKind
from layers.tracts.model import Floats, Fronts, Limits, Texts, Tract
from rules.book import Book, Library, NotEncoded, NotInForce
from rules.envelopes.ground import AIRPORT_TOP, SECURITY, TOP_ATTRIBUTE, height_under, zone_height
from rules.envelopes.many import Frontages
from rules.envelopes.reading import terms_of
from rules.envelopes.several import Carried, Law, carried
from rules.envelopes.terms import Lanes, check_storey, street_distances

LIMITS = Limits(zone=SECURITY, surface=AIRPORT_TOP, attribute=TOP_ATTRIBUTE)
"""The themes that the building rules take greatest heights from."""


@dataclass(frozen=True, kw_only=True)
class Use:
    """A use of the ground: a group of rule 25, and the metres of a storey."""

    occupancy: str = "A1"
    storey_height: Decimal = Decimal(3)


@dataclass(frozen=True, kw_only=True)
class Weighed:
    """By law, what each plot can carry; and by plot, why that cannot be told, None where it was reckoned."""

    carried: tuple[Carried, ...]
    reason: Texts


def weigh(tract: Tract, day: date, use: Use, laws: Sequence[Library]) -> Weighed:
    """What the plots of a tract can carry by each law on a day."""
    found = [Carried.unknown(len(tract)) for _ in laws]
    reason = np.full(len(tract), None, dtype=object)
    for body in dict.fromkeys(tract.body.tolist()):
        rows = np.flatnonzero([each is body for each in tract.body])
        try:
            binding = check_rules(tract.rule_book, tract.place, body)
            books = [law.on(day, binding) for law in laws]
            check_storey(use.storey_height)
            of_body = _of_body(tract.taken(rows), books, use)
        except LandError as error:
            reason[rows] = error.message
            continue
        for whole, part in zip(found, of_body, strict=True):
            for name in ("ground", "floor", "storeys", "decider"):
                getattr(whole, name)[rows] = getattr(part, name)
    return Weighed(carried=tuple(found), reason=reason)


def _of_body(tract: Tract, books: Sequence[Book], use: Use) -> list[Carried]:
    """What plots of one kind of local body can carry by its books."""
    laws = [_law(tract, book, use.occupancy) for book in books]
    fronts = tract.fronts
    frontages = Frontages(
        plot=fronts.plot,
        line=fronts.line,
        accuracy=fronts.accuracy,
        width=fronts.width,
        near=laws[0].near,
        far=laws[0].far,
    )
    area = np.fmin(tract.recorded, tract.measured)
    return carried(tract.boundary, area, frontages, laws, use.storey_height)


def _law(tract: Tract, book: Book, occupancy: str) -> Law:
    terms = terms_of(book, occupancy)
    near, far = _distances(tract.fronts, terms.lanes)
    return Law(terms=terms, ceiling=_ceiling(tract, book), near=near, far=far)


def _ceiling(tract: Tract, book: Book) -> Floats:
    """The greatest height on each plot, metres; inf where no limit is known."""
    ceiling = np.full(len(tract), np.inf)
    with suppress(NotEncoded, NotInForce):
        ceiling[tract.in_zone] = float(zone_height(book).number)
    for plot in np.flatnonzero(np.isfinite(tract.top) & np.isfinite(tract.highest)).tolist():
        under = float(height_under(tract.top[plot], tract.highest[plot]))
        ceiling[plot] = min(ceiling[plot], under)
    return ceiling


def _distances(fronts: Fronts, lanes: Lanes | None) -> tuple[Floats, Floats]:
    """Table 3 along each street, for buildings up to the height of lanes and for higher ones."""
    if lanes is None:
        return np.zeros(len(fronts)), np.zeros(len(fronts))
    told = zip(
        *(each.tolist() for each in (fronts.width, fronts.length, fronts.served)), fronts.kind, strict=True
    )
    kinds: dict[tuple[float | None, float | None, float | None, RoadKind | None], int] = {}
    which = np.array(
        [
            kinds.setdefault((_known(width), _known(length), _known(served), kind), len(kinds))
            for width, length, served, kind in told
        ],
        dtype=np.int64,
    )
    table = np.array([_table(lanes, *each) for each in kinds], dtype=np.float64).reshape(-1, 2)
    return table[which, 0], table[which, 1]


def _known(said: float) -> float | None:
    """None in place of nan, so that two streets of which the same is told are alike."""
    return None if np.isnan(said) else said


def _table(
    lanes: Lanes, width: float | None, length: float | None, served: float | None, kind: RoadKind | None
) -> tuple[float, float]:
    road = Road(
        ref="",
        name=None,
        name_ml=None,
        width=width,
        kind=kind,
        surface=None,
        line=None,
        frontage=shapely.MultiLineString(),
        basis="",
        accuracy=0.0,
        origin=None,
        length=length,
        plots_served=None if served is None else round(served),
    )
    near, far, _ = street_distances(lanes, road)
    return float(near), float(far)
