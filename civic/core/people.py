"""People of a local body and the roles they hold; a role's rights begin and end with its posting.

In: names and addresses, postings with their order.  Out: `Person`, `Posting`, `Actor`: who acts, in which roles, signed in
how and at which machine.
"""

import re
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.tables import PersonRow, PostingRow
from civic.core.workflow import CONSULTED, STAFF
from gis.errors import Conflict, Invalid, NotAllowed, NotFound

EMAIL = re.compile(r"[^@\s,;:<>()\[\]\\\"\x00-\x1f\x7f]{1,64}@[\w-]+(\.[\w-]+)+")
ADMIN = "admin"
LICENCES = ("architect", "engineer", "designer", "supervisor")
"""What a licensee can be."""
PHONE = re.compile(r"\+[1-9][0-9]{7,14}")


class NoSuchPerson(NotFound):
    """Nobody has this identifier here."""

    code = "no-person"


@dataclass(frozen=True, kw_only=True)
class Person:
    """Someone the local body deals with."""

    id: int
    name: str
    email: str | None
    phone: str | None
    language: str


@dataclass(frozen=True, kw_only=True)
class Posting:
    """A role of a person from a day, by an order, up to (not including) another day; of a licensee with what they are.

    One that ends as it begins was voided: it holds on no day.
    """

    id: int
    person_id: int
    role: str
    licence: str | None
    grade: str | None
    order_ref: str
    begins: date
    ends: date | None
    posted_by: int | None = None
    ended_by: int | None = None

    @property
    def is_void(self) -> bool:
        """Whether it was taken back before a day of it was over."""
        return self.ends == self.begins


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who acts: a person in the roles of the day, from one signed-in browser."""

    person: Person
    roles: frozenset[str] = field(default_factory=frozenset)
    sign_in_id: int | None = None
    device: str = ""

    @property
    def is_staff(self) -> bool:
        """Whether the person works for the local body or is consulted by it."""
        return bool(self.roles & set(STAFF))

    @property
    def is_office(self) -> bool:
        """Whether the person works for the local body itself, and may open its cases."""
        return bool(self.roles & (set(STAFF) - set(CONSULTED)))


def reach(text: str) -> str:
    """An e-mail address in lower case, or a telephone number with its country; ten digits are Indian."""
    plain = text.strip()
    if "@" in plain:
        if not EMAIL.fullmatch(plain) or len(plain) > 254:
            raise Invalid(
                "This is not an e-mail address; write it like name@example.org.", code="bad-address"
            )
        return plain.lower()
    digits = re.sub(r"[\s().-]", "", plain)
    if re.fullmatch(r"[6-9][0-9]{9}", digits):
        digits = f"+91{digits}"
    if not PHONE.fullmatch(digits):
        raise Invalid(
            "This is neither an e-mail address nor a telephone number; write name@example.org or ten digits.",
            code="bad-address",
        )
    return digits


def person(session: Session, identifier: int) -> Person:
    """The person of an identifier."""
    row = session.get(PersonRow, identifier)
    if row is None:
        raise NoSuchPerson("This person is not known here.")
    return _person(row)


def person_reached_by(session: Session, address: str) -> Person | None:
    """Who is reached by an address, given as `reach` writes it."""
    row = session.scalars(
        select(PersonRow).where(or_(PersonRow.email == address, PersonRow.phone == address))
    ).one_or_none()
    return _person(row) if row else None


def introduce(
    session: Session, body: LocalBody, *, name: str, address: str, language: str, now: datetime
) -> Person:
    """Someone new; an address belongs to one person."""
    if not name.strip() or len(name) > 200:
        raise Invalid(
            "Write the name, as it stands in the papers, in at most 200 characters.", code="name-missing"
        )
    where = reach(address)
    taken = Conflict(f"{where} belongs to somebody here already; sign in with it.")
    if person_reached_by(session, where):
        raise taken
    row = PersonRow(
        body=body.code,
        name=name.strip(),
        email=where if "@" in where else None,
        phone=None if "@" in where else where,
        language=language,
        since=now,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:  # somebody introduced them at the same moment
        raise taken from error
    return _person(row)


def post(
    session: Session,
    body: LocalBody,
    person_id: int,
    *,
    role: str,
    order_ref: str,
    begins: date,
    ends: date | None = None,
    licence: str | None = None,
    grade: str | None = None,
    by: int | None = None,
) -> Posting:
    """Give a person a role from a day, by an order; nobody posts themselves.  `by` is nobody at the founding of a body only."""
    if by == person_id:
        raise NotAllowed("Nobody posts themselves; another administrator must do it.", code="own-posting")
    if not order_ref.strip():
        raise Invalid("Name the order of the posting: its number and date.", code="order-missing")
    row = PostingRow(
        body=body.code,
        person_id=person_id,
        role=role,
        licence=licence,
        grade=grade,
        order_ref=order_ref,
        begins=begins,
        ends=ends,
        posted_by=by,
    )
    session.add(row)
    session.flush()
    return _posting(row)


def end_posting(session: Session, posting_id: int, *, on: date, today: date, by: int | None = None) -> None:
    """End a posting on a day from today on, from which its rights are gone; one that has not begun by then never holds.

    What has ended stays as it ended, and nothing ends before today: what was decided under a posting stands inside it.  Nobody
    ends the last posting by which they administer.
    """
    row = session.get(PostingRow, posting_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound("There is no such posting here.", code="no-posting")
    if row.ends is not None and row.ends <= max(on, today):
        raise Conflict(f"This posting has its end already: {row.ends}.", code="posting-ended")
    if on < today:
        raise Invalid(
            "A posting ends today or later: what was done under it until now was done in office. Give another day.",
            code="ends-before-today",
        )
    if row.role == ADMIN and row.person_id == by and not _administers_still(session, row, on):
        raise NotAllowed(
            "This is the last posting by which you administer the town hall; another administrator must end it.",
            code="own-posting",
        )
    ended = {"ends": max(on, row.begins), "ended_by": by}
    session.execute(update(PostingRow).where(PostingRow.id == posting_id).values(ended))
    session.expire(row)


def _administers_still(session: Session, ending: PostingRow, on: date) -> bool:
    """Whether a person administers by another posting on the day on which one ends."""
    others = postings(session, on=on, person_id=ending.person_id)
    return any(each.role == ADMIN and each.id != ending.id for each in others)


def postings(session: Session, *, on: date | None, person_id: int | None = None) -> list[Posting]:
    """Postings, of a day and a person where these are given, in the order of their beginning."""
    query = select(PostingRow).order_by(PostingRow.begins, PostingRow.id)
    if on is not None:
        query = query.where(_holds(on))
    if person_id is not None:
        query = query.where(PostingRow.person_id == person_id)
    return [_posting(row) for row in session.scalars(query)]


def roles_on(session: Session, person_id: int, *, on: date) -> frozenset[str]:
    """The roles that a person holds on a day."""
    return frozenset(posting.role for posting in postings(session, on=on, person_id=person_id))


def people_in(session: Session, role: str, *, on: date) -> list[Person]:
    """Who holds a role on a day, by name."""
    query = (
        select(PersonRow)
        .join(PostingRow, PostingRow.person_id == PersonRow.id)
        .where(PostingRow.role == role, _holds(on))
        .order_by(PersonRow.name, PersonRow.id)
        .distinct()
    )
    return [_person(row) for row in session.scalars(query)]


def demo_citizens(session: Session, *, most: int = 12) -> list[Person]:
    """The made-up people that a synthetic body was founded with: their addresses end nowhere (RFC 2606)."""
    query = (
        select(PersonRow).where(PersonRow.email.like("%@citizen.example")).order_by(PersonRow.id).limit(most)
    )
    return [_person(row) for row in session.scalars(query)]


def _holds(on: date) -> ColumnElement[bool]:
    return and_(PostingRow.begins <= on, or_(PostingRow.ends.is_(None), PostingRow.ends > on))


def _person(row: PersonRow) -> Person:
    return Person(id=row.id, name=row.name, email=row.email, phone=row.phone, language=row.language)


def _posting(row: PostingRow) -> Posting:
    return Posting(
        id=row.id,
        person_id=row.person_id,
        role=row.role,
        licence=row.licence,
        grade=row.grade,
        order_ref=row.order_ref,
        begins=row.begins,
        ends=row.ends,
        posted_by=row.posted_by,
        ended_by=row.ended_by,
    )
