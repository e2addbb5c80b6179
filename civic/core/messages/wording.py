"""The words of messages: defaults in both languages, a local body's own where it keeps some, and blanks filled.

In: a template's name, a language, values for its blanks.  Out: `Worded`, ready to be sent.  A value is text and is put in
as it stands; what looks like a blank inside a value stays what it is.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files

import yaml
from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session

from civic.core.messages.tables import MessageTemplateRow
from gis.errors import Invalid, NotFound

BLANK = re.compile(r"\{([a-z_]+)\}")
LONGEST = {"subject": 200, "text": 4000, "sms": 600}
"""Characters of a wording."""
HEADER = re.compile(r"[A-Za-z0-9]{3,11}")
DLT_ID = re.compile(r"\d{15,25}")
WHATSAPP_NAME = re.compile(r"[a-z0-9_]{1,512}")


class _Form(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Language(_Form):
    subject: str
    text: str
    sms: str


class _Template(_Form):
    secret: bool = False
    en: _Language
    ml: _Language


@dataclass(frozen=True, kw_only=True)
class Wording:
    """A template in one language, and how the carriers know it."""

    name: str
    language: str
    subject: str
    text: str
    sms: str
    is_secret: bool
    sms_header: str | None = None
    sms_template: str | None = None
    whatsapp_template: str | None = None

    @property
    def blanks(self) -> frozenset[str]:
        """What can be filled in."""
        return frozenset(BLANK.findall(f"{self.subject} {self.text} {self.sms}"))


_OWN = ("subject", "text", "sms", "sms_header", "sms_template", "whatsapp_template")
OwnWording = Mapping[str, str | None]
"""What a local body puts in place of the default, by part."""
OWN_WORDINGS = (
    "(SELECT jsonb_object_agg(t.name, to_jsonb(t) - '{body,name,language}'::text[]) FROM message_template t"
    " WHERE t.body = p.body AND t.language = p.language)"
)
"""Every wording of a body's own in the language of a person `p`, by template; NULL where it keeps none: part of a statement."""


@dataclass(frozen=True, kw_only=True)
class Worded:
    """What is said: whole for e-mail, short for SMS; `blanks` are the values of the text in its order."""

    subject: str
    text: str
    sms: str
    blanks: tuple[str, ...]


@lru_cache
def _defaults() -> Mapping[str, _Template]:
    text = files(__package__).joinpath("templates.yaml").read_text(encoding="utf-8")
    return {name: _Template.model_validate(each) for name, each in yaml.load(text, yaml.BaseLoader).items()}


def names() -> tuple[str, ...]:
    """Every template."""
    return tuple(_defaults())


def secret_names() -> tuple[str, ...]:
    """The templates that carry what only their reader should see."""
    return tuple(name for name, template in _defaults().items() if template.secret)


def default_wording(name: str, language: str) -> Wording:
    """The wording that comes with the platform."""
    try:
        template = _defaults()[name]
    except KeyError:
        raise NotFound(f"There is no message “{name[:40]}”. Known: {', '.join(names())}.") from None
    words = template.ml if language == "ml" else template.en
    return Wording(
        name=name,
        language=language,
        subject=words.subject,
        text=words.text.strip(),
        sms=words.sms,
        is_secret=template.secret,
    )


def wording(session: Session, body: str, name: str, language: str) -> Wording:
    """A local body's own wording, or the default."""
    row = session.get(MessageTemplateRow, (body, name, language))
    own = {part: getattr(row, part) for part in _OWN} if row else None
    return worded_as(own, name, language)


def worded_as(own: OwnWording | None, name: str, language: str) -> Wording:
    """The default, or a local body's own wording in its place."""
    usual = default_wording(name, language)
    return replace(usual, **own) if own else usual  # type: ignore[arg-type]


def keep_wording(session: Session, body: str, own: Wording) -> None:
    """Keep a local body's own wording; `Invalid` where it has blanks that the message cannot fill."""
    strange = own.blanks - default_wording(own.name, own.language).blanks
    faults = [f"the blank {{{blank}}} is not known in this message" for blank in sorted(strange)]
    for part, longest in LONGEST.items():
        words = getattr(own, part).strip()
        if not words or len(words) > longest:
            faults.append(f"{part} needs 1 to {longest} characters")
    if bool(own.sms_header) != bool(own.sms_template):
        faults.append("for SMS both the header and the template's identifier are needed")
    for value, form in (
        (own.sms_header, HEADER),
        (own.sms_template, DLT_ID),
        (own.whatsapp_template, WHATSAPP_NAME),
    ):
        if value and not form.fullmatch(value):
            faults.append(f"“{value[:40]}” does not look like what the carrier gave")
    if faults:
        raise Invalid(f"This wording cannot be kept: {'; '.join(faults)}.", code="bad-wording")
    session.merge(
        MessageTemplateRow(
            body=body,
            name=own.name,
            language=own.language,
            subject=own.subject.strip(),
            text=own.text.strip(),
            sms=own.sms.strip(),
            sms_header=own.sms_header or None,
            sms_template=own.sms_template or None,
            whatsapp_template=own.whatsapp_template or None,
        )
    )
    session.flush()


def forget_wording(session: Session, body: str, name: str, language: str) -> None:
    """Go back to the default."""
    row = session.get(MessageTemplateRow, (body, name, language))
    if row is not None:
        session.delete(row)
        session.flush()


def filled(words: Wording, values: Mapping[str, str]) -> Worded:
    """A wording with its blanks filled; a blank without a value is a fault of the caller."""
    if missing := words.blanks - set(values):
        raise Invalid(f"The message {words.name} lacks: {', '.join(sorted(missing))}.")

    def fill(text: str) -> str:
        return BLANK.sub(lambda found: values[found[1]], text)

    return Worded(
        subject=" ".join(fill(words.subject).split())[:300],
        text=fill(words.text),
        sms=fill(words.sms),
        blanks=tuple(values[name] for name in BLANK.findall(words.text)),
    )
