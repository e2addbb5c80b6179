"""Chapter of other authorities: rule 5(4), Table A, as far as a layer, the use or the size of the building tells.

In: a proposal, its site, the book of one day.  Out: findings.  None ever fails: what is not needed passes, what is or may be needed is
unknown and names whom to ask.
"""

from collections.abc import Sequence
from functools import partial

from gis.site import Site
from rules.book import Book, NotEncoded, NotInForce, Parameter
from rules.findings import Finding, Outcome, Required, at_most, holds, unknown
from rules.proposal import Proposal
from rules.reckoning.high_rise import high_rise
from rules.reckoning.occupancy import named_groups
from rules.reckoning.restrictions import (
    Consent,
    consent,
    consent_by_distance,
    is_clear,
    needed,
    places,
    told,
)
from rules.reckoning.two_readings import at_hundredth
from rules.register import asked, rule
from rules.takings import built_up_area, floor_uses, height

RAILWAY = Parameter("noc.railway")
RAILWAY_TOWER = Parameter("noc.railway_tower")
AIRPORT = Parameter("noc.airport")
ELEVATION = Parameter("noc.airport_elevation")
MONUMENT = Parameter("noc.monument")
DEFENCE = Parameter("noc.defence")
CRZ_HOUSE = Parameter("noc.crz_house")
AUTHORITY = Parameter("noc.authority")
COAST = ("crz_zone", "crz_seaward", "crz_tidal", "crz_islands", "crz_ia", "crz_mangrove", "crz_ib_iv")
HOUSE = "A1"
USES = {
    "religious_building": ("the municipality", {"D1"}),
    "fuel_station": ("the District Collector", {"I1", "I2", "I6"}),
    "crematorium_or_burial_ground": ("the District Collector", {"I4"}),
    "traffic_terminal": ("the Chief Town Planner", {"D2"}),
}
"""Rows of Table A that hang on the use, with the occupancies of the drawing that are it."""
MAYBE = {
    "religious_building": {"D"},
    "fuel_station": {"I"},
    "crematorium_or_burial_ground": {"I", "G3"},
    "traffic_terminal": {"D"},
}
"""Occupancies of the drawing that may be it."""


@rule("noc_railway")
def noc_railway(plan: Proposal, site: Site, book: Book) -> Sequence[Finding]:
    """A building within the distance to the railway's boundary, and a tower within a greater one, need its consent."""
    who = "the railway"
    building = asked(
        "noc_railway",
        lambda: consent_by_distance(
            "noc_railway",
            plan,
            site,
            Consent(authority=who, layers=("railway",), words=("NOC_RAILWAY",)),
            Required.of(book.value(RAILWAY)),
            subject="building",
        ),
        subject="building",
    )
    tower = plan.word("TELECOM_TOWER")
    if tower is None or tower.is_yes is False:
        return building
    wanted = Consent(authority=who, layers=("railway_tower",), words=("NOC_RAILWAY",))
    mast = asked(
        "noc_railway",
        lambda: consent(
            "noc_railway", plan, site, wanted, book.value(RAILWAY_TOWER).citation, subject="tower"
        ),
        subject="tower",
    )
    return [*building, *mast]


@rule("noc_airport")
def noc_airport(plan: Proposal, site: Site, book: Book) -> Sequence[Finding]:
    """Near an airport or on its map of heights, and above a height anywhere, the Airports Authority consents."""
    wanted = Consent(
        authority="the Airports Authority of India",
        layers=("airport", "airport_height"),
        words=("NOC_AIRPORT",),
    )
    near = asked(
        "noc_airport",
        lambda: consent("noc_airport", plan, site, wanted, book.value(AIRPORT).citation, subject="place"),
        subject="place",
    )
    return [*near, *asked("noc_airport", lambda: _tall(plan, site, book, wanted), subject="height")]


def _tall(plan: Proposal, site: Site, book: Book, wanted: Consent) -> Finding:
    found = at_most(
        "noc_airport",
        Required.of(book.value(ELEVATION)),
        height(plan),
        missing="The height of every building is not drawn.",
        remedy="Draw the height of the building on BLK_n_HT_OF_BLDG.",
        subject="height",
    )
    if found.outcome is not Outcome.FAIL:
        return found
    reason = f"Above {found.required.amount} m {wanted.authority} has to consent." if found.required else ""
    return needed("noc_airport", reason, wanted, site, subject="height")


@rule("noc_monument")
def noc_monument(plan: Proposal, site: Site, book: Book) -> Finding:
    """Within the distance to a protected monument the Archaeological Survey consents."""
    wanted = Consent(
        authority="the Archaeological Survey of India", layers=("asi_monument",), words=("NOC_MONUMENT",)
    )
    return consent_by_distance("noc_monument", plan, site, wanted, Required.of(book.value(MONUMENT)))


