"""A checked plan as its page shows it: the failed findings first, then what is unknown, with the number of each place on the drawing.

In: a `KeptCheck`.  Out: `CheckView`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from rules.checking import NOT_CHECKED
from web.check_stated import Stated, stated
from web.languages import Wording
from web.plans_asked import KeptCheck

ORDER = ("fail", "unknown", "pass", "not applicable")
Found = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One finding with its number on the drawing; `is_drawn` where there is something to zoom to."""

    number: int
    is_drawn: bool
    found: Found

    @property
    def is_waiting(self) -> bool:
        """Whether no check asks this rule yet."""
        return bool(self.found["reason"] == NOT_CHECKED)

    @property
    def handles(self) -> tuple[str, ...]:
        """The CAD handles that the finding points at."""
        return tuple(dict.fromkeys(handle for place in self.found["places"] for handle in place["handles"]))


@dataclass(frozen=True, kw_only=True)
class Section:
    """Findings of one outcome: by rule, and apart from them those that no check asks yet."""

    outcome: str
    rules: tuple[tuple[Shown, ...], ...]
    waiting: tuple[Shown, ...]
    count: int


@dataclass(frozen=True, kw_only=True)
class CheckView:
    """What the page needs."""

    key: str
    found: Found
    on: date
    read_to: date | None
    """The day up to which the law was read, where the day of the permit lies after it."""
    svg: str
    sections: tuple[Section, ...]
    stated: tuple[Stated, ...]


def check_view(kept: KeptCheck, t: Wording) -> CheckView:
    """The view of a check that is kept, in a reader's words."""
    found, book = kept.found, kept.found["book"]
    numbered = [
        Shown(number=number, is_drawn=f'id="place-{number}"' in kept.svg, found=each)
        for number, each in enumerate(found["findings"], 1)
    ]
    return CheckView(
        key=kept.key,
        found=found,
        on=date.fromisoformat(found["on"]),
        read_to=date.fromisoformat(book["read_to"]) if book and book["is_beyond_reading"] else None,
        svg=kept.svg,
        sections=tuple(_section(outcome, numbered) for outcome in ORDER),
        stated=stated(found, t),
    )


def _section(outcome: str, numbered: Sequence[Shown]) -> Section:
    here = [each for each in numbered if each.found["outcome"] == outcome]
    asked = [each for each in here if not each.is_waiting]
    return Section(
        outcome=outcome,
        rules=tuple(tuple(group) for _, group in groupby(asked, key=lambda each: str(each.found["title"]))),
        waiting=tuple(each for each in here if each.is_waiting),
        count=len(here),
    )
