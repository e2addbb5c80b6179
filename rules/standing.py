"""A building that stands, seen from above, judged by today's yards as if it were proposed today.

In: a footprint in its site's frame with its accuracy, and the book of one day.  Out: `Standing`: breaks, keeps, or unknown, with the yard that is
shortest and why.  The rule on yards itself judges; what lies within the accuracy of footprint and boundary is unknown, as is what only a wall
without openings or a neighbour's consent would let stand, since no footprint shows them.  That a building breaks today's yards does not make it
unlawful: the law of its own day counts.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from shapely import MultiPolygon, Polygon

from gis.errors import Invalid
from gis.site import Site
from rules.book import Book
from rules.checks import RULES
from rules.findings import Finding, Outcome
from rules.footprints import Footprint, block_of, proposed
from rules.measure import Unit
from rules.proposal import OpenSpace, Override, Proposal
from rules.proposing import building_of

RULE = "yards"
NEAR = (
    "{subject}: {measured:.2f} m of {required} m, which is within the accuracy of the map ({margin:.2f} m)."
)
OVER = "The footprint lies over the boundary by more than the accuracy of the map; who holds the ground beside it is not said here."
MANY_PARTS = "The plot has several parts or a hole, which no plan is drawn for."
NO_STREET = "No street is mapped along the plot, so its front is not known."
ASTRAY = "No side of the plot runs along a street for most of its length, so its front is not known."
LINE = "It hangs on which length the building line has, which the footprint leaves open."
MIGHT = "It hangs on where exactly the walls stand, which the map tells only to its accuracy."
UPPER = "It hangs on how much floor the upper storeys have, which the map does not tell."
CLEAR = (Outcome.FAIL, Outcome.PASS)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How a footprint stands to the yards: `short` is by how many metres the worst yard is too narrow, 0 where none is.

    `yard` names the worst one, with its `required` and `measured` metres; all None where nothing was measured.
    """

    outcome: Outcome
    yard: str | None
    required: Decimal | None
    measured: Decimal | None
    short: Decimal | None
    clause: str | None
    reason: str


def standing(footprint: Footprint, site: Site, book: Book) -> Standing:
    """Whether a building keeps the yards of a day, for whichever street may be its front.

    `Invalid` for a storey without height, fewer than one storey or an accuracy below 0.
    """
    _refuse(footprint)
    margin = footprint.accuracy + site.accuracy
    if not isinstance(site.boundary, Polygon) or site.boundary.interiors:
        return _untold(MANY_PARTS)
    if not site.boundary.buffer(margin).covers(footprint.shape):
        return _untold(OVER)
    found = _for_any_front(footprint, site, book, margin)
    if found.outcome not in CLEAR:
        return found
    again = _otherwise(footprint, site, book, -margin if found.outcome is Outcome.FAIL else margin)
    if again is not None and again.outcome is found.outcome:
        return found
    why = f"{MIGHT} {again.reason if again else ''}".strip()
    return replace(found, outcome=Outcome.UNKNOWN, reason=why)


def _otherwise(footprint: Footprint, site: Site, book: Book, out: float) -> Standing | None:
    """What holds if every wall stands so many metres farther out, or in; None where nothing would be left."""
    moved = footprint.shape.buffer(out, join_style="mitre") if out else footprint.shape
    if moved.is_empty or not isinstance(moved, Polygon | MultiPolygon):
        return None
    return _for_any_front(replace(footprint, shape=moved), site, book, 0.0)


def _for_any_front(footprint: Footprint, site: Site, book: Book, margin: float) -> Standing:
    plan = proposed(footprint, site)
    if plan.front.is_known:
        return _of_any_size(plan, footprint, site, book, margin)
    if not plan.front.candidates:
        return _untold(ASTRAY if site.roads else site.roads_note or NO_STREET)
    fronts = [
        Override(choice=str(numbers[0]), reason="tried as a candidate") for numbers in plan.front.candidates
    ]
    return _whichever(
        [
            _of_any_size(proposed(footprint, site, front=each), footprint, site, book, margin)
            for each in fronts
        ]
    )


def _refuse(footprint: Footprint) -> None:
    if not (footprint.storey_height.is_finite() and footprint.storey_height > 0):
        raise Invalid(f"A storey of {footprint.storey_height} m cannot be: give a height above 0.")
    if footprint.storeys is not None and footprint.storeys < 1:
        raise Invalid(
            f"A building of {footprint.storeys} storeys cannot be: give one at least, or none known."
        )
    if not footprint.accuracy >= 0:
        raise Invalid(f"An accuracy of {footprint.accuracy} m cannot be: give 0 or more.")


