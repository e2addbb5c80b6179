"""SMS through a provider's HTTP address, with the fields that Indian operators demand (DLT).

In: a letter whose template is registered.  Out: the provider has taken it.  Entity, header and template are registered with
the operators; a message without them, or with other words, is not carried, so it is refused here before it costs anything.
"""

from dataclasses import dataclass

from civic.core.messages.carriers import Letter, Postponed, Refused, Taken
from civic.core.messages.wire import post_json


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
