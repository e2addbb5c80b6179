"""Plans and sites for tests of rules, from words that a planner can write: everything has a default, a test names what matters.

In: mappings as in `cases/checks/*.yaml`.  Out: `Proposal` and `Site` in one frame.  The default plot is 20 m wide and 25 m deep with a corner at
0, 0; its sides are 1 south, 2 east, 3 north, 4 west.  The default house is 10 m by 12 m, 4 m from the south, with one road there.
A box is [west, south, east, north].
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import shapely
from shapely import LineString, MultiLineString, Point, Polygon

from gis.site import (
    Frame,
    Ground,
    Holding,
    LocalBody,
    Neighbour,
    Origin,
    Overlay,
    Road,
    RoadKind,
    Site,
    Status,
)
from rules.plans.colours import COLOUR_MEANINGS, OCCUPANCY_COLOURS
from rules.plans.drawing import (
    Block,
    Declared,
    Distance,
    Drawing,
    Entrance,
    Figure,
    Floor,
    FloorArea,
    Length,
    Level,
    Measured,
    Outline,
    Plot,
    Reading,
    Source,
    Thing,
    Units,
)
from rules.plans.edges import distances_between, edges_of
from rules.plans.names import Profile
from rules.plans.roles import Role, Work
from rules.plans.steps import OpenLine, steps_of
from rules.proposal import Answers, Override, Proposal
from rules.proposing import propose

Words = Mapping[str, Any]
PLOT = [20, 25]
HOUSE = [5, 4, 15, 16]
DAY = date(2026, 1, 1)
COLOURS = {group: colour for colour, group in OCCUPANCY_COLOURS.items()}
BESIDE = 1000.0


@dataclass(frozen=True)
class Laid:
    """A plan that was drawn exactly where its parcel lies."""

    matches: bool = True
    is_certain: bool = True


def ring(shape: Any) -> Polygon:
    """A polygon from [width, depth], a box, or corners."""
    if len(shape) == 2 and not isinstance(shape[0], Sequence):
        return shapely.box(0, 0, float(shape[0]), float(shape[1]))
    if len(shape) == 4 and not isinstance(shape[0], Sequence):
        return shapely.box(*(float(each) for each in shape))
    return Polygon([(float(x), float(y)) for x, y in shape])


def an_outline(shape: Any, layer: str, handle: str, colour: int = 256) -> Outline:
    """An outline drawn from its south-west corner, the way round that keeps the inside on the left."""
    polygon = ring(shape) if not isinstance(shape, Polygon) else shape
    polygon = shapely.geometry.polygon.orient(polygon)
    points = [(float(x), float(y)) for x, y in polygon.exterior.coords[:-1]]
    first = min(range(len(points)), key=lambda i: (points[i][1], points[i][0]))
    points = points[first:] + points[:first]
    return Outline(
        source=Source(layer=layer, handles=(handle,)),
        colour=colour,
        shape=Polygon(points),
        corners=tuple(points),
        segments=tuple(range(len(points))),
        has_arcs=False,
    )


def a_square(area: float, at: float) -> Polygon:
    """A square of so many m², beside the plan."""
    side = area**0.5
    return shapely.box(BESIDE + at, 0, BESIDE + at + side, side)


def a_site(words: Words | None = None, *, on: date = DAY, plot: Any = PLOT) -> Site:
    """A site with one notified road, 6 m wide, along the south side, recorded as large as it measures, and nothing else around."""
    said = dict(words or {})
    boundary = an_outline(said.pop("plot", plot), "", "").shape
    roads = said.pop("roads", [{}])
    body = said.pop("body", "municipality")
    recorded = said.pop("recorded_area", boundary.area)
    site = Site(
        jurisdiction="test",
        number=said.pop("number", "1/1"),
        on=on,
        known=datetime(2026, 1, 1, tzinfo=UTC),
        frame=Frame(metric=32643, east=640_000.0, north=1_165_000.0, scale=1.0),
        boundary=boundary,
        measured_area=float(boundary.area),
        recorded_area=None if recorded is None else float(recorded),
        accuracy=said.pop("accuracy", 0.1),
        land_type=said.pop("land_type", "purayidam"),
        rule_book=said.pop("rule_book", "kerala"),
        body=None if body is None else LocalBody(body),
        body_name=None,
        roads=tuple(a_road(each, boundary, i) for i, each in enumerate(roads or [])),
        roads_note="" if roads else "No street is mapped along this plot.",
        has_road_data=said.pop("has_road_data", True),
        neighbours=tuple(
            Neighbour(number=str(i), boundary=ring(each)) for i, each in enumerate(said.pop("neighbours", []))
        ),
        overlays=tuple(an_overlay(layer, each) for layer, each in said.pop("overlays", {}).items()),
        ground=_ground(said.pop("slope", None)),
        holding=Holding(**said.pop("holding", {})),
        origins=tuple(an_origin(each) for each in said.pop("origins", [])),
        synthetic=True,
    )
    assert not said, f"a site has no {', '.join(said)}"
    return site


def _ground(slope: float | None) -> Ground | None:
    if slope is None:
        return None
    return Ground(
        lowest=10.0,
        highest=12.0,
        slope_mean=float(slope) / 2,
        slope_max=float(slope),
        resolution=10.0,
        datum="test",
        origin="test",
    )


def a_road(words: Words, boundary: Polygon, index: int) -> Road:
    """A road along one side: `side` (1), `width` (6 or none), `kind` (notified or none), `length`, `plots_served`."""
    corners = list(boundary.exterior.coords)
    side = int(words.get("side", 1))
    start, end = corners[side - 1], corners[side % (len(corners) - 1)]
    line = LineString([start, end])
    width = words.get("width", 6.0)
    kind = words.get("kind", "notified")
    return Road(
        ref=words.get("ref", f"road-{index + 1}"),
        name=words.get("name"),
        name_ml=None,
        width=None if width is None else float(width),
        kind=None if kind is None else RoadKind(kind),
        surface=line.buffer(float(width), single_sided=True).difference(boundary) if width else None,
        line=line.parallel_offset((float(width) if width else 6.0) / 2, "right"),
        frontage=MultiLineString([line]),
        basis="surface" if width else "nearest",
        accuracy=0.1,
        origin="test",
        length=words.get("length"),
        plots_served=words.get("plots_served"),
    )


def an_origin(words: Words) -> Origin:
    """An import that a theme rests on: `id` and `accuracy` in metres."""
    return Origin(
        id=words["id"],
        title=words["id"],
        publisher="test",
        date=date(2024, 1, 1),
        link=None,
        accuracy=float(words["accuracy"]),
    )


def an_overlay(layer: str, words: Words | str) -> Overlay:
    """A theme: its status alone, or status with area, share, distance, labels."""
    said: dict[str, Any] = {"status": words} if isinstance(words, str) else dict(words)
    box, near_box = said.pop("box", None), said.pop("near_box", None)
    return Overlay(
        layer=layer,
        title=said.pop("title", layer),
        title_ml=layer,
        status=Status(said.pop("status")),
        reason=said.pop("reason", "as the test says"),
        law=said.pop("law", None),
        clause=said.pop("clause", None),
        authority=said.pop("authority", None),
        consult=said.pop("consult", None),
        binds=said.pop("binds", True),
        labels=tuple(str(each) for each in said.pop("labels", ())),
        attributes=tuple((str(k), str(v)) for k, v in said.pop("attributes", {}).items()),
        shape=None if box is None else ring(box),
        near_shape=None if near_box is None else ring(near_box),
        origins=tuple(said.pop("origins", ())),
        **said,
    )


def a_plan(words: Words | None = None, *, site: Site | None = None) -> Proposal:
    """A house of group A1 on two floors of 120 m² and 6 m high, placed on the site's plot."""
    said = dict(words or {})
    outline = (
        an_outline(said.pop("plot", PLOT), "PLOT_BOUNDARY", "P")
        if said.get("plot", PLOT)
        else said.pop("plot")
    )
    plot = None if outline is None else Plot(outline=outline, sides=edges_of(outline), area=Figure())
    buildings = said.pop("buildings", [{}])
    placed = said.pop("placed", True)
    drawing = Drawing(
        profile=Profile.KERALA,
        reading=Reading(version="AC1024", was_recovered=False, mended=(), entities=0, blocks=0, pieces=0),
        units=Units(header="metres", metres_per_unit=1.0, is_certain=True, reason="test"),
        plot=plot,
        blocks=tuple(a_block(each, i + 1, plot) for i, each in enumerate(buildings)),
        things=tuple(a_thing(each, i, plot) for i, each in enumerate(repeated(said.pop("things", [])))),
        lengths=tuple(a_length(each, i) for i, each in enumerate(said.pop("lengths", []))),
        entrances=tuple(
            Entrance(block=1, place=Point(*place), source=Source(layer="ENTRANCE", handles=("E",)))
            for place in said.pop("entrances", [])
        ),
        declared=tuple(a_word(key, value) for key, value in said.pop("words", {}).items()),
    )
    answers = Answers(
        words={str(k): str(v) for k, v in said.pop("answers", {}).items()},
        confirmed=frozenset(said.pop("confirmed", [])),
        groups={str(k): Override(choice=v, reason="test") for k, v in said.pop("groups", {}).items()},
    )
    assert not said, f"a plan has no {', '.join(said)}"
    there = site or a_site(plot=outline.shape if outline else PLOT)
    return propose(drawing, there, answers, Laid() if placed and plot else None)  # type: ignore[arg-type]


