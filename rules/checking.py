"""A plan checked on its plot: bytes of a drawing in, measured, laid on its parcel, judged by every rule of the day.

In: the bytes of a DXF or IFC file, a `Site`, a `Library`, the day of issue (rule 9(7)) and what persons answered.  Out: a frozen `PlanCheck`;
the same input gives the same value.  Raises `Invalid` or `TooLarge` where nothing of the file can be read.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import radians

import shapely
from shapely.geometry.base import BaseGeometry

from gis.errors import Invalid, LandError
from gis.site import Site
from rules.answers_document import NOTHING, Told
from rules.book import Book, Library
from rules.catalogue import By, Status
from rules.checks import RULES
from rules.coverage import catalogue
from rules.findings import Finding, Outcome, unknown
from rules.plan_findings import about_the_plan
from rules.plans.drawing import Drawing
from rules.plans.files import is_layout, measured_file
from rules.plans.hints import Road as DrawnRoad
from rules.plans.moved import moved
from rules.plans.placement import Placement, place
from rules.plans.roles import Role
from rules.plans.units import doubted_by_ground
from rules.progress import JUDGING, LAYING, Watch, nobody
from rules.proposal import Answers, Proposal
from rules.proposing import propose
from rules.report import Report, report
from rules.statement import Statement, statement

TURN = "TURN_DEGREES"
"""Word on PLAN_INFO: degrees that turn the drawing counter-clockwise to grid north."""
NOT_CHECKED = "This rule is not checked yet; an officer has to look at it."
TELL_UNIT = "Say in the file in which unit it is drawn, and declare the area of the plot."
STREETS = (Role.ROAD_NOTIFIED, Role.ROAD_NOT_NOTIFIED, Role.CUL_DE_SAC, Role.LANE)


@dataclass(frozen=True, kw_only=True)
class PlanCheck:
    """Everything that was found: `sha256` and `size` name the file, `drawing` is in the file's own position.

    `book` is None where it is not known whose rules bind, and then every rule is unknown; `statement` is None then, and where the unit of
    the drawing is in doubt.  `words` are the keys of words that each rule asked for, by its name.
    """

    sha256: str
    size: int
    on: date
    site: Site
    book: Book | None
    drawing: Drawing
    proposal: Proposal
    report: Report
    statement: Statement | None
    words: Mapping[str, tuple[str, ...]]


def check(
    content: bytes,
    site: Site,
    library: Library,
    *,
    on: date,
    told: Told = NOTHING,
    turn: float | None = None,
    watch: Watch = nobody,
) -> PlanCheck:
    """A drawing judged on its plot; `turn` (radians) tells how it lies where outlines alone cannot, `told` what persons said."""
    if is_layout(content):
        # A layout is a check of its own kind that is made of the parts of this one.
        from rules.layout_check import checked_layout  # noqa: PLC0415

        return checked_layout(content, site, library, on=on, told=told, turn=turn)
    drawing = measured_file(content, watch=watch)
    there = site if told.holding is None else replace(site, holding=told.holding)
    return judged(
        drawing, there, library, content=content, on=on, answers=told.answers, turn=turn, watch=watch
    )


def judged(
    drawing: Drawing,
    site: Site,
    library: Library,
    *,
    content: bytes,
    on: date,
    answers: Answers,
    turn: float | None,
    watch: Watch = nobody,
) -> PlanCheck:
    """A drawing that was measured, laid on its parcel and asked about by every rule."""
    if site.rule_book is None:
        raise Invalid(
            f"No building rules are in the book for {site.jurisdiction}, so a plan cannot be judged there. "
            "What lies on the plot is told by `bhumika extract`."
        )
    watch(LAYING, 0, 2)
    placement, note = laid(drawing, site, turn=turn)
    drawing = with_unit_doubted(drawing, placement)
    watch(LAYING, 1, 2)
    there = moved(drawing, placement) if placement is not None and placement.matches else drawing
    proposal = propose(there, site, answers, placement, note=note)
    book = library.on(on, site.body) if site.body is not None else None
    findings, words = _findings(proposal, site, book, watch)
    return PlanCheck(
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        on=on,
        site=site,
        book=book,
        drawing=drawing,
        proposal=proposal,
        report=report(findings),
        statement=statement(proposal, site, book) if book is not None and drawing.units.is_certain else None,
        words=words,
    )


def _findings(
    proposal: Proposal, site: Site, book: Book | None, watch: Watch
) -> tuple[tuple[Finding, ...], dict[str, tuple[str, ...]]]:
    """What every rule says, and for which words each asked."""
    about = about_the_plan(proposal, site)
    if book is not None:
        found, words = list(about), {}
        rules = RULES.rules
        for number, each in enumerate(rules):
            watch(JUDGING, number, len(rules))
            proposal.words_asked.clear()
            found += unless_doubted(proposal.drawing, RULES.check_one(each.id, proposal, site, book))
            words[each.id] = tuple(proposal.words_asked)
        return (*found, *_not_yet()), words
    nobody = "It is not known whether a municipality or a panchayat governs the plot, so nobody can say whose rules bind."
    remedy = "Bring in the local bodies of the place, or say which one governs the plot."
    return (*about, *(unknown(each.id, nobody, remedy=remedy) for each in RULES.rules), *_not_yet()), {}


def unless_doubted(drawing: Drawing, found: Sequence[Finding]) -> Sequence[Finding]:
    """What a rule says; open where it rests on the drawing and nobody knows in which unit that was drawn."""
    if drawing.units.is_certain:
        return found
    reason = f"The unit of the drawing is in doubt ({drawing.units.reason}), so nothing that was drawn is held against the law."
    drawn = {each.id for each in catalogue() if By.DRAWING in each.by}
    return [
        unknown(each.rule, reason, remedy=TELL_UNIT, subject=each.subject)
        if each.rule in drawn and (each.outcome is not Outcome.UNKNOWN or each.measured is not None)
        else each
        for each in found
    ]


def _not_yet() -> tuple[Finding, ...]:
    """Rules of the catalogue that no check asks yet: they stand as unknown, so that nothing passes in their absence."""
    return tuple(unknown(each.id, NOT_CHECKED) for each in catalogue() if each.status is Status.NOT_YET)


def laid(drawing: Drawing, site: Site, *, turn: float | None) -> tuple[Placement | None, str]:
    """The drawn plot on its parcel, or why it could not be laid there."""
    if drawing.plot is None:
        return None, "The drawing shows no closed plot, so it cannot be laid on the parcel."
    if not drawing.units.is_certain:
        return (
            None,
            f"The unit of the drawing is in doubt ({drawing.units.reason}), so it was not laid on the parcel.",
        )
    try:
        placement = place(
            drawing.plot.outline.shape,
            site.boundary,
            accuracy=site.accuracy,
            frame=site.frame,
            road=_road(drawing, site),
            turn=_turn(drawing) if turn is None else turn,
        )
    except LandError as error:
        return None, error.message
    open_questions = () if placement.is_certain else placement.ambiguities
    return placement, " ".join((*placement.warnings, *open_questions))


def with_unit_doubted(drawing: Drawing, placement: Placement | None) -> Drawing:
    """The drawing, its unit in doubt where only another one would make its plot as large as the parcel on which it does not lie."""
    if placement is None or placement.matches or drawing.plot is None:
        return drawing
    units, told = doubted_by_ground(
        drawing.units, placement.area_drawn, placement.area_parcel, plot=drawing.plot.outline.source
    )
    return drawing if told is None else replace(drawing, units=units, problems=(*drawing.problems, told))


def _turn(drawing: Drawing) -> float | None:
    """What the drawing declares of how it is turned, in radians."""
    said = drawing.word(TURN)
    return None if said is None or said.number is None else radians(said.number)


def _road(drawing: Drawing, site: Site) -> DrawnRoad | None:
    """What tells how the drawing is turned: streets as drawn, else the boundary of the yard that is drawn as the front."""
    streets = site.street_boundary
    drawn: list[BaseGeometry] = [each.outline.shape for each in drawing.things_of(*STREETS)]
    if not drawn:
        drawn = [
            line
            for block in drawing.blocks
            for level in block.levels
            for yard in level.yards
            if yard.role is Role.FRONT_YARD and not level.is_basement
            for line in yard.boundary_line
        ]
    together = shapely.union_all(drawn) if drawn else None
    if together is None or together.is_empty or streets.is_empty:
        return None
    return DrawnRoad(drawn=together, streets=streets)
