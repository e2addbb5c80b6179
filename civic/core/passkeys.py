"""Passkeys of the staff (W3C WebAuthn): a key that never leaves the officer's device signs a fresh challenge.

In: what a browser made with the device.  Out: a kept public key, or the person whose device signed.  A challenge is good once
and for five minutes; a signature counter that goes back is a copied key, and is refused.
"""

import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from civic.core.bodies import LocalBody
from civic.core.passkey_tables import PasskeyChallengeRow, PasskeyRow
from civic.core.people import Person, person
from civic.core.sign_in import TooManyTries, mark_of_sender
from gis.errors import Invalid, NotAllowed, NotFound

GOOD_FOR = timedelta(minutes=5)
_CODED = re.compile(r"[A-Za-z0-9_-]{0,2000}={0,2}")
"""Text of base64url."""
MOST = 10
"""Passkeys of one person."""
MOST_WAITING, MOST_IN_ALL = 30, 1000
"""Challenges of one sender, and of a local body, that wait for an answer."""


class NotThisKey(NotAllowed):
    """The device's answer could not be verified."""

    code = "not-this-key"


@dataclass(frozen=True, kw_only=True)
class Site:
    """Where the browser believes to be: passkeys are tied to it."""

    host: str
    origin: str


@dataclass(frozen=True, kw_only=True)
class Passkey:
    """A key of a person, as the person sees it."""

    id: int
    name: str
    made: datetime
    used: datetime | None


def passkeys_of(session: Session, person_id: int) -> list[Passkey]:
    """A person's keys, oldest first."""
    rows = session.scalars(
        select(PasskeyRow).where(PasskeyRow.person_id == person_id).order_by(PasskeyRow.id)
    )
    return [Passkey(id=row.id, name=row.name, made=row.made, used=row.used) for row in rows]


def ask_to_make(
    session: Session, body: LocalBody, who: Person, site: Site, *, sender: str, now: datetime
) -> str:
    """What the browser needs to make a key, as JSON."""
    keys = session.scalars(select(PasskeyRow.credential).where(PasskeyRow.person_id == who.id)).all()
    if len(keys) >= MOST:
        raise Invalid(f"You have {MOST} passkeys already; remove one first.")
    options = generate_registration_options(
        rp_id=site.host,
        rp_name=body.name_en,
        user_id=f"{body.code}:{who.id}".encode(),
        user_name=who.email or who.phone or who.name,
        user_display_name=who.name,
        exclude_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(key)) for key in keys],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
    )
    keep_challenge(session, body, options.challenge, sender=sender, now=now, person_id=who.id)
    return options_to_json(options)


def keep_made(
    session: Session,
    body: LocalBody,
    who: Person,
    site: Site,
    answer: dict[str, Any],
    *,
    name: str,
    now: datetime,
) -> Passkey:
    """Keep the public half of a key that the browser made."""
    challenge = take_challenge(session, answer, now=now, person_id=who.id)
    try:
        made = verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, KeyError, TypeError, ValueError) as error:
        raise NotThisKey("The key that your device made could not be verified; try again.") from error
    row = PasskeyRow(
        body=body.code,
        person_id=who.id,
        credential=bytes_to_base64url(made.credential_id),
        public_key=bytes_to_base64url(made.credential_public_key),
        count=made.sign_count,
        name=name.strip()[:100] or "Passkey",
        made=now,
        used=None,
    )
    session.add(row)
    session.flush()
    return Passkey(id=row.id, name=row.name, made=row.made, used=None)


def ask_to_sign(session: Session, body: LocalBody, site: Site, *, sender: str, now: datetime) -> str:
    """What the browser needs to sign in with a key, as JSON; which key, the device knows."""
    options = generate_authentication_options(
        rp_id=site.host, user_verification=UserVerificationRequirement.REQUIRED
    )
    keep_challenge(session, body, options.challenge, sender=sender, now=now, person_id=None)
    return options_to_json(options)


