"""Chapter of exits: fire stairs (rule 35(2)).

In: a proposal, its site, the book of one day.  Out: findings for each building.  Storeys count without basements and stair cabins; whether the
lowest floor counts since 2025 is open, so a building just above the limit is unknown.
"""

from collections.abc import Sequence
from decimal import Decimal
from functools import partial

from gis.site import Site
from rules.book import Book, NotEncoded, NotInForce, Parameter
from rules.checks.stairs import drawn_steps, shown_by_lines, steps, width
from rules.findings import (
    Comparison,
    Finding,
    Place,
    Required,
    holds,
    unknown,
)
from rules.plans.roles import Role
from rules.proposal import Building, Proposal
from rules.reckoning.building_parts import of_parts, storeys_of, unless_above
from rules.reckoning.occupancy import joined
from rules.reckoning.sizes import AT_MOST, Sized, sized
from rules.reckoning.stairways import Stairway, stairways
from rules.reckoning.telling import Detail, details
from rules.reckoning.treads import flight_risers, risers
from rules.register import asked, rule
from rules.takings import least, side_of

OVER, LOWEST, MAIN = (Parameter(f"exits.fire_stair_{each}") for each in ("over", "lowest", "main_suffices"))
WIDTH, TREAD, RISER, FLIGHT = (
    Parameter(f"exits.fire_stair_{each}") for each in ("width", "tread", "riser", "flight")
)
HANDRAIL, BALUSTERS, STRAIGHT, BASEMENTS = (
    Parameter(f"exits.fire_stair_{each}") for each in ("handrail", "balusters", "straight", "basements")
)
SPIRAL = Parameter("exits.spiral_diameter")
DRAW = "Draw the fire stair closed on BLK_n_FLR_k_FIRESTAIR_i and its flights on BLK_n_FLR_k_FIRESTAIR_i_FLIGHT_j."


@rule("fire_stairs")
def fire_stairs(plan: Proposal, site: Site, book: Book) -> Sequence[Finding]:
    """Above a number of storeys a building has a fire stair, wide and flat enough; a spiral one only up to a height."""
    if not plan.buildings:
        return [unknown("fire_stairs", "No building is drawn.", remedy=DRAW)]
    return of_parts(
        "fire_stairs",
        plan,
        site,
        book,
        lambda: [
            f
            for b in plan.buildings
            for f in asked("fire_stairs", partial(_building, plan, b, book), subject=b.title)
        ],
    )


def _building(plan: Proposal, building: Building, book: Book) -> list[Finding]:
    case = "residential" if {use.group for use in joined(plan, book)} == {"A1"} else "other"
    over, storeys = book.value(OVER, case), storeys_of(plan, building)
    there = stairways(plan, building, Role.FIRE_STAIR)
    spirals = [each for each in plan.drawing.things_of(Role.SPIRAL_STAIR) if each.block == building.number]
    silence = unless_above("fire_stairs", storeys, over, building.title)
    if storeys is None or silence is not None:
        return [silence] if silence is not None else []
    if not there and not spirals:
        return [
            unknown(
                "fire_stairs", _why(storeys.amount, over.count, book), remedy=DRAW, subject=building.title
            )
        ]
    places = tuple(
        Place(what=each.title, shape=each.outline.outline.shape, handles=each.outline.outline.source.handles)
        for each in there
        if each.outline
    )
    found = [
        holds(
            "fire_stairs",
            "A fire stair is drawn.",
            over.citation,
            subject=f"{building.title}, fire stair",
            places=places,
        )
    ]
    for stair in there:
        found += asked(
            "fire_stairs",
            partial(width, "fire_stairs", stair, Required.of(book.value(WIDTH))),
            subject=f"{stair.title}, width",
        )
        found += asked(
            "fire_stairs",
            partial(steps, "fire_stairs", plan, stair, book, TREAD, RISER),
            subject=f"{stair.title}, length for its steps",
        )
        found += asked("fire_stairs", partial(_drawn_steps, plan, stair, book))
    return [
        *found,
        *_spirals(plan, building, book),
        *_to_basement(building, there, book),
        *details(
            "fire_stairs", plan, _untold(plan, there, book), subject=f"{building.title}, what no layer shows"
        ),
    ]


