"""Whether a layout or subdivision of land keeps rule 31: plots, streets, turning places, open space, access.

In: a `Layout` drawn by whoever divides the land (shapes in metres), and the book of one day.  Out: findings of the rule “layout”, one for each thing.
The drawing convention has no layers for a layout, so a check of a building plan does not ask this; `rules.layout_check` does, of a layout.  The average width of a plot is its area over its
depth, measured square to the frontage; without a frontage it is unknown.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import partial
from itertools import chain

import numpy as np
import shapely
from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from rules.book import Book, NotEncoded, Parameter
from rules.findings import (
    Finding,
    Measured,
    Place,
    Required,
    at_least,
    breaks,
    holds,
    measured,
    not_applicable,
    unknown,
)
from rules.measure import Unit
from rules.register import asked

RULE = "layout"
PLOT, WIDTH, FRONTAGE = (
    Parameter("layout.plot"),
    Parameter("layout.plot_width"),
    Parameter("layout.frontage"),
)
STREET, CUL_DE_SAC = Parameter("layout.street"), Parameter("layout.cul_de_sac")
TURNING_AREA, TURNING_SIDE = Parameter("layout.turning_area"), Parameter("layout.turning_side")
OPEN_SHARE, OPEN_PLOTS, OPEN_FROM = (
    Parameter("layout.open_share"),
    Parameter("layout.open_plots"),
    Parameter("layout.open_from"),
)
OPEN_AREA, OPEN_WIDTH = Parameter("layout.open_area"), Parameter("layout.open_width")
SPLAY, TRANSFORMER, ACCESS = (
    Parameter("layout.splay"),
    Parameter("layout.transformer"),
    Parameter("layout.access"),
)
SHOP_PLOT, SHOP_FRONTAGE, SHOP_STREET = (
    Parameter("layout.commercial_plot"),
    Parameter("layout.commercial_frontage"),
    Parameter("layout.commercial_street"),
)
SHOP_CUL_DE_SAC, SHOP_LENGTH = (
    Parameter("layout.commercial_cul_de_sac"),
    Parameter("layout.commercial_cul_de_sac_length"),
)
WORKS_PLOT, WORKS_WIDTH, WORKS_STREET = (
    Parameter("layout.industrial_plot"),
    Parameter("layout.industrial_width"),
    Parameter("layout.industrial_street"),
)
HECTARE = Decimal(10_000)
REMEDY = "Draw the layout anew with fewer or larger parts."


class Kind(StrEnum):
    """What a layout is for."""

    RESIDENTIAL = "residential"
    COMMERCIAL = "commercial"
    INDUSTRIAL = "industrial"


@dataclass(frozen=True, kw_only=True)
class LayoutPlot:
    """One new plot with its line along a street; `is_row` for a plot of row houses."""

    number: str
    shape: Polygon
    frontage: LineString | None
    is_row: bool = False


@dataclass(frozen=True, kw_only=True)
class LayoutStreet:
    """One new street: least width and length in metres; `turning` is the turning place at its closed end."""

    ref: str
    width: float | None
    length: float | None = None
    is_cul_de_sac: bool = False
    turning: Polygon | None = None
    edges: BaseGeometry | None = None
    """Its two edges as drawn, so that a page can show where it runs."""


@dataclass(frozen=True, kw_only=True)
class Splay:
    """The side of a splay at a junction, in metres, with the width of the road that it opens on; `is_told` if that width was only said.

    `cut` is the line of the cut as drawn.
    """

    ref: str
    road_width: float
    side: float
    is_told: bool = False
    cut: LineString | None = None


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Land that is divided: `area` in m²; `access` is the width of the way to it in metres, None where it is not told."""

    kind: Kind
    area: float
    plots: tuple[LayoutPlot, ...]
    streets: tuple[LayoutStreet, ...]
    open_spaces: tuple[Polygon, ...] = ()
    splays: tuple[Splay, ...] = ()
    access: float | None = None
    has_transformer_site: bool | None = None


