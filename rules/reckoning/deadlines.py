"""The time limits of the office and of those it asks, as the rules of one day set them.

In: the book of one day.  Out: frozen `Deadline` values, in the order in which an application meets them.  How days are counted (holidays, the
day of receipt) is not in the book; a limit of which the book knows nothing on that day says so.
"""

from dataclasses import dataclass

from gis.site import Site
from rules.book import Book, Citation, Force, NotEncoded, NotInForce, Parameter
from rules.proposal import Proposal
from rules.table import Key

LIMITS: tuple[tuple[str, str, tuple[Key, ...]], ...] = (
    ("inspection report", "process.inspection", ()),
    ("query on the application", "process.query", ()),
    ("reply of another authority", "noc.reply", ()),
    ("reply of the District Town Planner", "approval.reply", ("district_town_planner",)),
    ("reply of the Chief Town Planner", "approval.reply", ("chief_town_planner",)),
    ("certificate of a low-risk building", "process.low_risk_certificate", ()),
    ("decision on the permit", "process.decision", ()),
    ("decision on a hut", "small.hut_decision", ()),
    ("decision of the Council after a written request", "process.council", ()),
    ("letter that lets the work begin", "process.council_letter", ()),
    ("remarks on the plinth", "process.plinth_remarks", ()),
    ("plinth deemed in order", "process.plinth_deemed", ()),
    ("occupancy certificate", "process.occupancy_certificate", ()),
    ("notice of a transfer", "process.transfer_notice", ()),
    ("decision on a transfer", "process.transfer_decision", ()),
    ("appeal to the Tribunal", "process.appeal", ()),
)
"""What has a limit, the parameter and its keys."""


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """One limit: so many hours, days, working days or months; `count` is None where it is not known, and `reason` says why."""

    what: str
    count: int | None
    unit: str
    citation: Citation | None = None
    force: Force | None = None
    reason: str = ""


def time_limits(_: Proposal, __: Site, book: Book) -> tuple[Deadline, ...]:
    """Every limit of the day; one that the law did not have on it is left out."""
    found = (limit(what, book, Parameter(key), *keys) for what, key, keys in LIMITS)
    return tuple(each for each in found if each is not None)


def limit(what: str, book: Book, parameter: Parameter, *keys: Key) -> Deadline | None:
    """One limit; None where the law had none on that day."""
    unit = str(book.library.card(parameter).unit)
    try:
        value = book.value(parameter, *keys)
    except NotInForce:
        return None
    except NotEncoded as gap:
        return Deadline(what=what, count=None, unit=unit, reason=gap.message)
    return Deadline(what=what, count=value.count, unit=unit, citation=value.citation, force=value.force)
