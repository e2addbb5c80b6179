"""A division of land checked on its parcel, as a plan is: laid on it, judged by rule 31 and by every rule that looks at land alone.

In: the bytes of a layout (`rules.layout_document`), a `Site`, a `Library`, the day.  Out: the same `PlanCheck` that a drawing gives, so that whoever
keeps, shows or compares checks need not know which it is.  What a rule asks of a building is not applicable: a division proposes none.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import lru_cache, partial

from shapely import Polygon

from gis.errors import Invalid
from gis.site import Site
from rules.answers_document import NOTHING, Told
from rules.book import Book, Library
from rules.catalogue import By
from rules.checking import TURN, PlanCheck, laid
from rules.checks import RULES
from rules.coverage import catalogue
from rules.findings import Finding, Outcome, not_applicable, unknown
from rules.layout_document import LayoutDrawn, layout_of, read_layout
from rules.plan_findings import about_the_plan
from rules.plans.drawing import Declared, Drawing, Figure, Outline, Plot, Reading, Source, Units
from rules.plans.edges import edges_of
from rules.plans.moved import moved
from rules.plans.placement import Placement
from rules.proposal import Proposal
from rules.proposing import propose
from rules.reckoning.charges_works import fees_of_work
from rules.reckoning.layout import RULE, Kind, Layout, layout_findings
from rules.reckoning.layout_approval import approver
from rules.register import asked
from rules.report import report
from rules.statement import Statement, statement

LAND = Source(layer="land", handles=())
ARE = Decimal(100)
"""Square metres, by which the schedule charges a subdivision."""
NO_BUILDING = (
    "Land is divided and no building is proposed; the rule speaks of buildings and what belongs to them."
)
NOBODY = "It is not known whether a municipality or a panchayat governs the plot, so nobody can say whose rules bind."
LAND_CHAPTERS = frozenset({"noc", "overlays", "site"})
"""Chapters of the catalogue that are about where land lies."""
OF_BUILDINGS = frozenset({("noc_airport", "height")})
"""Parts of those rules that ask how high is built."""


def checked_layout(
    content: bytes,
    site: Site,
    library: Library,
    *,
    on: date,
    told: Told = NOTHING,
    turn: float | None = None,
) -> PlanCheck:
    """A layout judged on its plot; `Invalid` where it cannot be read or its parts lie over each other."""
    drawn = read_layout(content)
    there = site if told.holding is None else replace(site, holding=told.holding)
    if there.rule_book is None:
        raise Invalid(
            f"No building rules are in the book for {site.jurisdiction}, so a layout cannot be judged there."
        )
    drawing = _drawing(drawn)
    placement, note = laid(drawing, there, turn=turn)
    is_laid = placement is not None and placement.matches
    lies = moved(drawing, placement) if placement is not None and is_laid else drawing
    proposal = propose(lies, there, told.answers, placement, note=note)
    book = library.on(on, there.body) if there.body is not None else None
    layout = layout_of(_on_site(drawn, placement) if placement is not None and is_laid else drawn)
    return PlanCheck(
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        on=on,
        site=there,
        book=book,
        drawing=drawing,
        proposal=proposal,
        report=report(_findings(layout, proposal, there, book)),
        statement=None if book is None else _statement(layout, proposal, there, book),
        words={},
    )


def _drawing(drawn: LayoutDrawn) -> Drawing:
    """The land as the plot of a drawing in metres; the layout's own parts are judged from the layout."""
    shape = Polygon(drawn.land)
    if not shape.is_valid or shape.area <= 0:
        raise Invalid("The outline of the land crosses itself or is no area. Draw it as one closed ring.")
    corners = tuple((float(x), float(y)) for x, y in shape.exterior.coords[:-1])
    outline = Outline(
        source=LAND,
        colour=0,
        shape=shape,
        corners=corners,
        segments=tuple(range(len(corners))),
        has_arcs=False,
    )
    parts = 1 + len(drawn.plots) + len(drawn.streets) + len(drawn.open_spaces) + len(drawn.splays)
    return Drawing(
        profile=None,
        reading=Reading(version="layout", was_recovered=False, entities=parts, blocks=0, pieces=parts),
        units=Units(
            header="metres", metres_per_unit=1.0, is_certain=True, reason="a layout is told in metres"
        ),
        plot=Plot(outline=outline, sides=edges_of(outline), area=Figure()),
        declared=() if drawn.turn is None else (_turned(drawn.turn),),
    )


def _turned(degrees: float) -> Declared:
    return Declared(key=TURN, text=f"{degrees:g}", number=degrees, source=LAND)


def _on_site(drawn: LayoutDrawn, placement: Placement) -> LayoutDrawn:
    """The layout where it lies on the parcel, in true metres of the site."""
    return drawn.carried(placement.move.forth)


def _findings(layout: Layout, plan: Proposal, site: Site, book: Book | None) -> tuple[Finding, ...]:
    """The plan itself, rule 31, and what every other rule says of land on which nothing is built."""
    about = about_the_plan(plan, site)
    if book is None:
        remedy = "Bring in the local bodies of the place, or say which one governs the plot."
        return (*about, *(unknown(each, NOBODY, remedy=remedy) for each in (RULE, *_names())))
    others = [_of_land(each, RULES.check_one(each, plan, site, book)) for each in _names()]
    own = (*layout_findings(layout, book), *asked(RULE, partial(_approval, layout, book), subject="approval"))
    return (*about, *own, *(found for each in others for found in each))


def _names() -> tuple[str, ...]:
    return tuple(each.id for each in RULES.rules)


def _of_land(rule: str, found: Sequence[Finding]) -> Sequence[Finding]:
    """What a rule says of the land; where only a building could tell, it asks nothing of a division."""
    is_of_land = rule in _asked_of_land()
    kept = [
        each
        for each in found
        if each.outcome is not Outcome.UNKNOWN or (is_of_land and (rule, each.subject) not in OF_BUILDINGS)
    ]
    return kept or [not_applicable(rule, NO_BUILDING)]


@lru_cache(maxsize=1)
def _asked_of_land() -> frozenset[str]:
    """Rules about where land lies that layers can answer."""
    return frozenset(
        each.id for each in catalogue() if each.chapter in LAND_CHAPTERS and By.LAYERS in each.by
    )


def _approval(layout: Layout, book: Book) -> Sequence[Finding]:
    """Whose word a layout needs beside the office's, where that is the town planner or cannot be told."""
    found = approver(layout, book)
    if found.who is None and layout.kind is not Kind.RESIDENTIAL:
        return []
    if found.who is not None and "lanner" not in found.who:
        return []
    who = (
        "Who approves this layout is not told"
        if found.who is None
        else f"This layout is approved by {found.who}"
    )
    reason = f"{who}: {found.reason} ({found.citations[0]})"
    return [unknown(RULE, reason, remedy="Show the town planner's approval.", subject="approval")]


def _statement(layout: Layout, plan: Proposal, site: Site, book: Book) -> Statement:
    """What is stated of a plan, with the fees of a subdivision in place of a building's."""
    ares = (Decimal(repr(layout.area)) / ARE).quantize(Decimal("0.0001")).normalize()
    return replace(statement(plan, site, book), fees=fees_of_work("subdivision", Decimal(f"{ares:f}"), book))
