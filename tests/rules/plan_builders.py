"""Plans for tests of rules, from words that a planner can write: everything has a default, a test names what matters.

In: mappings as in `cases/checks/*.yaml`.  Out: `Proposal`, in one frame with the sites of `site_builders`.  The default house is 10 m by 12 m,
4 m from the south of the default plot, with one road there.  A box is [west, south, east, north].
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import shapely
from shapely import LineString, Point, Polygon

from gis.site import Site
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
from tests.rules.site_builders import DAY, PLOT, Words, a_site, an_outline, ring

__all__ = ["BESIDE", "DAY", "PLOT", "Laid", "a_plan", "a_site", "a_word", "ring"]
HOUSE = [5, 4, 15, 16]
COLOURS = {group: colour for colour, group in OCCUPANCY_COLOURS.items()}
BESIDE = 1000.0


@dataclass(frozen=True)
class Laid:
    """A plan that was drawn exactly where its parcel lies."""

    matches: bool = True
    is_certain: bool = True


def a_square(area: float, at: float) -> Polygon:
    """A square of so many m², beside the plan."""
    side = area**0.5
    return shapely.box(BESIDE + at, 0, BESIDE + at + side, side)


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
        reading=Reading(version="AC1024", was_recovered=False, entities=0, blocks=0, pieces=0),
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
