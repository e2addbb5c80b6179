"""The finished building beside what was permitted: which points came out otherwise, and how far the law lets them.

In: the newest check of an occupancy case, the permit that it follows.  Out: frozen values by rule and clause.  A yard may be short by what
rule 20 tolerates, the area of an occupancy may deviate as the rule on deviation says; of everything else the book tolerates nothing.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from civic.core.bodies import local_body
from civic.permits.checking import Check
from civic.permits.difference import WENT, FindingChange, difference
from civic.permits.limits import book_of
from civic.permits.model import Kind
from civic.permits.standing import Standing, titled
from civic.permits.tables import PermitCaseRow, PermitCheckRow, PermitRow
from civic.permits.terms import BuiltYard, area_deviation, built_yards
from gis.errors import Conflict
from rules.book import Book
from rules.reckoning.permit_years import Deviation

Found = Mapping[str, Any]
DEVIATION = "deviation"
KEPT, TOLERATED, BEYOND, OPEN = "kept", "tolerated", "beyond", "open"
"""How a point that came out otherwise stands: the rule is kept, short within the tolerance, broken, or not told."""


@dataclass(frozen=True, kw_only=True)
class BuiltPoint:
    """A point of the finished building that came out otherwise than permitted; `stands` is one of the four words above."""

    change: FindingChange
    stands: str
    yard: BuiltYard | None = None


@dataclass(frozen=True, kw_only=True)
class AsBuilt:
    """The finished building beside its permit; `is_compared` is False where no drawing of the permit is kept here."""

    permit: str
    is_compared: bool
    points: tuple[BuiltPoint, ...] = ()
    area: Deviation | None = None
    """By how much the area deviates; None where drawings or book do not tell."""
    extra: Decimal = Decimal(0)
    """m² built beyond what was permitted, of all occupancies."""

    @property
    def is_area_told(self) -> bool:
        """Whether it is known by how much the area deviates."""
        return self.area is not None

    @property
    def beyond(self) -> tuple[BuiltPoint, ...]:
        """What no tolerance covers."""
        return tuple(each for each in self.points if each.stands == BEYOND)


def as_built(session: Session, check: Check) -> AsBuilt | None:
    """The comparison for the check of an occupancy case; None for cases of other kinds."""
    row = session.get_one(PermitCaseRow, check.case_id)
    permit = session.get(PermitRow, (row.body, row.of_permit)) if row.of_permit else None
    if row.kind != Kind.OCCUPANCY or permit is None:
        return None
    before = session.get(PermitCheckRow, permit.check_id) if permit.check_id is not None else None
    if before is None:
        return AsBuilt(permit=permit.number, is_compared=False)
    book = _book(session, row.body, check)
    return compared(permit.number, before.found, check.found, book)


def compared(permit: str, permitted: Found, built: Found, book: Book | None) -> AsBuilt:
    """Two check documents beside each other, by the book of the day of the later one."""
    found = difference(permitted, built)
    return AsBuilt(
        permit=permit,
        is_compared=True,
        points=tuple(_points(found.findings, _tolerated(built, _yards(built, book)))),
        area=area_deviation(permitted, built, book) if book is not None else None,
        extra=_extra(permitted, built),
    )


def tolerated_on(session: Session, check: Check) -> Mapping[tuple[str, str], BuiltYard]:
    """The yards of a finished building that fail and are tolerated by rule 20; empty for cases of other kinds."""
    row = session.get_one(PermitCaseRow, check.case_id)
    if row.kind != Kind.OCCUPANCY:
        return {}
    return _tolerated(check.found, _yards(check.found, _book(session, row.body, check)))


def tolerated_standings(session: Session, check: Check) -> Iterator[Standing]:
    """What a certificate says of the finished building: each yard that is tolerated, and an area that deviates within the rule."""
    for (rule, subject), yard in tolerated_on(session, check).items():
        title, title_ml = titled(rule)
        most = yard.tolerated.most.normalize() if yard.tolerated else 0
        yield Standing(
            basis=TOLERATED,
            rule=rule,
            subject=subject,
            clause="; ".join(
                dict.fromkeys((yard.clause, *(yard.tolerated.clauses if yard.tolerated else ())))
            ),
            title=title,
            title_ml=title_ml,
            measured=f"{yard.measured} m",
            required=f"{yard.required} m",
            comparison="at least",
            words=f"Short by no more than the {most} m that rule 20 tolerates.",
            words_ml=f"ചട്ടം 20 അനുവദിക്കുന്ന {most} മീറ്ററിൽ കൂടുതൽ കുറവില്ല.",
        )
    built = as_built(session, check)
    if built is not None and built.area is not None and built.area.is_free and built.area.percent:
        yield _deviating(built.area)


def _deviating(area: Deviation) -> Standing:
    title, title_ml = titled(DEVIATION)
    percent = f"{area.percent:.2f}"
    return Standing(
        basis=TOLERATED,
        rule=DEVIATION,
        subject=area.group,
        clause=str(area.citation),
        title=title,
        title_ml=title_ml,
        words=f"The area differs by {percent} % from what was permitted; this needs no revised permit.",
        words_ml=f"വിസ്തീർണ്ണം അനുവദിച്ചതിൽനിന്ന് {percent} % വ്യത്യാസപ്പെട്ടിരിക്കുന്നു; ഇതിന് പുതുക്കിയ പെർമിറ്റ് വേണ്ട.",
    )


def _book(session: Session, body: str, check: Check) -> Book | None:
    try:
        return book_of(local_body(session, body), on=check.on)
    except Conflict:  # no building rules are known for this kind of body
        return None


def _yards(built: Found, book: Book | None) -> tuple[BuiltYard, ...]:
    return () if book is None else built_yards(built, book)


def _tolerated(built: Found, yards: tuple[BuiltYard, ...]) -> dict[tuple[str, str], BuiltYard]:
    """By point: the widest shortfall, where every failing measure of that point is a yard within the tolerance."""
    fails = Counter(
        (each["rule"], each["subject"] or "") for each in built["findings"] if each["outcome"] == "fail"
    )
    held: dict[tuple[str, str], list[BuiltYard]] = {}
    for each in yards:
        if each.tolerated is not None and each.tolerated.holds:
            held.setdefault((each.rule, each.subject or ""), []).append(each)
    return {
        which: max(all_of, key=lambda yard: yard.required - yard.measured)
        for which, all_of in held.items()
        if len(all_of) == fails[which]
    }


def _points(
    changes: tuple[FindingChange, ...], tolerated: Mapping[tuple[str, str], BuiltYard]
) -> Iterator[BuiltPoint]:
    for each in changes:
        if each.what != WENT:
            yard = tolerated.get((each.rule, each.subject or ""))
            yield BuiltPoint(change=each, stands=_stands(each, yard), yard=yard)


def _stands(change: FindingChange, yard: BuiltYard | None) -> str:
    if change.outcome_after == "fail":
        return BEYOND if yard is None else TOLERATED
    return OPEN if change.outcome_after == "unknown" else KEPT


def _extra(permitted: Found, built: Found) -> Decimal:
    areas = [each["measures"]["built_up_area"] for each in (permitted, built)]
    if None in areas:
        return Decimal(0)
    before, after = (Decimal(each["amount"]) for each in areas)
    return max(after - before, Decimal(0))