def _of_any_size(plan: Proposal, footprint: Footprint, site: Site, book: Book, margin: float) -> Standing:
    """What holds however large the upper storeys are, on which the row of the table may hang, and whatever length the building line has."""
    found = _judged(_with_averages(plan, min), site, book, margin)
    for why, other in _readings(plan, footprint):
        if found.outcome not in CLEAR:
            return found
        again = _judged(other, site, book, margin)
        if again.outcome is not found.outcome:
            return replace(again, outcome=Outcome.UNKNOWN, reason=f"{why} {again.reason}".strip())
    return found


def _readings(plan: Proposal, footprint: Footprint) -> Iterator[tuple[str, Proposal]]:
    """The other ways in which the map can be read, each with what it hangs on."""
    if any(each.average is None and each.candidates for each in plan.yards):
        yield LINE, _with_averages(plan, max)
    if footprint.storeys not in (None, 1):
        block = block_of(footprint, 1)
        drawing = replace(plan.drawing, blocks=(block,))
        yield UPPER, _with_averages(replace(plan, drawing=drawing, buildings=(building_of(block),)), min)


def _with_averages(plan: Proposal, pick: Callable[..., Any]) -> Proposal:
    """The plan with the least, or the greatest, of the averages that an ambiguous building line leaves open."""

    def told(space: OpenSpace) -> OpenSpace:
        if space.average is not None or not space.candidates:
            return space
        return replace(space, average=pick(space.candidates, key=lambda each: each.amount))

    return replace(plan, yards=tuple(told(each) for each in plan.yards))


def _judged(plan: Proposal, site: Site, book: Book, margin: float) -> Standing:
    found = [_within(each, margin) for each in RULES.check_one(RULE, plan, site, book)]
    order = (Outcome.FAIL, Outcome.UNKNOWN, Outcome.PASS, Outcome.NOT_APPLICABLE)
    worst = min(found, key=lambda each: (order.index(each.outcome), -_short(each)))
    return Standing(
        outcome=worst.outcome,
        yard=worst.subject.removeprefix("building 1, ") or None,
        required=None if worst.required is None else worst.required.amount,
        measured=None if worst.measured is None else worst.measured.amount.quantize(Decimal("0.001")),
        short=max(Decimal(0), _short(worst)) if worst.measured and worst.required else None,
        clause=worst.clause,
        reason=worst.reason or _told(worst),
    )


def _told(finding: Finding) -> str:
    if finding.measured is None or finding.required is None:
        return ""
    what = finding.subject.removeprefix("building 1, ")
    return f"{what}: {finding.measured.amount:.2f} m, {finding.required.amount} m asked."


def _short(finding: Finding) -> Decimal:
    if finding.measured is None or finding.required is None or finding.required.unit is not Unit.METRE:
        return Decimal(0)
    return (finding.required.amount - finding.measured.amount).quantize(Decimal("0.001"))


def _within(finding: Finding, margin: float) -> Finding:
    """The finding; unknown where the map is not accurate enough to tell."""
    if finding.outcome not in CLEAR or finding.measured is None or finding.required is None:
        return finding
    if abs(_short(finding)) > Decimal(repr(margin)):
        return finding
    told = NEAR.format(
        subject=finding.subject.removeprefix("building 1, "),
        measured=finding.measured.amount,
        required=finding.required.amount,
        margin=margin,
    )
    return replace(finding, outcome=Outcome.UNKNOWN, reason=told)


def _whichever(fronts: Sequence[Standing]) -> Standing:
    """What holds for every front; where they differ nobody can tell, and the first that fails says why."""
    if len({each.outcome for each in fronts}) == 1:
        return max(fronts, key=lambda each: each.short or Decimal(0))
    told = ", ".join(f"{number}. {each.outcome.value}" for number, each in enumerate(fronts, 1))
    open_one = next(each for each in fronts if each.outcome is not Outcome.PASS)
    why = f"{len(fronts)} streets run along the plot and no entrance is known; by street: {told}. {open_one.reason}"
    return replace(open_one, outcome=Outcome.UNKNOWN, reason=why.strip())


def _untold(why: str) -> Standing:
    return Standing(
        outcome=Outcome.UNKNOWN, yard=None, required=None, measured=None, short=None, clause=None, reason=why
    )
