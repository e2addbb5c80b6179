"""Which rules there are, what would check each, and how far that is done.

In: `parameters/catalogue.yaml`.  Out: frozen entries, every parameter they name being one of the book.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

import yaml
from pydantic import Field, ValidationError, model_validator

from gis.errors import Invalid
from rules.book import Library
from rules.sheets import Key
from rules.words import Sheet, Text, strings


class By(StrEnum):
    """What can tell whether a rule is kept."""

    DRAWING = "drawing"
    LAYERS = "layers"
    SITE = "site"
    REGISTER = "register"
    HUMAN = "human"


class Status(StrEnum):
    """How far a rule is checked."""

    CHECKED = "checked"
    NEEDS_A_HUMAN = "needs a human"
    NOT_YET = "not yet"


class RuleSheet(Sheet):
    """A rule as written."""

    id: Key
    chapter: Key
    title: Text
    title_ml: Text | None = None
    clause: Text
    by: tuple[By, ...] = Field(min_length=1)
    status: Status
    why: Text | None = None
    function: Text | None = None
    parameters: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _says_why(self) -> Self:
        if (self.status is Status.NEEDS_A_HUMAN) is not (self.why is not None):
            raise ValueError("a rule that needs a human, and no other, says why")
        if self.status is Status.NEEDS_A_HUMAN and By.HUMAN not in self.by:
            raise ValueError("a rule that needs a human is checked by a human")
        if self.function is not None and self.status is not Status.CHECKED:
            raise ValueError("only a rule that is checked names the function that answers")
        return self


class CatalogueSheet(Sheet):
    """The file as written."""

    rules: tuple[RuleSheet, ...] = Field(min_length=1)


@dataclass(frozen=True, kw_only=True)
class CataloguedRule:
    """One rule: clause, what can tell, how far it is checked, and the parameters it needs.

    `function` (module:name) answers where the rule is no matter of pass or fail; a check of the register has the rule's own id.
    """

    id: str
    chapter: str
    title: str
    title_ml: str | None
    clause: str
    by: tuple[By, ...]
    status: Status
    why: str | None
    function: str | None
    parameters: tuple[str, ...]


def read_catalogue(text: str, library: Library) -> tuple[CataloguedRule, ...]:
    """The rules in the order of the file; `Invalid` names entry and field of everything wrong."""
    try:
        sheet = CatalogueSheet.model_validate(strings(text))
    except yaml.YAMLError as error:
        raise Invalid(f"catalogue.yaml is not readable YAML: {error}. Correct the file.") from error
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise Invalid(f"catalogue.yaml cannot be used: {faults}. Correct the file.") from error
    faults = "; ".join(_faults(sheet.rules, library))
    if faults:
        raise Invalid(f"catalogue.yaml cannot be used: {faults}. Correct the file.")
    return tuple(
        CataloguedRule(
            id=rule.id,
            chapter=rule.chapter,
            title=rule.title,
            title_ml=rule.title_ml,
            clause=rule.clause,
            by=rule.by,
            status=rule.status,
            why=rule.why,
            function=rule.function,
            parameters=rule.parameters,
        )
        for rule in sheet.rules
    )


def _faults(rules: tuple[RuleSheet, ...], library: Library) -> list[str]:
    faults: list[str] = []
    ids = [rule.id for rule in rules]
    faults += [
        f"entry “{each}”, field “id”: stands twice" for each in sorted({i for i in ids if ids.count(i) > 1})
    ]
    for rule in rules:
        faults += [
            f"entry “{rule.id}”, field “parameters”: the book has no “{key}”"
            for key in rule.parameters
            if key not in library.cards
        ]
    return faults
