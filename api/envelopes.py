"""What plots can carry: one, or all of a ward, asked at the door.

In: a site, or a place with a ward, and a use.  Out: envelopes, for a ward one after the other, so that a caller can show how far it is.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from api.answers import LandAnswers
from gis.errors import Invalid, LandError
from gis.site import LocalBody, Site
from rules.book import Library
from rules.envelopes.model import Envelope
from rules.envelopes.reading import check_use
from rules.envelopes.single import envelope
from rules.envelopes.terms import check_storey
from rules.reading import library
from web.plans_asked import WardPlot


def carried(
    site: Site,
    day: date,
    *,
    occupancy: str,
    storey_height: Decimal,
    front: str | None,
    law: Library | None = None,
) -> Envelope:
    """The envelope of a plot by the rules of a day, of the book or of another `law`; `Invalid` where there are none or nobody knows
    whose bind."""
    body = check_rules(site.rule_book, site.jurisdiction, site.body)
    book = (law or library()).on(day, body)
    return envelope(site, book, occupancy=occupancy, storey_height=storey_height, front=front)


def check_rules(rule_book: str | None, place: str, body: LocalBody | None) -> LocalBody:
    """The local body whose rules bind; `Invalid` where a place has no building rules or nobody knows whose bind."""
    if rule_book is None:
        raise Invalid(
            f"No building rules are in the book for {place}, so what may be built there cannot be reckoned."
        )
    if body is None:
        raise Invalid(
            "It is not known whether a municipality or a panchayat governs the plot, so nobody can say whose rules bind. "
            "Bring in the local bodies of the place."
        )
    return body


def of_ward(
    land: LandAnswers,
    code: str,
    ward: str,
    day: date,
    *,
    occupancy: str,
    storey_height: Decimal,
    start: int = 0,
) -> tuple[int, Iterator[WardPlot]]:
    """How many plots a ward has, and the envelope of each by number, from the `start`-th on; `Invalid` for a wrong use or storey."""
    check_storey(storey_height)
    check_use(occupancy)
    numbers = land.numbers_of_ward(code, ward, on=day)

    def each(number: str) -> WardPlot:
        try:
            site = land.site(land.extract(code, number=number, on=day, known=None))
            found = carried(site, day, occupancy=occupancy, storey_height=storey_height, front=None)
        except LandError as error:
            return WardPlot(number=number, site=None, envelope=None, reason=error.message)
        return WardPlot(number=number, site=site, envelope=found, reason=None)

    return len(numbers), map(each, numbers[start:])
