"""Nothing of the book stands in English on a Malayalam page but clauses, codes and the names of instruments."""

import re
from collections.abc import Iterator

import pytest

from rules.book import Card
from rules.history import Turn, changes, history, list_parameters, named
from rules.reading import library
from web import law_words

LATIN = re.compile(r"[A-Za-z]{2,}")
CODES = re.compile(r"S\.R\.O\.|\b[A-J]\d?[A-Z]?\b|\b(?:ceil|IX|NA)\b|\([a-z]+\)|4A|74A")
"""Groups, clauses and formulas are written as in the law."""


def english(text: str) -> list[str]:
    return LATIN.findall(CODES.sub("", text))


def said() -> Iterator[tuple[str, str]]:
    """Every place, cell, note and change of the book, with how it is told in Malayalam."""
    book = library()
    for card in list_parameters(book):
        for line in history(book, named(book, card.key)):
            for row in line.rows:
                yield row.place, law_words.place(row.place)
                yield row.says, law_words.says(row.says)
            if line.note:
                yield line.note, " ".join(each.text for each in law_words.note(line.note))
        if card.note:
            yield card.note, " ".join(each.text for each in law_words.note(card.note))
    for change in changes(book):
        for text in (change.before, change.after):
            if text:
                yield text, law_words.says(text)


def test_every_place_cell_and_note_is_told_in_malayalam() -> None:
    left = {text for text, told in said() if english(told)}
    assert sorted(left) == []


@pytest.mark.parametrize("card", list_parameters(library()), ids=lambda card: card.key)
def test_a_parameter_has_its_title_unit_and_axes_in_malayalam(card: Card) -> None:
    assert card.title_ml
    assert str(card.unit) in law_words.words()
    assert all(axis.name in law_words.words() for axis in card.axes)


def test_every_turn_of_a_change_has_a_word() -> None:
    assert {each.value for each in Turn} <= set(law_words.words())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("A1, over 200 up to 500, front_average", "A1, 200-ന് മുകളിൽ 500 വരെ, മുൻവശം ശരാശരി"),
        ("under 200", "200-ന് താഴെ"),
        ("from 12 up to 12", "12 മുതൽ 12 വരെ"),
        ("J", "J"),
    ],
)
def test_bands_are_told_with_both_edges(text: str, told: str) -> None:
    assert law_words.place(text) == told
