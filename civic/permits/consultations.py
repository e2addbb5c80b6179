"""Which authorities must be asked of a checked plan, all at once: read from the findings of the rules that hang on another's consent.

In: a check document (`bhumika-check-1`).  Out: frozen consultations, in the order of the list kept in `consultations.yaml`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml
from pydantic import Field, ValidationError

from gis.errors import Invalid
from layers.extract.model import Words
from rules.catalogue import Status
from rules.checks.fire_consent import DECLARE
from rules.coverage import catalogue
from rules.sheets import Key
from rules.words import Malayalam, Sheet, Text, strings

ASKING_CHAPTERS = frozenset({"noc", "approval"})
"""Chapters of the catalogue whose rules ask another authority."""
CLEAR, TOUCHED = "not_affected", "affected"
GRAVITY = (CLEAR, "near", "no_data", TOUCHED)


class _Named(Sheet):
    en: Text
    ml: Malayalam


class _Authority(Sheet):
    rule: Key
    subject: Text = ""
    authority: _Named
    themes: tuple[Key, ...] = ()


class _List(Sheet):
    consultations: tuple[_Authority, ...] = Field(min_length=1)


@dataclass(frozen=True, kw_only=True)
class Authority:
    """Whom a rule asks; `themes` are those of the plot on which it hangs, none where it hangs on the building."""

    rule: str
    subject: str
    authority: Words
    themes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Consultation:
    """One authority to be asked: by which rule, why, and what its theme says of the plot.

    `status` is the gravest of its themes (None: it hangs on the building alone, or the theme was never asked); `is_certain` is False
    where nothing on plot or building is known to call for it (only the book is silent, a declaration takes its place, or the building is not drawn
    so far): then an officer chooses.
    """

    rule: str
    subject: str
    clause: str | None
    authority: Words
    why: str
    status: str | None
    is_certain: bool


@lru_cache(maxsize=1)
def authorities() -> tuple[Authority, ...]:
    """Whom each rule of consent asks, as listed."""
    text = files("civic.permits").joinpath("consultations.yaml").read_text(encoding="utf-8")
    return read_authorities(text)


def read_authorities(text: str) -> tuple[Authority, ...]:
    """The list; `Invalid` where it cannot be read, or names a rule that asks nobody."""
    try:
        sheet = _List.model_validate(strings(text))
    except (yaml.YAMLError, ValidationError) as error:
        raise Invalid(f"consultations.yaml cannot be used: {error}. Correct the file.") from error
    astray = sorted({each.rule for each in sheet.consultations} - consent_rules())
    if astray:
        raise Invalid(
            f"consultations.yaml cannot be used: {', '.join(astray)} asks no authority. Correct the file."
        )
    return tuple(
        Authority(
            rule=each.rule,
            subject=each.subject,
            authority=Words(en=each.authority.en, ml=each.authority.ml),
            themes=each.themes,
        )
        for each in sheet.consultations
    )


@lru_cache(maxsize=1)
def consent_rules() -> frozenset[str]:
    """Rules of the catalogue that judge whether another authority must consent; they never stand declared."""
    return frozenset(
        each.id
        for each in catalogue()
        if each.chapter in ASKING_CHAPTERS and each.status is Status.CHECKED and each.function is None
    )


def themes_of(rule: str) -> tuple[str, ...]:
    """Every theme on which a rule of consent hangs, in the order of the list."""
    return tuple(dict.fromkeys(theme for each in authorities() if each.rule == rule for theme in each.themes))


def themes_in(found: Mapping[str, Any]) -> dict[str, str]:
    """What each theme of the plot says, by its layer; empty where the document does not tell."""
    return {each["layer"]: each["status"] for each in found["site"].get("themes", ())}


def consultations_of(found: Mapping[str, Any]) -> tuple[Consultation, ...]:
    """Whom to ask of this plan; nobody for a finding that passes or does not apply."""
    themes = themes_in(found)
    asked = []
    for each in authorities():
        for finding in found["findings"]:
            is_its = finding["rule"] == each.rule and each.subject in ("", finding["subject"])
            if is_its and finding["outcome"] in ("unknown", "fail"):
                asked.append(_consultation(each, finding, themes))
    return tuple(asked) + tuple(_whole_rules(found, themes))


def _consultation(who: Authority, finding: Mapping[str, Any], themes: Mapping[str, str]) -> Consultation:
    said = [themes[layer] for layer in who.themes if layer in themes]
    is_told = bool(who.themes) and len(said) == len(who.themes)
    is_clear = is_told and set(said) == {CLEAR}
    return Consultation(
        rule=who.rule,
        subject=finding["subject"],
        clause=finding["clause"],
        authority=who.authority,
        why=finding["reason"] or "",
        status=max(said, key=GRAVITY.index) if is_told else None,
        is_certain=not is_clear and finding["remedy"] != DECLARE,
    )


def _whole_rules(found: Mapping[str, Any], themes: Mapping[str, str]) -> list[Consultation]:
    """Open findings of a rule of consent that answered for none of its parts: the first authority of the rule is asked."""
    parts = {(each.rule, each.subject) for each in authorities()}
    first = {each.rule: each for each in reversed(authorities())}
    return [
        replace(_consultation(first[finding["rule"]], finding, themes), is_certain=False)
        for finding in found["findings"]
        if finding["rule"] in first
        and finding["outcome"] in ("unknown", "fail")
        and not {(finding["rule"], ""), (finding["rule"], finding["subject"])} & parts
    ]
