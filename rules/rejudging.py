"""A drawing judged by the book and by a reform of it, on the same day: which rules it would newly fail.

In: the bytes of a drawing, its plot as it is and as the reform would have it, the reform.  Out: a frozen `Rejudged`, small enough to be handed
from one process to another.  The drawing is measured once; land and book differ by the reform alone, so every difference is the reform's.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from gis.site import Site
from rules.answers_document import NOTHING, Told
from rules.book import Library
from rules.check_document import titles, titles_ml, written
from rules.checking import judged
from rules.findings import Finding, Outcome
from rules.plans.files import measured_file
from rules.reading import library
from rules.reform import Reform, reformed


@dataclass(frozen=True, kw_only=True)
class Point:
    """A rule with another answer under the reform: how it was answered and is, what is measured and asked, and why."""

    rule: str
    title: str
    title_ml: str
    clause: str
    subject: str
    before: str | None
    after: str
    measured: str | None
    required: str | None
    unit: str | None
    reason: str


@dataclass(frozen=True, kw_only=True)
class Rejudged:
    """Both verdicts, and the rules that newly fail, newly cannot be told, and no longer fail."""

    before: str
    after: str
    fails: tuple[Point, ...]
    opens: tuple[Point, ...]
    mends: tuple[Point, ...]


def rejudged(
    content: bytes, before: Site, after: Site, change: Reform, *, on: date, told: Told = NOTHING
) -> Rejudged:
    """A drawing judged with and without a reform; `Invalid` or `TooLarge` where the drawing cannot be read."""
    drawing = measured_file(content)

    def findings(site: Site, law: Library) -> tuple[str, Sequence[Finding]]:
        there = site if told.holding is None else replace(site, holding=told.holding)
        found = judged(drawing, there, law, content=content, on=on, answers=told.answers, turn=None)
        return str(found.report.verdict), found.report.findings

    old, was = findings(before, library())
    new, now = findings(after, reformed(library(), change))
    return Rejudged(
        before=old,
        after=new,
        fails=tuple(_turned(was, now, Outcome.FAIL)),
        opens=tuple(_turned(was, now, Outcome.UNKNOWN)),
        mends=tuple(_turned(now, was, Outcome.FAIL, is_back=True)),
    )


def _turned(
    was: Sequence[Finding], now: Sequence[Finding], outcome: Outcome, *, is_back: bool = False
) -> Iterator[Point]:
    """The findings that have an outcome now and had another; a rule may answer several times for one subject, so they are counted."""
    left = Counter((each.rule, each.subject) for each in was if each.outcome is outcome)
    others = {(each.rule, each.subject): each for each in reversed(was) if each.outcome is not outcome}
    for each in now:
        if each.outcome is not outcome:
            continue
        key = each.rule, each.subject
        if left[key]:
            left[key] -= 1
            continue
        other = others.get(key)
        yield _point(each, other) if not is_back else _mended(each, other)


def _mended(was: Finding, now: Finding | None) -> Point:
    point = _point(was, None)
    return replace(point, before=str(was.outcome), after=str(now.outcome) if now else "not applicable")


def _point(found: Finding, other: Finding | None) -> Point:
    title, clause = titles()[found.rule]
    amounts = found.measured, found.required
    measured, required = (None if each is None else written(each.amount) for each in amounts)
    unit = next((str(each.unit.value) for each in amounts if each is not None), None)
    return Point(
        rule=found.rule,
        title=title,
        title_ml=titles_ml().get(found.rule, title),
        clause=found.clause or clause or "",
        subject=found.subject,
        before=None if other is None else str(other.outcome),
        after=str(found.outcome),
        measured=measured,
        required=required,
        unit=unit,
        reason=found.reason or "",
    )
