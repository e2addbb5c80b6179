"""Whether a street is a lane by its width: rule 2(1)(bla).

In: a road of the site, the book of one day.  Out: yes, no, or None where no source tells the width.
"""

from decimal import Decimal

from gis.site import Road
from rules.book import Book, Parameter
from rules.findings import TOLERANCE
from rules.measure import Unit

WIDTH = Parameter("definitions.lane_width")


def is_lane(road: Road, book: Book) -> bool | None:
    """At most as wide as the definition says; `NotEncoded` where it was not read."""
    most = book.value(WIDTH).number
    if road.width is None:
        return None
    return Decimal(repr(road.width)).quantize(TOLERANCE[Unit.METRE]) <= most
