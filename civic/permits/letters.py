"""What a letter of the building permit says: a permit, a refusal, an occupancy certificate, a revocation.

In: the terms kept with a permit, or the check that a refusal rests on.  Out: frozen values, complete in themselves: whoever prints a letter
asks nobody anything.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from civic.permits.standing import Standing, amount, titled

Found = Mapping[str, Any]
Key = tuple[str, str]
"""A finding by rule and part."""


class LetterKind(StrEnum):
    """The letters that are printed."""

    PERMIT = "permit"
    REFUSAL = "refusal"
    OCCUPANCY = "occupancy"
    REVOCATION = "revocation"


@dataclass(frozen=True, kw_only=True)
class Point:
    """One finding that an officer spoke on, or that a refusal rests on; `words` are the condition, the reason or what to mend.

    `number` is that of the finding in its check, by which the drawing shows it; `places` are where it was found, with CAD handles.
    """

    rule: str
    subject: str
    clause: str
    title: str
    title_ml: str
    words: str = ""
    measured: str = ""
    required: str = ""
    comparison: str = ""
    number: int | None = None
    places: tuple[str, ...] = ()
    is_of_the_check: bool = False
    """Whether the words are the check's own, which stand in English."""


@dataclass(frozen=True, kw_only=True)
class FeeLine:
    """One line of what was charged, in paise, with its clause."""

    title: str
    title_ml: str
    what: str
    paise: int
    clause: str


@dataclass(frozen=True, kw_only=True)
class Signed:
    """Who signed the drawing, as what (`owner`, `licensee`), and when."""

    name: str
    part: str
    given: datetime


@dataclass(frozen=True, kw_only=True)
class Ended:
    """The last day of validity, None where the book of the day has none, and the clause that says so."""

    until: date | None
    clause: str = ""


@dataclass(frozen=True, kw_only=True)
class Letter:
    """Everything that a letter says; `address` is where anyone looks the permit up, and stands in its QR.

    `kind_of_permit` is that of the matter (`new`, `addition`, …), `route` how it came (`self_certified`, `officer`, `deemed`, `earlier`; of a
    refusal `officer`).  `number` is the permit's, or the case's where none was issued.  `reason` is what a revocation or refusal says at large.
    `svg` is the drawing by `web.plan_sketch`, empty where there is none.
    """

    kind: LetterKind
    kind_of_permit: str
    route: str
    number: str
    case_number: str
    of_permit: str | None
    title: str
    body_en: str
    body_ml: str
    plot: str
    owners: tuple[str, ...]
    licensee: str
    dated: date
    instant: datetime
    """When it was issued or decided: the creation date of the file."""
    time_zone: str
    """IANA name of the local body's own time, in which its instants are printed."""
    validity: Ended | None
    synthetic: bool
    address: str
    begins_after: Ended | None = None
    """Where time granted it: the day after which the work may begin, with its clause."""
    reason: str = ""
    clause: str = ""
    """The clause under which a permit was revoked, as the Secretary named it."""
    conditions: tuple[Point, ...] = ()
    fees: tuple[FeeLine, ...] = ()
    measured: tuple[Standing, ...] = ()
    declared: tuple[Standing, ...] = ()
    accepted: tuple[Point, ...] = ()
    overrides: tuple[Point, ...] = ()
    tolerated: tuple[Standing, ...] = ()
    """What of the finished building is otherwise than permitted, and tolerated."""
    grounds: tuple[Point, ...] = ()
    signatures: tuple[Signed, ...] = ()
    drawing_digest: str = ""
    check_digest: str = ""
    checked_on: date | None = None
    book_digest: str = ""
    svg: str = ""

    @property
    def paise(self) -> int:
        """The sum of the fees."""
        return sum(each.paise for each in self.fees)


def grounds_of(
    found: Found, words: Mapping[Key, str], *, overruled: frozenset[Key] = frozenset()
) -> tuple[Point, ...]:
    """What a refusal rests on: each finding that fails and was not overruled, and each that an officer refused with `words`."""
    return tuple(
        _ground(number, each, words.get(_key(each), ""))
        for number, each in enumerate(found["findings"], 1)
        if _key(each) not in overruled and (each["outcome"] == "fail" or _key(each) in words)
    )


def points_in(terms: Mapping[str, Any], part: str) -> tuple[Point, ...]:
    """Points kept with a permit: `conditions`, `accepted` or `overrides`."""
    return tuple(
        Point(
            rule=each["rule"],
            subject=each["subject"] or "",
            clause=each["clause"] or "",
            title=each["title"],
            title_ml=each["title_ml"] or each["title"],
            words=each["words"],
        )
        for each in terms.get(part, ())
    )


def standings_in(terms: Mapping[str, Any], part: str) -> tuple[Standing, ...]:
    """What stands `measured`, `declared` or `tolerated`, as it is kept with a permit."""
    known = {each.name for each in fields(Standing)}
    return tuple(
        Standing(**{name: value for name, value in each.items() if name in known})
        for each in terms.get(part, ())
    )


def commencement_in(terms: Mapping[str, Any]) -> Ended | None:
    """After which day the work may begin, where that is kept with a permit."""
    told = terms.get("commencement")
    return None if told is None else Ended(until=date.fromisoformat(told["after"]), clause=told["clause"])


def fees_in(terms: Mapping[str, Any]) -> tuple[FeeLine, ...]:
    """The lines of what was charged, as they are kept with a permit."""
    return tuple(
        FeeLine(
            title=each["title"],
            title_ml=each["title_ml"],
            what=each["what"],
            paise=each["paise"],
            clause=each["clause"] or "",
        )
        for each in terms.get("fees", ())
    )


def _key(finding: Found) -> Key:
    return finding["rule"], finding["subject"] or ""


def _ground(number: int, finding: Found, words: str) -> Point:
    title, title_ml = titled(finding["rule"])
    return Point(
        rule=finding["rule"],
        subject=finding["subject"] or "",
        clause=finding["clause"] or "",
        title=title,
        title_ml=title_ml,
        words=words or finding["reason"] or finding["remedy"] or "",
        measured=amount(finding["measured"]),
        required=amount(finding["required"]),
        comparison=finding["comparison"] or "",
        number=number,
        places=tuple(dict.fromkeys(_places(finding["places"]))),
        is_of_the_check=not words,
    )


def _places(places: Sequence[Found]) -> Iterator[str]:
    for each in places:
        yield f"{each['what']} ({', '.join(each['handles'])})" if each["handles"] else each["what"]
