"""The program's own English sentences in Malayalam: remedies, reasons, steps, what a finding is about, lines of a bill, notes in a history.

In: a text as a rule or the town hall wrote it.  Out: its sentences, each in Malayalam where it is one of ours, else in English and said so.
The tables lie in `languages/sentences/`; a blank in braces takes over whatever stands there, a word of ours and the title of a layer or
of a parameter of the book in Malayalam.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Literal

import yaml

from layers.catalogue import load, names
from rules.history import list_parameters
from rules.reading import library

About = Literal["remedies", "reasons", "subjects", "fees", "held", "notes", "law", "envelopes", "steps"]
SUBJECTS: About = "subjects"
_BLANK = re.compile(r"\\\{(\w+)\\\}")
_TAKES = r"(?P<\1>(?:(?![.;] [A-Z“]).)+?)"
_TAKES_A_PART = r"(?P<\1>[^,]+?)"
"""What a blank takes: never more than its own sentence, in a subject never more than its own part."""
_END = re.compile(r"(?<=[.…]) (?=[^a-z\d])")
"""Where one sentence may end and another begin."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """A part of a text, and whether it stands in Malayalam."""

    text: str
    is_malayalam: bool


@dataclass(frozen=True, kw_only=True)
class _Pattern:
    """A sentence with blanks, in both languages."""

    english: re.Pattern[str]
    malayalam: str


@lru_cache
def table(about: About) -> Mapping[str, str]:
    """The sentences of one kind, English to Malayalam."""
    path = files("web").joinpath("languages", "sentences", f"{about}.yaml")
    return dict(yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader))


@lru_cache
def _patterns(about: About) -> tuple[_Pattern, ...]:
    """Sentences with blanks, those that say most of their own first."""
    blanked = [each for each in table(about) if "{" in each]
    takes = _TAKES_A_PART if about == SUBJECTS else _TAKES
    own = {each: len(re.sub(r"\{\w+\}", "", each)) for each in blanked}
    return tuple(
        _Pattern(
            english=re.compile(_BLANK.sub(takes, re.escape(each)), re.DOTALL),
            malayalam=table(about)[each],
        )
        for each in sorted(blanked, key=lambda each: -own[each])
    )


@lru_cache(maxsize=4096)
def told_in_malayalam(text: str, about: About) -> tuple[Told, ...]:
    """A text sentence by sentence; a subject part by part.  A blank that keeps a number beside its unit is as good as another."""
    text = text.replace("\u00a0", " ")
    if about == SUBJECTS:
        return _subject(text)
    parts: list[Told] = []
    rest = text
    while rest:
        said, malayalam, rest = _first(rest, about)
        told = Told(text=malayalam or said, is_malayalam=malayalam is not None)
        if parts and parts[-1].is_malayalam == told.is_malayalam:
            told = Told(text=f"{parts.pop().text} {told.text}", is_malayalam=told.is_malayalam)
        parts.append(told)
    return tuple(parts)


def told_on_paper(text: str, about: About, language: str) -> str:
    """A text for print: its sentences of ours in Malayalam where that is the language, any other as it was written."""
    if language != "ml" or not text:
        return text
    return (", " if about == SUBJECTS else " ").join(each.text for each in told_in_malayalam(text, about))


def _first(text: str, about: About) -> tuple[str, str | None, str]:
    """The longest beginning of a text that is ours, with its Malayalam, or its first sentence; and what is left."""
    cuts = [(text, ""), *reversed([*_cuts(text)])]
    for said, rest in cuts:
        if (malayalam := _one(said, about)) is not None:
            return said, malayalam, rest
    said, rest = cuts[-1]
    return said, None, rest


def _cuts(text: str) -> Iterator[tuple[str, str]]:
    for end in _END.finditer(text):
        yield text[: end.start()], text[end.end() :]


@lru_cache(maxsize=1)
def _titles() -> Mapping[str, str]:
    """The titles of layers and of the book's parameters, English to Malayalam."""
    layers = [layer.title for name in names() for layer in load(name).layers]
    parameters = list_parameters(library())
    return {each.title: each.title_ml for each in parameters if each.title_ml} | {
        each.en: each.ml for each in layers
    }


def _title(text: str) -> str | None:
    """A title in Malayalam; what stands behind it in brackets is its source's own (“Zone of the Master Plan (Market)”)."""
    name, bracket, own = text.partition(" (")
    if text in _titles():
        return _titles()[text]
    return f"{_titles()[name]}{bracket}{own}" if name in _titles() and own.endswith(")") else None


def _one(text: str, about: About) -> str | None:
    if text in table(about):
        return table(about)[text]
    if about == SUBJECTS and (title := _title(text)) is not None:
        return title
    for each in _patterns(about):
        if found := each.english.fullmatch(text):
            return each.malayalam.format(**{name: _taken(value) for name, value in found.groupdict().items()})
    return None


def _taken(value: str) -> str:
    """What stands in a blank: words of ours in Malayalam, anything else as it is."""
    return ", ".join(each.text for each in _subject(value))


def _subject(text: str) -> tuple[Told, ...]:
    """A subject part by part: a word of ours may have a comma of its own, so the longest that is known is taken."""
    parts, told = text.split(", "), []
    while parts:
        ends = next((n for n in range(len(parts), 0, -1) if _known(parts[:n])), None)
        said = ", ".join(parts[: ends or 1])
        told.append(Told(text=_one(said, SUBJECTS) or said, is_malayalam=ends is not None))
        parts = parts[ends or 1 :]
    return tuple(told)


def _known(parts: list[str]) -> bool:
    return _one(", ".join(parts), SUBJECTS) is not None
