"""SMS through a provider's HTTP address, with the fields that Indian operators demand (DLT).

In: a letter whose template is registered.  Out: the provider has taken it.  Entity, header and template are registered with
the operators; a message without them, or with other words, is not carried, so it is refused here before it costs anything.
What becomes of it comes later, by webhook: `report` checks whose it is and reads it.
"""

import hmac
import json
from dataclasses import dataclass
from typing import Any

from civic.core.messages.carriers import Letter, Postponed, Refused, Report, Taken, check_signed
from civic.core.messages.wire import post_json
from gis.errors import Invalid

STATES = {"delivered": True, "undelivered": False, "failed": False, "rejected": False, "expired": False}
"""What an operator reports in the end; every other word, such as `submitted`, tells that it is still on its way."""
MOST_REPORTS = 1000


@dataclass(frozen=True, kw_only=True)
class Sms:
    """A provider of SMS: its address, its key, and the principal entity in whose name it carries."""

    address: str
    key: str
    entity: str

    def send(self, letter: Letter) -> Taken:
        """Hand a letter to the provider."""
        known = letter.registered
        if not (known.sms_header and known.sms_template):
            raise Refused(
                "No header and no template of this message are registered (DLT); enter them with its wording."
            )
        answer = post_json(
            self.address,
            {"Authorization": f"Bearer {self.key}"},
            {
                "to": letter.address,
                "text": letter.text,
                "coding": "plain" if letter.text.isascii() else "unicode",
                "entity_id": self.entity,
                "header": known.sms_header,
                "template_id": known.sms_template,
                "reference": letter.reference,
            },
        )
        said = f"{answer.status} {answer.text}"
        if not answer.is_good:
            raise (Postponed if answer.is_for_now else Refused)(said)
        if not isinstance(answer.told, dict) or not isinstance(answer.told.get("id"), str | int):
            raise Postponed(f"The provider's answer names no message: {said}")
        return Taken(reference=str(answer.told["id"]), answer=said)


def report(raw: bytes, signature: str, authorization: str, secret: str) -> list[Report]:
    """What a webhook tells; `NotAllowed` where it is neither signed with the secret nor brings it along.

    Many providers cannot sign: they send `Authorization: Bearer SECRET`, which is as good as the way it comes by (TLS).
    """
    if not hmac.compare_digest(authorization.encode(), f"Bearer {secret}".encode()):
        check_signed(raw, signature, secret)
    try:
        told = json.loads(raw)["reports"]
        if not isinstance(told, list) or len(told) > MOST_REPORTS:
            raise TypeError("no list of reports, or too long a one")
        return [_report(each) for each in told if str(each["status"]).lower() in STATES]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise Invalid(
            f"This is not a report of SMS: a JSON object with up to {MOST_REPORTS} reports is expected."
        ) from error


def _report(told: dict[str, Any]) -> Report:
    status = str(told["status"]).lower()
    words = f"{status} {told.get('cause') or ''}".strip()
    return Report(
        reference=str(told["reference"]), is_delivered=STATES[status], answer=words.replace("\x00", "")[:500]
    )
