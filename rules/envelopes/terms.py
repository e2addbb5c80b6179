"""What the building rules ask of one group on one day, as numbers an envelope is reckoned from.

In: nothing; `rules.envelopes.reading` fills them from the book.  Out: `Terms`: rows of Table 4, growth above 10 m, Table 3, rule 24, Table 6,
rule 50, each None where the book has a hole, and the distance to a street.  Metres and m², exact.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from gis.errors import Invalid
from gis.site import Road, RoadKind
from rules.book import Citation, Force
from rules.envelopes.model import Decider, Gap


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row of Table 4 for buildings of `least` to `most` m² built up, on plots up to `plot_upto` m² (None: no limit).

    `yards` and `minimums` are front, rear, side: the larger of average and minimum, and the minimum alone.
    """

    title: str
    least: Decimal
    most: Decimal | None
    plot_upto: Decimal | None
    yards: tuple[Decimal, Decimal, Decimal]
    minimums: tuple[Decimal, Decimal, Decimal]


@dataclass(frozen=True, kw_only=True)
class Growth:
    """Every yard grows by `rise` for each `step` of height above `above`, until its minimum reaches `stop`."""

    above: Decimal
    step: Decimal
    rise: Decimal
    stop: Decimal

    def steps(self, height: Decimal) -> int:
        """How often the yards have grown at a height in metres."""
        over = Fraction(height) - Fraction(self.above)
        return 0 if over <= 0 else -int(-over // Fraction(self.step))

    def most(self, minimum: Decimal) -> int:
        """How often a yard with this minimum grows at all."""
        return max(0, -int(-(Fraction(self.stop) - Fraction(minimum)) // Fraction(self.rise)))


@dataclass(frozen=True, kw_only=True)
class StreetRule:
    """Height <= width x `width_factor` + yard x `yard_factor` within `reach` of the building line."""

    width_factor: Decimal
    yard_factor: Decimal
    reach: Decimal


@dataclass(frozen=True, kw_only=True)
class Lanes:
    """Table 3: the distances to streets, and the smaller ones to lanes for buildings up to `height`."""

    full: Decimal
    other: Decimal
    wide_from: Decimal
    lane: Decimal
    height: Decimal
    cul_de_sac: Decimal
    pedestrian: Decimal
    short: Decimal
    short_length: Decimal
    short_plots: int


@dataclass(frozen=True, kw_only=True)
class Tier:
    """A floor space index with its fee in paise per m²."""

    index: Decimal
    fee: int | None


@dataclass(frozen=True, kw_only=True)
class SmallPlots:
    """Rule 50: up to this plot, storeys and height."""

    plot: Decimal
    storeys: int
    height: Decimal


@dataclass(frozen=True, kw_only=True)
class Terms:
    """Everything the book asks; None where it has a hole.  `citations` are the clauses by the rule that rests on them."""

    occupancy: str
    rows: tuple[Row, ...]
    growth: Growth | None
    street: StreetRule | None
    lanes: Lanes | None
    coverage: Decimal | None
    tiers: tuple[Tier, ...]
    small: SmallPlots | None
    ceiling: Decimal | None
    gaps: tuple[Gap, ...]
    citations: Mapping[Decider, tuple[Citation, ...]]
    force: Force

    @property
    def has_heights(self) -> bool:
        """Whether the book says how yards and streets bind at every height."""
        return self.growth is not None and self.street is not None


def check_storey(storey_height: Decimal) -> None:
    """`Invalid` for metres of a storey that are not above 0."""
    if not (storey_height.is_finite() and storey_height > 0):
        raise Invalid(f"A storey of {storey_height} m cannot be built: give a height above 0.")


def street_distances(lanes: Lanes, road: Road) -> tuple[Decimal, Decimal, str | None]:
    """Table 3 for buildings up to the height of lanes, and for higher ones; why the larger was taken where the road is not told."""
    full, doubt = _full_distance(lanes, road)
    low = min((each for each in _lane_distances(lanes, road)), default=full)
    return min(low, full), full, doubt


def _full_distance(lanes: Lanes, road: Road) -> tuple[Decimal, str | None]:
    if road.kind in (RoadKind.MAIN, RoadKind.NOTIFIED):
        return lanes.full, None
    if road.width is not None and _metres(road.width) >= lanes.wide_from:
        return lanes.full, None
    missing = [name for name, known in (("width", road.width), ("kind", road.kind)) if known is None]
    if missing:
        return max(lanes.full, lanes.other), f"the {' and the '.join(missing)} of the road are not told"
    return lanes.other, None


def _lane_distances(lanes: Lanes, road: Road) -> list[Decimal]:
    found = []
    length = None if road.length is None else _metres(road.length)
    if road.kind is RoadKind.CUL_DE_SAC and length is not None and length <= lanes.cul_de_sac:
        found.append(lanes.lane)
    if (
        road.kind is RoadKind.PEDESTRIAN
        and road.width is not None
        and _metres(road.width) <= lanes.pedestrian
    ):
        found.append(lanes.lane)
    if road.kind is RoadKind.COLONY:
        found.append(lanes.lane)
    is_lane = road.kind in (
        RoadKind.CUL_DE_SAC,
        RoadKind.PEDESTRIAN,
        RoadKind.COLONY,
        RoadKind.UNNOTIFIED,
    )
    is_short = length is not None and length <= lanes.short_length
    if is_lane and is_short and (road.plots_served or 0) > lanes.short_plots:
        found.append(lanes.short)
    return found


def _metres(value: float) -> Decimal:
    return round(Decimal(repr(float(value))), 3)
