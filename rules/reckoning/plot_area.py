"""The area of the plot that the rules go by: the lesser of recorded and cadastral area (rule 2(1)(cg)).

In: a site, findings that rest on its area, and a way to ask again.  Out: the findings; none of them stands on the measured area alone while the
recorded one, which may be the lesser, is not known.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from gis.site import Holding, Site
from rules.book import Book, NotEncoded, NotInForce, Parameter
from rules.findings import Finding, Outcome
from rules.measure import Unit

UNTOLD = (
    "The recorded area is not known, and the lesser of recorded and cadastral area counts (rule 2(1)(cg))."
)
TAKE = "Have the recorded area of the plot entered from the record of rights."
LIMITS = tuple(
    Parameter(each)
    for each in (
        "small.plot_area",
        "yards.small_plot_area",
        "roads.tiny_plot",
        "roads.buried_plot",
        "services.tree_over",
        "services.rain_exempt_plot_before",
    )
)
"""Areas of a plot up to which, or from which, a rule asks something else."""
SQUARE_METRES_PER_CENT = Decimal("40.468564224")
"""A cent is a hundredth of an acre."""
A_HAIR = Decimal("0.01")
BY_AREA = frozenset(
    [
        "abutting",
        "access",
        "accessibility",
        "accessible_parking",
        "bathrooms",
        "bays",
        "below_ground",
        "blank_wall",
        "commercial_no_side",
        "coverage",
        "doors_corridors",
        "electric_charging",
        "exit_width",
        "fire_stairs",
        "fsi",
        "height_street",
        "in_road_distance",
        "land_surrendered",
        "lifts",
        "light_and_air",
        "loading",
        "mezzanine",
        "openings",
        "parapets",
        "parking_count",
        "parking_in_yards",
        "parking_mechanised",
        "parking_offsite",
        "projections",
        "rain_water",
        "recreation",
        "road_distance",
        "row_buildings",
        "sanitation",
        "single_family_front",
        "small_plots",
        "stairs",
        "tiny_house",
        "travel",
        "trees",
        "two_wheelers",
        "yards",
        "yards_above_10m",
    ]
)
"""Rules that ask how large the plot is."""
OPEN = (Outcome.FAIL, Outcome.UNKNOWN)


def basis(site: Site) -> str:
    """What the area of the plot rests on, as a finding prints it."""
    if site.recorded_area is None:
        return f"plot {site.number}: measured area; the recorded one is not known"
    return f"plot {site.number}: the lesser of recorded and measured area"


def by_lesser(finding: Finding, site: Site) -> Finding:
    """The finding; what keeps a share of the measured area may break it of a lesser recorded one."""
    if site.recorded_area is not None or finding.outcome is not Outcome.PASS:
        return finding
    return replace(finding, outcome=Outcome.UNKNOWN, reason=UNTOLD, remedy=TAKE)


def unless_lesser(
    rule_id: str,
    site: Site,
    book: Book,
    found: Sequence[Finding],
    ask: Callable[[Site], Sequence[Finding]],
) -> tuple[Finding, ...]:
    """The findings; what would come out otherwise of a plot whose record is below one of the limits is unknown without a record."""
    if site.recorded_area is not None or rule_id not in BY_AREA:
        return tuple(found)
    for area in _lesser(site, book):
        if all(each.outcome is Outcome.UNKNOWN for each in found):
            break
        recorded = ask(replace(site, recorded_area=float(area), holding=_free(site.holding)))
        found = tuple(_robust(each, recorded, area) for each in found)
    return tuple(found)


def _lesser(site: Site, book: Book) -> Iterator[Decimal]:
    """Recorded areas a hair below each limit that lies below the measured area."""
    limits = set()
    # They only tell what to try; which of them a rule goes by, it reads in its own book.
    day = book.library.on(book.on, book.body)
    for each in LIMITS:
        try:
            value = day.value(each)
        except (NotEncoded, NotInForce):
            continue
        metres = value.number * (SQUARE_METRES_PER_CENT if value.unit is Unit.CENT else 1)
        limits.add((metres - A_HAIR).quantize(A_HAIR))
    measured = Decimal(repr(site.measured_area))
    yield from sorted((each for each in limits if 0 < each < measured), reverse=True)


def _free(holding: Holding) -> Holding:
    """What nobody told of the owner's land may be that he has none beside it."""
    return Holding(
        owns_adjoining_land=bool(holding.owns_adjoining_land),
        is_split=bool(holding.is_split),
        owns_other_land=bool(holding.owns_other_land),
    )


def _robust(finding: Finding, recorded: Sequence[Finding], area: Decimal) -> Finding:
    same = [each for each in recorded if each.subject == finding.subject] or list(recorded)
    there = {each.outcome for each in same}
    stands = {
        Outcome.FAIL: Outcome.FAIL in there,
        Outcome.PASS: not there & set(OPEN),
        Outcome.NOT_APPLICABLE: there == {Outcome.NOT_APPLICABLE},
        Outcome.UNKNOWN: True,
    }
    if stands[finding.outcome]:
        return finding
    why = f"{UNTOLD} Of a plot recorded with {area} m² it would come out otherwise."
    reason = f"{finding.reason} {why}" if finding.reason else why
    remedy = f"{finding.remedy} {TAKE}" if finding.remedy else TAKE
    return replace(finding, outcome=Outcome.UNKNOWN, reason=reason, remedy=remedy)