def repeated(things: Sequence[Words]) -> list[Words]:
    """Things with `times`: so many alike, one north of the other and 1 m apart, from the box given."""
    found: list[Words] = []
    for each in things:
        if "times" not in each:
            found.append(each)
            continue
        west, south, east, north = (float(side) for side in each.get("box", [1, 1, 2, 2])[:4])
        step = north - south + 1.0
        for i in range(int(each["times"])):
            found.append({**each, "box": [west, south + i * step, east, north + i * step]})
    return found


def a_word(key: str, text: Any) -> Declared:
    """A declaration on PLAN_INFO, or on the layer written before a colon (`BLK_1_DA_RAMP_1:SLOPE`)."""
    layer, _, key = key.rpartition(":")
    try:
        number = float(text)
    except (TypeError, ValueError):
        number = None
    return Declared(
        key=key,
        text=str(text),
        number=number,
        source=Source(layer=layer or "PLAN_INFO", handles=(f"W-{key}",)),
    )


def a_block(words: Words, number: int, plot: Plot | None) -> Block:
    """A building: `footprint` (box) or `levels` {0: box, …}, `height`, `floors` {0: {A1: 120}}, `typical`, `units`, `covered`,
    `existing` and `regularised` {0: {A1: 20}}."""
    said = dict(words)
    levels = said.pop("levels", {0: said.pop("footprint", HOUSE)})
    basement = said.pop("basement", None)
    height = said.pop("height", 6.0)
    declared = said.pop("declared_height", None)
    covered = said.pop("covered", None)
    floors = said.pop("floors", {0: {"A1": 120}, 1: {"A1": 120}})
    typical = said.pop("typical", {})
    units = said.pop("units", {})
    existing = said.pop("existing", {})
    regularised = said.pop("regularised", {})
    mezzanines = said.pop("mezzanines", {})
    assert not said, f"a building has no {', '.join(said)}"
    layer = f"BLK_{number}"
    drawn = [a_level(number, int(at), box, plot, is_basement=False) for at, box in levels.items()]
    if basement is not None:
        drawn.append(a_level(number, None, basement, plot, is_basement=True))
    measured = None
    if height is not None:
        source = Source(layer=f"{layer}_HT_OF_BLDG", handles=(f"H{number}",))
        measured = Measured(value=float(height), how="test", source=source)
    return Block(
        number=number,
        levels=tuple(drawn),
        covered=None if covered is None else an_area("A1", float(covered), f"{layer}_COVERED_AREA", 0.0),
        floors=tuple(
            [
                a_floor(number, int(at), each, units, existing, regularised, mezzanines=mezzanines)
                for at, each in floors.items()
            ]
            + [a_floor(number, int(at), floors[of], units, {}, of=int(of)) for at, of in typical.items()]
        ),
        height=Figure(measured=measured, declared=None if declared is None else a_word("HEIGHT", declared)),
        heights=(measured,) if measured else (),
    )


