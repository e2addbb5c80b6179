"""What the doors of messages share: who tells people, and the words by which carriers' reports are known.

In: the composition root's choice.  Out: values.
"""

from dataclasses import dataclass

from civic.core.messages.telling import Teller


@dataclass(frozen=True, kw_only=True)
class MessageRoom:
    """The message room of an instance."""

    teller: Teller
    channels: frozenset[str]
    """What really leaves from here."""
    whatsapp_secret: str
    whatsapp_verify: str
    sms_secret: str
