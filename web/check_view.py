"""A checked plan as its page shows it: the failed findings first, then what is unknown, with the number of each place on the drawing.

In: a `KeptCheck`.  Out: `CheckView`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from rules.checking import NOT_CHECKED
from web.check_answers import Field, SaidLine, field_of, said_lines, said_so_far
from web.check_drawn import BothLine, YardLine, both_lines, yard_lines
from web.check_map import Ground, ground_of
from web.check_stated import Stated, stated
from web.languages import Wording
from web.plans_asked import KeptCheck

ORDER = ("fail", "unknown", "pass", "not applicable")
Found = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One finding with its number on the drawing; `is_drawn` where there is something to zoom to.

    `fields` are the questions that a person can answer here; `elsewhere` those of them that a finding before it asks already.
    """

    number: int
    is_drawn: bool
    found: Found
    fields: tuple[Field, ...]
    elsewhere: tuple[Field, ...]

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
    ground: Ground
    sections: tuple[Section, ...]
    stated: tuple[Stated, ...]
    yards: tuple[YardLine, ...]
    both: tuple[BothLine, ...]
    said: tuple[Field, ...]
    """What persons said, on which this check rests."""
    said_lines: tuple[SaidLine, ...]

    @property
    def is_waiting_for_words(self) -> bool:
        """Whether any finding offers a field."""
        return bool(_asked(self.sections))

    @property
    def unasked(self) -> tuple[Field, ...]:
        """What was said and no finding asks any more; the form keeps it, so that it can be changed or taken back."""
        return unasked(self.found, self.sections)

    @property
    def confirmed_by(self) -> tuple[str, ...]:
        """Who confirmed something, each once."""
        return tuple(dict.fromkeys(each.confirmed_by for each in self.said if each.confirmed_by))


def check_view(kept: KeptCheck, t: Wording) -> CheckView:
    """The view of a check that is kept, in a reader's words."""
    found, book = kept.found, kept.found["book"]
    return CheckView(
        key=kept.key,
        found=found,
        on=date.fromisoformat(found["on"]),
        read_to=date.fromisoformat(book["read_to"]) if book and book["is_beyond_reading"] else None,
        svg=kept.svg,
        ground=ground_of(found, kept.ground),
        sections=sections_of(found, kept.svg),
        stated=stated(found, t),
        yards=yard_lines(found, t),
        both=both_lines(found, t),
        said=said_so_far(found),
        said_lines=said_lines(found, t),
    )


def unasked(found: Found, sections: Sequence[Section]) -> tuple[Field, ...]:
    """What was said beside a drawing and no finding of its check asks any more."""
    return tuple(field for field in said_so_far(found) if field.name not in _asked(sections))


def _asked(sections: Sequence[Section]) -> set[str]:
    return {
        field.name
        for section in sections
        for rule in section.rules
        for shown in rule
        for field in shown.fields
    }


def sections_of(found: Found, svg: str) -> tuple[Section, ...]:
    """The findings of a check by outcome, those that fail first; numbered as on its drawing."""
    numbered = _numbered(found, svg)
    return tuple(_section(outcome, numbered) for outcome in ORDER)


def places_of(found: Found, svg: str) -> Mapping[tuple[str, str], Shown]:
    """Each finding with its number, by rule and subject."""
    return {(each.found["rule"], each.found["subject"] or ""): each for each in _numbered(found, svg)}


def _numbered(found: Found, svg: str) -> list[Shown]:
    """Every finding by its number; a question stands where it is asked first on the page."""
    findings = list(enumerate(found["findings"], 1))
    first: dict[str, int] = {}
    for number, each in sorted(findings, key=lambda numbered: ORDER.index(numbered[1]["outcome"])):
        for name in each.get("asks", ()):
            first.setdefault(name, number)
    shown = []
    for number, each in findings:
        asks = [(name, field_of(found, name)) for name in each.get("asks", ())]
        shown.append(
            Shown(
                number=number,
                is_drawn=f'id="place-{number}"' in svg,
                found=each,
                fields=tuple(field for name, field in asks if first[name] == number),
                elsewhere=tuple(field for name, field in asks if first[name] != number),
            )
        )
    return shown


def _section(outcome: str, numbered: Sequence[Shown]) -> Section:
    here = [each for each in numbered if each.found["outcome"] == outcome]
    asked = [each for each in here if not each.is_waiting]
    return Section(
        outcome=outcome,
        rules=tuple(tuple(group) for _, group in groupby(asked, key=lambda each: str(each.found["title"]))),
        waiting=tuple(each for each in here if each.is_waiting),
        count=len(here),
    )
