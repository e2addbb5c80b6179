"""Studies of reforms as the office keeps them: asked for, followed, called off, shown to everybody or to who has the address.

In: a session inside a local body, what is asked for.  Out: frozen `Study` values; a study and its job are written together.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.jobs import later
from civic.core.people import Actor
from civic.reforms.tables import ReformFileRow, ReformStudyRow
from gis.errors import Conflict, NotFound
from rules.reform import Reform

STUDY = "reforms.study"
"""The kind of the job."""
UNDER_WAY = ("waiting", "running")
MOST_UNDER_WAY = 5
"""Studies of a body that wait or run at once: one after another is reckoned, and the machine has other work."""
CHANCE = 16
"""Bytes of chance in an address."""
PLOTS, PERMITS = "plots", "permits"


class NoSuchStudy(NotFound):
    """No study has this address."""

    code = "no-study"


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What somebody asks for: a reform as written and as read, which plots, which use, with or without permits, open to all or not."""

    text: str
    reform: Reform
    ward: str | None
    occupancy: str
    storey: Decimal
    with_permits: bool
    is_open: bool


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A study in a list, or while it runs: all of it that is small."""

    id: int
    key: str
    title_en: str
    title_ml: str
    begins: date
    ward: str | None
    occupancy: str
    storey: Decimal
    with_permits: bool
    is_open: bool
    asked: datetime
    state: str
    steps: int | None
    steps_done: int

    @property
    def is_under_way(self) -> bool:
        """Whether it waits or runs."""
        return self.state in UNDER_WAY

    @property
    def percent(self) -> int | None:
        """How far it is; None before it is known how much there is to do."""
        return None if not self.steps else min(100, self.steps_done * 100 // self.steps)

    @property
    def has_malayalam(self) -> bool:
        """Whether its title was written in Malayalam too."""
        return self.title_ml != self.title_en


@dataclass(frozen=True, kw_only=True)
class Study(Listed):
    """A study as it stands, whole."""

    text: str
    reform: Mapping[str, Any]
    ended: datetime | None
    why: str | None
    book_digest: str | None
    known: datetime | None
    sources: list[Mapping[str, str]]
    found: Mapping[str, Any] | None


def begin_study(session: Session, body: LocalBody, wish: Wish, *, actor: Actor, now: datetime) -> Study:
    """Write a study down with its job; `Conflict` where too many are under way."""
    waiting = session.scalar(select(func.count()).where(ReformStudyRow.state.in_(UNDER_WAY))) or 0
    if waiting >= MOST_UNDER_WAY:
        raise Conflict(
            f"{waiting} studies are under way already; wait until one is done, or call one off.",
            code="too-many-studies",
        )
    title = wish.reform.title
    row = ReformStudyRow(
        body=body.code,
        key=secrets.token_urlsafe(CHANCE),
        title_en=title.en,
        title_ml=title.ml or title.en,
        begins=wish.reform.begins,
        text=wish.text,
        reform=wish.reform.model_dump(mode="json", by_alias=True),
        ward=wish.ward,
        occupancy=wish.occupancy,
        storey=wish.storey,
        with_permits=wish.with_permits,
        is_open=wish.is_open,
        asked=now,
        asked_by=actor.person.id,
        state="waiting",
        steps_done=0,
    )
    session.add(row)
    session.flush()
    later(session, STUDY, turn=f"{STUDY} in {body.code}", study=row.id)
    return _study(row)


def studies(session: Session, *, everything: bool, before: int | None = None, most: int = 50) -> list[Listed]:
    """The studies of a body, the newest first: all of them, or those that are open to everybody and done."""
    query = select(*_LISTED).order_by(ReformStudyRow.id.desc()).limit(most)
    if not everything:
        query = query.where(ReformStudyRow.is_open, ReformStudyRow.state == "done")
    if before is not None:
        query = query.where(ReformStudyRow.id < before)
    return [Listed(**row._mapping) for row in session.execute(query)]


def followed_at(session: Session, key: str) -> Listed:
    """What there is to follow of the study of an address; `NoSuchStudy` where there is none in this body."""
    row = session.execute(select(*_LISTED).where(ReformStudyRow.key == key)).one_or_none()
    if row is None:
        raise _missing()
    return Listed(**row._mapping)


def study_at(session: Session, key: str) -> Study:
    """The study of an address; `NoSuchStudy` where there is none in this body."""
    row = session.scalars(select(ReformStudyRow).where(ReformStudyRow.key == key)).one_or_none()
    if row is None:
        raise _missing()
    return _study(row)


def _missing() -> NoSuchStudy:
    return NoSuchStudy("There is no such study here; ask who sent you the address.")


def study_numbered(session: Session, number: int) -> Study:
    """The study that a job is about."""
    return _study(session.get_one(ReformStudyRow, number, populate_existing=True))


def call_off(session: Session, study: Listed, *, now: datetime) -> None:
    """Call a study off; `Conflict` where it has ended."""
    if not _move(session, study.id, "cancelled", ended=now):
        raise Conflict("This study has ended already; there is nothing to call off.", code="study-ended")


def open_to_all(session: Session, study: Listed, is_open: bool) -> None:
    """List a study for everybody, or leave it to who has its address."""
    session.execute(update(ReformStudyRow).where(ReformStudyRow.id == study.id).values(is_open=is_open))


def go_on(session: Session, number: int, *, done: int, steps: int) -> bool:
    """Write down how far a study is; False where it was called off meanwhile."""
    return _move(session, number, "running", steps_done=done, steps=steps)


def end_with(session: Session, number: int, why: str, *, now: datetime) -> bool:
    """A study has failed, for a reason that a reader can be told; False where it was called off meanwhile."""
    return _move(session, number, "failed", why=why, ended=now)


def finish(
    session: Session,
    body: LocalBody,
    number: int,
    *,
    found: Mapping[str, Any],
    files: Mapping[str, bytes],
    book: str,
    known: datetime,
    sources: tuple[Mapping[str, str], ...],
    now: datetime,
) -> bool:
    """Keep what a study found, whole; False where it was called off meanwhile."""
    is_kept = _move(
        session,
        number,
        "done",
        steps_done=ReformStudyRow.steps,
        found=dict(found),
        book_digest=book,
        known=known,
        sources=[dict(each) for each in sources],
        ended=now,
    )
    if is_kept:
        session.add_all(
            ReformFileRow(body=body.code, study_id=number, form=form, content=content)
            for form, content in files.items()
        )
        session.flush()
    return is_kept


def file_of(session: Session, study: Listed, form: str) -> bytes:
    """A file of a finished study; `NoSuchStudy` where there is none."""
    row = session.get(ReformFileRow, (study.id, form))
    if row is None:
        raise NoSuchStudy("This study has no such file; it may not be done yet.")
    return row.content


def _move(session: Session, number: int, state: str, **values: Any) -> bool:
    """Change a study that is under way; whether it was."""
    query = update(ReformStudyRow).where(ReformStudyRow.id == number, ReformStudyRow.state.in_(UNDER_WAY))
    done = session.execute(
        query.values(state=state, **values), execution_options={"synchronize_session": False}
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]


def _study(row: ReformStudyRow) -> Study:
    same = (name for name in Study.__dataclass_fields__ if name != "sources")
    values = {name: getattr(row, name) for name in same}
    return Study(**values, sources=list(row.sources or ()))


_LISTED = tuple(getattr(ReformStudyRow, name) for name in Listed.__dataclass_fields__)
