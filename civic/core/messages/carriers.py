"""The port to whoever carries messages: e-mail, SMS, WhatsApp.

In: a `Letter`.  Out: `Taken`, or an exception that says whether another try makes sense; later, by some, a `Report`.
"""

import hmac
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from civic.core.bodies import CODE
from gis.errors import NotAllowed

_REFERENCE = re.compile(rf"({CODE.pattern})\.(\d{{1,18}})")


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


@dataclass(frozen=True, kw_only=True)
class Report:
    """What became of a message."""

    reference: str
    """As the sender gave it along: body and number."""
    is_delivered: bool
    answer: str


def whose(reference: str) -> tuple[str, int] | None:
    """The local body and the message that a reference of ours names; None where it is not one of ours."""
    found = _REFERENCE.fullmatch(reference)
    return (found[1], int(found[2])) if found else None


def check_signed(raw: bytes, signature: str, secret: str) -> None:
    """Refuse bytes that are not signed with a secret: `sha256=` and the HMAC-SHA256 of them, in hexadecimal."""
    due = "sha256=" + hmac.new(secret.encode(), raw, "sha256").hexdigest()
    if not hmac.compare_digest(due.encode(), signature.encode()):
        raise NotAllowed("The signature of this report is not right.", code="bad-signature")


class Postponed(Exception):
    """The carrier cannot take it now; another try makes sense."""


class Refused(Exception):
    """The carrier will never take it: a wrong address, an unknown template."""


class Carrier(Protocol):
    """Takes letters of one channel."""

    def send(self, letter: Letter) -> Taken: ...
