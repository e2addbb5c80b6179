"""The provisos of rule 26(4): what lets a yard be smaller than Table 4 asks, and whether it holds for a building.

In: a proposal, its site, the book of one day, a building, one of its open spaces and the yard it counts as.  Out: `Relaxation`s.  Words of the drawing
against the applicant are taken as they stand; words in his favour only once a person confirmed them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from gis.site import RoadKind, Site, Status
from rules.book import Book, NotEncoded, NotInForce, Parameter
from rules.findings import Required
from rules.measure import Unit
from rules.plans.roles import Work
from rules.proposal import Building, OpenSpace, Proposal
from rules.reckoning.claims import for_yards
from rules.reckoning.high_rise import high_rise
from rules.reckoning.houses import is_single_family
from rules.reckoning.occupancy import uses
from rules.reckoning.relaxations import Relaxation, both, is_within, said
from rules.reckoning.setbacks import OPEN_SPACE, Row
from rules.takings import built_up_area

BLANK_HEIGHT, BLANK_YARD = Parameter("yards.blank_wall_height"), Parameter("yards.blank_wall_yard")
ABUT_AREA, ABUT_HEIGHT = Parameter("yards.abut_built_up_area"), Parameter("yards.abut_height")
ABUT_BELOW, ONE_YARD = Parameter("yards.abut_below"), Parameter("yards.one_yard")
OLD = Parameter("yards.old_building_before")
PODIUM_HEIGHT, PODIUM_YARD = Parameter("yards.podium_height"), Parameter("yards.podium_yard")
FAMILY_FRONT, FAMILY_ROAD = (
    Parameter("yards.single_family_front"),
    Parameter("yards.single_family_road_under"),
)
OPENINGS = {
    "side": (
        "OPENING_BELOW_2.1_ON_SIDE_LESS_1M_OR_LESS_EQUALTO_0.6M",
        "OPENING_ABOVE_2.1_ON_SIDE_LESS_1M_OR_LESS_EQUALTO_0.6M",
        "OPENING_BELOW_2.1_ON_SIDE_LESS_1M",
        "OPENING_ABOVE_2.1_ON_SIDE_LESS_1M",
    ),
    "rear": ("OPENING_BELOW_2.1_ON_REAR_LESS_1M", "OPENING_ABOVE_2.1_ON_REAR_LESS_1M"),
}
CONSENTS = {"side": "NOC_TO_ABUT_SIDE", "rear": "NOC_TO_REAR_SIDE"}
ABUTTING = frozenset({"A1", "A2", "F"})
NARROW = frozenset({RoadKind.UNNOTIFIED, RoadKind.CUL_DE_SAC, RoadKind.PEDESTRIAN, RoadKind.COLONY})
CERTIFICATE = "OCCUPANCY_CERTIFICATE_DATE"


@dataclass(frozen=True, kw_only=True)
class Seat:
    """One open space of a building in one measure, the yard it counts as, and whether it is the one side that may come nearer."""

    building: Building
    space: OpenSpace
    yard: str
    measure: str
    is_favoured: bool
    row: Row

    @property
    def place(self) -> str:
        """Where it lies, as the words of the drawing name it, whatever it counts as."""
        return self.space.position.yard

    @property
    def cell(self) -> Required:
        """What the table asks of it before any growth."""
        return self.row.cells[self.yard, self.measure]


Maker = Callable[[Proposal, Site, Book, Seat], Relaxation | None]


def relaxations(plan: Proposal, site: Site, book: Book, seat: Seat) -> Iterator[Relaxation]:
    """Everything that may make the yard smaller; a proviso that the book of the day does not hold is left out."""
    makers: list[Maker] = [single_family, podium, old_building]
    if seat.yard != "front" and seat.is_favoured:
        makers += [blank_wall, abutting, one_yard]
    if seat.yard == "side":
        makers.append(commercial)
    for maker in makers:
        try:
            found = maker(plan, site, book, seat)
        except (NotEncoded, NotInForce):
            continue
        if found is not None and found.holds is not False:
            yield found
    yield from for_yards(plan, book, seat.yard)


def is_blank(plan: Proposal, place: str) -> bool | None:
    """Whether the walls towards such yards have no opening: no only as said, yes only as confirmed."""
    told = [plan.word(key) for key in OPENINGS[place]]
    there = [word for word in told if word is not None]
    if any(word.is_yes for word in there):
        return False
    none = [word for word in there if word.is_yes is False and not word.is_declared]
    low, high = (any(f"_{half}_" in word.key for word in none) for half in ("BELOW", "ABOVE"))
    return True if low and high else None


def blank_wall(plan: Proposal, _site: Site, book: Book, seat: Seat) -> Relaxation | None:
    """Small buildings up to a height, before a wall without opening, on one side and in the rear."""
    required, limit = Required.of(book.value(BLANK_YARD)), book.value(BLANK_HEIGHT)
    holds = both(
        seat.row.is_first,
        is_within(seat.building.height, limit.number),
        is_blank(plan, seat.place),
    )
    why = f"before a wall without any opening, {limit.citation}, which a person has to confirm"
    return Relaxation(required=required, holds=holds, why=why)


def abutting(plan: Proposal, site: Site, book: Book, seat: Seat) -> Relaxation | None:
    """Small buildings of A1, A2 and F on the boundary, without opening, with the neighbour's written consent."""
    height, citation = book.value(ABUT_HEIGHT), book.value(ABUT_HEIGHT).citation
    try:
        below, area = book.value(ABUT_BELOW), book.value(ABUT_AREA).number
        is_small = is_within(built_up_area(plan), area)
        required = Required.derived(Decimal(0), Unit.METRE, f"on the boundary by consent, {citation}", below)
    except NotEncoded:
        is_small = None
        required = Required.derived(Decimal(0), Unit.METRE, f"on the boundary by consent, {citation}", height)
    holds = both(
        all(use.group in ABUTTING for use in uses(plan, book)),
        is_within(seat.building.height, height.number),
        is_small,
        False if seat.space.roads else True if plan.is_placed and site.has_road_data else None,
        is_blank(plan, seat.place),
        said(plan, CONSENTS[seat.place]),
    )
    why = f"with the written consent of the owner beside it and no opening, {citation}"
    return Relaxation(required=required, holds=holds, why=why)


