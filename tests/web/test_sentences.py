"""The program's own sentences stand in Malayalam too: every remedy of the rules, the parts of a subject, and nobody's own words."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest

from web.sentences import About, table, told_in_malayalam

RULES = Path(__file__).parents[2] / "rules"
KINDS: tuple[About, ...] = get_args(About)
MALAYALAM = re.compile("[\u0d00-\u0d7f]")
REMEDIES = {"remedy", "mend"}
"""What a remedy is called where a rule hands it on."""


def ours(text: str, about: About) -> str | None:
    """A text in Malayalam, if all of it is ours."""
    told = told_in_malayalam(text, about)
    return " ".join(each.text for each in told) if all(each.is_malayalam for each in told) else None


@cache
def modules() -> dict[Path, ast.Module]:
    paths = [path for path in RULES.rglob("*.py") if "plans" not in path.parts]
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in paths}


def constants(tree: ast.Module) -> dict[str, ast.expr]:
    """The names that a module gives to its own sentences."""
    return {
        target.id: each.value
        for each in tree.body
        if isinstance(each, ast.Assign)
        for target in each.targets
        if isinstance(target, ast.Name)
    }


def written(value: ast.expr, named: dict[str, ast.expr]) -> str | None:
    """A sentence as it may be told, every blank filled with a number; None for what is put together elsewhere."""
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return value.value
    if isinstance(value, ast.Lambda):
        return written(value.body, named)
    if isinstance(value, ast.Name) and value.id in named:
        return written(named[value.id], named)
    if isinstance(value, ast.JoinedStr):
        return "".join(_filled(part, named) for part in value.values)
    return None


def _filled(part: ast.expr, named: dict[str, ast.expr]) -> str:
    if isinstance(part, ast.FormattedValue):
        if isinstance(part.value, ast.Call) or (
            isinstance(part.value, ast.Name) and part.value.id in REMEDIES
        ):
            return ""  # a sentence of its own
        told = written(part.value, named) if isinstance(part.value, ast.Name) else None
        return told or "3"
    return str(part.value) if isinstance(part, ast.Constant) else ""


def remedies() -> Iterator[str]:
    """Every remedy that stands in the source of a rule."""
    for tree in modules().values():
        named = constants(tree)
        given = [each for node in ast.walk(tree) if isinstance(node, ast.Call) for each in node.keywords]
        for value in (each.value for each in given if each.arg in REMEDIES):
            if (told := written(value, named)) and told.strip():
                yield told.strip()


def test_every_remedy_of_the_rules_is_told_in_malayalam() -> None:
    told = set(remedies())
    assert len(told) > 150
    assert sorted(each for each in told if ours(each, "remedies") is None) == []


@pytest.mark.parametrize("about", KINDS)
def test_both_languages_fill_the_same_blanks(about: About) -> None:
    for english, malayalam in table(about).items():
        blanks = [
            {name for _, name, _, _ in Formatter().parse(each) if name} for each in (english, malayalam)
        ]
        assert blanks[1] <= blanks[0], english
        assert MALAYALAM.search(malayalam), english


def test_a_subject_is_told_part_by_part_and_a_name_stays_a_name() -> None:
    told = told_in_malayalam("building 2, Manalthitta Lane 2", "subjects")
    assert [(each.text, each.is_malayalam) for each in told] == [
        ("കെട്ടിടം 2", True),
        ("Manalthitta Lane 2", False),
    ]


def test_a_blank_takes_no_more_than_its_own_sentence() -> None:
    told = told_in_malayalam("Ask the village office. Look at the neighbour's well.", "remedies")
    assert [each.is_malayalam for each in told] == [True, False]
    assert told[1].text == "Look at the neighbour's well."


def test_a_sentence_that_is_not_ours_stands_as_it_was_written() -> None:
    (told,) = told_in_malayalam("Build it 3.5 m away, said my uncle.", "reasons")
    assert (told.text, told.is_malayalam) == ("Build it 3.5 m away, said my uncle.", False)


def test_several_sentences_of_ours_follow_each_other() -> None:
    assert ours("Have a person confirm it. Make it wider. Tell its length.", "remedies") is not None
    assert ours("", "remedies") == ""
