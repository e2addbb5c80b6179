"""What is written in a file of the book: names, titles and links, well written or refused; YAML as strings.

In: YAML text.  Out: nested strings, and pydantic types for the words in them.
"""

import re
import unicodedata
from datetime import date
from typing import Annotated

import yaml
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints

_MALAYALAM = re.compile("[\u0d05-\u0d39\u0d7a-\u0d7f]")
_JOINERS = re.compile("[\u200b-\u200d\u2060\ufeff]")


def _written_well(text: str) -> str:
    if not text or text != text.strip():
        raise ValueError("must not be empty nor begin or end with a blank")
    if unicodedata.normalize("NFC", text) != text or _JOINERS.search(text):
        raise ValueError("must be in Unicode form NFC, without joiners or other invisible letters")
    return text


def _in_malayalam(text: str) -> str:
    if not _MALAYALAM.search(text):
        raise ValueError("must be written in Malayalam letters")
    return text


def _iso_day(text: object) -> object:
    if not isinstance(text, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        raise ValueError("a day is written 2025-10-29")
    return text


Day = Annotated[date, BeforeValidator(_iso_day)]
Text = Annotated[str, AfterValidator(_written_well)]
Malayalam = Annotated[str, AfterValidator(_written_well), AfterValidator(_in_malayalam)]
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]+([_-][A-Za-z0-9]+)*$")]
Link = Annotated[str, StringConstraints(pattern=r"^https://\S+$")]


class Sheet(BaseModel):
    """Anything written in a file of the book: frozen, and no field that nobody knows."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Title(Sheet):
    """A title in English and, where it was done well, in Malayalam."""

    en: Text
    ml: Malayalam | None = None


class Strings(yaml.BaseLoader):
    """YAML as strings: plain YAML turns 26.10 into 26.1, `on` into True and `NO` into False; no key twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[object, object]:
        """A mapping whose keys all differ."""
        keys = [str(key.value) for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.constructor.ConstructorError(
                    None, None, f"“{key}” is written twice", node.start_mark
                )
        return dict(super().construct_mapping(node, deep=deep))


def strings(text: str) -> object:
    """Nested mappings, lists and strings; `yaml.YAMLError` if the text is no YAML."""
    content: object = yaml.load(text, Loader=Strings)
    return content
