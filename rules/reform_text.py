"""The text of a reform read safely: plain values with the line of each, or one error that names line and place.

In: YAML written by anybody.  Out: `Written`: strings, lists and mappings, and where each of them stands.  Nothing is built by tags, nothing is
repeated by aliases, nothing is nested without end, no key hides another: a text can mean no more than its letters.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import yaml
from pydantic import ValidationError

from gis.errors import Invalid

DEEPEST = 16
"""Levels of lists and mappings within each other; a shape of many parts has nine."""
TOLD = 3
"""Faults that one error names."""


@dataclass(frozen=True, kw_only=True)
class Written:
    """What a text holds, and its lines."""

    values: object
    node: yaml.Node | None

    def line(self, place: Sequence[int | str]) -> int:
        """The line (from 1) of a place such as `("parameters", 0, "value")`, or of the nearest thing around it that is there."""
        node, found = self.node, 1
        for step in place:
            below = None if node is None else _below(node, step)
            if below is None:
                break
            node, found = below, below.start_mark.line + 1
        return found

    def faults(self, error: ValidationError) -> str:
        """The first faults of a form, each with its line and place."""
        every = error.errors(include_url=False, include_context=False, include_input=False)
        told = [
            f"line {self.line(each['loc'])}, {_place(each['loc'])}: {_said(each['type'], each['msg'])}"
            for each in every[:TOLD]
        ]
        more = f"; and {len(every) - TOLD} more" if len(every) > TOLD else ""
        return "; ".join(told) + more


class _Plain(yaml.BaseLoader):
    """Every scalar a string; aliases, keys given twice and endless nesting are refused where they stand."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """One node of the text."""
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise _refused(mark, "an alias (*name) is not taken; write the part out where it is meant")
        self.depth += 1
        if self.depth > DEEPEST:
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise _refused(mark, f"more than {DEEPEST} lists and mappings within each other")
        try:
            node: yaml.Node | None = super().compose_node(parent, index)
        finally:
            self.depth -= 1
        if isinstance(node, yaml.MappingNode):
            _check_keys(node)
        return node


def read(text: str) -> Written:
    """The values of a text; `Invalid` names the line of what cannot be read."""
    try:
        loader = _Plain(text)
        try:
            node = loader.get_single_node()
            values = None if node is None else loader.construct_document(node)
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _refused(mark, error.problem or "cannot be read as YAML") from error
    except yaml.YAMLError as error:
        raise Invalid(f"This is not a reform: {str(error)[:200]}") from error
    return Written(values=values, node=node)


def _refused(mark: yaml.Mark | None, why: str) -> Invalid:
    where = "" if mark is None else f"line {mark.line + 1}: "
    return Invalid(f"This is not a reform: {where}{why}.", code="bad-reform")


def _check_keys(node: yaml.MappingNode) -> None:
    seen: set[str] = set()
    for key, _ in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise _refused(key.start_mark, "a key is a plain word")
        if key.value in seen:
            raise _refused(key.start_mark, f"“{key.value[:40]}” stands here a second time")
        seen.add(key.value)


def _below(node: yaml.Node, step: int | str) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == step), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        found: yaml.Node = node.value[step]
        return found
    return None


def _place(steps: Sequence[int | str]) -> str:
    """A place in words: `parameters 2, value`."""
    words: list[str] = []
    for step in steps:
        if isinstance(step, int) and words:
            words[-1] = f"{words[-1]} {step + 1}"
        else:
            words.append(str(step))
    return ", ".join(words) or "the whole text"


_WORDS = {
    "missing": "is missing",
    "extra_forbidden": "is not a word of a reform",
    "model_type": "must be words with values, such as `title: {en: …}`",
    "model_attributes_type": "must be words with values, such as `title: {en: …}`",
    "tuple_type": "must be a list",
    "mapping_type": "must be words with values",
}
"""What a form says of a fault, for those who do not know its types."""


def _said(kind: str, message: str) -> str:
    return _WORDS.get(kind) or message.removeprefix("Value error, ")
