"""WhatsApp through the Cloud API: approved templates, to people who have said that they want it.

In: a letter whose template is approved; its blanks become the template's parameters.  Out: Meta has taken it.  What becomes
of it comes later, by webhook: `report` checks the signature and reads it.
"""

import json
from dataclasses import dataclass
from typing import Any

from civic.core.messages.carriers import Letter, Postponed, Refused, Report, Taken, check_signed
from civic.core.messages.wire import Answer, post_json
from gis.errors import Invalid

NOT_NOW = {0, 1, 2, 4, 190, 80007, 130429, 131000, 131016, 131048, 131056, 131057, 133004, 133016}
"""Error codes of the API that pass: rates, tokens, maintenance."""
STATES = {"delivered": True, "read": True, "failed": False}


@dataclass(frozen=True, kw_only=True)
class WhatsApp:
    """A sender's number at the Cloud API."""

    address: str
    """With the API's version, such as https://graph.facebook.com/v23.0."""
    number: str
    """Identifier of the sending number."""
    token: str

    def send(self, letter: Letter) -> Taken:
        """Hand a letter to the API as an approved template."""
        if not letter.registered.whatsapp_template:
            raise Refused(
                "No approved WhatsApp template of this message is known; enter it with its wording."
            )
        answer = post_json(
            f"{self.address}/{self.number}/messages",
            {"Authorization": f"Bearer {self.token}"},
            _payload(letter, letter.registered.whatsapp_template),
        )
        if not answer.is_good:
            raise _fault(answer)
        try:
            return Taken(reference=str(answer.told["messages"][0]["id"]), answer=f"{answer.status} taken")
        except (TypeError, KeyError, IndexError) as error:
            raise Postponed(f"The API's answer names no message: {answer.text}") from error


def report(raw: bytes, signature: str, secret: str) -> list[Report]:
    """What a webhook tells; `NotAllowed` where its signature (X-Hub-Signature-256) is not made with the app's secret."""
    check_signed(raw, signature, secret)
    try:
        told = json.loads(raw)
        statuses = [
            status
            for entry in told["entry"]
            for change in entry["changes"]
            for status in change["value"].get("statuses", ())
        ]
        return [_report(each) for each in statuses if each["status"] in STATES]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Invalid("This is not a report of WhatsApp's webhook.") from error


def _report(status: dict[str, Any]) -> Report:
    faults = "; ".join(f"{each.get('code')} {each.get('title')}" for each in status.get("errors", ()))
    return Report(
        reference=str(status.get("biz_opaque_callback_data", "")),
        is_delivered=STATES[status["status"]],
        answer=f"{status['status']} {faults}".strip()[:500],
    )


def _payload(letter: Letter, template: str) -> dict[str, Any]:
    parameters = [{"type": "text", "text": " ".join(blank.split()) or "–"} for blank in letter.blanks]
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": letter.address.removeprefix("+"),
        "type": "template",
        "biz_opaque_callback_data": letter.reference,
        "template": {
            "name": template,
            "language": {"code": letter.language},
            "components": [{"type": "body", "parameters": parameters}],
        },
    }


def _fault(answer: Answer) -> Postponed | Refused:
    error = answer.told.get("error") if isinstance(answer.told, dict) else None
    code = error.get("code") if isinstance(error, dict) else None
    passes = answer.is_for_now or code in NOT_NOW
    return (Postponed if passes else Refused)(f"{answer.status} {answer.text}")
