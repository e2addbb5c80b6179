"""The words of the book's tables in Malayalam: axes, rows, bands, units, and what a cell says.

In: a place in a table (“A1, over 200 up to 500, front_average”), a unit, or what a cell says, as `rules.history` tells them.  Out: the same in
Malayalam; codes of groups, clauses and numbers stay as they are.  The words lie in `languages/law_words.yaml`.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files

import yaml

from web.sentences import Told, told_in_malayalam

_BAND = re.compile(r"(?:(?P<lower>from|over) (?P<low>[\d.]+))? ?(?:(?P<upper>up to|under) (?P<high>[\d.]+))?")
_AMOUNT = re.compile(r"(?P<number>[\d./]+) (?P<unit>\D.*)")
_HOLE = re.compile(r"(?P<kind>no rule|not known): (?P<why>.+)", re.DOTALL)
_TABLE = re.compile(r"a table of \d+ cells")
LOWER = {"from": "{} മുതൽ", "over": "{}-ന് മുകളിൽ"}
UPPER = {"up to": "{} വരെ", "under": "{}-ന് താഴെ"}


@lru_cache
def words() -> Mapping[str, str]:
    """Every word of the book's tables that is no code, English to Malayalam."""
    text = files("web").joinpath("languages", "law_words.yaml").read_text(encoding="utf-8")
    return dict(yaml.load(text, Loader=yaml.BaseLoader))


def place(text: str) -> str:
    """What leads to a cell, part by part."""
    return ", ".join(_part(each) for each in text.split(", "))


def _part(text: str) -> str:
    if text in words():
        return words()[text]
    band = _BAND.fullmatch(text)
    if not text or band is None:
        return text
    told = [LOWER[band["lower"]].format(band["low"])] if band["lower"] else []
    told += [UPPER[band["upper"]].format(band["high"])] if band["upper"] else []
    return " ".join(told)


def says(text: str) -> str:
    """What a cell says: a word, a number with its unit, or why there is none."""
    if text in words():
        return words()[text]
    hole = _HOLE.fullmatch(text)
    if hole is not None:
        return f"{words()[hole['kind']]}: {_told(hole['why'])}"
    if _TABLE.fullmatch(text):
        return _told(text)
    amount = _AMOUNT.fullmatch(text)
    if amount is not None and amount["unit"] in words():
        return f"{amount['number']} {words()[amount['unit']]}"
    return text.replace("Rs ", "₹").replace("/m2", "/ച.മീ.").replace("/are", "/ആർ").replace("/m", "/മീ.")


def _told(text: str) -> str:
    return " ".join(each.text for each in told_in_malayalam(text, "law"))


def note(text: str) -> tuple[Told, ...]:
    """A note of the book, sentence by sentence."""
    return told_in_malayalam(text, "law")
