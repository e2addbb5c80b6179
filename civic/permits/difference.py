"""What changed between two checks of a matter: findings, measures, fees, book, land, and the outlines of the drawing.

In: two check documents (`bhumika-check-1`) and, where they are kept, their features on the ground (GeoJSON).  Out: a frozen `Difference` of
values alone.  A finding is the same by rule and part; each new point names the outlines that changed where it lies.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import shapely

from civic.permits.outlines import Ground, Metres, OutlineChange, outline_changes
from civic.permits.standing import amount, titled

Found = Mapping[str, Any]
APPEARED, WENT, OUTCOME, MEASURE = "appeared", "went", "outcome", "measure"
GRAVITY = {"not applicable": 0, "pass": 0, "unknown": 1, "fail": 2}
TOUCHING = 0.1
"""Metres within which the place of a finding lies at an outline."""
MEASURES = ("floor_area", "built_up_area", "height", "storeys")


@dataclass(frozen=True, kw_only=True)
class FindingChange:
    """One finding that appeared, went, or has another outcome or measure; sides are empty where there is none.

    `outlines` are places in `Difference.outlines` of what was redrawn where this finding lies.
    """

    what: str
    rule: str
    subject: str
    clause: str
    title: str
    title_ml: str
    outcome_before: str
    outcome_after: str
    measured_before: str
    measured_after: str
    required_before: str
    required_after: str
    outlines: tuple[int, ...] = ()

    @property
    def is_worse(self) -> bool:
        """Whether it speaks more against the plan than before."""
        return GRAVITY.get(self.outcome_after, 0) > GRAVITY.get(self.outcome_before, 0)

    @property
    def is_better(self) -> bool:
        """Whether it speaks less against the plan than before."""
        return GRAVITY.get(self.outcome_after, 0) < GRAVITY.get(self.outcome_before, 0)


@dataclass(frozen=True, kw_only=True)
class Change:
    """One thing that was otherwise: a source or theme of the land, a measure, a fee; empty where there was none."""

    name: str
    title: str
    title_ml: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Everything that is otherwise in the later check; `outlines` is None where one of the drawings lies on no map."""

    drawing: Change | None
    book: Change | None
    day: Change | None
    risk: Change | None
    answers_changed: bool
    sources: tuple[Change, ...]
    themes: tuple[Change, ...]
    measures: tuple[Change, ...]
    fees: tuple[Change, ...]
    findings: tuple[FindingChange, ...]
    outlines: tuple[OutlineChange, ...] | None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is otherwise that anybody decides by; another day of the same rules is nothing."""
        told = (
            self.drawing,
            self.risk,
            *self.sources,
            *self.themes,
            *self.measures,
            *self.fees,
            *self.findings,
        )
        return not any(told) and not self.answers_changed and not self.outlines

    @property
    def worse(self) -> tuple[FindingChange, ...]:
        """The findings that speak more against the plan than before: what a resubmission brought on itself."""
        return tuple(each for each in self.findings if each.is_worse)


def difference(
    before: Found, after: Found, *, ground_before: Ground | None = None, ground_after: Ground | None = None
) -> Difference:
    """What changed from one check of a matter to a later one."""
    outlines = outline_changes(ground_before, ground_after)
    return Difference(
        drawing=_change("drawing", before["drawing"]["sha256"], after["drawing"]["sha256"]),
        book=_change("book", _digest(before), _digest(after)),
        day=_change("day", before["on"], after["on"]),
        risk=_change("risk", _risk(before), _risk(after)),
        answers_changed=before["answers"] != after["answers"],
        sources=tuple(_listed(_sources(before), _sources(after))),
        themes=tuple(_listed(_themes(before), _themes(after))),
        measures=tuple(_listed(_measures(before), _measures(after))),
        fees=tuple(_listed(_fees(before), _fees(after))),
        findings=tuple(_findings(before, after, outlines or ())),
        outlines=outlines,
    )


def _change(name: str, before: str, after: str, title: str = "", title_ml: str = "") -> Change | None:
    if before == after:
        return None
    return Change(name=name, title=title, title_ml=title_ml or title, before=before, after=after)


def _digest(found: Found) -> str:
    return found["book"]["digest"] if found["book"] else ""


def _risk(found: Found) -> str:
    return (found["statement"]["risk"]["level"] or "open") if found["statement"] else ""


_Named = Mapping[str, tuple[str, str, str]]
"""By name: title in English, in Malayalam, and what is said."""


def _listed(before: _Named, after: _Named) -> Iterator[Change]:
    for name in dict.fromkeys((*before, *after)):
        title, title_ml, _ = after.get(name) or before[name]
        old, new = (side[name][2] if name in side else "" for side in (before, after))
        change = _change(name, old, new, title, title_ml)
        if change is not None:
            yield change


def _sources(found: Found) -> _Named:
    return {each["id"]: (each["title"], "", each["date"]) for each in found["site"]["sources"]}


def _themes(found: Found) -> _Named:
    themes = found["site"].get("themes", ())
    return {each["layer"]: (each["title"], each["title_ml"], each["status"]) for each in themes}


def _measures(found: Found) -> _Named:
    return {name: (name, "", amount(found["measures"][name])) for name in MEASURES}


def _fees(found: Found) -> _Named:
    fees = found["statement"]["fees"] if found["statement"] else ()
    return {
        each["title"]: (each["title"], "", "open" if each["paise"] is None else str(each["paise"]))
        for each in fees
    }


_Key = tuple[str, str, int]


def _by_part(found: Found) -> dict[_Key, Found]:
    """Findings by rule and part, the same part told apart by its turn."""
    parts: dict[_Key, Found] = {}
    for each in found["findings"]:
        turn = sum(1 for rule, subject, _ in parts if (rule, subject) == (each["rule"], each["subject"]))
        parts[each["rule"], each["subject"], turn] = each
    return parts


def _findings(before: Found, after: Found, outlines: Sequence[OutlineChange]) -> Iterator[FindingChange]:
    old, new = _by_part(before), _by_part(after)
    for key in dict.fromkeys((*new, *old)):
        what = _what(old.get(key), new.get(key))
        if what is not None:
            yield _finding_change(what, old.get(key), new.get(key), outlines)


def _what(old: Found | None, new: Found | None) -> str | None:
    if old is None:
        return APPEARED
    if new is None:
        return WENT
    if old["outcome"] != new["outcome"]:
        return OUTCOME
    numbers = [(amount(each["measured"]), amount(each["required"])) for each in (old, new)]
    return MEASURE if numbers[0] != numbers[1] else None


def _finding_change(
    what: str, old: Found | None, new: Found | None, outlines: Sequence[OutlineChange]
) -> FindingChange:
    shown = new or old or {}
    title, title_ml = titled(shown["rule"])
    return FindingChange(
        what=what,
        rule=shown["rule"],
        subject=shown["subject"],
        clause=shown["clause"] or "",
        title=title,
        title_ml=title_ml,
        outcome_before=old["outcome"] if old else "",
        outcome_after=new["outcome"] if new else "",
        measured_before=amount(old["measured"]) if old else "",
        measured_after=amount(new["measured"]) if new else "",
        required_before=amount(old["required"]) if old else "",
        required_after=amount(new["required"]) if new else "",
        outlines=_touched(new, outlines) if new else (),
    )


def _touched(finding: Found, outlines: Sequence[OutlineChange]) -> tuple[int, ...]:
    """Which redrawn outlines lie where a finding was decided."""
    shapes = [each["geometry"] for each in finding["places"] if each["geometry"]]
    if not shapes or not outlines:
        return ()
    metres = Metres([{"geometry": each} for each in (*shapes, *(each.geometry for each in outlines))])
    where = shapely.union_all([shapely.make_valid(metres.of(each)) for each in shapes])
    return tuple(i for i, each in enumerate(outlines) if metres.of(each.geometry).distance(where) <= TOUCHING)
