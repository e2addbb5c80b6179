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
REASONS = {
    "reason",
    "missing",
    "why",
    "silent",
    "doubt",
    "instead",
    "note",
    "unknown",
    "because",
    "says",
    "wrong",
}
JUDGING = frozenset({"not_applicable", "unknown", "passes", "fails", "holds", "fail", "advisory", "settled"})
"""Functions that take the reason by its place."""
PARTS = re.compile(
    r"[a-z]|3:? [(3]|3 (All|So|Whether|Yards|leaves out \.|is for residential buildings, not for \.)"
)
"""How begins what is no sentence by itself: words that a sentence takes over, or one before which another stands."""


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


def handed_on(called: set[str], to: frozenset[str] = frozenset()) -> Iterator[str]:
    """Every sentence that the source of a rule hands on under one of some names, or to one of some functions."""
    for tree in modules().values():
        named = constants(tree)
        for node in (each for each in ast.walk(tree) if isinstance(each, ast.Call)):
            values = [each.value for each in node.keywords if each.arg in called]
            is_to = getattr(node.func, "id", getattr(node.func, "attr", "")) in to
            for value in (*values, *(node.args if is_to else ())):
                if (told := written(value, named)) and told.strip():
                    yield told.strip()


def test_every_remedy_of_the_rules_is_told_in_malayalam() -> None:
    told = set(handed_on(REMEDIES))
    assert len(told) > 150
    assert sorted(each for each in told if ours(each, "remedies") is None) == []


def test_every_reason_of_the_rules_is_told_in_malayalam() -> None:
    told = {each for each in handed_on(REASONS, JUDGING) if " " in each and not PARTS.match(each)}
    assert len(told) > 150
    assert sorted(each for each in told if ours(each, "reasons") is None) == []


def test_how_it_was_found_is_told_in_malayalam() -> None:
    for step in ("level 0: 10.786 m of 3.0 m, pass", "2.0 m by S.R.O. 1240/2025, 23 Table 3", "the drawing"):
        assert ours(step, "steps") is not None, step
    assert ours("The owner drew this by hand", "steps") is None


def test_the_title_of_a_layer_is_told_in_malayalam_even_with_a_comma_of_its_own() -> None:
    told = ours(
        "No consent of the railway is needed: the plot is not affected by Tidal river, canal or backwater, Railway.",
        "reasons",
    )
    assert told is not None
    assert "canal" not in told


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


def test_a_blank_ends_before_a_sentence_that_begins_with_a_quotation_mark() -> None:
    told = ours("“crz_zone” was never asked of this plot. “crz_ia” was never asked of this plot.", "reasons")
    assert told is not None
    assert "asked" not in told
    assert ("crz_zone" in told, "crz_ia" in told) == (True, True)


@pytest.mark.parametrize(
    ("english", "about"),
    [
        (
            "The plan does not lie on its parcel, so no street is known along it, and no main entrance is drawn.",
            "reasons",
        ),
        (
            "No layer of the drawing convention shows: landing of the ramp, shorter side (at least 1.2 m).",
            "reasons",
        ),
        ("The slope of the ramp is not written on its layer as 1IN….", "reasons"),
        ("F: 279.00 m² is not more than 700 m2, S.R.O. 1240/2025, 29 Table 10A.", "reasons"),
        ("room height: 2.800 m between the points of the dimension", "steps"),
        ("12 run per rise by S.R.O. 828/2019, 42", "steps"),
        ("covered area of building 1, its footprint: 74.82 m² inside the outline", "steps"),
    ],
)
def test_what_a_small_shop_is_told_has_no_run_of_english_words(english: str, about: About) -> None:
    told = ours(english, about)
    assert told is not None
    assert not re.search(r"(?:[A-Za-z]{2,} ){2}", told)


def test_a_sentence_that_is_not_ours_stands_as_it_was_written() -> None:
    (told,) = told_in_malayalam("Build it 3.5 m away, said my uncle.", "reasons")
    assert (told.text, told.is_malayalam) == ("Build it 3.5 m away, said my uncle.", False)


def test_several_sentences_of_ours_follow_each_other() -> None:
    assert ours("Have a person confirm it. Make it wider. Tell its length.", "remedies") is not None
    assert ours("", "remedies") == ""
