"""Chapter of services: accessory buildings and telecommunication towers (rule 67 and Chapter XVIII).

In: a proposal, its site, the book of one day.  Out: findings.  Neither is asked for, so where none is drawn or declared none is proposed and
nothing is to be judged; towers are on no layer of the drawing convention.
"""

from collections.abc import Sequence
from decimal import Decimal
from functools import partial

import shapely

from gis.site import Site
from rules.book import Book, Parameter
from rules.findings import Comparison, Finding, Measured, Required, at_most, measured, not_applicable, unknown
from rules.measure import Unit
from rules.plans.drawing import Thing
from rules.plans.roles import Role
from rules.proposal import Proposal
from rules.reckoning.sizes import AT_MOST, Sized, sized
from rules.reckoning.telling import Detail, details, stated
from rules.reckoning.waters import to_sides
from rules.register import asked, rule
from rules.takings import greatest, least, of_length, places_of, total

SHARE, HEIGHT, BOUNDARY = (
    Parameter(f"services.accessory_{each}") for each in ("share", "height", "boundary")
)
TOWER, WALL, LIGHTS = (Parameter(f"services.telecom_{each}") for each in ("distance", "wall", "lights_over"))
DRAW = (
    "Draw it closed on ACCBLK_n, its height as a dimension there, and its distance on ACCBLK_n_DIST_BOUNDARY."
)


@rule("accessory")
def accessory(plan: Proposal, _: Site, book: Book) -> Sequence[Finding]:
    """Accessory buildings cover a small part of the open space, stay low, and keep a distance to the boundary."""
    things = plan.drawing.things_of(Role.ACCESSORY)
    heights = plan.drawing.lengths_of(Role.ACCESSORY)
    if not things and not heights:
        entry = book.entry(SHARE)
        return [
            not_applicable("accessory", f"{entry.citation} is for accessory buildings, and none is drawn.")
        ]
    high = Sized(
        subject="height",
        parameter=HEIGHT,
        found=greatest(of_length(each) for each in heights),
        missing="No dimension of its height is drawn on ACCBLK_n.",
        remedy=DRAW,
        comparison=AT_MOST,
    )
    far = Sized(
        subject="boundary",
        parameter=BOUNDARY,
        found=_boundary(plan, things),
        missing="Its distance to the boundary cannot be measured.",
        remedy=DRAW,
    )
    return [
        *asked("accessory", partial(_share, plan, book, things), subject="share"),
        *sized("accessory", book, [high, far]),
    ]


def _boundary(plan: Proposal, things: Sequence[Thing]) -> Measured | None:
    """Least of what is measured from the outlines and what the dimensions span."""
    plot = plan.drawing.plot
    drawn = [to_sides(each, plot.sides if plot else (), "accessory building to boundary") for each in things]
    spans = [of_length(each) for each in plan.drawing.lengths_of(Role.ACCESSORY_BOUNDARY)]
    return least([*drawn, *spans])


def _share(plan: Proposal, book: Book, things: Sequence[Thing]) -> Finding:
    share = Required.of(book.value(SHARE))
    covered = total((each.covered for each in plan.buildings), Unit.SQUARE_METRE, "covered ground")
    plot = plan.plot
    missing = "The open space or the accessory building cannot be measured."
    if covered is None or plot is None or not things:
        return unknown("accessory", missing, remedy=DRAW, subject="share")
    area = Decimal(repr(float(shapely.union_all([each.outline.shape for each in things]).area)))
    free = Decimal(repr(float(plot.area))) - covered.amount
    if free <= 0:
        return unknown("accessory", "No open space is left on the drawn plot.", remedy=DRAW, subject="share")
    found = measured(
        area / free,
        Unit.SHARE,
        steps=(f"{area:.2f} m² of {free:.2f} m² open space (drawn plot without covered ground)",),
        places=places_of(plan, Role.ACCESSORY),
        is_declared=covered.is_declared,
    )
    return at_most(
        "accessory",
        share,
        found,
        missing=missing,
        remedy="Make accessory buildings smaller.",
        subject="share",
    )


@rule("telecom")
def telecom(plan: Proposal, _: Site, book: Book) -> Sequence[Finding]:
    """A tower keeps a distance to road and boundary, has a guard wall, and carries lights above a height."""
    told = [plan.word(key) for key in ("TELECOM_TOWER_HEIGHT_M", "TELECOM_TOWER")]
    entry = book.entry(TOWER)
    if all(word is None or word.is_yes is False or word.number == 0 for word in told):
        return [
            not_applicable(
                "telecom", f"{entry.citation} is for telecommunication towers, and none is declared."
            )
        ]
    wanted = [
        Detail(
            key="TELECOM_ROAD_M",
            what="distance of the tower to the road",
            required=lambda: Required.of(book.value(TOWER, "road")),
        ),
        Detail(
            key="TELECOM_BOUNDARY_M",
            what="distance of the tower to other boundaries",
            required=lambda: Required.of(book.value(TOWER, "other")),
        ),
        Detail(
            key="TELECOM_WALL_M",
            what="height of the guard wall, least",
            required=lambda: Required.of(book.value(WALL, "least")),
        ),
        Detail(
            key="TELECOM_WALL_M",
            what="height of the guard wall, greatest",
            required=lambda: Required.of(book.value(WALL, "greatest")),
            comparison=Comparison.AT_MOST,
        ),
    ]
    return [
        *details("telecom", plan, wanted),
        *asked("telecom", partial(_lights, plan, book), subject="lights"),
    ]


def _lights(plan: Proposal, book: Book) -> Finding:
    over = book.value(LIGHTS)
    word = plan.word("TELECOM_TOWER_HEIGHT_M")
    if word is None or word.number is None:
        return unknown(
            "telecom",
            "The height of the tower is not told.",
            remedy="Declare TELECOM_TOWER_HEIGHT_M=….",
            subject="lights",
        )
    if word.number <= float(over.exact) and not word.is_declared:
        return not_applicable(
            "telecom", f"{word.number:.2f} m is not more than {over} ({over.citation}).", subject="lights"
        )
    return stated("telecom", plan, "TELECOM_LIGHTS", "lights on the tower", over.citation, subject="lights")
