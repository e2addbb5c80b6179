"""CQL2 text taken apart into words, numbers, texts and signs (OGC 21-065r2, annex B).

In: a filter as text.  Out: its tokens, the last of which says that it ends; `Invalid` names the letter that means nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from layers.collections.cql2 import wrong

_TOKEN = re.compile(
    r"\s*(?:(?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?)"
    r"|(?P<text>'(?:[^']|'')*')"
    r'|(?P<quoted>"(?:[^"]|"")*")'
    r"|(?P<word>[^\W\d][\w:.\u0900-\u0dff]*)"  # with the vowel signs of India's scripts
    r"|(?P<sign><>|<=|>=|[=<>(),]))",
)


@dataclass(frozen=True, kw_only=True)
class Token:
    """A piece of a filter: its kind (number, text, quoted, word, sign, end), as it is written, and at which letter."""

    kind: str
    text: str
    at: int

    @property
    def word(self) -> str:
        """The word in capitals, or nothing where it is none."""
        return self.text.upper() if self.kind == "word" else ""

    @property
    def name(self) -> str:
        """The property that a quoted word names."""
        return self.text[1:-1].replace('""', '"')

    @property
    def said(self) -> str:
        """What a text in single quotes says."""
        return self.text[1:-1].replace("''", "'")


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a text, and its end."""
    at = 0
    stripped = text.rstrip()
    while at < len(stripped):
        match = _TOKEN.match(stripped, at)
        if match is None:
            rest = stripped[at:].lstrip()
            raise wrong(f"at letter {len(stripped) - len(rest) + 1}, “{rest[:10]}” means nothing here")
        kind = match.lastgroup or ""
        yield Token(kind=kind, text=match[kind], at=match.start(kind))
        at = match.end()
    yield Token(kind="end", text="", at=len(stripped))