def _why(storeys: Decimal, over: int, book: Book) -> str:
    """Why a building without a fire stair drawn is not judged."""
    told = "A fire stair is needed, and none is drawn."
    try:
        book.value(LOWEST)
    except NotEncoded as gap:
        if storeys == over + 1:
            return f"Whether a fire stair is needed is open. {gap.message}"
    try:
        main = book.value(MAIN)
    except (NotEncoded, NotInForce):
        return told
    if storeys <= main.count:
        return f"Up to {main.count} storeys a main stair that meets the rules of fire stairs suffices ({main.citation}), and that is not told."
    return told


def _drawn_steps(plan: Proposal, stair: Stairway, book: Book) -> list[Finding]:
    """Treads, risers and how many of them a flight has, as the lines across the flights show them."""
    most = Required.of(book.value(FLIGHT))
    return [
        *drawn_steps("fire_stairs", plan, stair, book, TREAD, RISER),
        *flight_risers("fire_stairs", stair, most),
    ]


def _untold(plan: Proposal, there: Sequence[Stairway], book: Book) -> list[Detail]:
    """What no layer shows, without what the lines across the flights of every fire stair do."""
    shown = shown_by_lines(plan, there, "FIRE_STAIR_TREAD_M", "FIRE_STAIR_RISER_M")
    counted = bool(there) and all(risers(each) is not None for each in there)
    if counted and plan.word("FIRE_STAIR_RISERS") is None:
        shown.add("FIRE_STAIR_RISERS")
    return [each for each in _details(book) if each.key not in shown]


def _details(book: Book) -> list[Detail]:
    return [
        Detail(
            key="FIRE_STAIR_TREAD_M",
            what="tread of the fire stair",
            required=lambda: Required.of(book.value(TREAD)),
        ),
        Detail(
            key="FIRE_STAIR_RISER_M",
            what="riser of the fire stair",
            required=lambda: Required.of(book.value(RISER)),
            comparison=Comparison.AT_MOST,
        ),
        Detail(
            key="FIRE_STAIR_RISERS",
            what="risers of one flight",
            required=lambda: Required.of(book.value(FLIGHT)),
            comparison=Comparison.AT_MOST,
        ),
        Detail(
            key="FIRE_STAIR_HANDRAIL_M",
            what="handrail of the fire stair, least",
            required=lambda: Required.of(book.value(HANDRAIL, "least")),
        ),
        Detail(
            key="FIRE_STAIR_HANDRAIL_M",
            what="handrail of the fire stair, greatest",
            required=lambda: Required.of(book.value(HANDRAIL, "greatest")),
            comparison=Comparison.AT_MOST,
        ),
        Detail(
            key="FIRE_STAIR_BALUSTERS_M",
            what="distance of balusters",
            required=lambda: Required.of(book.value(BALUSTERS)),
            comparison=Comparison.AT_MOST,
        ),
    ]


def _spirals(plan: Proposal, building: Building, book: Book) -> tuple[Finding, ...]:
    drawn = [each for each in plan.drawing.things_of(Role.SPIRAL_STAIR) if each.block == building.number]
    if not drawn:
        return ()
    name = f"{building.title}, spiral fire stair"
    return sized(
        "fire_stairs",
        book,
        [
            Sized(
                subject=f"{name}, diameter",
                parameter=SPIRAL,
                found=least(side_of(e, e.breadth, "diameter") for e in drawn),
                missing="",
                remedy="Make it wider.",
            ),
            Sized(
                subject=f"{name}, height",
                parameter=STRAIGHT,
                found=building.height,
                missing="The height of the building is not drawn.",
                remedy="Make the fire stair straight.",
                comparison=AT_MOST,
            ),
        ],
    )


def _to_basement(building: Building, there: Sequence[Stairway], book: Book) -> tuple[Finding, ...]:
    """Above a number of basements the fire stair leads to the lowest one."""
    subject = f"{building.title}, lowest basement"

    def judged() -> list[Finding]:
        over = book.value(BASEMENTS)
        if building.basements <= over.count:
            return []
        lowest = min(floor.number for floor in building.floors)
        on = [each for each in there if each.floor == lowest]
        if on:
            return [
                holds(
                    "fire_stairs",
                    f"The fire stair is drawn on floor {lowest}, the lowest basement.",
                    over.citation,
                    subject=subject,
                )
            ]
        return [
            unknown(
                "fire_stairs",
                f"The fire stair is not drawn on floor {lowest}, the lowest basement.",
                remedy=DRAW,
                subject=subject,
            )
        ]

    return asked("fire_stairs", judged, subject=subject)
