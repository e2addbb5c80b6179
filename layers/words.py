"""What people read, in English and Malayalam: well written, or refused.

In: strings.  Out: `Words`, in Unicode form NFC, without joiners, each in its own letters; chillus are single letters.
"""

import re
import unicodedata
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict

Language = Literal["en", "ml"]

_MALAYALAM = re.compile("[\u0d05-\u0d39\u0d7a-\u0d7f]")
_JOINERS = re.compile("[\u200b-\u200d\u2060\ufeff]")


def _written_well(text: str) -> str:
    if not text or text != text.strip():
        raise ValueError("must not be empty nor begin or end with a blank")
    if unicodedata.normalize("NFC", text) != text:
        raise ValueError("must be in Unicode form NFC")
    if _JOINERS.search(text):
        raise ValueError("must not hold joiners or other invisible letters; write chillus as one letter")
    return text


def _in_malayalam(text: str) -> str:
    if not _MALAYALAM.search(text):
        raise ValueError("must be written in Malayalam letters")
    return text


def _in_english(text: str) -> str:
    if _MALAYALAM.search(text) or not re.search("[A-Za-z]", text):
        raise ValueError("must be written in English")
    return text


Text = Annotated[str, AfterValidator(_written_well)]
English = Annotated[str, AfterValidator(_written_well), AfterValidator(_in_english)]
Malayalam = Annotated[str, AfterValidator(_written_well), AfterValidator(_in_malayalam)]


class Entry(BaseModel):
    """Anything written in a file of ours: frozen, and no field that nobody knows."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Words(Entry):
    """The same sentence in English and Malayalam."""

    en: English
    ml: Malayalam

    def said(self, language: Language) -> str:
        """The sentence in one language."""
        return self.en if language == "en" else self.ml
