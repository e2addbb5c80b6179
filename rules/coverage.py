"""How much of the law is checked: `rules/COVERAGE.md`, written from the catalogue by `python -m rules.coverage`.

In: the catalogue and the library.  Out: Markdown.
"""

from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from rules.book import Force, Library
from rules.catalogue import CataloguedRule, Status, read_catalogue
from rules.reading import library


@lru_cache(maxsize=1)
def catalogue() -> tuple[CataloguedRule, ...]:
    """The rules of the book's own catalogue."""
    text = files("rules").joinpath("parameters", "catalogue.yaml").read_text(encoding="utf-8")
    return read_catalogue(text, library())


def page(rules: tuple[CataloguedRule, ...], book: Library) -> str:
    """The page of coverage: totals, then every rule by chapter."""
    counts = {status: sum(1 for rule in rules if rule.status is status) for status in Status}
    told = ", ".join(f"{count} {status}" for status, count in counts.items())
    lines = [
        "# How much of the law is checked",
        "",
        "Written by `python -m rules.coverage` from `rules/parameters/catalogue.yaml`; do not edit.",
        "",
        f"{len(rules)} rules: {told}.",
        f"{len(book.cards)} parameters, {_binding(book)} of them with a value that binds.",
    ]
    for chapter in dict.fromkeys(rule.chapter for rule in rules):
        lines += [
            "",
            f"## {chapter}",
            "",
            "| rule | clause | told by | status | parameters |",
            "|---|---|---|---|---|",
        ]
        lines += [_row(rule) for rule in rules if rule.chapter == chapter]
    return "\n".join([*lines, ""])


def _binding(book: Library) -> int:
    keys = {
        key
        for (key, _), timeline in book.timelines.items()
        if any(entry.force is Force.BINDING for entry in timeline)
    }
    return len(keys)


def _row(rule: CataloguedRule) -> str:
    told = rule.why or rule.function
    status = f"{rule.status}: {told}" if told else str(rule.status)
    parameters = ", ".join(f"`{key}`" for key in rule.parameters) or "none"
    return f"| {rule.title} | {rule.clause} | {', '.join(rule.by)} | {status} | {parameters} |"


def main() -> None:
    """Write the page beside the package."""
    target = Path(__file__).parent / "COVERAGE.md"
    target.write_text(page(catalogue(), library()), encoding="utf-8")


if __name__ == "__main__":
    main()
