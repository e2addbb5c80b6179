"""What a plot can carry: the values of an envelope.

In: nothing.  Out: frozen values that `rules.envelopes.single` fills and doors print.  Lengths in metres, areas in m²; shapes in the frame of the site
they were asked for.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from shapely import MultiPolygon, Polygon

from gis.site import LocalBody, Status
from rules.book import Citation, Force


class Position(StrEnum):
    """Where a part of the boundary lies, seen from the front."""

    FRONT = "front"
    REAR = "rear"
    SIDE = "side"


class Answer(StrEnum):
    """Whether what a plot can carry is known: all read in the law's own text, nothing missing, no restriction on the plot."""

    KNOWN = "known"
    UNKNOWN = "unknown"


class Decider(StrEnum):
    """Which rule sets a distance, a footprint, a floor area or a height."""

    YARDS = "yards"
    GROWTH = "yards above 10 m"
    STREET_DISTANCE = "distance to the street"
    STREET_HEIGHT = "height against the street"
    COVERAGE = "coverage"
    FSI = "floor space index"
    BUILT_UP_AREA = "band of built-up area"
    GREATEST_HEIGHT = "greatest height"
    SMALL_PLOT = "small plots"
    NOTHING_LEFT = "no ground left by the yards"
    NOT_SEARCHED = "more storeys were not looked at"


@dataclass(frozen=True, kw_only=True)
class Gap:
    """What is not known, what was done instead, and how to learn it; an envelope with a gap is not certain."""

    rule: str
    reason: str
    effect: str
    remedy: str


@dataclass(frozen=True, kw_only=True)
class Condition:
    """A theme of the ground that lies on the plot, near it, or of which there are no data; it may forbid or ask for consent."""

    layer: str
    title: str
    status: Status
    reason: str
    clause: str | None
    consult: str | None


@dataclass(frozen=True, kw_only=True)
class SetBack:
    """How far a building stays from one part of the boundary, and which rule says so; `street` is the road's reference."""

    position: Position
    street: str | None
    distance: Decimal
    decider: Decider
    step: str


@dataclass(frozen=True, kw_only=True)
class Band:
    """Where a building may stand whose height lies above `bottom` and up to `top` (None: not known how high).

    A building keeps to the band that it ends in, from the ground up; `area` is all of the shape, `piece` its largest connected part.
    """

    bottom: Decimal
    top: Decimal | None
    set_backs: tuple[SetBack, ...]
    shape: Polygon | MultiPolygon
    area: Decimal
    piece: Decimal
    deciders: tuple[Decider, ...]


@dataclass(frozen=True, kw_only=True)
class Carried:
    """The largest floor area within one floor space index, with the fewest storeys that reach it.

    `index` None: without limit (rule 50).  `fee` in paise per m² is what the law asks for each m² above the free index, None also where it
    does not say how it is reckoned; `excess` is that many m², and `fees` the least and the most that they can cost in paise.  `footprint` is
    the floor of one storey.
    """

    index: Decimal | None
    fee: int | None
    excess: Decimal
    fees: tuple[int, int] | None
    floor_area: Decimal
    storeys: int
    height: Decimal
    footprint: Decimal
    row: str
    decider: Decider


@dataclass(frozen=True, kw_only=True)
class Choice:
    """The envelope with the front towards one street or side.

    `row` is the row of Table 4 with the largest floor area, which `bands` follow; `footprint` and `carried` are None where a rule they
    need is not known.
    """

    front: str
    title: str
    row: str
    bands: tuple[Band, ...]
    footprint: Decimal | None
    footprint_decider: Decider | None
    carried: tuple[Carried, ...]
    steps: tuple[str, ...]

    @property
    def ground(self) -> Polygon | MultiPolygon:
        """Where a building may stand at the ground: the lowest band, m in the site's frame."""
        return self.bands[0].shape if self.bands else Polygon()

    @property
    def floor_area(self) -> Decimal | None:
        """The largest floor area without a fee, m²."""
        return self.carried[0].floor_area if self.carried else None

    @property
    def storeys(self) -> int | None:
        """The fewest storeys with the largest floor area without a fee."""
        return self.carried[0].storeys if self.carried else None


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """What a plot can carry on a day, by the building rules that the book holds.

    `choice` is the answer, None where the front is not known or the yards are not; `candidates` are all that were reckoned, the best first.
    """

    plot: str
    on: date
    body: LocalBody
    occupancy: str
    storey_height: Decimal
    plot_area: Decimal
    force: Force
    choice: Choice | None
    candidates: tuple[Choice, ...]
    gaps: tuple[Gap, ...]
    conditions: tuple[Condition, ...]
    notes: tuple[str, ...]
    citations: tuple[Citation, ...]
    edition: str

    @property
    def outcome(self) -> Answer:
        """Known, or unknown: then every number is what would hold if what is missing were as was assumed."""
        return Answer.KNOWN if self.is_certain else Answer.UNKNOWN

    @property
    def is_certain(self) -> bool:
        """Whether a building inside keeps these rules: all read in their text, nothing unknown, no restriction on the plot."""
        return (
            self.choice is not None and self.force is Force.BINDING and not self.gaps and not self.conditions
        )
