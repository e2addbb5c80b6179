"""One front in full: the stack of bands, each with its set-backs and the rule behind each, and what the plot carries.

In: the cases of one plot, what `rules.envelopes.search` found for them, and the book's `Terms`.  Out: a `Choice`.  Metres and m², rounded to
1 mm and 0.01 m².
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

from gis.geometry import polygons_of
from rules.envelopes.many import row_of
from rules.envelopes.model import Band, Carried, Choice, Decider, Position, SetBack
from rules.envelopes.search import CODES, Cases, Found, level_at, relieved
from rules.envelopes.shapes import DECIDERS, Level, SetBacks, Yards, chosen, left_over, pieces, set_backs
from rules.envelopes.sides import Floats, Shapes, Sides
from rules.envelopes.terms import Row, Terms, Tier

POSITIONS = (Position.FRONT, Position.REAR, Position.SIDE)
NAMED = {Position.FRONT: 0, Position.REAR: 1, Position.SIDE: 2}
MILLIMETRE, AREA_STEP = Decimal("0.001"), Decimal("0.01")


@dataclass(frozen=True, kw_only=True)
class Streets:
    """References, titles and widths (None: not told) of the streets of a plot, in the order of its frontages."""

    refs: tuple[str, ...]
    titles: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class _Slice:
    """A height with its set-backs and what they leave."""

    level: Level
    sides: Sides
    backs: SetBacks
    shape: Polygon | MultiPolygon
    piece: Decimal


def choice_of(
    cases: Cases, case: int, found: Found, terms: Terms, streets: Streets, storey_height: Decimal
) -> Choice:
    """The envelope with the front towards one street."""
    number = row_of(found, cases, case, terms)
    row = terms.rows[number]
    carried = tuple(_carried(cases, case, found, terms, storey_height))
    highest = max((each.height for each in carried), default=storey_height)
    bands = tuple(_bands(cases, case, row, terms, streets, storey_height, highest))
    knows = terms.coverage is not None
    footprint = _area(float(found.ground[case]))
    decider = CODES[int(found.ground_decider[case])]
    return Choice(
        front=streets.refs[case],
        title=streets.titles[case],
        row=row.title,
        bands=bands,
        footprint=footprint if knows else None,
        footprint_decider=decider if knows else None,
        carried=carried,
        steps=tuple(_steps(cases, case, terms, row, footprint if knows else None, decider, carried)),
    )


def _area(value: float) -> Decimal:
    return Decimal(repr(value)).quantize(AREA_STEP, rounding=ROUND_HALF_EVEN)


def _carried(
    cases: Cases, case: int, found: Found, terms: Terms, storey_height: Decimal
) -> Iterator[Carried]:
    """The free floor space index, and each with a fee that adds something."""
    if terms.coverage is None or not terms.has_heights:
        return
    before = None
    for tier, limit in enumerate(terms.tiers):
        floor = _area(float(found.floor[tier, case]))
        if before is not None and floor <= before:
            continue
        storeys, row = int(found.storeys[tier, case]), int(found.row[tier, case])
        level = level_at(terms, storey_height * storeys)
        is_free = storeys > 0 and bool(relieved(cases, terms, level, storeys)[case])
        upto = [_area(float(each.index) * float(cases.area[case])) for each in terms.tiers[: max(1, tier)]]
        excess = Decimal(0) if is_free or limit.fee is None else max(Decimal(0), floor - upto[0])
        fees = None if is_free or limit.fee is None else _fees(terms.tiers[: tier + 1], upto, excess)
        yield Carried(
            index=None if is_free else limit.index,
            fee=limit.fee if fees is not None and fees[0] == fees[1] else None,
            excess=excess,
            fees=fees,
            floor_area=floor,
            storeys=storeys,
            height=storey_height * storeys,
            footprint=_area(float(found.storey[tier, case])),
            row=terms.rows[row].title if row >= 0 else "",
            decider=CODES[int(found.decider[tier, case])],
        )
        before = floor


def _fees(tiers: Sequence[Tier], upto: Sequence[Decimal], excess: Decimal) -> tuple[int, int]:
    """Least and most paise for the floor area above the free index: whether a higher fee is due on all of it is not said."""
    whole, parts, done = excess * (tiers[-1].fee or 0), Decimal(0), Decimal(0)
    for tier, end in zip(tiers[1:], (*upto[1:], None), strict=True):
        here = (excess if end is None else min(excess, end - upto[0])) - done
        parts, done = parts + here * (tier.fee or 0), done + here
    least, most = sorted((int(parts), int(whole)))
    return least, most


def _bands(
    cases: Cases,
    case: int,
    row: Row,
    terms: Terms,
    streets: Streets,
    storey_height: Decimal,
    highest: Decimal,
) -> Iterator[Band]:
    """Slices between the heights at which a rule can change, those with the same set-backs put together."""
    yards = Yards.of(row, terms.growth)
    open_band: list[_Slice] = []
    below: SetBacks | None = None
    bottom = Decimal(0)
    for height in heights_of(terms, storey_height, highest, float(cases.ceiling[case])):
        storeys = max(1, -int(-height // storey_height))
        each = _slice(cases, case, yards, terms, level_at(terms, height), storeys)
        if open_band and not np.allclose(
            each.backs.distance, open_band[-1].backs.distance, rtol=0.0, atol=1e-9
        ):
            yield _band(open_band[-1], below, bottom, yards, terms, streets)
            bottom, below, open_band = open_band[-1].level.height, open_band[-1].backs, []
        open_band.append(each)
        if each.shape.is_empty:
            break
    if open_band:
        yield _band(open_band[-1], below, bottom, yards, terms, streets)


def heights_of(terms: Terms, storey_height: Decimal, highest: Decimal, ceiling: float) -> list[Decimal]:
    """Tops of storeys, of steps of growth, and of low buildings beside lanes, up to the step in which the highest building ends."""
    if terms.growth is None or terms.street is None:
        return [storey_height]
    growth = terms.growth
    top = growth.above + growth.step * growth.steps(highest)
    top = top if math.isinf(ceiling) else min(top, Decimal(repr(ceiling)))
    steps = [growth.above + growth.step * step for step in range(growth.steps(highest) + 1)]
    storeys = [storey_height * n for n in range(1, int(top / storey_height) + 1)]
    lanes = [] if terms.lanes is None else [terms.lanes.height]
    return sorted({each for each in (*steps, *storeys, *lanes, top) if 0 < each <= top})


def _slice(cases: Cases, case: int, yards: Yards, terms: Terms, level: Level, storeys: int) -> _Slice:
    mask = np.zeros(len(cases), dtype=bool)
    mask[case] = True
    backs = set_backs(
        cases.sides,
        cases.along,
        yards,
        level,
        rise=0.0 if terms.growth is None else float(terms.growth.rise),
        street=terms.street,
        relieved=relieved(cases, terms, level, storeys),
    )
    sides, groups = chosen(cases.sides, mask)
    own = SetBacks(distance=backs.distance[groups], decider=backs.decider[groups])
    shapes: Shapes = left_over(cases.shape[mask], sides, own.distance)
    return _Slice(
        level=level, sides=sides, backs=own, shape=_polygons(shapes[0]), piece=_area(float(pieces(shapes)[0]))
    )


def _polygons(shape: shapely.Geometry) -> Polygon | MultiPolygon:
    parts = [part for part in polygons_of(shape) if not part.is_empty]
    return parts[0] if len(parts) == 1 else MultiPolygon(parts) if parts else Polygon()


def _band(
    each: _Slice, below: SetBacks | None, bottom: Decimal, yards: Yards, terms: Terms, streets: Streets
) -> Band:
    grew = (
        np.ones(len(each.backs.distance), dtype=bool)
        if below is None
        else (each.backs.distance > below.distance + 1e-9)
    )
    codes = sorted({int(code) for code in each.backs.decider[grew]})
    return Band(
        bottom=bottom,
        top=each.level.height if terms.has_heights else None,
        set_backs=tuple(_set_backs(each, yards, terms, streets)),
        shape=each.shape,
        area=_area(float(each.shape.area)),
        piece=each.piece,
        deciders=tuple(DECIDERS[code] for code in codes),
    )


def _set_backs(each: _Slice, yards: Yards, terms: Terms, streets: Streets) -> Iterator[SetBack]:
    rows = zip(each.sides.position, each.sides.street, each.backs.distance, each.backs.decider, strict=True)
    for position, street, distance, code in rows:
        decider = DECIDERS[int(code)]
        where = POSITIONS[int(position)]
        along = "" if street < 0 else f" along {streets.titles[int(street)]}"
        metres = Decimal(repr(float(distance))).quantize(MILLIMETRE, rounding=ROUND_HALF_EVEN)
        cited = terms.citations.get(decider, ())
        yield SetBack(
            position=where,
            street=None if street < 0 else streets.refs[int(street)],
            distance=metres,
            decider=decider,
            step=f"{where.value}{along}: {metres} m, {_why(decider, yards.base, where, each.level, terms)}"
            + (f", {'; '.join(map(str, cited))}" if cited else ""),
        )


def _why(decider: Decider, base: Floats, where: Position, level: Level, terms: Terms) -> str:
    own = Decimal(repr(float(base[NAMED[where]])))
    if decider is Decider.STREET_DISTANCE:
        return "the distance of Table 3"
    if decider is Decider.STREET_HEIGHT and terms.street is not None:
        rule = terms.street
        return f"so that {level.height} m is at most {rule.width_factor} × street + {rule.yard_factor} × yard, or {rule.reach} m behind the building line"
    if decider is Decider.GROWTH and terms.growth is not None:
        return f"{own} m grown {level.steps} times by {terms.growth.rise} m above {terms.growth.above} m, until its minimum is {terms.growth.stop} m"
    return "the larger of average and minimum of Table 4"


def _steps(
    cases: Cases,
    case: int,
    terms: Terms,
    row: Row,
    footprint: Decimal | None,
    decider: Decider,
    carried: Iterable[Carried],
) -> Iterator[str]:
    area = _area(float(cases.area[case]))
    yield f"Table 4, row “{row.title}”{_cited(terms, Decider.YARDS)}"
    if footprint is not None and terms.coverage is not None:
        most = _area(float(cases.area[case]) * float(terms.coverage) / 100.0)
        yield f"coverage: {terms.coverage} % of {area} m² is {most} m²{_cited(terms, Decider.COVERAGE)}"
        yield f"largest footprint: {footprint} m², limited by {decider.value}"
    if any(each.decider is Decider.BUILT_UP_AREA and not each.storeys for each in carried):
        yield f"within these set-backs no building is large enough for {terms.occupancy}; a smaller one is of another group of rule 25(1): ask for that group"
    for each in carried:
        index = "without limit (rule 50)" if each.index is None else f"{each.index}"
        fee = f", {each.excess} m² of it for a fee" if each.fees is not None else ""
        yield (
            f"floor space index {index}: {each.storeys} storeys of {each.footprint} m², {each.floor_area} m² in all{fee}, "
            f"limited by {each.decider.value}{_cited(terms, Decider.FSI)}"
        )


def _cited(terms: Terms, rule: Decider) -> str:
    cited = terms.citations.get(rule, ())
    return f" ({'; '.join(map(str, cited))})" if cited else ""
