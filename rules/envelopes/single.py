"""What may I build?  The envelope of a plot for an occupancy and a day, with the rule that binds at each step.

In: a `Site`, the book of the day, an occupancy of `axes.yaml` and the height of a storey.  Out: an `Envelope`; `docs/rules.md` tells how it is
reckoned.  For many plots at once see `rules.envelopes.many`, which gives the same numbers.
"""

import itertools
from collections.abc import Iterator
from decimal import Decimal

import numpy as np

from gis.errors import Invalid
from gis.site import Road, Site
from rules.book import Book, Citation, Force, NotEncoded, NotInForce, Parameter
from rules.envelopes.choice import Streets, choice_of
from rules.envelopes.ground import (
    Ceiling,
    candidate_sides,
    ceiling_of,
    conditions_of,
    gaps_of_ground,
    gaps_of_junctions,
    gaps_of_roads,
    rule_50,
)
from rules.envelopes.many import Plots, cases_of, frontages_of, preferred
from rules.envelopes.model import Choice, Decider, Envelope, Gap
from rules.envelopes.reading import terms_of
from rules.envelopes.search import search
from rules.envelopes.terms import Terms, check_storey

MILLIMETRE = Decimal("0.001")
NOTES = (
    "Each side keeps the larger of its average and its minimum all along: a shape between the two may be lawful too.",
    "One building with storeys that are all alike, every square metre of it counted as floor area.",
    "A building keeps the yards of its whole height from the ground up; a podium may come nearer (rule 26(4)).",
    "Not reckoned: what Chapter XVII asks of high-rise buildings, blank walls, abutting with consent, the interchange of side and rear, "
    "relaxations that ask for consent or for a person's word, special zones and schemes, access and parking (rules 28 and 29), distances to "
    "lines, wells and other buildings.",
)


def envelope(
    site: Site, book: Book, *, occupancy: str, storey_height: Decimal, front: str | None = None
) -> Envelope:
    """What the plot can carry; `front` is the reference of a street (or of a side, where no street is mapped).

    `Invalid` for an unknown occupancy or front, a storey without height, or a book of another local body than the plot's.
    """
    _refuse(site, book, storey_height)
    terms = terms_of(book, occupancy)
    ceiling = ceiling_of(site, book)
    is_relieved, _, owner_notes = rule_50(site, terms)
    roads = site.roads or candidate_sides(site)
    candidates, astray = _candidates(site, terms, ceiling, is_relieved, roads, storey_height)
    choice = _chosen(candidates, roads, front, is_mapped=bool(site.roads))
    return Envelope(
        plot=site.number,
        on=book.on,
        body=book.body,
        occupancy=occupancy,
        storey_height=storey_height,
        plot_area=round(Decimal(repr(site.area)), 2),
        force=terms.force,
        choice=choice,
        candidates=candidates,
        gaps=gaps_of(site, book, terms, ceiling, choice, front=front, astray=astray),
        conditions=conditions_of(site),
        notes=(
            f"A storey is taken to be {storey_height} m high: no rule fixes it.",
            *ceiling.steps,
            *owner_notes,
            *NOTES,
        ),
        citations=_citations(terms, ceiling, is_relieved=is_relieved),
        edition=book.digest,
    )


def gaps_of(
    site: Site,
    book: Book,
    terms: Terms,
    ceiling: Ceiling,
    choice: Choice | None,
    *,
    front: str | None,
    astray: tuple[Road, ...],
) -> tuple[Gap, ...]:
    """Everything that is not known of a plot with its chosen envelope; `astray` are streets of which no part lies on the boundary."""
    _, owner_gaps, _ = rule_50(site, terms)
    gaps = [*terms.gaps, *gaps_of_ground(site), *ceiling.gaps, *owner_gaps, *_front_gaps(site, front, astray)]
    gaps += [
        *gaps_of_roads(site.roads, terms),
        *gaps_of_junctions(site.roads),
        *_newer_law(book),
        *_high_rise(choice, book),
        *_behind_the_reach(choice, site.roads, terms),
    ]
    return tuple(dict.fromkeys(gaps))


def _refuse(site: Site, book: Book, storey_height: Decimal) -> None:
    if site.rule_book is None:
        raise Invalid(
            f"No building rules are in the book for {site.jurisdiction}, so no envelope can be reckoned there."
        )
    check_storey(storey_height)
    if site.body is not None and site.body is not book.body:
        raise Invalid(f"The plot lies in a {site.body}; the rules of a {book.body} do not hold there.")
    if site.boundary.is_empty or not site.boundary.is_valid:
        raise Invalid("The boundary of the plot is broken: mend it in the cadastre first.")


