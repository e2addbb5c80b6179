"""How the town hall does: applications, decisions, time to decision, money; by service, ward and office.

In: cases opened, closed or paid for in a span of days, one line each, with nothing of a person.  Out: figures.  `figures` is pure and counts from
the very lines that are given out as open data: whoever counts them again must find the same.

Applications, and which of them are open or late, are of cases opened in the span; decisions of cases closed in it, whenever they
were opened; money is what was received in it, for whatever case.

Time to decision is in calendar days, from the day of opening to the day of closing, of cases that were decided: granted or
upheld, refused or dismissed.  A quantile is the smallest number of days within which at least that share of them was decided.
"""

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, time, timedelta
from functools import partial
from math import ceil
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.services import Services
from gis.db.sql import statement
from gis.errors import Invalid
from gis.jurisdictions import jurisdiction
from gis.recordings import last_recording
from layers.imports import standing
from layers.wards import LAYER

LONGEST = 366
"""Days of a span; older cases are read a year at a time."""
APPROVED = frozenset({"granted", "upheld"})
DECLINED = frozenset({"refused", "dismissed"})
DECIDED = APPROVED | DECLINED


@dataclass(frozen=True, kw_only=True)
class Line:
    """One case, as open data."""

    number: str
    service: str
    state: str
    outcome: str | None
    turn: str | None
    due: date | None
    opened: date
    closed: date | None
    paise: int
    """Received in the span that was asked for, on the days of the receipts."""
    office: str | None
    """The role whose turn an open case is; of a closed one the role by whose step it ended, `clock` and `ledger` among them."""
    ward: str | None
    ward_en: str | None
    ward_ml: str | None


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What some lines come to."""

    applications: int
    open: int
    late: int
    granted: int
    refused: int
    ended_otherwise: int
    median_days: int | None
    ninetieth_days: int | None
    paise: int


@dataclass(frozen=True, kw_only=True)
class Board:
    """Everything the page shows."""

    begins: date
    ends: date
    on: date
    whole: Figures
    by_service: dict[str, Figures]
    by_ward: dict[str, Figures]
    ward_names: dict[str, tuple[str | None, str | None]]
    by_office: dict[str, Figures]


def lines(session: Session, body: LocalBody, services: Services, *, begins: date, ends: date) -> list[Line]:
    """The cases opened, closed or paid for from a day up to and with another, oldest first."""
    if not timedelta(0) <= ends - begins < timedelta(days=LONGEST):
        raise Invalid(
            f"Choose a span of days that begins before it ends, of at most {LONGEST} days; ask for each year by itself."
        )
    zone = ZoneInfo(body.time_zone)
    place = jurisdiction(session, body.jurisdiction)
    known = last_recording(session, place.code)
    wards = [each.id for each in standing(session, place, known=known) if each.target == LAYER]
    asked = {
        "zone": body.time_zone,
        "first": begins,
        "last": ends,
        "begin": datetime.combine(begins, time(), zone),
        "end": datetime.combine(ends + timedelta(days=1), time(), zone),
        "wards": wards,
        "jurisdiction": place.code,
    }
    found = session.execute(statement("civic.core", "dashboard"), asked)
    return [_line(row._asdict(), services) for row in found]


def _line(row: dict[str, object], services: Services) -> Line:
    service = services.get(str(row["service"]))
    state = service.flow.states.get(str(row["state"])) if service else None
    due = row["due"] if isinstance(row["due"], date) and row["due"].year < 9999 else None
    return Line(**{**row, "due": due, "outcome": state.outcome if state else None})  # type: ignore[arg-type]


def board(found: Sequence[Line], *, begins: date, ends: date, on: date) -> Board:
    """The board of some lines, as of a day."""
    count = partial(figures, begins=begins, ends=ends, on=on)
    return Board(
        begins=begins,
        ends=ends,
        on=on,
        whole=count(found),
        by_service=_each(found, lambda line: line.service, count),
        by_ward=_each(found, lambda line: line.ward or "", count),
        ward_names={line.ward or "": (line.ward_en, line.ward_ml) for line in found},
        by_office=_each(found, lambda line: line.office or "", count),
    )


def figures(found: Iterable[Line], *, begins: date, ends: date, on: date) -> Figures:
    """What some lines come to in a span of days, as of a day."""
    own = list(found)
    begun = [line for line in own if begins <= line.opened <= ends]
    ended = [(line, line.closed) for line in own if line.closed and begins <= line.closed <= ends]
    outcomes = Counter(line.outcome for line, _ in ended)
    days = sorted((closed - line.opened).days for line, closed in ended if line.outcome in DECIDED)
    return Figures(
        applications=len(begun),
        open=sum(line.closed is None for line in begun),
        late=sum(line.closed is None and line.due is not None and line.due < on for line in begun),
        granted=sum(outcomes[outcome] for outcome in APPROVED),
        refused=sum(outcomes[outcome] for outcome in DECLINED),
        ended_otherwise=sum(count for outcome, count in outcomes.items() if outcome not in DECIDED),
        median_days=quantile(days, 0.5),
        ninetieth_days=quantile(days, 0.9),
        paise=sum(line.paise for line in own),
    )


def quantile(ordered: Sequence[int], share: float) -> int | None:
    """The smallest of some ordered numbers that at least a share of them does not exceed; None of none."""
    return ordered[max(ceil(share * len(ordered)) - 1, 0)] if ordered else None


def as_csv(found: Iterable[Line]) -> str:
    """The lines as CSV with a head (RFC 4180)."""
    out = io.StringIO()
    writer = csv.DictWriter(out, [field.name for field in fields(Line)])
    writer.writeheader()
    for line in found:
        writer.writerow(asdict(line))
    return out.getvalue()


def _each(
    found: Iterable[Line], key: Callable[[Line], str], count: Callable[[list[Line]], Figures]
) -> dict[str, Figures]:
    kinds: dict[str, list[Line]] = defaultdict(list)
    for line in found:
        kinds[key(line)].append(line)
    return {kind: count(own) for kind, own in sorted(kinds.items())}
