"""Each number of the law has worked cases on both sides: nudge it, and a case comes out otherwise.

Every number that a check reads is nudged a step up and a step down, row by row and column by column, every edge of a band too; every day on which
a parameter turns is put off and drawn near.  The numbers that functions state (fees, years, limits, classes, layouts) are nudged the same way, by
cases of their own.  What no case can notice stands in `tests/rules/cases/no_edge.yaml`, with the reason; what has an edge may not stand there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from rules.catalogue import Status
from rules.coverage import catalogue
from tests.rules.checks.noticing import Worked, all_stated, all_worked, readers, same_plans, shows
from tests.rules.checks.nudges import ONE_DAY, Leaf, leaves, nudged, number_at, step_of, turns

EXCUSES = Path(__file__).parents[1] / "cases" / "no_edge.yaml"
SIDES = {"up": 1, "down": -1}
JUDGED, STATED = "judged", "stated"
KINDS = (JUDGED, STATED)


@dataclass(frozen=True)
class Excuse:
    """A number, an edge or a day that no case can notice, and why; `side` is up, down or both, and empty for a day."""

    what: str
    side: str
    why: str

    def names(self, name: str, side: str = "both") -> bool:
        """Whether it speaks of this place and side."""
        return fnmatchcase(name, self.what) and (self.side in ("both", side) or side == "both")


@cache
def asked(kind: str) -> tuple[Worked, ...]:
    """Every worked case, asked once."""
    return tuple(all_worked() if kind == JUDGED else all_stated())


@cache
def numbered(kind: str) -> frozenset[str]:
    """Parameters that the catalogue gives to checks, or to functions, and those that any check reads."""
    given = frozenset[str]().union(
        *(
            rule.parameters
            for rule in catalogue()
            if rule.status is Status.CHECKED and (rule.function is None) is (kind == JUDGED)
        )
    )
    return given.union(*(each.parameters for each in asked(kind))) if kind == JUDGED else given


@cache
def named(kind: str) -> dict[str, Leaf]:
    """Every number and edge that is read, by name."""
    return {str(leaf): leaf for leaf in leaves() if leaf.parameter in numbered(kind)}


@cache
def unnoticed(kind: str) -> frozenset[tuple[str, str]]:
    """Every number or edge with the side on which no case notices that it moved."""
    near = readers(list(asked(kind)))
    return frozenset(
        (name, side)
        for name, leaf in named(kind).items()
        for side, sign in SIDES.items()
        if not is_noticed(leaf, sign, near.get(leaf, []))
    )


def is_noticed(leaf: Leaf, sign: int, near: list[Worked]) -> bool:
    """Whether a case comes out otherwise by the nudged book; nothing lies under nothing, so nothing is asked there."""
    book = nudged(leaf, sign * step_of(leaf))
    return book is None or any(each.again(book) != each.said for each in near)


@cache
def unshown(kind: str) -> frozenset[str]:
    """Every day on which a parameter turns and no case tells the day from the one before."""
    by_day: dict[Any, list[dict[Any, Worked]]] = {}
    for days in same_plans(list(asked(kind))):
        for on in days:
            if on - ONE_DAY in days:
                by_day.setdefault(on, []).append(days)
    there = [turn for turn in turns() if turn.parameter in numbered(kind)]
    return frozenset(
        str(turn) for turn in there if not any(shows(turn, days) for days in by_day.get(turn.day, []))
    )


def excuses(kind: str, what: str) -> Iterator[Excuse]:
    """The table of what has no edge, judged or stated: `numbers` or `days`."""
    for entry in yaml.safe_load(EXCUSES.read_text(encoding="utf-8"))[kind][what]:
        for name in entry["what"]:
            yield Excuse(what=name, side=entry.get("side", "both"), why=entry["why"])


def every(what: str) -> list[Any]:
    """Each excuse with its kind, as a parameter of a test."""
    found = [(kind, each) for kind in KINDS for each in excuses(kind, what)]
    return [pytest.param(kind, each, id=f"{kind} {each.what} {each.side}") for kind, each in found]


@pytest.mark.parametrize("kind", KINDS)
def test_every_number_has_a_worked_case_on_each_side(kind: str) -> None:
    known = list(excuses(kind, "numbers"))
    there = named(kind)
    faults = [
        f"{name} = {number_at(there[name])}: {side} by {step_of(there[name])}"
        for name, side in sorted(unnoticed(kind))
        if not any(each.names(name, side) for each in known)
    ]
    assert not faults, "no case notices:\n" + "\n".join(faults)


@pytest.mark.parametrize("kind", KINDS)
def test_every_day_has_a_worked_case_on_it_and_on_the_day_before(kind: str) -> None:
    known = list(excuses(kind, "days"))
    faults = [turn for turn in sorted(unshown(kind)) if not any(each.names(turn) for each in known)]
    assert not faults, "no case tells the day from the one before:\n" + "\n".join(faults)


@pytest.mark.parametrize(("kind", "excuse"), every("numbers"))
def test_no_number_is_excused_that_has_an_edge(kind: str, excuse: Excuse) -> None:
    meant = {
        (name, side)
        for name, leaf in named(kind).items()
        for side, sign in SIDES.items()
        if excuse.names(name, side) and nudged(leaf, sign * step_of(leaf)) is not None
    }
    assert excuse.why
    assert meant, "no number of this name is read"
    assert sorted(meant - unnoticed(kind)) == []


@pytest.mark.parametrize(("kind", "excuse"), every("days"))
def test_no_day_is_excused_that_is_shown(kind: str, excuse: Excuse) -> None:
    meant = {name for name in map(str, turns()) if excuse.names(name)}
    assert excuse.why
    assert meant, "no day of this name"
    assert sorted(meant - unshown(kind)) == []
