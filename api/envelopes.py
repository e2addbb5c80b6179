"""What plots can carry: one, or all of a ward, asked at the door.

In: a site, or a place with a ward, and a use.  Out: envelopes, for a ward one after the other, so that a caller can show how far it is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from api.answers import LandAnswers
from gis.errors import Invalid, LandError
from gis.site import LocalBody, Site
from rules.book import Library
from rules.envelopes.model import Envelope
from rules.envelopes.single import envelope
from rules.reading import library


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


@dataclass(frozen=True, kw_only=True)
class OfWard:
    """A plot of a ward with its envelope, or why there is none."""

    number: str
    site: Site | None
    envelope: Envelope | None
    reason: str | None


def of_ward(
    land: LandAnswers, code: str, ward: str, day: date, *, occupancy: str, storey_height: Decimal
) -> tuple[int, Iterator[OfWard]]:
    """How many plots a ward has, and the envelope of each by number."""
    numbers = land.numbers_of_ward(code, ward, on=day)

    def each(number: str) -> OfWard:
        try:
            site = land.site(land.extract(code, number=number, on=day, known=None))
            found = carried(site, day, occupancy=occupancy, storey_height=storey_height, front=None)
        except LandError as error:
            return OfWard(number=number, site=None, envelope=None, reason=error.message)
        return OfWard(number=number, site=site, envelope=found, reason=None)

    return len(numbers), map(each, numbers)