def layout_findings(layout: Layout, book: Book) -> tuple[Finding, ...]:
    """What rule 31 says of every plot, street, splay and open space of a layout."""
    asks: list[tuple[str, Callable[[], Finding | Sequence[Finding]]]] = [
        *((f"plot {each.number}", partial(_plot, layout, each, book)) for each in layout.plots),
        *((f"street {each.ref}", partial(_street, layout, each, book)) for each in layout.streets),
    ]
    if layout.kind is Kind.RESIDENTIAL:
        asks += [(f"splay {each.ref}", partial(_splay, each, book)) for each in layout.splays]
        asks += [
            ("open space", partial(_open_space, layout, book)),
            ("transformer", partial(_transformer, layout, book)),
            ("access", partial(_access, layout, book)),
        ]
    return tuple(chain.from_iterable(asked(RULE, judge, subject=subject) for subject, judge in asks))


def _plot(layout: Layout, plot: LayoutPlot, book: Book) -> list[Finding]:
    areas = {Kind.RESIDENTIAL: PLOT, Kind.COMMERCIAL: SHOP_PLOT, Kind.INDUSTRIAL: WORKS_PLOT}
    spot = (Place(what=f"plot {plot.number}", shape=plot.shape),)
    area = measured(plot.shape.area, Unit.SQUARE_METRE, places=spot)
    found = [_least(Required.of(book.value(areas[layout.kind])), area, f"plot {plot.number}, area")]
    width = average_width(plot)
    front = None if plot.frontage is None else measured(plot.frontage.length, Unit.METRE, places=spot)
    if layout.kind is Kind.RESIDENTIAL:
        case = "row_house" if plot.is_row else "ordinary"
        found.append(_least(Required.of(book.value(WIDTH, case)), width, f"plot {plot.number}, width"))
        found.append(_least(Required.of(book.value(FRONTAGE)), front, f"plot {plot.number}, frontage"))
    elif layout.kind is Kind.COMMERCIAL:
        found.append(_least(Required.of(book.value(SHOP_FRONTAGE)), front, f"plot {plot.number}, frontage"))
    else:
        found.append(_least(Required.of(book.value(WORKS_WIDTH)), width, f"plot {plot.number}, width"))
    return found


def average_width(plot: LayoutPlot) -> Measured | None:
    """Area of a plot over its depth, square to the frontage, in metres; None without a straight frontage."""
    if plot.frontage is None:
        return None
    ends = shapely.get_coordinates(plot.frontage)[[0, -1]]
    along = ends[1] - ends[0]
    length = float(np.hypot(*along))
    if length == 0:
        return None
    square = np.array([-along[1], along[0]]) / length
    reach = (shapely.get_coordinates(plot.shape) - ends[0]) @ square
    depth = float(reach.max() - reach.min())
    width = plot.shape.area / depth
    return measured(
        width,
        Unit.METRE,
        steps=(f"{plot.shape.area:.2f} m² over a depth of {depth:.3f} m = {width:.3f} m",),
        places=(Place(what=f"plot {plot.number}", shape=plot.shape),),
    )


def _least(required: Required, found: Measured | None, subject: str) -> Finding:
    return at_least(
        RULE, required, found, missing="It is not drawn or not told.", remedy=REMEDY, subject=subject
    )


def _metres(amount: float | None, what: str = "", shape: BaseGeometry | None = None) -> Measured | None:
    spots = () if shape is None else (Place(what=what, shape=shape),)
    return None if amount is None else measured(amount, Unit.METRE, places=spots)


def _street(layout: Layout, street: LayoutStreet, book: Book) -> list[Finding]:
    subject = f"street {street.ref}"
    if not street.is_cul_de_sac:
        table = {Kind.RESIDENTIAL: STREET, Kind.COMMERCIAL: SHOP_STREET, Kind.INDUSTRIAL: WORKS_STREET}
        return [_least(Required.of(book.value(table[layout.kind])), _wide(street), subject)]
    if street.length is None:
        return [
            unknown(
                RULE, "The length of the cul-de-sac is not told.", remedy="Tell its length.", subject=subject
            )
        ]
    length = Decimal(repr(street.length)).quantize(Decimal("0.001"))
    if layout.kind is Kind.RESIDENTIAL:
        width = _least(Required.of(book.value(CUL_DE_SAC, length)), _wide(street), subject)
        turning = asked(RULE, lambda: _turning(street, book), subject=f"turning place of street {street.ref}")
        return [width, *turning]
    if layout.kind is Kind.INDUSTRIAL or length > book.value(SHOP_LENGTH).number:
        raise NotEncoded("The book has no width for a cul-de-sac of this kind and length.")
    return [_least(Required.of(book.value(SHOP_CUL_DE_SAC)), _wide(street), subject)]


