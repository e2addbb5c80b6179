"""Earlier permits with their plans, out of a table and a folder: all of it or nothing, told row by row.

In: CSV text with one permit to a row, the files that its rows name.  Out: cases in the state `recorded`, each with its permit and its
plans as documents; a report of every row.  What cannot be taken is refused with its reason, and then nothing is written at all.

Columns: `number` (as it was printed), `plot`, `kind`, `issued` (YYYY-MM-DD) are needed; `until` (YYYY-MM-DD), `words` (for the office)
and `plans` (names of files, with semicolons between) may be empty.  Other columns are refused: nothing is dropped in silence.
"""

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from civic.core.desk import Desk
from civic.core.documents.announcing import Announced, check
from civic.core.documents.kinds import HEAD, media_type
from civic.core.documents.store import Store
from civic.core.documents.uploads import LONGEST_PART, add_part, begin_upload, finish
from civic.core.people import Actor
from civic.core.tables import NO_DAY
from civic.permits.model import FOLLOWING, PLAN, Kind
from civic.permits.tables import PermitCaseRow, PermitRow
from gis.asof import AsOf
from gis.db.sql import statement
from gis.errors import Invalid, LandError
from gis.jurisdictions import jurisdiction
from gis.parcels.ids import normal_number
from gis.parcels.queries import parcel
from gis.recordings import last_recording

NEEDED, OTHER = ("number", "plot", "kind", "issued"), ("until", "words", "plans")
MOST = 20_000
"""Rows of one table."""
LONGEST = 2000
LONGEST_NUMBER = 60
STEP = "record_earlier"
KINDS = tuple(each for each in Kind if each not in FOLLOWING)
"""What follows a permit stands with it, and is not brought in by itself."""
Files = Callable[[str], bytes | None]
"""The bytes of a plan by its name; None where there is none."""


@dataclass(frozen=True, kw_only=True)
class Earlier:
    """A permit out of a row."""

    row: int
    """As a table program counts: the names of the columns are row 1."""
    number: str
    plot: str
    kind: Kind
    issued: date
    until: date | None
    words: str
    plans: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Refused:
    """A row that was not taken, and why."""

    row: int
    why: str


@dataclass(kw_only=True)
class EarlierReport:
    """What became of every row."""

    taken: list[Earlier] = field(default_factory=list)
    known: list[Earlier] = field(default_factory=list)
    """Permits that are recorded already, just so."""
    refused: list[Refused] = field(default_factory=list)
    plans: int = 0

    @property
    def rows(self) -> int:
        """How many rows there were."""
        return len(self.taken) + len(self.known) + len(self.refused)


@dataclass(frozen=True, kw_only=True)
class Archive:
    """Where plans come from and go to."""

    files: Files
    store: Store
    largest: int


def bring_in(desk: Desk, text: str, archive: Archive, *, actor: Actor) -> EarlierReport:
    """Record every permit of a table; where a row is refused the report says why, and the caller writes nothing."""
    report = EarlierReport()
    seen: dict[str, int] = {}
    for place, row in _rows(text):
        try:
            earlier = _earlier(place, row)
            if earlier.number in seen:
                raise Invalid(f"Permit {earlier.number} stands in row {seen[earlier.number]} already.")
            seen[earlier.number] = place
            _take(desk, earlier, archive, report, actor=actor)
        except LandError as error:
            report.refused.append(Refused(row=place, why=error.message))
    return report


def _take(desk: Desk, earlier: Earlier, archive: Archive, report: EarlierReport, *, actor: Actor) -> None:
    standing = desk.session.scalars(select(PermitRow).where(PermitRow.number == earlier.number)).one_or_none()
    if standing is not None:
        if (standing.route, standing.kind, standing.issued) != ("earlier", earlier.kind, earlier.issued):
            raise Invalid(f"Permit {earlier.number} is recorded already, of another kind or day.")
        report.known.append(earlier)
        return
    if earlier.issued > desk.today:
        raise Invalid(f"{earlier.issued} is a day to come.")
    _check_plot(desk, earlier)
    plans = [(name, _plan(name, archive)) for name in earlier.plans]
    case_id = _record(desk, earlier, actor)
    for name, content in plans:
        _keep_plan(desk, case_id, name, content, archive, actor=actor)
    report.plans += len(plans)
    report.taken.append(earlier)


