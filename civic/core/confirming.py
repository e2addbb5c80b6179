"""A step confirmed with a passkey: the device signs a challenge that names the case, the step, the version and the person.

In: what an officer is about to do, and what the device made of it.  Out: the proof for the history: which key signed what, with
everything that is needed to check the signature years later, when the key is long removed.
"""

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from webauthn import base64url_to_bytes, generate_authentication_options, options_to_json
from webauthn.helpers.structs import PublicKeyCredentialDescriptor, UserVerificationRequirement

from civic.core.bodies import LocalBody
from civic.core.passkey_tables import PasskeyRow
from civic.core.passkeys import NotThisKey, Site, keep_challenge, take_challenge, verified
from civic.core.services import Services
from civic.core.workflow import CONFIRMED, is_of_nobody
from gis.errors import Invalid, NotAllowed

NONCE = 16
"""Random bytes at the beginning of a challenge; the rest says what is confirmed."""


class PasskeyMissing(NotAllowed):
    """The step is confirmed with a passkey, and none signed."""

    code = "passkey-missing"


@dataclass(frozen=True, kw_only=True)
class Act:
    """One step of one case in the version that an officer saw."""

    body: str
    number: str
    step: str
    version: int
    person_id: int

    @property
    def digest(self) -> bytes:
        """What stands for it in the challenge."""
        told = [self.body, self.number, self.step, self.version, self.person_id]
        return hashlib.sha256(json.dumps(told).encode()).digest()


def ask_to_confirm(
    session: Session, body: LocalBody, act: Act, site: Site, *, sender: str, now: datetime
) -> str:
    """What the browser needs to confirm a step, as JSON; only keys of the person will do."""
    keys = session.scalars(select(PasskeyRow.credential).where(PasskeyRow.person_id == act.person_id)).all()
    if not keys:
        raise PasskeyMissing(
            "This step is confirmed with a passkey, and you have none. Make one on your own page, then come back."
        )
    options = generate_authentication_options(
        rp_id=site.host,
        challenge=secrets.token_bytes(NONCE) + act.digest,
        allow_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(key)) for key in keys],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    keep_challenge(session, body, options.challenge, sender=sender, now=now, person_id=act.person_id)
    return options_to_json(options)


def confirmed(session: Session, act: Act, site: Site, answer: str, *, now: datetime) -> Mapping[str, str]:
    """The proof that the person's own key signed this very act, once; `PasskeyMissing` without an answer, `NotThisKey` for another."""
    if not answer:
        raise PasskeyMissing(
            "This step is confirmed with a passkey: your browser asks for it when you press the button. It needs JavaScript."
        )
    told = _told(answer)
    challenge = take_challenge(session, told, now=now, person_id=act.person_id)
    if not secrets.compare_digest(challenge[NONCE:], act.digest):
        raise NotThisKey("Your device confirmed something else than this step; try again.")
    key = verified(session, site, told, challenge, now=now)
    if key.person_id != act.person_id:
        raise NotThisKey("This is somebody else's passkey; use your own.")
    return {
        "credential": key.credential,
        "public_key": key.public_key,
        "client_data": str(told["response"]["clientDataJSON"]),
        "authenticator_data": str(told["response"]["authenticatorData"]),
        "signature": str(told["response"]["signature"]),
    }


def with_passkeys(services: Services, steps: Iterable[str]) -> Services:
    """The services in which these steps, each written `service.step`, are confirmed too; `Invalid` for one that cannot be."""
    made = dict(services)
    for written in steps:
        name, _, step = written.partition(".")
        flow = made[name].flow if name in made else None
        if flow is None or step not in flow.steps or is_of_nobody(flow.steps[step]):
            raise Invalid(
                f"“{written}” is no step that a person takes on the page of a case; write service.step."
            )
        asked = flow.steps[step].model_copy(update={"passkey": CONFIRMED})
        flow = flow.model_copy(update={"steps": {**flow.steps, step: asked}})
        made[name] = replace(made[name], flow=flow)
    return MappingProxyType(made)


def _told(answer: str) -> dict[str, Any]:
    try:
        told = json.loads(answer)
    except (ValueError, RecursionError) as error:
        raise Invalid("This is not the answer of a passkey.") from error
    if not isinstance(told, dict):
        raise Invalid("This is not the answer of a passkey.")
    return told
