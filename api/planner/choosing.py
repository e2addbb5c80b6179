"""The chosen front of many plots of one book: what each plot carries with the front that carries most, reckoned together.

In: sites of one kind of local body, the book's `Terms`, greatest heights.  Out: for each plot `Chosen`, or how many candidates there are where none can be
chosen.  The numbers are those of `rules.envelopes.single`: the same search over all plots at once, the same ground of the lowest band.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

from gis.geometry import polygons_of
from gis.site import Road, Site
from rules.envelopes.choice import POSITIONS, heights_of
from rules.envelopes.ground import candidate_sides
from rules.envelopes.many import Frontages, Plots, cases_of, frontages_of, preferred, row_of
from rules.envelopes.model import Band, Carried, Choice, Decider, SetBack
from rules.envelopes.search import CODES, Cases, Found, search
from rules.envelopes.several import ground_at, rounded, set_backs_at
from rules.envelopes.shapes import DECIDERS
from rules.envelopes.sides import Flags, Floats, Ints
from rules.envelopes.terms import Terms

NOTHING = Decimal(0)
MILLIMETRE = Decimal("0.001")
STREET_HEIGHT = DECIDERS.index(Decider.STREET_HEIGHT)


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """A plot's envelope: `choice` has what it carries and the bands that end at those heights; `ground` m² of the lowest band, `shape` in the site's frame.

    `choice` is None where no front can be chosen; `candidates` are then the sides or streets that could be.  `astray` are streets of which no part lies on
    the boundary.
    """

    choice: Choice | None
    ground: float
    shape: Polygon | MultiPolygon
    candidates: int
    astray: tuple[Road, ...]


@dataclass(frozen=True, kw_only=True)
class _Reckoned:
    """All fronts of some plots, and the best of each plot that has one, by their places."""

    cases: Cases
    found: Found
    owner: Ints
    best: Ints
    has_front: Flags


def chosen_fronts(
    sites: Sequence[Site], ceiling: Floats, terms: Terms, storey_height: Decimal
) -> list[Chosen]:
    """The chosen front of each plot; `ceiling` are the greatest heights in metres, inf where none is known."""
    candidates = _candidates_without_street(sites, ceiling, terms)
    found = [_none(each) for each in candidates]
    roads = [(place, road) for place, site in enumerate(sites) for road in site.roads]
    if not roads or not terms.rows:
        return found
    frontages = frontages_of(roads, terms)
    with np.errstate(invalid="ignore"):  # set by a buffer in which a shape vanishes; what is left is measured
        reckoned = _reckoned(_plots(sites, ceiling), frontages, terms, storey_height)
        told = dict(zip(reckoned.owner.tolist(), _told(reckoned, roads, terms, storey_height), strict=True))
    astray: dict[int, list[Road]] = {}
    for (place, road), has in zip(roads, reckoned.has_front.tolist(), strict=True):
        if not has:
            astray.setdefault(place, []).append(road)
    for place, (choice, ground, shape) in told.items():
        lost = tuple(astray.get(place, ()))
        found[place] = Chosen(choice=choice, ground=ground, shape=shape, candidates=1, astray=lost)
    return found


def _none(candidates: int) -> Chosen:
    return Chosen(choice=None, ground=0.0, shape=Polygon(), candidates=candidates, astray=())


def _plots(sites: Sequence[Site], ceiling: Floats) -> Plots:
    shape = np.empty(len(sites), dtype=object)
    shape[:] = [each.boundary for each in sites]
    area = np.array([each.area for each in sites], dtype=float)
    return Plots(shape=shape, area=area, ceiling=ceiling, is_relieved=np.zeros(len(sites), dtype=bool))


def _candidates_without_street(sites: Sequence[Site], ceiling: Floats, terms: Terms) -> list[int]:
    """Of each plot without a street, how many of its sides could be a front; 0 for the others."""
    found = [0] * len(sites)
    sides = [
        (place, road) for place, site in enumerate(sites) if not site.roads for road in candidate_sides(site)
    ]
    if not sides or not terms.rows:
        return found
    places = [place for place, _ in sides]
    plots = _plots([sites[place] for place in places], ceiling[places])
    _, has_front = cases_of(plots, frontages_of(list(enumerate(road for _, road in sides)), terms), terms)
    for place, has in zip(places, has_front.tolist(), strict=True):
        found[place] += has
    return found


def _reckoned(plots: Plots, frontages: Frontages, terms: Terms, storey_height: Decimal) -> _Reckoned:
    cases, has_front = cases_of(plots, frontages, terms)
    found = search(cases, terms, storey_height)
    order = preferred(found, has_front, frontages.plot, terms)
    owner, first = np.unique(frontages.plot[order], return_index=True)
    return _Reckoned(cases=cases, found=found, owner=owner, best=order[first], has_front=has_front)


def _told(
    reckoned: _Reckoned, roads: Sequence[tuple[int, Road]], terms: Terms, storey_height: Decimal
) -> Iterator[tuple[Choice, float, Polygon | MultiPolygon]]:
    """Each best case with its choice and its ground."""
    cases, found, best = reckoned.cases, reckoned.found, reckoned.best.tolist()
    floors, feet = rounded(found.floor), rounded(found.ground)
    carried = [_carried(found, floors, case, terms, storey_height) for case in best]
    row = [row_of(found, cases, case, terms) for case in best]
    highest = [max((each.height for each in some), default=storey_height) for some in carried]
    lowest = [
        next(iter(heights_of(terms, storey_height, most, float(cases.ceiling[case]))), None)
        for case, most in zip(best, highest, strict=True)
    ]
    shapes = _grounds(cases, best, row, lowest, terms)
    bands = _bands(cases, best, row, carried, terms)
    for place, case in enumerate(best):
        road = roads[case][1]
        shape = _polygons(shapes[place])
        choice = Choice(
            front=road.ref,
            title=road.title,
            row=terms.rows[row[place]].title,
            bands=tuple(bands[place]),
            footprint=None if terms.coverage is None else _square_metres(feet[case]),
            footprint_decider=None,
            carried=tuple(carried[place]),
            steps=(),
        )
        yield choice, float(rounded(np.array([shape.area]))[0]), shape


def _carried(found: Found, floors: Floats, case: int, terms: Terms, storey_height: Decimal) -> list[Carried]:
    """The free floor space index, and each with a fee that adds something."""
    if terms.coverage is None or not terms.has_heights:
        return []
    told: list[Carried] = []
    for tier, limit in enumerate(terms.tiers):
        floor = _square_metres(floors[tier, case])
        if told and floor <= told[-1].floor_area:
            continue
        storeys = int(found.storeys[tier, case])
        each = Carried(
            index=limit.index,
            fee=limit.fee,
            excess=NOTHING,
            fees=None,
            floor_area=floor,
            storeys=storeys,
            height=storey_height * storeys,
            footprint=NOTHING,
            row="",
            decider=CODES[int(found.decider[tier, case])],
        )
        told.append(each)
    return told


def _square_metres(area: float) -> Decimal:
    return Decimal(f"{area:.2f}")


def _alike(row: Sequence[int], heights: Sequence[Decimal | None]) -> Iterator[tuple[int, Decimal, list[int]]]:
    """Plots with one row of Table 4 and one height: row, height, their places in order."""
    together: dict[tuple[int, Decimal], list[int]] = {}
    for place, (number, height) in enumerate(zip(row, heights, strict=True)):
        if height is not None:
            together.setdefault((number, height), []).append(place)
    for (number, height), places in together.items():
        yield number, height, places


def _grounds(
    cases: Cases, best: Sequence[int], row: Sequence[int], lowest: Sequence[Decimal | None], terms: Terms
) -> list[shapely.Geometry]:
    """The ground of the lowest band of each best case; nothing where no building may stand at any height."""
    shapes: list[shapely.Geometry] = [Polygon()] * len(best)
    for number, height, places in _alike(row, lowest):
        own = np.array([best[place] for place in places])
        for place, shape in zip(places, ground_at(cases, own, number, height, terms), strict=True):
            shapes[place] = shape
    return shapes


def _bands(
    cases: Cases, best: Sequence[int], row: Sequence[int], carried: Sequence[Sequence[Carried]], terms: Terms
) -> list[list[Band]]:
    """For each best case a band that ends at each height of what it carries, with the set-backs that the height against the street decides."""
    bands: list[list[Band]] = [[] for _ in best]
    first = np.searchsorted(cases.sides.case, np.arange(len(cases) + 1)).tolist()
    asked = sorted({each.height for some in carried for each in some if each.height > 0})
    for height in asked if terms.street is not None else ():
        has = [height if any(each.height == height for each in some) else None for some in carried]
        for number, _, places in _alike(row, has):
            backs = set_backs_at(cases, number, height, terms)
            for place in places:
                groups = range(first[best[place]], first[best[place] + 1])
                bands[place].append(_band(cases, height, groups, backs.distance, backs.decider))
    return bands


def _band(cases: Cases, height: Decimal, groups: range, distance: Floats, decider: Ints) -> Band:
    backs = tuple(
        SetBack(
            position=POSITIONS[int(cases.sides.position[group])],
            street=None,
            distance=Decimal(repr(float(distance[group]))).quantize(MILLIMETRE),
            decider=Decider.STREET_HEIGHT,
            step="",
        )
        for group in groups
        if decider[group] == STREET_HEIGHT
    )
    return Band(
        bottom=NOTHING,
        top=height,
        set_backs=backs,
        shape=Polygon(),
        area=NOTHING,
        piece=NOTHING,
        deciders=(),
    )


def _polygons(shape: shapely.Geometry) -> Polygon | MultiPolygon:
    parts = [part for part in polygons_of(shape) if not part.is_empty]
    return parts[0] if len(parts) == 1 else MultiPolygon(parts) if parts else Polygon()
