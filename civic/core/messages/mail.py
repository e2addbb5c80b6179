"""E-mail by SMTP.

In: a letter.  Out: it is with the mail server.  Whatever the server answers with 5xx is refused, 4xx and silence are tried
again.  The Message-ID is the same for every try.
"""

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from urllib.parse import unquote, urlsplit

from civic.core.messages.carriers import Letter, Postponed, Refused, Taken
from gis.errors import Invalid

WAIT = 20.0
"""Seconds that a mail server may take for an answer."""
NEAR = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True, kw_only=True)
class Mail:
    """A mail server, and in whose name is written."""

    host: str
    port: int
    is_wrapped: bool
    """TLS from the first byte; otherwise STARTTLS, which only a server on this machine may lack."""
    user: str
    password: str
    sender: str

    def send(self, letter: Letter) -> Taken:
        """Hand a letter to the mail server."""
        message = _message(self.sender, letter)
        try:
            with self._open() as server:
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            code, answer = next(iter(error.recipients.values()))
            raise _fault(code, answer)(_said(code, answer)) from error
        except smtplib.SMTPResponseException as error:
            # A refused password is the office's fault, not the letter's: it is put right, and then the letter goes.
            is_ours = isinstance(error, smtplib.SMTPAuthenticationError)
            kind = Postponed if is_ours else _fault(error.smtp_code, error.smtp_error)
            raise kind(_said(error.smtp_code, error.smtp_error)) from error
        except (smtplib.SMTPException, OSError) as error:
            raise Postponed(f"The mail server {self.host} does not answer: {error}") from error
        return Taken(reference=str(message["Message-ID"]), answer=f"{self.host} has taken it")

    def _open(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self.is_wrapped:
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=WAIT, context=context)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=WAIT)
        try:
            server.ehlo()
            if not self.is_wrapped and (server.has_extn("starttls") or self.host not in NEAR):
                server.starttls(context=context)
                server.ehlo()
            if self.user:
                server.login(self.user, self.password)
        except BaseException:
            server.close()
            raise
        return server


def mail_by(address: str, sender: str) -> Mail:
    """The mail server of an address such as smtp://user:password@host:587 or smtps://host."""
    parts = urlsplit(address)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise Invalid("BHUMIKA_SMTP is not an address such as smtp://user:password@mail.example.org:587.")
    if "@" not in parseaddr(sender)[1]:
        raise Invalid("BHUMIKA_MAIL_FROM must be the address that messages come from.")
    return Mail(
        host=parts.hostname,
        port=parts.port or (465 if parts.scheme == "smtps" else 587),
        is_wrapped=parts.scheme == "smtps",
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        sender=sender,
    )


def _message(sender: str, letter: Letter) -> EmailMessage:
    message = EmailMessage()
    try:
        message["From"] = sender
        message["To"] = letter.address
        message["Subject"] = letter.subject
        message["Message-ID"] = f"<{letter.reference}@{parseaddr(sender)[1].partition('@')[2]}>"
    except ValueError as error:
        raise Refused(f"This cannot be written on an envelope: {error}") from error
    message["Date"] = format_datetime(letter.now)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    message["Content-Language"] = letter.language  # after the content, which clears what is said of it
    return message


def _fault(code: int, _answer: bytes | str) -> type[Postponed] | type[Refused]:
    return Refused if 500 <= code < 600 else Postponed


def _said(code: int, answer: bytes | str) -> str:
    words = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return f"{code} {words}"[:500]