def a_level(block: int, number: int | None, box: Any, plot: Plot | None, *, is_basement: bool) -> Level:
    """A footprint with its walls; yards are not drawn."""
    footprint = an_outline(box, f"BLK_{block}_LVL_{number}_BLDG_FOOT_PRINT", f"F{block}-{number}")
    walls = edges_of(footprint)
    return Level(
        block=block,
        number=number,
        is_basement=is_basement,
        footprint=footprint,
        walls=walls,
        wall_distances=distances_between(walls, plot.sides) if plot else (),
        yards=(),
    )


def a_floor(
    block: int,
    number: int,
    areas: Words,
    units: Words,
    existing: Words,
    regularised: Words | None = None,
    *,
    of: int | None = None,
    mezzanines: Words | None = None,
) -> Floor:
    """Areas by occupancy: a number, or [built-up, deducted]; `units` and `mezzanines` {floor: [areas]}."""
    layer = f"BLK_{block}_FLR_{number if of is None else of}_BLT_UP_AREA"
    word = None if of is None else a_word("TYPICAL_FLOOR_PLAN", f"{of},{number}")
    found = [an_area(code, area, layer, at * 200.0) for at, (code, area) in enumerate(areas.items())]
    found += [
        an_area(code, area, f"{layer}_EXISTING", 900.0, work=Work.EXISTING)
        for code, area in existing.get(number, {}).items()
    ]
    found += [
        an_area(code, area, f"{layer}_TBR", 950.0, work=Work.TO_BE_REGULARISED)
        for code, area in (regularised or {}).get(number, {}).items()
    ]
    return Floor(
        block=block,
        number=number,
        copy_of=of,
        copied_by=word,
        areas=tuple(found),
        carpet=(),
        units=tuple(an_area("A4", area, f"{layer}_UNITFA", 0.0) for area in units.get(of or number, ())),
        mezzanines=tuple(
            an_area("F", area, f"{layer}_M_1", 400.0) for area in (mezzanines or {}).get(number, ())
        ),
        level=None,
        uses=(),
    )


