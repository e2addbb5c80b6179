"""Which worked cases notice that the book was nudged: each case asked once with a ledger of what it read, then again by the changed book.

In: the worked cases and the nudges.  Out: for each number, edge and day the cases that would tell.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from gis.site import LocalBody
from rules.book import Book, Entry, Force, Library, Parameter, Value
from rules.checks import RULES
from rules.findings import Finding
from rules.reading import library
from rules.table import ByBand, ByWord, Key, Node
from tests.rules.checks.nudges import (
    ONE_DAY,
    Leaf,
    Place,
    Turn,
    edges,
    has_its_own,
    is_number,
    number_at,
    turned,
)
from tests.rules.checks.stating import told_by
from tests.rules.checks.worked_cases import CASES, STATEMENTS, Case, day_of, drawn

NUMBERS = re.compile(r"[0-9]+([.,][0-9]+)*")
FAR = 1e9
Said = tuple[tuple[str, bool | None, str], ...]
Asking = Callable[[Book], tuple[Said, tuple[Finding, ...]]]


@dataclass(frozen=True, kw_only=True)
class Ledger(Book):
    """A book that writes down which numbers and edges were asked for, how near to the edge, and of which parameters."""

    read: dict[Leaf, float] = field(default_factory=dict, compare=False, repr=False)
    parameters: set[str] = field(default_factory=set, compare=False, repr=False)

    def value(self, parameter: Parameter, *keys: Key) -> Value:
        """The number, and a note of it."""
        self.parameters.add(parameter.key)
        axes = [each.name for each in self.library.card(parameter).axes]
        body = self.body if has_its_own(parameter.key, self.body) else LocalBody.MUNICIPALITY
        for i, entry in enumerate(self.library.timeline(parameter, self.body)):
            if entry.holds_on(self.on) and len(keys) == len(axes):
                for place, far in _met(entry.node, dict(zip(axes, keys, strict=True)), Place()):
                    leaf = Leaf(parameter=parameter.key, body=body, entry=i, place=place)
                    self.read[leaf] = min(far, self.read.get(leaf, FAR))
        return super().value(parameter, *keys)

    def entry(self, parameter: Parameter) -> Entry:
        """The table, and a note of its name."""
        self.parameters.add(parameter.key)
        return super().entry(parameter)


def _met(node: Node, asked: dict[str, Key], here: Place) -> Iterator[tuple[Place, float]]:
    """What a look-up passes on its way: the edges of each table of bands with their distance, and the number in the end."""
    if isinstance(node, ByWord):
        for i, (word, below) in enumerate(node.rows):
            if word == asked[node.axis]:
                yield from _met(below, asked, Place(path=(*here.path, i), words=(*here.words, word)))
    elif isinstance(node, ByBand):
        number = Fraction(asked[node.axis])
        for place in edges(node, here):
            band = node.bands[place.path[-1]]
            edge = band.low if place.edge == "low" else band.high
            yield place, FAR if edge is None else abs(float(Fraction(edge) - number))
        for i, band in enumerate(node.bands):
            if band.holds(number):
                below_here = Place(path=(*here.path, i), words=(*here.words, str(band)))
                yield from _met(band.node, asked, below_here)
    elif is_number(node):
        yield here, FAR


@dataclass(frozen=True, kw_only=True, eq=False)
class Worked:
    """A case, how it is asked, and what was said and read."""

    case: Case
    ask: Asking
    on: date
    body: LocalBody
    findings: tuple[Finding, ...]
    said: Said
    read: dict[Leaf, float]
    parameters: frozenset[str]

    def again(self, changed: Library) -> Said:
        """What would be said by another book."""
        return self.ask(Book(on=self.on, body=self.body, library=changed))[0]


def told(findings: tuple[Finding, ...]) -> Said:
    """What a citizen is told, apart from the numbers: outcome, whether a number that only advises is kept, and the words of the reason."""
    return tuple(
        (
            each.outcome.value,
            each.holds if each.force is Force.ADVISORY else None,
            NUMBERS.sub("", each.reason or ""),
        )
        for each in findings
    )


def judged(case: Case) -> Asking:
    """How the check of a case is asked; what was worked out of the plan by another book is forgotten."""
    plan, site, _, _ = drawn(case)

    def ask(book: Book) -> tuple[Said, tuple[Finding, ...]]:
        plan.worked_out.clear()
        found = RULES.check_one(case.rule, plan, site, book)
        plan.worked_out.clear()
        return told(found), found

    return ask


def stated(case: Case) -> Asking:
    """How a function that states is asked; everything that it says counts, numbers too."""

    def ask(book: Book) -> tuple[Said, tuple[Finding, ...]]:
        drawn(case)[0].worked_out.clear()
        said = told_by(case, book)
        drawn(case)[0].worked_out.clear()
        return tuple((name, None, repr(what)) for name, what in said.items()), ()

    return ask


def worked(case: Case, ask: Asking) -> Worked:
    """A case asked once, with a ledger."""
    on, body = day_of(case), LocalBody(case.words["body"])
    ledger = Ledger(on=on, body=body, library=library())
    said, found = ask(ledger)
    return Worked(
        case=case,
        ask=ask,
        on=on,
        body=body,
        findings=found,
        said=said,
        read=ledger.read,
        parameters=frozenset(ledger.parameters),
    )


def all_worked() -> list[Worked]:
    """Every worked case of a check, asked once."""
    return [worked(case, judged(case)) for case in CASES]


def all_stated() -> list[Worked]:
    """Every worked case of a function that states, asked once."""
    return [worked(case, stated(case)) for case in STATEMENTS]


def readers(cases: list[Worked]) -> dict[Leaf, list[Worked]]:
    """The cases that read each leaf, those first that lie nearest to its edge."""
    index: dict[Leaf, list[tuple[float, int, Worked]]] = defaultdict(list)
    for i, each in enumerate(cases):
        for leaf, far in each.read.items():
            index[leaf].append((far if leaf.place.edge else _slack(each, leaf), i, each))
    return {
        leaf: [each for _, _, each in sorted(there, key=lambda e: e[:2])] for leaf, there in index.items()
    }


def _slack(each: Worked, leaf: Leaf) -> float:
    """How near a finding lies to the number, those that ask for exactly it before the others."""
    number = float(number_at(leaf))
    gaps = [
        abs(float(one.measured.amount - one.required.amount))
        + (0.0 if abs(float(one.required.amount) - number) < 1e-9 else FAR / 2)
        for one in each.findings
        if one.measured and one.required
    ]
    return min(gaps, default=FAR)


def same_plans(cases: list[Worked]) -> list[dict[date, Worked]]:
    """Cases that differ in their day alone, together."""
    days: dict[str, dict[date, Worked]] = defaultdict(dict)
    for each in cases:
        words = {key: told for key, told in each.case.words.items() if key not in ("name", "day", "expect")}
        days[f"{each.case.rule} {words!r}"][each.on] = each
    return list(days.values())


def shows(turn: Turn, days: dict[date, Worked]) -> bool:
    """Whether a plan is told another thing on the day of the turn than on the day before, and because of this parameter."""
    on, before = days.get(turn.day), days.get(turn.day - ONE_DAY)
    if on is None or before is None or on.body is not turn.body or on.said == before.said:
        return False
    if turn.parameter not in on.parameters | before.parameters:
        return False
    return on.again(turned(turn, ONE_DAY)) != on.said or before.again(turned(turn, -ONE_DAY)) != before.said
