"""What is wrong in a drawing is told in Malayalam too, with how to mend it; names of layers and commands stay as CAD shows them."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from rules.plans.problems import Fault
from web.sentences import About, told_in_malayalam

PLANS = Path(__file__).parents[2] / "rules" / "plans"
BLANKS = {
    "An open 3 stands": "An open outline stands",
    "3 where the outline": "Only text stands where the outline",
    "nothing on it was read.3": "nothing on it was read. A closed outline of 3 m² lies there.",
    "3 It does not tell the front.": "The main entrance lies equally near to walls that face different ways. It does not tell the front.",
    "cannot be built3;": "cannot be built (it stands at no level);",
    "its outline is that 3.": "its outline is that of its spaces and walls.",
}
"""Blanks that hold words of ours, with words that they may hold."""


def _filled(part: ast.expr, named: dict[str, str]) -> str:
    if isinstance(part, ast.Constant):
        return str(part.value)
    if isinstance(part, ast.JoinedStr):
        return "".join(_filled(each, named) for each in part.values)
    if isinstance(part, ast.FormattedValue):
        return _filled(part.value, named)
    return named.get(part.id, "3") if isinstance(part, ast.Name) else "3"


def _named(tree: ast.Module) -> dict[str, str]:
    """Sentences that a module gives a name."""
    return {
        target.id: str(each.value.value)
        for each in tree.body
        if isinstance(each, ast.Assign) and isinstance(each.value, ast.Constant)
        for target in each.targets
        if isinstance(target, ast.Name) and isinstance(each.value.value, str)
    }


def said() -> Iterator[tuple[str, About, str]]:
    """Every message and remedy about a drawing or a model, each blank filled with a number."""
    for path in sorted(PLANS.glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        named = _named(tree)
        for call in ast.walk(tree):
            if (
                isinstance(call, ast.Call)
                and isinstance(call.func, ast.Attribute)
                and call.func.attr == "add"
            ):
                for about, words in zip(("reasons", "remedies"), call.args[1:3], strict=False):
                    if isinstance(words, ast.JoinedStr | ast.Constant) or (
                        isinstance(words, ast.Name) and words.id in named
                    ):
                        yield (
                            path.name,
                            "reasons" if about == "reasons" else "remedies",
                            _filled(words, named),
                        )


SAID = sorted(set(said()))


def test_there_are_messages_to_be_told() -> None:
    assert len(SAID) > 130
    assert {"entrances.py", "ifc_storeys.py", "ifc_reader.py"} <= {module for module, _, _ in SAID}


@pytest.mark.parametrize(("module", "about", "text"), SAID)
def test_a_fault_of_a_drawing_and_its_remedy_stand_in_malayalam(module: str, about: About, text: str) -> None:
    for blank, words in BLANKS.items():
        text = text.replace(blank, words)
    told = told_in_malayalam(text, about)
    assert [each.text for each in told if not each.is_malayalam] == []


@pytest.mark.parametrize("fault", sorted(Fault))
def test_the_kind_of_a_fault_stands_in_malayalam(fault: Fault) -> None:
    for subject in (f"1. {fault} on BLK_1_FLR_0_BLT_UP_AREA", f"12. {fault}"):
        assert all(each.is_malayalam for each in told_in_malayalam(subject, "subjects"))


@pytest.mark.parametrize("fault", sorted(Fault))
def test_a_fault_in_the_list_of_problems_stands_in_malayalam(fault: Fault) -> None:
    assert all(each.is_malayalam for each in told_in_malayalam(str(fault), "subjects"))


@pytest.mark.parametrize(
    "fault",
    [
        "The main entrance belongs to building 2, of which no ground floor is drawn.",
        "The main entrance lies 0.750 m from the nearest wall of the ground floor of building 1 (more than 0.5 m).",
        "The main entrance lies equally near to walls that face different ways.",
    ],
)
def test_where_an_entrance_lies_stands_in_malayalam(fault: str) -> None:
    told = told_in_malayalam(f"{fault} It does not tell the front.", "reasons")
    assert [each.text for each in told if not each.is_malayalam] == []