def an_area(code: str, area: Any, layer: str, at: float, *, work: Work = Work.PROPOSED) -> FloorArea:
    """Floor area of one occupancy; none where it could not be measured."""
    gross, less = area if isinstance(area, list) else [area, 0]
    outline = an_outline(a_square(float(gross or 1), at), layer, f"{layer}-{code}", COLOURS.get(code, 256))
    deductions = (an_outline(a_square(float(less), at), f"{layer}_DEDUCT", "D"),) if less else ()
    net = float(gross or 0) - float(less)
    return FloorArea(
        occupancy=code if code in COLOURS else None,
        colour=COLOURS.get(code, 256),
        work=work,
        outlines=(outline,),
        deductions=deductions,
        area=net,
        difference=net,
        is_complete=gross is not None,
    )


def a_thing(words: Words, index: int, plot: Plot | None) -> Thing:
    """A drawn thing: `role`, `box`, and what else it has (`floor`, `block`, `meaning`, `curved` where its outline has arcs, `lines` across
    it at so many metres from its west side)."""
    role = Role(words["role"])
    outline = an_outline(words.get("box", [1, 1, 2, 2]), role.name, f"T{index}")
    outline = replace(outline, has_arcs=words.get("curved", False))
    west, south, east, north = outline.shape.bounds
    length, breadth = max(east - west, north - south), min(east - west, north - south)
    distances = ()
    if plot is not None:
        distances = tuple(
            Distance(
                metres=float(outline.shape.distance(side.line)),
                line=shapely.shortest_line(outline.shape, side.line),
                start=outline.source,
                end=side.source,
                end_number=side.number,
            )
            for side in plot.sides
        )
    return Thing(
        role=role,
        block=words.get("block", 1),
        floor=words.get("floor"),
        index=tuple(words.get("index", ())),
        meaning=words.get("meaning"),
        outline=outline,
        length=float(length),
        breadth=float(breadth),
        least_breadth=words.get("least_breadth"),
        steps=steps_of(outline.shape, [a_line(west + at, south, north) for at in words.get("lines", ())]),
        distances=distances,
    )


def a_line(x: float, south: float, north: float) -> OpenLine:
    """A line across a flight."""
    return OpenLine(LineString([(x, south), (x, north)]), f"S{x:.2f}")


def a_length(words: Words, index: int) -> Length:
    """A dimension: `role`, `metres`, and what else it has (`floor`, `block`, `colour` or `meaning`, `text`); it runs east from `at`."""
    role = Role(words["role"])
    colour = int(words.get("colour", 256))
    x, y = words.get("at", (0, 0))
    return Length(
        role=role,
        block=words.get("block", 1),
        floor=words.get("floor"),
        index=tuple(words.get("index", ())),
        colour=colour,
        meaning=words.get("meaning", COLOUR_MEANINGS.get(role, {}).get(colour)),
        metres=float(words["metres"]),
        text=words.get("text"),
        line=LineString([(x, y), (x + float(words["metres"]), y)]),
        source=Source(layer=words.get("layer", role.name), handles=(f"L{index}",)),
    )
