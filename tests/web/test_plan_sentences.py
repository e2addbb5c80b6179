"""What is wrong in a drawing is told in Malayalam too, with how to mend it; names of layers and commands stay as CAD shows them."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from rules.plans.problems import Fault
from web.sentences import About, told_in_malayalam

PLANS = Path(__file__).parents[2] / "rules" / "plans"
ELSEWHERE = {"entrances.py"}
"""Modules whose messages are put together elsewhere."""


def _filled(part: ast.expr) -> str:
    if isinstance(part, ast.Constant):
        return str(part.value)
    if isinstance(part, ast.JoinedStr):
        return "".join(_filled(each) for each in part.values)
    return "3"


def said() -> Iterator[tuple[str, About, str]]:
    """Every message and remedy about a drawing, each blank filled with a number."""
    for path in sorted(PLANS.glob("*.py")):
        if path.name.startswith("ifc") or path.name in ELSEWHERE:
            continue
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(call, ast.Call)
                and isinstance(call.func, ast.Attribute)
                and call.func.attr == "add"
            ):
                for about, words in zip(("reasons", "remedies"), call.args[1:3], strict=False):
                    if isinstance(words, ast.JoinedStr | ast.Constant):
                        yield path.name, "reasons" if about == "reasons" else "remedies", _filled(words)


SAID = sorted(set(said()))


def test_there_are_messages_to_be_told() -> None:
    assert len(SAID) > 90


@pytest.mark.parametrize(("module", "about", "text"), SAID)
def test_a_fault_of_a_drawing_and_its_remedy_stand_in_malayalam(module: str, about: About, text: str) -> None:
    # Blanks that hold words of ours stand here by the words that they may hold.
    text = text.replace("An open 3 stands", "An open outline stands").replace(
        "3 where the outline", "Only text stands where the outline"
    )
    text = text.replace(
        "nothing on it was read.3", "nothing on it was read. A closed outline of 3 m² lies there."
    )
    told = told_in_malayalam(text, about)
    assert [each.text for each in told if not each.is_malayalam] == []


@pytest.mark.parametrize("fault", sorted(Fault))
def test_the_kind_of_a_fault_stands_in_malayalam(fault: Fault) -> None:
    for subject in (f"1. {fault} on BLK_1_FLR_0_BLT_UP_AREA", f"12. {fault}"):
        assert all(each.is_malayalam for each in told_in_malayalam(subject, "subjects"))
