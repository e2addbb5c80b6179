"""Malayalam and English: which one a reader gets, and every word of the pages in both.

In: a request's choice, cookie and Accept-Language; `languages/{en,ml}.yaml`.  Out: `Wording`, which says a key in one language.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files

import yaml

from layers.extract.model import Words


class Language(StrEnum):
    """A language of the pages, by its BCP 47 tag."""

    ENGLISH = "en"
    MALAYALAM = "ml"

    @property
    def other(self) -> "Language":
        """The one to switch to."""
        return Language.MALAYALAM if self is Language.ENGLISH else Language.ENGLISH


def _flat(tree: object, path: str = "") -> dict[str, str]:
    if isinstance(tree, str):
        return {path: tree}
    if not isinstance(tree, dict):
        raise TypeError(f"“{path}” holds neither a text nor further keys.")
    words: dict[str, str] = {}
    for key, part in tree.items():
        words |= _flat(part, f"{path}.{key}" if path else str(key))
    return words


@lru_cache
def words_of(language: Language) -> Mapping[str, str]:
    """Every interface text of a language by its dotted key."""
    text = files("web").joinpath("languages", f"{language}.yaml").read_text(encoding="utf-8")
    return _flat(yaml.load(text, Loader=yaml.BaseLoader))


@dataclass(frozen=True, kw_only=True)
class Wording:
    """The words of one language; an unknown key is an error, so that no page shows a gap."""

    language: Language

    def __call__(self, key: str, **values: object) -> str:
        """The text of a key with its blanks filled."""
        return words_of(self.language)[key].format(**values)

    def part(self, prefix: str) -> dict[str, str]:
        """All texts below a key, for the modules that run in the browser."""
        dotted = f"{prefix}."
        words = words_of(self.language)
        return {key.removeprefix(dotted): text for key, text in words.items() if key.startswith(dotted)}

    def knows(self, key: str) -> bool:
        """Whether the pages have a text of their own for this key."""
        return key in words_of(self.language)

    def of(self, words: Words) -> str:
        """The text of a catalogue in this language."""
        return words.ml if self.language is Language.MALAYALAM else words.en

    def day(self, on: date) -> str:
        """A date as it is written in this language."""
        return self("date.day", day=on.day, month=self(f"date.month.{on.month}"), year=on.year)

    def instant(self, known: datetime) -> str:
        """An instant to the minute, in UTC, which is said."""
        utc = known.astimezone(UTC)
        return self("date.instant", day=self.day(utc.date()), time=f"{utc:%H:%M}")


_RANGE = re.compile(r"\s*([a-zA-Z]{2,3})(?:-[\w-]+)?\s*(?:;\s*q=([01](?:\.\d{0,3})?))?\s*")


def _accepted(header: str) -> Language | None:
    best: tuple[float, Language] | None = None
    for item in header.split(","):
        match = _RANGE.fullmatch(item)
        if match is None or match[1].lower() not in set(Language):
            continue
        weight = float(match[2] or 1)
        if weight > 0 and (best is None or weight > best[0]):
            best = (weight, Language(match[1].lower()))
    return best[1] if best else None


def language_for(*, asked: str | None, kept: str | None, accepted: str, code: str | None) -> Language:
    """The reader's choice, else the one kept in a cookie, else the browser's, else the place's own (Malayalam in Kerala)."""
    for choice in (asked, kept):
        if choice in set(Language):
            return Language(choice)
    own = Language.MALAYALAM if code is None or code.startswith("kl") else Language.ENGLISH
    return _accepted(accepted) or own