def _wide(street: LayoutStreet) -> Measured | None:
    """How wide a street is, in metres, and where it runs."""
    return _metres(street.width, f"street {street.ref}", street.edges)


def _turning(street: LayoutStreet, book: Book) -> list[Finding]:
    subject = f"turning place of street {street.ref}"
    spots = () if street.turning is None else (Place(what=subject, shape=street.turning),)
    area = None if street.turning is None else measured(street.turning.area, Unit.SQUARE_METRE, places=spots)
    side = None if street.turning is None else _metres(least_width(street.turning), subject, street.turning)
    return [
        _least(Required.of(book.value(TURNING_AREA)), area, f"{subject}, area"),
        _least(Required.of(book.value(TURNING_SIDE)), side, f"{subject}, side"),
    ]


def least_width(shape: Polygon) -> float:
    """The shorter side of the narrowest rectangle round a shape, in metres."""
    corners = shapely.get_coordinates(shapely.minimum_rotated_rectangle(shape))
    return float(np.hypot(*np.diff(corners, axis=0).T).min())


def _splay(splay: Splay, book: Book) -> Finding:
    width = Decimal(repr(splay.road_width)).quantize(Decimal("0.001"))
    spots = () if splay.cut is None else (Place(what=f"splay {splay.ref}", shape=splay.cut),)
    side = measured(splay.side, Unit.METRE, places=spots, is_declared=splay.is_told)
    return _least(Required.of(book.value(SPLAY, width)), side, f"splay {splay.ref}")


def _open_space(layout: Layout, book: Book) -> list[Finding]:
    """A part of the land is left open where there are many plots and much land."""
    most, start = book.value(OPEN_PLOTS), book.value(OPEN_FROM)
    hectares = Decimal(repr(layout.area)) / HECTARE
    if len(layout.plots) <= most.count or hectares < start.number:
        reason = f"Open space is asked of more than {most.count} plots on {start.number} ha and more ({most.citation})."
        return [not_applicable(RULE, reason, subject="open space")]
    share = book.value(OPEN_SHARE)
    needed = Decimal(repr(layout.area)) * share.number
    required = Required.derived(
        needed, Unit.SQUARE_METRE, f"{share} of {layout.area:.2f} m² = {needed:.2f} m²", share
    )
    whole = sum(each.area for each in layout.open_spaces)
    spots = tuple(Place(what="open space", shape=each) for each in layout.open_spaces)
    found = [_least(required, measured(float(whole), Unit.SQUARE_METRE, places=spots), "open space, in all")]
    for number, each in enumerate(layout.open_spaces, start=1):
        spot = (Place(what="open space", shape=each),)
        found += [
            _least(
                Required.of(book.value(OPEN_AREA)),
                measured(each.area, Unit.SQUARE_METRE, places=spot),
                f"open space {number}, area",
            ),
            _least(
                Required.of(book.value(OPEN_WIDTH)),
                _metres(least_width(each), "open space", each),
                f"open space {number}, width",
            ),
        ]
    return found


def _transformer(layout: Layout, book: Book) -> Finding:
    """A large layout keeps a site for a transformer; whether exactly at the limit was not said."""
    start = book.value(TRANSFORMER)
    hectares = Decimal(repr(layout.area)) / HECTARE
    if hectares < start.number:
        return not_applicable(
            RULE,
            f"Asked of layouts of {start.number} ha and more only ({start.citation}).",
            subject="transformer",
        )
    if layout.has_transformer_site:
        return holds(RULE, "A site for a transformer is kept.", start.citation, subject="transformer")
    if layout.has_transformer_site is None or hectares == start.number:
        return unknown(
            RULE,
            f"Whether a site for a transformer is kept, or is asked at exactly {start.number} ha, is not told.",
            remedy="Keep a site for a transformer and show it.",
            subject="transformer",
        )
    return breaks(
        RULE,
        f"A layout of {hectares:.4f} ha keeps no site for a transformer.",
        start.citation,
        remedy="Keep a site for a transformer.",
        subject="transformer",
    )


def _access(layout: Layout, book: Book) -> Finding:
    """Table 12 only advises: how far it was read is not told."""
    hectares = (Decimal(repr(layout.area)) / HECTARE).quantize(Decimal("0.000001"))
    return _least(Required.of(book.value(ACCESS, hectares)), _metres(layout.access), "access")
