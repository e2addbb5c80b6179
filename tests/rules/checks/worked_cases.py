"""The worked cases of `tests/rules/cases/checks/` (what is judged) and `tests/rules/cases/stated/` (what is only stated), read and drawn once.

In: one file a rule, in a planner's words: `cases` in full, `tables` of rows that share their words, and `again` the same case on other days.
Out: `Case`s, their plans and sites, and what their rules say.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from string import Template
from typing import Any

import yaml

from gis.site import LocalBody, Site
from rules.checks import RULES
from rules.findings import Finding
from rules.proposal import Proposal
from rules.reading import library
from tests.rules.plan_builders import DAY, PLOT, a_plan, a_site

FOLDER = Path(__file__).parents[1] / "cases" / "checks"
STATED = FOLDER.parent / "stated"


@dataclass(frozen=True, eq=False)
class Case:
    """One worked case of a rule."""

    rule: str
    words: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.rule}: {self.words['name']}"


def cases(folder: Path) -> list[Case]:
    """Every case of every file; a file may share `site` and `plan` between its cases."""
    found = []
    for path in sorted(folder.glob("*.yaml")):
        sheet = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert sheet["rule"] == path.stem, f"{path.name} holds the cases of {sheet['rule']}"
        rows = [row for table in sheet.get("tables", []) for row in rows_of(table)]
        plain = [*sheet["cases"], *rows]
        for words in [*plain, *(day for each in sheet.get("again", []) for day in days_of(each, plain))]:
            shared = {key: {**sheet.get(key, {}), **words.get(key, {})} for key in ("site", "plan")}
            body = words.get("body", sheet.get("body", "municipality"))
            found.append(Case(rule=path.stem, words={**words, **shared, "body": body}))
    return found


def rows_of(table: dict[str, Any]) -> list[dict[str, Any]]:
    """The cases of a table: its `case` once for each of its `rows`, `$name` standing for what the row has in that column."""
    named = [dict(zip(table["columns"], row, strict=True)) for row in table["rows"]]
    return [filled(table["case"], row) for row in named]


def filled(words: Any, row: dict[str, Any]) -> Any:
    """Words in which each `$name` is replaced; one that stands alone keeps its kind."""
    if isinstance(words, dict):
        return {filled(key, row): filled(value, row) for key, value in words.items()}
    if isinstance(words, list):
        return [filled(each, row) for each in words]
    if not isinstance(words, str) or "$" not in words:
        return words
    if words[1:] in row:
        return row[words[1:]]
    return Template(words).substitute({key: str(value) for key, value in row.items()})


def days_of(again: dict[str, Any], plain: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The case that is named, once more for each of the `days`, with what is expected on that day."""
    (words,) = [each for each in plain if each["name"] == again["case"]]
    days = again["days"].items()
    return [{**words, "name": f"{words['name']}, on {day}", "day": day, "expect": told} for day, told in days]


def day_of(case: Case) -> date:
    """The day of a case."""
    on = case.words.get("day", DAY)
    assert isinstance(on, date)
    return on


@cache
def drawn(case: Case) -> tuple[Proposal, Site, date, LocalBody]:
    """The plan of a case on its site, its day, and the kind of local body."""
    words = case.words
    on = day_of(case)
    plot = words["plan"].get("plot", PLOT) or PLOT
    site = a_site({"body": words["body"], **words["site"]}, on=on, plot=plot)
    return a_plan(words["plan"], site=site), site, on, LocalBody(words["body"])


@cache
def findings(case: Case) -> tuple[Finding, ...]:
    """What the rule says of the case."""
    plan, site, on, body = drawn(case)
    return RULES.check_one(case.rule, plan, site, library().on(on, body))


CASES = cases(FOLDER)
STATEMENTS = cases(STATED)
