"""The port to whoever carries messages: e-mail, SMS, WhatsApp.

In: a `Letter`.  Out: `Taken`, or an exception that says whether another try makes sense.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class Registered:
    """How carriers know a template: header and identifier (DLT) for SMS, an approved name for WhatsApp."""

    sms_header: str | None = None
    sms_template: str | None = None
    whatsapp_template: str | None = None


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One message as it leaves."""

    address: str
    subject: str
    text: str
    language: str
    blanks: tuple[str, ...]
    reference: str
    """The same for every try of a message, so that who receives it twice can tell."""
    registered: Registered
    now: datetime


@dataclass(frozen=True, kw_only=True)
class Taken:
    """The carrier has taken it; `reference` is what it calls it."""

    reference: str
    answer: str


class Postponed(Exception):
    """The carrier cannot take it now; another try makes sense."""


class Refused(Exception):
    """The carrier will never take it: a wrong address, an unknown template."""


class Carrier(Protocol):
    """Takes letters of one channel."""

    def send(self, letter: Letter) -> Taken: ...
