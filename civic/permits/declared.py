"""What a licensee may declare of a building of low risk: a list kept as data, checked against the catalogue of rules when it is read.

In: `declared.yaml`.  Out: frozen entries in the order of the file, or `Invalid` naming every fault.  The consent of another authority is
never declared; beside clear themes alone may be signed what no number of the book and no layer can tell.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import yaml
from pydantic import Field, ValidationError

from civic.permits.consultations import ASKING_CHAPTERS, authorities, themes_of
from gis.errors import Invalid
from layers.extract.model import Words
from rules.catalogue import CataloguedRule
from rules.coverage import catalogue
from rules.sheets import Key
from rules.words import Malayalam, Sheet, Text, strings


class _Sentence(Sheet):
    en: Text
    ml: Malayalam


class _Entry(Sheet):
    rule: Key
    clause: Text
    words: _Sentence
    why: Text
    subjects: tuple[Text, ...] = ()
    uses: tuple[Text, ...] = ()
    beside: tuple[Key, ...] = ()
    themes: tuple[Key, ...] = ()


class _List(Sheet):
    rules: tuple[_Entry, ...] = Field(min_length=1)
    silent_book: tuple[_Entry, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Declarable:
    """A rule that may stand on the licensee's word, with the sentence that is signed.

    `subjects` limits it to parts of the rule's answer, `uses` to buildings of these occupancies alone, `beside` to plans on which those
    rules pass, `themes` to plots on which those themes are clear; an empty one limits nothing.
    """

    rule: str
    clause: str
    words: Words
    why: str
    subjects: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """By what a signature names it: its rule, which stands once."""
        return self.rule


@lru_cache(maxsize=1)
def declarables() -> tuple[Declarable, ...]:
    """The list as it is in force."""
    text = files("civic.permits").joinpath("declared.yaml").read_text(encoding="utf-8")
    return read_declared(text, catalogue())


def read_declared(text: str, rules: Sequence[CataloguedRule]) -> tuple[Declarable, ...]:
    """The entries in the order of the file; `Invalid` names the rule of everything wrong."""
    try:
        sheet = _List.model_validate(strings(text))
    except yaml.YAMLError as error:
        raise Invalid(f"declared.yaml is not readable YAML: {error}. Correct the file.") from error
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise Invalid(f"declared.yaml cannot be used: {faults}. Correct the file.") from error
    found = "; ".join(_faults(sheet, {each.id: each for each in rules}))
    if found:
        raise Invalid(f"declared.yaml cannot be used: {found}. Correct the file.")
    return tuple(_declarable(each) for each in (*sheet.rules, *sheet.silent_book))


def _declarable(entry: _Entry) -> Declarable:
    return Declarable(
        rule=entry.rule,
        clause=entry.clause,
        words=Words(en=entry.words.en, ml=entry.words.ml),
        why=entry.why,
        subjects=entry.subjects,
        uses=entry.uses,
        beside=entry.beside,
        themes=entry.themes,
    )


def _faults(sheet: _List, rules: dict[str, CataloguedRule]) -> Iterator[str]:
    names = [each.rule for each in (*sheet.rules, *sheet.silent_book)]
    yield from (f"{name}: stands twice" for name in sorted({each for each in names if names.count(each) > 1}))
    for entry in (*sheet.rules, *sheet.silent_book):
        rule = rules.get(entry.rule)
        if rule is None:
            yield f"{entry.rule}: is no rule of the catalogue"
        elif rule.clause != entry.clause:
            yield f"{entry.rule}: stands in {rule.clause}, not in {entry.clause}"
        yield from (
            f"{entry.rule}: “{other}” is no rule of the catalogue"
            for other in entry.beside
            if other not in rules
        )
    yield from _consent_faults(sheet, rules)


def _consent_faults(sheet: _List, rules: dict[str, CataloguedRule]) -> Iterator[str]:
    """Whether a consent is declared, or a silence of the book signed beside too few themes."""
    consents = {each.id for each in rules.values() if each.chapter in ASKING_CHAPTERS}
    hanging = {each.rule: themes_of(each.rule) for each in authorities()}
    for entry in sheet.rules:
        if entry.rule in consents:
            yield f"{entry.rule}: the consent of another authority is never declared"
    for entry in sheet.silent_book:
        if entry.rule in rules and entry.rule not in consents:
            yield f"{entry.rule}: asks no other authority, so it stands under rules"
        if not entry.themes:
            yield f"{entry.rule}: names no theme that must be clear"
        missing = sorted(set(hanging.get(entry.rule, ())) - set(entry.themes))
        yield from (f"{entry.rule}: hangs on the theme “{each}”, which it does not name" for each in missing)
