"""The fact sheet as paths and numbers: every leaf with the mark that holds for it.

In: the nested sheet, read as strings.  Out: leaves; the numbers of a leaf are those a reader would call numbers.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

SHARED = Path(__file__).parents[3] / "shared" / "facts" / "kmbr2019.yaml"
FROZEN = Path(__file__).parent / "facts_frozen.json"
DAY = re.compile(r"\d{4}-\d\d-\d\d")
NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w]|\.\d)")
IN_NAME = re.compile(r"(?<=[a-z]_)\d+(?=_|m?$)|(?<=\d_)\d+(?=_|$)")
NO_LAW = re.compile(r"^(rule|table|small_plots_rule|row_buildings_rule)_|_rule_|_2025$|before_")
NAMES = {"conf", "src", "rule", "sro", "go", "id", "n", "check", "mark"}
"""Keys whose value only says where a fact comes from."""


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """One figure or sentence of the sheet."""

    path: str
    text: str
    mark: str
    sources: frozenset[str] = frozenset()
    since: str = ""
    until: str = ""

    @property
    def numbers(self) -> list[str]:
        """Its numbers as written, those in the name of its figure included; a day counts as one."""
        name = next(part for part in reversed(self.path.split(".")) if not part.isdigit())
        named = [] if NO_LAW.search(name) else IN_NAME.findall(name)
        return [*named, *DAY.findall(self.text), *NUMBER.findall(DAY.sub(" ", self.text))]


def leaves() -> list[Leaf]:
    """Every leaf of the shared sheet."""
    with SHARED.open(encoding="utf-8") as file:
        sheet = yaml.load(file, Loader=yaml.BaseLoader)
    sheet.pop("meta")
    return list(_walk(sheet, "", _Known()))


@dataclass(frozen=True, kw_only=True)
class _Known:
    """What a branch of the sheet says of everything below it."""

    mark: str = ""
    sources: frozenset[str] = frozenset()
    since: str = ""
    until: str = ""

    def told(self, said: dict[str, Any]) -> "_Known":
        """The same with what a mapping says of itself."""
        source = said.get("src", "")
        named = [source] if isinstance(source, str) else source
        return _Known(
            mark=said.get("conf", self.mark),
            sources=frozenset(named) if source else self.sources,
            since=said.get("from", said.get("effective_from", self.since)),
            until=said.get("to", self.until) if said.get("to") != "null" else "",
        )


def _walk(node: Any, path: str, known: _Known) -> Iterator[Leaf]:
    if isinstance(node, dict):
        known = known.told(node)
        for key, below in node.items():
            if key not in NAMES:
                yield from _walk(below, f"{path}.{key}".lstrip("."), known)
    elif isinstance(node, list):
        tail = node[-1] if node and isinstance(node[-1], dict) else {}
        for position, below in enumerate(node):
            name = below.get("id") or below.get("n") if isinstance(below, dict) else None
            yield from _walk(
                below, f"{path}.{name or position}", known if known.mark else _Known().told(tail)
            )
    else:
        yield Leaf(
            path=path, text=node, mark=known.mark, sources=known.sources, since=known.since, until=known.until
        )


@cache
def frozen() -> dict[str, list[str]]:
    """Path and numbers of every Q leaf, as they were when the book was written."""
    found: dict[str, list[str]] = json.loads(FROZEN.read_text(encoding="utf-8"))
    return found


def read_leaves() -> dict[str, list[str]]:
    """Path and numbers of every Q leaf of the shared sheet."""
    return {leaf.path: leaf.numbers for leaf in leaves() if leaf.mark == "Q" and leaf.numbers}


def as_number(text: str) -> Decimal | str:
    """A number to compare by value, or a day as it is."""
    return text if DAY.fullmatch(text) else Decimal(text)


def instruments() -> list[dict[str, str]]:
    """The instruments of the shared sheet, municipal and panchayat, without uncertain ones."""
    with SHARED.open(encoding="utf-8") as file:
        sheet = yaml.load(file, Loader=yaml.BaseLoader)
    found = [*sheet["meta"]["instruments"], *sheet["kpbr_2019"]["instruments"]]
    return [each for each in found if each["conf"] != "U"]
