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

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.events import publish
from civic.core.people import Actor, Person, person, reach, roles_on
from civic.core.tables import SignInCodeRow, SignInRow
from gis.errors import Invalid, NotAllowed

GOOD_FOR = timedelta(minutes=10)
MOST_TRIES = 5
MOST_CODES = 5
"""Codes that one address is sent in an hour."""
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
    session: Session, body: LocalBody, address: str, *, language: str, now: datetime
) -> tuple[str, str]:
    """A code for an address: where it goes, and the six digits; who asks too often waits.

    `CodeMade` is published for those who send.
    """
    where = reach(address)
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"code:{body.code}:{where}", 0))))
    recent = session.scalar(
        select(func.count())
        .select_from(SignInCodeRow)
        .where(SignInCodeRow.reach == where, SignInCodeRow.made > now - timedelta(hours=1))
    )
    if (recent or 0) >= MOST_CODES:
        raise TooManyTries(f"{MOST_CODES} codes were sent to {where} within the hour; use one, or wait.")
    code = f"{secrets.randbelow(1_000_000):06d}"
    session.add(
        SignInCodeRow(
            body=body.code,
            reach=where,
            digest=_slow(code, secrets.token_hex(8)),
            made=now,
            ends=now + GOOD_FOR,
        )
    )
    session.flush()
    publish(session, CodeMade(body=body, reach=where, code=code, language=language, now=now))
    return where, code


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


def actor(session: Session, secret: str, *, today: date, now: datetime) -> Actor | None:
    """Who the browser with a secret is, in the roles of the day; None where it is not, or no longer, signed in."""
    row = session.scalars(
        select(SignInRow).where(
            SignInRow.digest == _quick(secret), SignInRow.ends > now, SignInRow.ended.is_(None)
        )
    ).one_or_none()
    if row is None:
        return None
    roles = roles_on(session, row.person_id, on=today)
    if roles and row.begun + STAFF_STAY <= now:
        return None  # posted since they signed in as a citizen: an officer signs in for each day's work
    return Actor(
        person=person(session, row.person_id),
        roles=roles,
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
