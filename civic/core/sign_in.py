"""Signing in: one-time codes, and the browsers that are signed in.

In: an address and the code that was sent to it, or a demo's choice.  Out: a secret for the browser's cookie (kept here as a
hash only), and from such a secret the `Actor` with the roles of the day: a posting that has ended gives none, however long
the browser stays signed in.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from ipaddress import ip_address, ip_network

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.events import publish
from civic.core.people import Actor, Person, reach, roles_on
from civic.core.tables import SignInCodeRow, SignInRow
from gis.db.straight import straight
from gis.errors import Invalid, NotAllowed

GOOD_FOR = timedelta(minutes=10)
MOST_TRIES = 5
MOST_CODES = 5
"""Codes that one address is sent in an hour."""
MOST_OF_SENDER = 30
"""Codes that are sent in an hour at the wish of one sender, to whatever addresses; many may share a network address."""
MOST_OF_BODY = 1000
"""Codes that a local body sends in an hour."""
STAFF_STAY = timedelta(hours=10)
CITIZEN_STAY = timedelta(days=30)


class WrongCode(Invalid):
    """The code is not the one that was sent, or it is used up."""

    code = "wrong-code"


class TooManyTries(NotAllowed):
    """Too many codes or tries."""

    code = "too-many-tries"


@dataclass(frozen=True, kw_only=True)
class SignIn:
    """A browser that was signed in: the secret is for its cookie and is nowhere kept."""

    secret: str
    ends: datetime
    person: Person


@dataclass(frozen=True, kw_only=True)
class CodeMade:
    """A code is to be sent: whoever listens sends it, in the same transaction."""

    body: LocalBody
    reach: str
    code: str
    language: str
    now: datetime


def new_code(
    session: Session, body: LocalBody, address: str, *, sender: str, language: str, now: datetime
) -> tuple[str, str]:
    """A code for an address: where it goes, and the six digits; who asks too often waits.

    `sender` is the network address that asks.  `CodeMade` is published for those who send.
    """
    where, asker = reach(address), mark_of_sender(body, sender)
    for locked in (where, asker):  # in one order, so that nobody waits in a circle
        key = func.hashtextextended(f"code:{body.code}:{locked}", 0)
        session.execute(select(func.pg_advisory_xact_lock(key)))
    _check_codes(session, where, asker, now=now)
    code = f"{secrets.randbelow(1_000_000):06d}"
    session.add(
        SignInCodeRow(
            body=body.code,
            reach=where,
            sender=asker,
            digest=_slow(code, secrets.token_hex(8)),
            made=now,
            ends=now + GOOD_FOR,
        )
    )
    session.flush()
    publish(session, CodeMade(body=body, reach=where, code=code, language=language, now=now))
    return where, code


def _check_codes(session: Session, where: str, asker: str, *, now: datetime) -> None:
    """Refuse another code where an address, a sender or the whole body has had its number of them within the hour."""
    to, by, all_told = session.execute(
        select(
            func.count().filter(SignInCodeRow.reach == where),
            func.count().filter(SignInCodeRow.sender == asker),
            func.count(),
        ).where(SignInCodeRow.made > now - timedelta(hours=1))
    ).one()
    if to >= MOST_CODES:
        raise TooManyTries(f"{MOST_CODES} codes were sent to {where} within the hour; use one, or wait.")
    if by >= MOST_OF_SENDER:
        raise TooManyTries(
            f"{MOST_OF_SENDER} codes were asked for from your connection within the hour; wait, or use another one.",
            code="too-many-from-here",
        )
    if all_told >= MOST_OF_BODY:
        raise TooManyTries(
            "The office has sent as many codes as it sends in an hour; wait a little, or sign in with a passkey.",
            code="too-many-of-all",
        )


def mark_of_sender(body: LocalBody, sender: str) -> str:
    """A short digest of a network address; of IPv6 the network that one subscriber has (64 bits)."""
    try:
        known = ip_address(sender)
    except ValueError:  # no address: the machine's own tests, or a socket
        plain = sender
    else:
        plain = str(ip_network((known, 64), strict=False)) if known.version == 6 else str(known)
    return _quick(f"{body.code} {plain}")[:16]


def check_code(session: Session, address: str, code: str, *, now: datetime) -> str | None:
    """The address, once its last code was given rightly; None where it was not.

    A wrong code counts as a try, which the caller must commit: that is why this tells rather than raises.
    """
    where = reach(address)
    row = session.scalars(
        select(SignInCodeRow)
        .where(SignInCodeRow.reach == where, SignInCodeRow.used.is_(None), SignInCodeRow.ends > now)
        .order_by(SignInCodeRow.id.desc())
        .limit(1)
        .with_for_update()
    ).one_or_none()
    if row is None or row.tries >= MOST_TRIES:
        raise WrongCode("There is no code to be used for this address; ask for a new one.")
    salt = row.digest.partition(":")[0]
    if not hmac.compare_digest(row.digest, _slow(code.strip(), salt)):
        row.tries += 1
        session.flush()
        return None
    row.used = now
    session.flush()
    return where


def begin(
    session: Session, body: LocalBody, who: Person, *, way: str, browser: str, today: date, now: datetime
) -> SignIn:
    """Sign a browser in; officers stay for a day's work, citizens for a month."""
    secret = secrets.token_urlsafe(32)
    is_staff = bool(roles_on(session, who.id, on=today))
    ends = now + (STAFF_STAY if is_staff else CITIZEN_STAY)
    session.add(
        SignInRow(
            body=body.code,
            digest=_quick(secret),
            person_id=who.id,
            way=way,
            device=_quick(f"{body.code} {browser}")[:16],
            begun=now,
            ends=ends,
        )
    )
    session.flush()
    return SignIn(secret=secret, ends=ends, person=who)


_WHO = text(
    "SELECT s.id, s.device, s.begun, s.person_id, p.name, p.email, p.phone, p.language,"
    " ARRAY(SELECT o.role FROM posting o WHERE o.person_id = s.person_id AND o.begins <= :today"
    " AND (o.ends IS NULL OR o.ends > :today)) AS roles"
    " FROM sign_in s JOIN person p ON p.id = s.person_id"
    " WHERE s.digest = :digest AND s.ends > :now AND s.ended IS NULL"
)


def actor(session: Session, secret: str, *, today: date, now: datetime) -> Actor | None:
    """Who the browser with a secret is, in the roles of the day; None where it is not, or no longer, signed in."""
    rows = straight(session, _WHO, {"digest": _quick(secret), "today": today, "now": now})
    if not rows:
        return None
    row = rows[0]
    if row.roles and row.begun + STAFF_STAY <= now:
        return None  # posted since they signed in as a citizen: an officer signs in for each day's work
    return Actor(
        person=Person(
            id=row.person_id, name=row.name, email=row.email, phone=row.phone, language=row.language
        ),
        roles=frozenset(row.roles),
        sign_in_id=row.id,
        device=row.device,
    )


def end(session: Session, secret: str, *, now: datetime) -> None:
    """Sign a browser out."""
    session.execute(
        update(SignInRow)
        .where(SignInRow.digest == _quick(secret), SignInRow.ended.is_(None))
        .values(ended=now)
    )


def _quick(secret: str) -> str:
    """The hash of a long random secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _slow(code: str, salt: str) -> str:
    """The hash of a short code: dear enough that a stolen table does not give codes while they are good."""
    return f"{salt}:{hashlib.scrypt(code.encode(), salt=salt.encode(), n=2**12, r=8, p=1).hex()}"