def signed(session: Session, site: Site, answer: dict[str, Any], *, now: datetime) -> Person:
    """Whose key signed."""
    challenge = take_challenge(session, answer, now=now, person_id=None)
    return person(session, verified(session, site, answer, challenge, now=now).person_id)


def verified(
    session: Session, site: Site, answer: dict[str, Any], challenge: bytes, *, now: datetime
) -> PasskeyRow:
    """The key that signed a challenge; its counter is kept, so that a copy is told."""
    row = session.scalars(
        select(PasskeyRow).where(PasskeyRow.credential == str(answer.get("id", ""))).with_for_update()
    ).one_or_none()
    if row is None:
        raise NotThisKey("This passkey is not known here; sign in with a code and make one.")
    try:
        proof = verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=base64url_to_bytes(row.public_key),
            credential_current_sign_count=row.count,
            require_user_verification=True,
        )
    except (WebAuthnException, KeyError, TypeError, ValueError) as error:
        raise NotThisKey("Your device's signature could not be verified; try again.") from error
    session.execute(
        update(PasskeyRow).where(PasskeyRow.id == row.id).values(count=proof.new_sign_count, used=now)
    )
    return row


def remove(session: Session, passkey_id: int, person_id: int) -> None:
    """Forget a key of one's own."""
    gone = session.execute(
        delete(PasskeyRow).where(PasskeyRow.id == passkey_id, PasskeyRow.person_id == person_id)
    )
    if not gone.rowcount:  # type: ignore[attr-defined]
        raise NotFound("There is no such passkey of yours.")


def keep_challenge(
    session: Session,
    body: LocalBody,
    challenge: bytes,
    *,
    sender: str,
    now: datetime,
    person_id: int | None,
) -> None:
    """Keep a challenge until it is answered; a person has one at a time, a sender and a body no more than a number of them."""
    asker = mark_of_sender(body, sender)
    key = func.hashtextextended(f"challenge:{body.code}", 0)
    session.execute(select(func.pg_advisory_xact_lock(key)))
    gone = PasskeyChallengeRow.ends <= now
    if person_id is not None:
        gone = or_(gone, PasskeyChallengeRow.person_id == person_id)
    session.execute(delete(PasskeyChallengeRow).where(gone))
    by, all_told = session.execute(
        select(func.count().filter(PasskeyChallengeRow.sender == asker), func.count()).select_from(
            PasskeyChallengeRow
        )
    ).one()
    if by >= MOST_WAITING or all_told >= MOST_IN_ALL:
        raise TooManyTries(
            "Too many passkeys were asked for within a few minutes; wait a little, or sign in with a code.",
            code="too-many-from-here",
        )
    session.add(
        PasskeyChallengeRow(
            challenge=bytes_to_base64url(challenge),
            body=body.code,
            person_id=person_id,
            sender=asker,
            ends=now + GOOD_FOR,
        )
    )
    session.flush()


def take_challenge(
    session: Session, answer: dict[str, Any], *, now: datetime, person_id: int | None
) -> bytes:
    """The challenge that was answered, which is then used up."""
    try:
        told = json.loads(base64url_to_bytes(answer["response"]["clientDataJSON"]))
        challenge = str(told["challenge"])
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise Invalid("This is not the answer of a passkey.") from error
    if not all(_CODED.fullmatch(each) for each in (challenge, str(answer.get("id", "")))):
        raise Invalid("This is not the answer of a passkey.")
    taken = session.execute(
        delete(PasskeyChallengeRow).where(
            PasskeyChallengeRow.challenge == challenge,
            PasskeyChallengeRow.ends > now,
            PasskeyChallengeRow.person_id == person_id
            if person_id is not None
            else PasskeyChallengeRow.person_id.is_(None),
        )
    )
    if not taken.rowcount:  # type: ignore[attr-defined]
        raise NotThisKey("This took too long, or was answered already; try again.")
    return base64url_to_bytes(challenge)
