"""What a drawing says, measured: frozen values that rules read, in metres and square metres.

In: nothing.  Out: `Drawing` and its parts. Shapes are shapely, in metres, in the drawing's own position (not on the
map). `Measured` comes from geometry, `Declared` is only a word in the drawing; a `Figure` shows both.
"""

from dataclasses import dataclass

from shapely import LineString, Point, Polygon

from rules.plans.names import Profile
from rules.plans.problems import Problem
from rules.plans.roles import Role, Work
from rules.plans.steps import Steps


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where in the drawing a value comes from; a handle inside blocks is a path: insert/…/entity."""

    layer: str
    handles: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A number taken from geometry, with how it was taken."""

    value: float
    how: str
    source: Source


@dataclass(frozen=True, kw_only=True)
class Declared:
    """A word of the applicant; `number` where it can be read as one, in metres or square metres."""

    key: str
    text: str
    number: float | None
    source: Source


@dataclass(frozen=True, kw_only=True)
class Figure:
    """The same thing measured and declared; either may be missing."""

    measured: Measured | None = None
    declared: Declared | None = None


@dataclass(frozen=True, kw_only=True)
class Outline:
    """A closed outline; `segments[i]` is the drawn edge that the shape's i-th side belongs to (arcs have many sides)."""

    source: Source
    colour: int
    shape: Polygon
    corners: tuple[tuple[float, float], ...]
    segments: tuple[int, ...]
    has_arcs: bool

    @property
    def area(self) -> float:
        """Square metres inside, arcs followed."""
        return float(self.shape.area)

    @property
    def chord_area(self) -> float:
        """Square metres with every arc cut straight, as the scrutiny program reckons."""
        return float(Polygon(self.corners).area) if len(self.corners) > 2 else 0.0


@dataclass(frozen=True, kw_only=True)
class Edge:
    """One drawn edge of an outline: a side of the plot or a wall; `number` counts from 1 as drawn."""

    number: int
    line: LineString
    is_curved: bool
    source: Source

    @property
    def length(self) -> float:
        """Metres along the edge."""
        return float(self.line.length)


@dataclass(frozen=True, kw_only=True)
class Plot:
    """The plot as drawn, with what was declared of its area."""

    outline: Outline
    sides: tuple[Edge, ...]
    area: Figure


@dataclass(frozen=True, kw_only=True)
class Distance:
    """The shortest line between two drawn things, in metres."""

    metres: float
    line: LineString
    start: Source
    end: Source
    start_number: int | None = None
    end_number: int | None = None


@dataclass(frozen=True, kw_only=True)
class AverageDepth:
    """Area of a yard over one possible length of the building line."""

    basis: str
    length: float
    average: float


@dataclass(frozen=True, kw_only=True)
class Yard:
    """An open space drawn between a footprint and the plot's boundary.

    `least` and `mean_of_nearest` are the scrutiny program's figures (arcs as chords). `average` is the law's, None where
    the length of the building line is ambiguous; then the candidates bound it.
    """

    role: Role
    block: int
    level: int | None
    outline: Outline
    least: float | None
    mean_of_nearest: float | None
    average: AverageDepth | None
    candidates: tuple[AverageDepth, ...]
    building_line: tuple[LineString, ...]
    boundary_line: tuple[LineString, ...]


@dataclass(frozen=True, kw_only=True)
class Level:
    """A block from one level up: footprint, walls, their distances to every side of the plot, and yards."""

    block: int
    number: int | None
    is_basement: bool
    footprint: Outline
    walls: tuple[Edge, ...]
    wall_distances: tuple[Distance, ...]
    yards: tuple[Yard, ...]


@dataclass(frozen=True, kw_only=True)
class FloorArea:
    """Floor area of one occupancy on one floor.

    `area` is the area inside the outlines and outside the deductions; `difference` subtracts the sums, as the scrutiny
    program does. `is_complete` is false where an outline of the layer could not be measured.
    """

    occupancy: str | None
    colour: int
    work: Work
    outlines: tuple[Outline, ...]
    deductions: tuple[Outline, ...]
    area: float
    difference: float
    is_complete: bool


@dataclass(frozen=True, kw_only=True)
class Floor:
    """One floor of a block; `copy_of` names the typical floor that a word in the drawing repeats here."""

    block: int
    number: int
    copy_of: int | None
    copied_by: Declared | None
    areas: tuple[FloorArea, ...]
    carpet: tuple[FloorArea, ...]
    units: tuple[FloorArea, ...]
    mezzanines: tuple[FloorArea, ...]
    level: Measured | None
    uses: tuple[Declared, ...]

    @property
    def is_complete(self) -> bool:
        """Whether every outline of its floor area could be measured."""
        return bool(self.areas) and all(each.is_complete for each in self.areas)


@dataclass(frozen=True, kw_only=True)
class Block:
    """One building: its levels, covered ground, floors and height."""

    number: int
    levels: tuple[Level, ...]
    covered: FloorArea | None
    floors: tuple[Floor, ...]
    height: Figure
    heights: tuple[Measured, ...]


@dataclass(frozen=True, kw_only=True)
class Length:
    """A dimension: the 2-D distance of its definition points; `text` is what the drawing shows instead, if edited."""

    role: Role
    block: int | None
    floor: int | None
    index: tuple[int, ...]
    colour: int
    meaning: str | None
    metres: float
    text: str | None
    line: LineString
    source: Source


@dataclass(frozen=True, kw_only=True)
class Thing:
    """Anything else drawn as an outline: a parking bay, a road, a well, a stair; `steps` are the lines drawn across a flight."""

    role: Role
    block: int | None
    floor: int | None
    index: tuple[int, ...]
    meaning: str | None
    outline: Outline
    length: float
    breadth: float
    least_breadth: float | None = None
    steps: Steps | None = None
    distances: tuple[Distance, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Entrance:
    """Where the main entrance of a block is drawn, by which the front is told (rule 2(1)(cj))."""

    block: int
    place: Point
    source: Source


@dataclass(frozen=True, kw_only=True)
class Units:
    """How drawing units became metres, and whether that is certain."""

    header: str
    metres_per_unit: float
    is_certain: bool
    reason: str


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How the file was read: version, whether it was damaged, and what it holds."""

    version: str
    was_recovered: bool
    entities: int
    blocks: int
    pieces: int


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """A plan, measured."""

    profile: Profile | None
    reading: Reading
    units: Units
    plot: Plot | None
    blocks: tuple[Block, ...] = ()
    things: tuple[Thing, ...] = ()
    lengths: tuple[Length, ...] = ()
    entrances: tuple[Entrance, ...] = ()
    declared: tuple[Declared, ...] = ()
    figures: tuple[Figure, ...] = ()
    """Areas of rooms that a model writes beside the bodies that show them."""
    problems: tuple[Problem, ...] = ()

    def things_of(self, *roles: Role) -> tuple[Thing, ...]:
        """Drawn things of these kinds, in the order of layer and handle."""
        return tuple(each for each in self.things if each.role in roles)

    def lengths_of(self, *roles: Role) -> tuple[Length, ...]:
        """Dimensions of these kinds, in the order of layer and handle."""
        return tuple(each for each in self.lengths if each.role in roles)

    def word(self, key: str) -> Declared | None:
        """What the plan information declares under a key."""
        return next((each for each in self.declared if each.key == key), None)