def one_yard(_plan: Proposal, _site: Site, book: Book, _seat: Seat) -> Relaxation | None:
    """The panchayat amendment of 2026: one yard other than the front, without opening."""
    value = book.value(ONE_YARD)
    why = f"as the one yard without opening of {value.citation}"
    return Relaxation(required=Required.of(value), holds=None, why=why)


def single_family(plan: Proposal, site: Site, book: Book, seat: Seat) -> Relaxation | None:
    """The house of one family on a narrow un-notified road, until the proviso was left out."""
    if seat.yard != "front":
        return None
    front, under = book.value(FAMILY_FRONT), book.value(FAMILY_ROAD)
    roads = [road for road in site.roads if road.ref in seat.space.roads]
    narrow = [_is_narrow(road.kind, road.width, under.number) for road in roads]
    holds = both(is_single_family(plan, seat.building), *(narrow or [None]))
    why = f"before the house of one family on an un-notified road under {under}, {front.citation}"
    return Relaxation(required=Required.of(front), holds=holds, why=why)


def _is_narrow(kind: RoadKind | None, width: float | None, under: Decimal) -> bool | None:
    return both(
        None if kind is None else kind in NARROW,
        None if width is None else round(width, 3) < float(under),
    )


def commercial(plan: Proposal, site: Site, book: Book, seat: Seat) -> Relaxation | None:
    """No side yard for commerce in an exclusive commercial zone, with the neighbour's consent."""
    zone = in_commercial_zone(plan, site)
    tall = high_rise(plan, site, book).holds
    low = None if tall is None else not tall
    holds = both(
        all(use.group == "F" for use in uses(plan, book)), zone, low, said(plan, CONSENTS[seat.place])
    )
    citation = book.entry(OPEN_SPACE).citation
    required = Required(
        amount=Decimal(0),
        unit=Unit.METRE,
        force=book.entry(OPEN_SPACE).force,
        citations=(citation,),
        steps=(f"no side yard in an exclusive commercial zone with the neighbour's consent, {citation}",),
    )
    return Relaxation(
        required=required,
        holds=holds,
        why=f"in an exclusive commercial zone with the written consent of the owner beside it, {citation}",
    )


def in_commercial_zone(plan: Proposal, site: Site) -> bool | None:
    """Whether the plot lies in an exclusive commercial zone: the zoning can deny it, a confirmed word prove it."""
    zoning = site.overlay("zoning")
    if zoning is not None and zoning.status is Status.AFFECTED:
        if not any("commercial" in each.lower() for each in zoning.labels):
            return False
    elif zoning is not None and zoning.status is Status.NOT_AFFECTED:
        return False
    return said(plan, "PLOT_IN_COMMERCIAL_ZONE")


def podium(_plan: Proposal, _site: Site, book: Book, seat: Seat) -> Relaxation | None:
    """Yards on the ground for the height of a podium alone, whose height no drawing of the convention tells."""
    levels = [level for level in seat.building.levels if not level.is_basement]
    if len(levels) < 2 or seat.space.level != min(level.number or 0 for level in levels):
        return None
    most, yard = book.value(PODIUM_HEIGHT), book.value(PODIUM_YARD)
    tall = is_within(seat.building.height, most.number)
    why = f"beside a podium of at most {most} under a higher building, {most.citation}, whose height the drawing does not tell"
    required = max(Required.of(yard), seat.cell, key=lambda each: each.amount)
    return Relaxation(required=required, holds=None if tall is False else False, why=why)


def has_existing(plan: Proposal, building: Building | None = None) -> bool:
    """Whether the drawing shows floor area that stands already."""
    there = plan.buildings if building is None else (building,)
    return any(use.work is not Work.PROPOSED for each in there for use in each.uses)


def old_building(plan: Proposal, _site: Site, book: Book, seat: Seat) -> Relaxation | None:
    """Additions to a building with an old occupancy certificate: only what is added keeps the yards."""
    if not has_existing(plan, seat.building):
        return None
    before = book.value(OLD)
    required = Required(
        amount=Decimal(0),
        unit=Unit.METRE,
        force=book.entry(OLD).force,
        citations=(before.citation,),
        steps=(f"only what is added keeps the yard, {before.citation}",),
    )
    is_old = has_old_certificate(plan, book)
    why = f"if what stands has an occupancy certificate from before {before.day} and what is added keeps the yard, {before.citation}"
    return Relaxation(required=required, holds=False if is_old is False else None, why=why)


def has_old_certificate(plan: Proposal, book: Book) -> bool | None:
    """Whether the occupancy certificate is older than the day of the book: a day that is said can deny it, a confirmed one prove it."""
    word = plan.word(CERTIFICATE)
    if word is None:
        return None
    try:
        certified = date.fromisoformat(word.text.strip())
    except ValueError:
        return None
    if certified >= book.value(OLD).day:
        return False
    return None if word.is_declared else True
