"""The words of the print, in both languages.

In: `words.yaml`, read as strings.  Out: `Wording`, which says a sentence in its language.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Literal, cast

import yaml

from layers.extract.model import Words

Language = Literal["en", "ml"]


UNBROKEN = "\u00a0"
"""The blank at which no line breaks, a tilde in the file."""


@dataclass(frozen=True, kw_only=True)
class Wording:
    """The sentences of one language, with places for values."""

    language: Language
    sentences: Mapping[str, str]

    def say(self, key: str, **values: object) -> str:
        """The sentence of a key with its places filled; a key that is not in the file is a bug."""
        return self.sentences[key].format(**values)

    def said_or(self, key: str, otherwise: str) -> str:
        """The word of a key made from a value of the record, or that value itself."""
        return self.sentences.get(key, otherwise)

    def of(self, words: Words) -> str:
        """A text of the extract in this language."""
        return words.en if self.language == "en" else words.ml

    def label(self, en: str | None, ml: str | None) -> str | None:
        """A name in this language, or in the other where only that is recorded."""
        return (en or ml) if self.language == "en" else (ml or en)

    def join(self, parts: list[str]) -> str:
        """Parts of one answer in a row."""
        return self.sentences["list_join"].join(parts)


@lru_cache(maxsize=1)
def all_words() -> Mapping[str, Mapping[str, str]]:
    """The file as written: language, key, sentence."""
    text = files("web.print").joinpath("words.yaml").read_text(encoding="utf-8")
    return cast(Mapping[str, Mapping[str, str]], yaml.load(text, Loader=yaml.BaseLoader))


def wording(language: Language) -> Wording:
    """The words of a language."""
    written = all_words()[language]
    return Wording(
        language=language, sentences={key: text.replace("~", UNBROKEN) for key, text in written.items()}
    )
