"""Chapter of exits: stairs (Chapter V).

In: a proposal, its site, the book of one day.  Out: findings.  Width and length of flights are measured, and treads and risers where lines are
drawn across the flights; else they and handrails are declared and confirmed, and a flight too short for the steps fails.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial

from gis.site import Site
from rules.book import Book, Parameter
from rules.findings import (
    Comparison,
    Finding,
    Measured,
    Outcome,
    Place,
    Required,
    at_least,
    at_most,
    measured,
    not_applicable,
    unknown,
)
from rules.measure import Unit
from rules.plans.roles import Role
from rules.proposal import Building, Proposal
from rules.reckoning.building_parts import floors_of, of_parts, unless_above
from rules.reckoning.each_measured import unless_unmeasured
from rules.reckoning.sizes import Sized, sized
from rules.reckoning.stairways import Stairway, room_for_steps, stairways, storey_height
from rules.reckoning.telling import Detail, details, slopes
from rules.reckoning.treads import is_climbed, riser, risers, tread
from rules.register import asked, rule
from rules.takings import count, least, of_length

TREAD, RISER, WIDTH = (Parameter(f"exits.stair_{each}") for each in ("tread", "riser", "width"))
HANDRAIL, HEADROOM = Parameter("exits.stair_handrail"), Parameter("exits.stair_headroom")
TWO, BETWEEN, RAMP = (
    Parameter("exits.two_stairs_over"),
    Parameter("exits.between_stairs"),
    Parameter("exits.ramp_slope"),
)
SECOND = Decimal(2)
"""Two stairs, as the rule says in words."""
DRAW = "Draw each stair closed on BLK_n_FLR_k_STAIR_i and its flights on BLK_n_FLR_k_STAIR_i_FLIGHT_j, with a dimension of their width in colour 2."
NO_FLIGHT = "No flight is drawn."
TURNS = "A flight turns, and no dimension tells its width."
WIDEN = "Make the flights wider, and dimension their width in colour 2."
LENGTHEN = "Make the flights longer, so that the steps have room, or the storey lower."


@rule("stairs")
def stairs(plan: Proposal, site: Site, book: Book) -> Sequence[Finding]:
    """Buildings of several floors have stairs wide and long enough, two of them above a number of floors."""
    entry = book.entry(WIDTH)
    if not plan.buildings:
        return [unknown("stairs", "No building is drawn.", remedy=DRAW)]
    many = [b for b in plan.buildings if len(b.floors) != 1 or stairways(plan, b, Role.STAIR)]
    if not many:
        return [
            not_applicable(
                "stairs", f"{entry.citation} is for stairs, and every building has one floor only."
            )
        ]
    return of_parts("stairs", plan, site, book, lambda: _stairs(plan, many, book))


def _stairs(plan: Proposal, buildings: Sequence[Building], book: Book) -> list[Finding]:
    found = [finding for building in buildings for finding in _of_building(plan, building, book)]
    if plan.drawing.things_of(Role.RAMP):
        found += asked(
            "stairs",
            lambda: slopes(
                "stairs", plan, Role.RAMP, Required.of(book.value(RAMP)), subject="ramp in place of a stair"
            ),
            subject="ramp in place of a stair",
        )
    lengths = plan.drawing.lengths_of(Role.HEAD_ROOM)
    heads = [of_length(each) for each in lengths]
    wanted = Sized(
        subject="headroom",
        parameter=HEADROOM,
        found=least(heads),
        missing="No headroom of a stair is drawn.",
        remedy="Draw it as a dimension on BLK_n_STAIR_HEADROOM.",
    )
    there = [each for building in buildings for each in stairways(plan, building, Role.STAIR)]
    told = [
        Detail(
            key="STAIR_TREAD_M", what="tread of the stair", required=lambda: Required.of(book.value(TREAD))
        ),
        Detail(
            key="STAIR_RISER_M",
            what="riser of the stair",
            required=lambda: Required.of(book.value(RISER)),
            comparison=Comparison.AT_MOST,
        ),
        Detail(
            key="STAIR_HANDRAIL_M",
            what="height of the handrail",
            required=lambda: Required.of(book.value(HANDRAIL)),
        ),
    ]
    drawn = {(each.building, each.index) for each in there}
    headroom = unless_unmeasured(
        sized("stairs", book, [wanted]),
        [number for number, _ in drawn],
        [each.block for each in lengths],
        "headroom of every stair",
    )
    shown = shown_by_lines(plan, there, "STAIR_TREAD_M", "STAIR_RISER_M")
    return [*found, *headroom, *details("stairs", plan, [each for each in told if each.key not in shown])]


def _of_building(plan: Proposal, building: Building, book: Book) -> list[Finding]:
    there = stairways(plan, building, Role.STAIR)
    if not there:
        return [
            unknown(
                "stairs",
                "The building has several floors, and no stair is drawn.",
                remedy=DRAW,
                subject=building.title,
            )
        ]
    found: list[Finding] = []
    for stair in there:
        found += asked(
            "stairs",
            partial(width, "stairs", stair, Required.of(book.value(WIDTH))),
            subject=f"{stair.title}, width",
        )
        found += asked(
            "stairs",
            partial(steps, "stairs", plan, stair, book, TREAD, RISER),
            subject=f"{stair.title}, length for its steps",
        )
        found += asked("stairs", partial(drawn_steps, "stairs", plan, stair, book, TREAD, RISER))
    found += asked("stairs", partial(_two, plan, building, book), subject=f"{building.title}, two stairs")
    return found


def width(rule_id: str, stair: Stairway, required: Required) -> Finding:
    """The least width of a stair's flights; an outline wider than long leaves it open which side is the width."""
    subject = f"{stair.title}, width"
    narrow, wide = stair.width
    if (
        narrow is None
        and wide is not None
        and not at_least(rule_id, required, wide, missing="", remedy="").holds
    ):
        narrow = wide
    missing = TURNS if stair.turns else NO_FLIGHT
    finding = at_least(rule_id, required, narrow, missing=missing, remedy=WIDEN, subject=subject)
    if (
        finding.outcome is Outcome.FAIL
        and wide is not None
        and at_least(rule_id, required, wide, missing="", remedy="").holds
    ):
        why = "Which side of the flight's outline is its width is not told."
        return unknown(rule_id, why, remedy=WIDEN, subject=subject, places=finding.places)
    return finding