@rule("noc_crz")
def noc_crz(plan: Proposal, site: Site, book: Book) -> Finding:
    """In the coastal zone its authority consents; before 2025 the Secretary decided on small single houses."""
    citation = book.entry(CRZ_HOUSE).citation
    declared = plan.word("CRZ")
    wanted = Consent(
        authority="the Kerala Coastal Zone Management Authority", layers=COAST, words=("NOC_CRZ",)
    )
    if declared is not None and declared.is_yes and is_clear(site, *COAST):
        return needed(
            "noc_crz",
            f"No coastal layer touches the plot, but it is declared to lie in the zone ({declared.source}).",
            wanted,
            site,
        )
    if not is_clear(site, *COAST) and _is_small_house(plan, book):
        reason = f"{told(site, *COAST)} On a single house of this size the Secretary decides ({citation})."
        remedy = "Ask the Secretary of the local body."
        return unknown("noc_crz", reason, remedy=remedy, places=places(site, *COAST))
    return consent("noc_crz", plan, site, wanted, citation)


def _is_small_house(plan: Proposal, book: Book) -> bool:
    """Whether the old proviso names the plan: a single house up to its area."""
    area, codes = built_up_area(plan), {use.code for use in floor_uses(plan)}
    try:
        limit = book.value(CRZ_HOUSE).number
    except NotInForce:
        return False
    return area is not None and codes == {HOUSE} and at_hundredth(area) <= limit


@rule("noc_defence")
def noc_defence(plan: Proposal, site: Site, book: Book) -> Finding:
    """Near defence land its station consents: within distances until March 2025, since then as notifications say that were not read.

    The layer looks as far as its own guideline, which is less than what was asked of a high-rise.
    """
    wanted = Consent(authority="the defence station", layers=("defence",), words=("NOC_DEFENCE",))
    is_tall = high_rise(plan, site, book).holds
    case = "building" if is_tall is False else "high_rise"
    try:
        required = Required.of(book.value(DEFENCE, case))
    except NotEncoded as gap:
        return needed("noc_defence", gap.message, wanted, site)
    if is_tall is not False and is_clear(site, "defence"):
        return needed(
            "noc_defence",
            f"A high-rise within {required.amount} m needs consent, and the layer does not look so far.",
            wanted,
            site,
        )
    return consent_by_distance("noc_defence", plan, site, wanted, required)


@rule("noc_heritage")
def noc_heritage(plan: Proposal, site: Site, book: Book) -> Finding:
    """In an area of heritage value the Art and Heritage Commission is asked."""
    wanted = Consent(
        authority="the Art and Heritage Commission", layers=("heritage",), words=("NOC_HERITAGE",)
    )
    return consent("noc_heritage", plan, site, wanted, book.value(AUTHORITY, "heritage").citation)


@rule("noc_security_zone")
def noc_security_zone(plan: Proposal, site: Site, book: Book) -> Finding:
    """In a security zone the District Collector is asked; what the drawing says of it cannot make it clear."""
    wanted = Consent(
        authority="the District Collector", layers=("security_zone",), words=("NOC_SECURITY_ZONE",)
    )
    citation = book.value(AUTHORITY, "security_zone").citation
    declared = plan.word("SECURITY_ZONE")
    if declared is not None and declared.is_yes and is_clear(site, "security_zone"):
        return needed(
            "noc_security_zone",
            f"No security zone is mapped here, but one is declared ({declared.source}).",
            wanted,
            site,
        )
    return consent("noc_security_zone", plan, site, wanted, citation)


@rule("noc_planning_scheme")
def noc_planning_scheme(plan: Proposal, site: Site, book: Book) -> Finding:
    """For a site in a town planning scheme the town planner is asked, but for plots of the government."""
    wanted = Consent(
        authority="the District or Chief Town Planner",
        layers=("planning_scheme",),
        words=("NOC_TOWN_PLANNER",),
    )
    return consent(
        "noc_planning_scheme", plan, site, wanted, book.value(AUTHORITY, "planning_scheme").citation
    )


@rule("noc_use")
def noc_use(plan: Proposal, site: Site, book: Book) -> Sequence[Finding]:
    """Places of worship, fuel stations, crematoria and burial grounds, and terminals need the consent of their authority."""
    codes = {use.code for use in floor_uses(plan)}
    if not codes or None in codes:
        raise NotEncoded(
            "A floor area without occupancy may be any use; give its outline the colour of its occupancy."
        )
    found: list[Finding] = []
    for row in USES:
        judge = partial(_of_use, row, codes, named_groups(plan), site, book)
        found += asked("noc_use", judge, subject=row.replace("_", " "))
    return found


def _of_use(row: str, codes: set[str | None], named: frozenset[str], site: Site, book: Book) -> Finding:
    citation = book.value(AUTHORITY, row).citation
    who, sure = USES[row]
    subject = row.replace("_", " ")
    hit = sorted({each for each in codes if each in sure | MAYBE[row]} | (named & MAYBE[row]))
    if not hit:
        return holds(
            "noc_use", f"None of the uses is a {subject}, so {who} is not asked.", citation, subject=subject
        )
    is_sure = any(each in sure for each in hit)
    reason = f"Occupancy {', '.join(hit)} {'is' if is_sure else 'may be'} a {subject}: {who} has to consent."
    return needed("noc_use", reason, Consent(authority=who, layers=()), site, subject=subject)