def _candidates(
    site: Site,
    terms: Terms,
    ceiling: Ceiling,
    is_relieved: bool,
    roads: tuple[Road, ...],
    storey_height: Decimal,
) -> tuple[tuple[Choice, ...], tuple[Road, ...]]:
    """The envelope for every front, the best first; and the streets of which no part lies on the boundary."""
    if not terms.rows:
        return (), ()
    count = 1 if site.roads else len(roads)
    shape = np.empty(count, dtype=object)
    shape[:] = [site.boundary] * count
    highest = np.inf if ceiling.height is None else float(ceiling.height)
    plots = Plots(
        shape=shape,
        area=np.full(count, site.area),
        ceiling=np.full(count, highest),
        is_relieved=np.full(count, is_relieved),
    )
    frontages = frontages_of([(0 if site.roads else i, road) for i, road in enumerate(roads)], terms)
    cases, has_front = cases_of(plots, frontages, terms)
    found = search(cases, terms, storey_height)
    streets = Streets(refs=tuple(road.ref for road in roads), titles=tuple(road.title for road in roads))
    order = preferred(found, has_front, np.zeros_like(frontages.plot), terms)
    return (
        tuple(choice_of(cases, int(case), found, terms, streets, storey_height) for case in order),
        tuple(road for road, has in zip(roads, has_front, strict=True) if not has),
    )


def _chosen(
    candidates: tuple[Choice, ...], roads: tuple[Road, ...], front: str | None, *, is_mapped: bool
) -> Choice | None:
    """The front that was asked for, else the best street; none where no street is mapped."""
    if front is None:
        return candidates[0] if candidates and is_mapped else None
    if front not in {road.ref for road in roads}:
        raise Invalid(f"“{front}” is no front of this plot; there are {', '.join(r.ref for r in roads)}.")
    return next((each for each in candidates if each.front == front), None)


def _front_gaps(site: Site, front: str | None, astray: tuple[Road, ...]) -> Iterator[Gap]:
    if not site.roads:
        effect = (
            "Every side was reckoned as a front along a street of unknown kind and width; none was chosen."
            if front is None
            else f"{front} was taken as the front, as asked."
        )
        yield Gap(
            rule="front",
            reason=site.roads_note or "No street is mapped along the plot.",
            effect=effect,
            remedy="Tell which side has the access.",
        )
    for road in astray:
        yield Gap(
            rule="front",
            reason=f"No part of the boundary lies along {road.title}.",
            effect="The street was left out.",
            remedy="Check the map of the street against the boundary.",
        )


def _newer_law(book: Book) -> Iterator[Gap]:
    if book.is_beyond_reading:
        yield Gap(
            rule="day",
            reason=f"The law was read up to {book.library.read_to.isoformat()} only; newer law may hold on {book.on.isoformat()}.",
            effect="Reckoned by the law as it was read.",
            remedy="Ask the local body whether the rules have changed.",
        )


def _high_rise(choice: Choice | None, book: Book) -> Iterator[Gap]:
    if choice is None or not choice.carried:
        return
    try:
        height = book.value(Parameter("definitions.high_rise_height"))
        floors = book.value(Parameter("definitions.high_rise_floors"))
    except (NotEncoded, NotInForce):
        return
    tall = (each for each in choice.carried if each.height >= height.number or each.storeys > floors.number)
    for least in itertools.islice(tall, 1):
        yield Gap(
            rule="high-rise",
            reason=f"{least.storeys} storeys and {least.height} m make a high-rise building ({height.citation}).",
            effect="What Chapter XVII asks besides (open space, access, escape) is not in the envelope.",
            remedy=f"Stay under {height} and within {floors.number} floors, or ask a designer.",
        )


def _behind_the_reach(choice: Choice | None, roads: tuple[Road, ...], terms: Terms) -> Iterator[Gap]:
    """A building that is higher than street and yard allow and lawful only behind the reach of the street."""
    if choice is None or not choice.carried or terms.street is None:
        return
    rule = terms.street
    widest = max((Decimal(repr(road.width)) for road in roads if road.width is not None), default=Decimal(0))
    for height in sorted({each.height for each in choice.carried}):
        band = next((each for each in choice.bands if each.top is not None and each.top >= height), None)
        by_street = (
            rule.width_factor * widest + rule.yard_factor * each.distance
            for each in (() if band is None else band.set_backs)
            if each.decider is Decider.STREET_HEIGHT
        )
        if any(allowed < height - MILLIMETRE for allowed in by_street):
            yield Gap(
                rule="height against the street",
                reason=f"{height} m is more than street and yard allow; only what stands over {rule.reach} m behind the building line is free.",
                effect="The building line was taken at the yard of that height, which the book does not say.",
                remedy="Ask the local body where the building line runs.",
            )
            return


def _citations(terms: Terms, ceiling: Ceiling, *, is_relieved: bool) -> tuple[Citation, ...]:
    asked = [rule for rule in terms.citations if is_relieved or rule is not Decider.SMALL_PLOT]
    cited = [each for rule in asked for each in terms.citations[rule]]
    return tuple(dict.fromkeys([*cited, *ceiling.citations]))


__all__ = ["NOTES", "Envelope", "Force", "envelope"]
