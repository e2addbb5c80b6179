"""Chapter of occupancies: whether what the drawing calls an occupancy is one group of rule 25(1), and of the size that the group asks.

In: a proposal, its site, the book of one day.  Out: findings, one for each occupancy of the drawing.
"""

from collections.abc import Sequence
from functools import partial

from gis.site import Site
from rules.book import Book, NotEncoded, NotInForce, Parameter
from rules.findings import Finding, Measured, Required, at_least, at_most, holds, unknown
from rules.measure import Unit
from rules.plans.names import Profile
from rules.proposal import Proposal
from rules.reckoning.occupancy import PARTS, uses
from rules.register import asked, rule
from rules.takings import floor_uses, height, places_of, total

OVER = Parameter("occupancy.built_up_area_over")
PART = Parameter("occupancy.residential_part")
MULTIPLEX_AREA = Parameter("occupancy.multiplex_area")
MULTIPLEX_HEIGHT = Parameter("occupancy.multiplex_height")
STORAGE = Parameter("occupancy.storage_area")
PROFESSIONAL, MULTIPLEX, STORE = "A5", "J", "H"


@rule("occupancy_groups")
def occupancy_groups(plan: Proposal, _: Site, book: Book) -> Sequence[Finding]:
    """Every occupancy of the drawing is one group, and has the size that the group asks for."""
    codes = sorted({use.code or "" for use in floor_uses(plan)})
    if not codes:
        raise NotEncoded("The drawing shows no floor area with an occupancy.")
    found: list[Finding] = []
    for code in codes:
        found += asked(
            "occupancy_groups", partial(_of_code, plan, code, book), subject=code or "no occupancy"
        )
    return found


def _of_code(plan: Proposal, code: str, book: Book) -> Finding | Sequence[Finding]:
    if not code:
        raise NotEncoded(
            "A floor area of the drawing has no occupancy; give its outline the colour of its occupancy, or name it with the text USE."
        )
    named = plan.answers.groups.get(code)
    if code not in PARTS and named is None:
        raise NotEncoded(
            f"“{code}” of the drawing is not one group of rule 25(1); give the outline the colour of its occupancy, or name the group."
        )
    if named is None and code == PROFESSIONAL:
        return _professional(plan, book)
    if named is None and code == MULTIPLEX:
        return _multiplex(plan, book)
    if named is None and code == STORE:
        return _store(plan, book)
    return _told(plan, code, book)


def _told(plan: Proposal, code: str, book: Book) -> Finding:
    """The group of an occupancy without a size of its own, after small ones joined another group."""
    use = next(each for each in uses(plan, book) if code in each.codes)
    named = plan.answers.groups.get(code)
    why = f", named by a person: {named.reason}" if named is not None else ""
    more = f" ({'; '.join(use.reasons)})" if use.reasons else ""
    layers = _words_of(plan, code)
    told = f"Occupancy {code} of the drawing is group {use.group}{why}{more}."
    if layers:
        told = f"Occupancy {code} of the drawing, which a word tells ({layers}), is group {use.group}{why}{more}."
    return holds(
        "occupancy_groups",
        told,
        book.entry(OVER).citation,
        subject=code,
    )


def _words_of(plan: Proposal, code: str) -> str:
    """Layers of the words that tell an occupancy where no colour does; a model has words alone."""
    has_colours = plan.drawing.profile is not Profile.IFC
    layers = [
        word.source.layer
        for building in plan.buildings
        for floor in building.floors
        if not has_colours or any(area.occupancy is None for area in floor.areas)
        for word in floor.uses
        if word.key == "USE" and word.text.split("=")[-1].strip() == code
    ]
    return ", ".join(dict.fromkeys(layers))


def _area(plan: Proposal, code: str) -> Measured | None:
    found = [use.built_up for use in floor_uses(plan) if use.code == code]
    return total(found, Unit.SQUARE_METRE, f"built-up area of {code}")


def _professional(plan: Proposal, book: Book) -> Finding:
    """Professional rooms in a dwelling stay residential up to an area."""
    return at_most(
        "occupancy_groups",
        Required.of(book.value(PART, "professional_rooms")),
        _area(plan, PROFESSIONAL),
        missing="The area of the professional rooms could not be measured.",
        remedy="Make the rooms smaller, or draw them as an office.",
        subject=PROFESSIONAL,
    )


def _multiplex(plan: Proposal, book: Book) -> list[Finding]:
    """A multiplex complex has a least area and a greatest height."""
    remedy = "Draw it as the occupancy that it is: it is no multiplex complex."
    area = at_least(
        "occupancy_groups",
        Required.of(book.value(MULTIPLEX_AREA)),
        _area(plan, MULTIPLEX),
        missing="The built-up area could not be measured.",
        remedy=remedy,
        subject=f"{MULTIPLEX}, area",
    )
    high = at_most(
        "occupancy_groups",
        Required.of(book.value(MULTIPLEX_HEIGHT)),
        height(plan),
        missing="The height of every building is not drawn.",
        remedy=remedy,
        subject=f"{MULTIPLEX}, height",
    )
    return [area, high]


def _store(plan: Proposal, book: Book) -> Finding:
    """Storage was a group of its own above an area only; what a smaller store was then is not in the book."""
    try:
        floor = book.value(STORAGE)
    except NotInForce:
        return _told(plan, STORE, book)
    area = _area(plan, STORE)
    if area is not None and not area.is_declared and round(area.amount, 2) > floor.number:
        return _told(plan, STORE, book)
    return unknown(
        "occupancy_groups",
        f"Storage was group H above {floor} only ({floor.citation}); the group of a smaller store is not in the book.",
        remedy="Have a person name the group.",
        subject=STORE,
        places=places_of(plan),
    )