def steps(
    rule_id: str, plan: Proposal, stair: Stairway, book: Book, tread: Parameter, riser: Parameter
) -> Sequence[Finding]:
    """Whether the flights have room for the steps that the storey needs, however many are drawn."""
    subject = f"{stair.title}, length for its steps"
    run, high = stair.run, storey_height(plan, stair)
    if run is None or high is None:
        remedy = (
            "Draw the flights closed, and write the height of the storey as FLR_HT_M=… on the stair's layer."
        )
        return [
            unknown(
                rule_id,
                "The flights or the height of the storey are not drawn.",
                remedy=remedy,
                subject=subject,
            )
        ]
    required = room_for_steps(stair, high, book.value(tread), book.value(riser))
    found = replace(run, is_declared=high.is_declared, sources=(*run.sources, *high.sources))
    return [at_least(rule_id, required, found, missing="", remedy=LENGTHEN, subject=subject)]


def drawn_steps(
    rule_id: str, plan: Proposal, stair: Stairway, book: Book, tread_of: Parameter, riser_of: Parameter
) -> list[Finding]:
    """Treads and risers as the lines across the flights show them; nothing where none are drawn."""
    return [
        *tread(rule_id, stair, Required.of(book.value(tread_of))),
        *riser(rule_id, stair, storey_height(plan, stair), Required.of(book.value(riser_of))),
    ]


def shown_by_lines(plan: Proposal, there: Sequence[Stairway], tread_key: str, riser_key: str) -> set[str]:
    """Keys of words that nobody is asked for, since lines across the flights of every stair show what they would tell."""
    treads = all(each.flights and all(f.steps and f.steps.treads for f in each.flights) for each in there)
    climbs = all(
        is_climbed(each) or (risers(each) is not None and storey_height(plan, each) is not None)
        for each in there
    )
    shown = [key for key, is_shown in ((tread_key, treads), (riser_key, climbs)) if there and is_shown]
    return {key for key in shown if plan.word(key) is None}


def _two(plan: Proposal, building: Building, book: Book) -> list[Finding]:
    """Above a number of floors, basements included, two stairs; one of them may be the fire stair."""
    over, floors = book.value(TWO), floors_of(plan, building)
    subject = f"{building.title}, two stairs"
    there = stairways(plan, building, Role.STAIR, Role.FIRE_STAIR)
    silence = unless_above("stairs", floors, over, subject)
    if floors is None or silence is not None:
        return [silence] if silence is not None else []
    drawn = {(each.role, each.index): each for each in there}
    places = [
        Place(what=each.title, shape=each.outline.outline.shape, handles=each.outline.outline.source.handles)
        if each.outline
        else Place(what=each.title)
        for each in drawn.values()
    ]
    required = Required.derived(
        SECOND,
        Unit.COUNT,
        f"two stairs over {over.count} floors, by {over.citation}; {floors.amount} are drawn",
        over,
    )
    found = count("stairs and fire stairs", places)
    number = at_least(
        "stairs",
        required,
        found,
        missing="",
        remedy="Provide a second stair, which may be the fire stair.",
        subject=subject,
    )
    return [
        number,
        *asked(
            "stairs", partial(_apart, there, building, book), subject=f"{building.title}, distance of stairs"
        ),
    ]


def _apart(there: Sequence[Stairway], building: Building, book: Book) -> list[Finding]:
    """On each floor the way from a stair to the nearest other one, as the crow flies."""
    longest: Measured | None = None
    for one in there:
        others = [other for other in there if other.floor == one.floor and other is not one and other.outline]
        if one.outline is None or not others:
            continue
        metres, nearest = min(
            (
                (float(one.outline.outline.shape.distance(o.outline.outline.shape)), o)
                for o in others
                if o.outline
            ),
            key=lambda pair: pair[0],
        )
        if longest is None or metres > float(longest.amount):
            step = f"{one.title} to the nearest other one: {metres:.3f} m as the crow flies"
            place = Place(what=f"{one.title} to {nearest.title}", handles=one.outline.outline.source.handles)
            longest = measured(metres, Unit.METRE, steps=(step,), places=(place,))
    required = Required.of(book.value(BETWEEN))
    subject = f"{building.title}, distance of stairs"
    remedy = "Move the stairs nearer to each other, and draw both on the same floor."
    return [
        at_most(
            "stairs",
            required,
            longest,
            missing="No floor has two stairs drawn.",
            remedy=remedy,
            subject=subject,
        )
    ]
