"""The words of the tables that a person can choose from: the occupancy groups of rule 25 and their parts.

In: `parameters/axes.yaml`.  Out: words with their titles in both languages.
"""

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from rules.sheets import AxesSheet
from rules.words import strings


@dataclass(frozen=True, kw_only=True)
class Occupancy:
    """A group or part of one; `title_ml` is None where the book has no Malayalam."""

    key: str
    title: str
    title_ml: str | None


@lru_cache(maxsize=1)
def occupancies() -> tuple[Occupancy, ...]:
    """Every occupancy that a table of the book may be asked for, in the order of rule 25."""
    text = files("rules").joinpath("parameters", "axes.yaml").read_text(encoding="utf-8")
    sheet = AxesSheet.model_validate(strings(text)).axes["occupancy"]
    return tuple(Occupancy(key=key, title=title.en, title_ml=title.ml) for key, title in sheet.words.items())