def _record(desk: Desk, earlier: Earlier, actor: Actor) -> int:
    """The case of an earlier permit, and its permit under the number that it was given."""
    year = earlier.issued.year
    new = {
        "body": desk.body.code,
        "jurisdiction": desk.body.jurisdiction,
        "service": desk.flow.service,
        "workflow": desk.flow.edition,
        "year": year,
        "prefix": f"{desk.flow.prefix}-{year}-",
        "state": desk.flow.steps[STEP].to,
        "due": NO_DAY,
        "now": desk.now,
        "person": actor.person.id,
        "sign_in": actor.sign_in_id,
        "plot": earlier.plot,
        "step": STEP,
        "words": earlier.words,
        "told": json.dumps({"permit": earlier.number}),
    }
    case_id = int(desk.session.execute(statement(__package__, "earlier"), new).scalar_one())
    here = {"body": desk.body.code, "case_id": case_id, "kind": earlier.kind}
    title = f"Earlier permit {earlier.number}"
    desk.session.add(PermitCaseRow(**here, title=title, asked={}, why=[]))
    desk.session.flush()
    terms = {"title": title, "conditions": []}
    desk.session.add(
        PermitRow(
            **here,
            number=earlier.number,
            route="earlier",
            issued=earlier.issued,
            until=earlier.until,
            terms=terms,
        )
    )
    desk.session.flush()
    return case_id


def _check_plot(desk: Desk, earlier: Earlier) -> None:
    """The plot as it stands today; a divided one names those in which it goes on."""
    place = jurisdiction(desk.session, desk.body.jurisdiction)
    at = AsOf(on=desk.today, known=last_recording(desk.session, place.code))
    parcel(desk.session, place, earlier.plot, at=at)


def _plan(name: str, archive: Archive) -> bytes:
    content = archive.files(name)
    if content is None:
        raise Invalid(f"The folder has no file {name}.")
    check(
        Announced(case_id=0, person_id=0, kind=PLAN, title=name, name=name, size=len(content)),
        archive.largest,
    )
    media_type(content[:HEAD], len(content))
    return content


def _keep_plan(
    desk: Desk, case_id: int, name: str, content: bytes, archive: Archive, *, actor: Actor
) -> None:
    me = actor.person.id
    told = Announced(case_id=case_id, person_id=me, kind=PLAN, title=name, name=name, size=len(content))
    begun = begin_upload(desk.session, desk.body, told, largest=archive.largest, now=desk.now)
    for starts in range(0, len(content), LONGEST_PART):
        part = content[starts : starts + LONGEST_PART]
        add_part(desk.session, archive.store, begun.id, part, starts=starts, person_id=me, now=desk.now)
    finish(desk.session, archive.store, begun.id, person_id=me, now=desk.now)


def _rows(text: str) -> Iterator[tuple[int, Mapping[str, str]]]:
    reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff"), newline=""), restkey="", strict=True)
    names = [(name or "").strip().lower() for name in reader.fieldnames or ()]
    _check_columns(names)
    reader.fieldnames = names
    try:
        for place, row in enumerate(reader, start=2):
            if place > MOST + 1:
                raise Invalid(f"A table has at most {MOST} rows; bring in the rest by itself.")
            yield place, {name: "" if value is None else value for name, value in row.items()}
    except csv.Error as error:
        raise Invalid(f"The table cannot be read as CSV after row {reader.line_num}: {error}.") from error


def _check_columns(names: Sequence[str]) -> None:
    missing = [each for each in NEEDED if each not in names]
    unknown = [each or "(without a name)" for each in names if each not in (*NEEDED, *OTHER)]
    double = sorted({each for each in names if names.count(each) > 1})
    for faults, word in ((missing, "lacks"), (unknown, "has, and nobody reads,"), (double, "has twice")):
        if faults:
            raise Invalid(
                f"The table {word} the columns: {', '.join(faults)}. It takes {', '.join((*NEEDED, *OTHER))}."
            )


def _earlier(place: int, row: Mapping[str, str]) -> Earlier:
    if row.get(""):
        raise Invalid("The row has more cells than there are columns.")
    cells = {name: (row.get(name) or "").strip() for name in (*NEEDED, *OTHER)}
    for name in NEEDED:
        if not cells[name]:
            raise Invalid(f"The cell {name} is empty.")
    number = " ".join(cells["number"].split())
    if len(number) > LONGEST_NUMBER or "\x00" in "".join(cells.values()) or number.startswith("/"):
        raise Invalid(f"A number has at most {LONGEST_NUMBER} signs and does not begin with a stroke.")
    if cells["kind"] not in KINDS:
        raise Invalid(f"“{cells['kind'][:40]}” is no kind of permit: {', '.join(KINDS)}.")
    if len(cells["words"]) > LONGEST:
        raise Invalid(f"At most {LONGEST} characters are taken as words.")
    issued = _day(cells["issued"], "issued")
    until = _day(cells["until"], "until") if cells["until"] else None
    if until is not None and until < issued:
        raise Invalid("It ends before it was issued.")
    return Earlier(
        row=place,
        number=number,
        plot=normal_number(cells["plot"]),
        kind=Kind(cells["kind"]),
        issued=issued,
        until=until,
        words=cells["words"],
        plans=tuple(each.strip() for each in cells["plans"].split(";") if each.strip()),
    )


def _day(text: str, name: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Invalid(f"The cell {name} is no date: write year-month-day, such as 2014-05-03.") from error
