"""Which plans must be accessible to persons with disabilities: the groups of rule 42, and apartments.

In: a proposal and the book of one day.  Out: None where rule 42 asks, else the reason why it does not.
"""

from rules.book import Book, NotEncoded, Parameter
from rules.proposal import Proposal
from rules.reckoning.dwellings import has_flats
from rules.reckoning.occupancy import joined
from rules.table import words

GROUPS = Parameter("accessibility.groups")
RECREATION = "D1"


def why_not_accessible(plan: Proposal, book: Book) -> str | None:
    """None where rule 42 asks for accessibility; the reason where none of its groups is in the plan."""
    entry = book.entry(GROUPS)
    named = words(entry.node, "occupancy")
    groups = {use.group for use in joined(plan, book)}
    if groups & named or has_flats(plan):
        return None
    if RECREATION in groups:
        raise NotEncoded(
            f"{entry.citation} does not tell whether it is for group D1, which was split from D."
        )
    return f"{entry.citation} is for {', '.join(sorted(named))} and apartments, not for {', '.join(sorted(groups))}."
