"""Every word of the pages stands in both languages, and a reader gets the language they chose."""

import re
import unicodedata
from pathlib import Path
from string import Formatter

import pytest

from api.errors import NO_ADDRESS
from web.languages import Language, Wording, language_for, words_of

WEB = Path(__file__).parents[2] / "web"
ENGLISH, MALAYALAM = words_of(Language.ENGLISH), words_of(Language.MALAYALAM)
LETTERS_OF_BOTH = {
    key
    for key in ENGLISH
    if key.startswith(("unit.", "check.unit.", "date.day", "date.instant"))
    or key in {"language.switch", "language.switch_label", "plot.accuracy_value", "theme.area", "take.pdf"}
    or key in {"take.json", "take.geojson", "plot.ulpin", "compare.fields.ulpin", "search.kind.ulpin"}
}
"""Keys whose text may look the same, or stands in the other language on purpose."""


def _sources() -> str:
    prints = WEB.glob("print/**/plan_check*")  # the other prints have words of their own
    of_plans = [path for path in prints if path.suffix in (".py", ".typ")]
    files = [*WEB.glob("templates/**/*.html"), *WEB.glob("*.py"), *of_plans]
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


def test_both_languages_have_the_same_keys() -> None:
    assert ENGLISH.keys() == MALAYALAM.keys()


@pytest.mark.parametrize("key", sorted(ENGLISH))
def test_both_languages_fill_the_same_blanks(key: str) -> None:
    blanks = [
        {name for _, name, _, _ in Formatter().parse(text) if name} for text in (ENGLISH[key], MALAYALAM[key])
    ]
    assert blanks[0] == blanks[1]


def test_malayalam_is_written_in_malayalam() -> None:
    plain = {key for key, text in MALAYALAM.items() if not re.search("[\u0d00-\u0d7f]", text)}
    assert plain <= LETTERS_OF_BOTH


def test_every_code_of_an_error_has_its_sentence() -> None:
    codes = {
        found
        for folder in ("gis", "layers", "tiles", "civic", "api", "web")
        for path in (WEB.parent / folder).rglob("*.py")
        for found in re.findall(
            r"\bcode(?:: str)? = \"([a-z-]+)\"|code=\"([a-z-]+)\"", path.read_text("utf-8")
        )
        for found in found
        if found and "node_modules" not in path.parts
    } | {NO_ADDRESS}
    assert {"no-parcel", "outside", "bad-date"} <= codes
    assert {f"error.code.{code}" for code in codes - {"error"}} == {
        key for key in MALAYALAM if key.startswith("error.code.")
    }


def test_english_is_written_in_english() -> None:
    foreign = {key for key, text in ENGLISH.items() if re.search("[\u0d00-\u0d7f]", text)}
    assert foreign <= {"language.switch", "language.switch_label"}


def test_malayalam_has_one_form_of_each_letter() -> None:
    for key, text in MALAYALAM.items():
        assert unicodedata.normalize("NFC", text) == text, key
        assert not re.search("[\u200b-\u200d\ufeff]", text), key


def test_pages_use_only_known_keys() -> None:
    exact = set(re.findall(r"\bt\(\s*['\"]([a-z_.0-9]+)['\"]\s*[,)]", _sources()))
    assert exact
    assert exact <= ENGLISH.keys()


def test_keys_that_are_put_together_begin_with_known_words() -> None:
    begun = set(re.findall(r"\bt\(\s*f?['\"]([a-z_.]+\.)['\"{]", _sources()))
    assert begun
    for prefix in begun:
        assert any(key.startswith(prefix) for key in ENGLISH), prefix


def test_no_text_is_left_over() -> None:
    used = _sources()
    prefixes = set(re.findall(r"['\"]([a-z_.]+\.)['\"{]", used)) | {
        "map.js.",
        "inspection.js.",
        "search.kind.",
        "error.",
    }
    exact = set(re.findall(r"['\"]([a-z_0-9]+(?:\.[a-z_0-9A-Z]+)*)['\"]", used))
    left = {key for key in ENGLISH if key not in exact and not any(key.startswith(p) for p in prefixes)}
    assert left == set()


@pytest.mark.parametrize(
    ("asked", "kept", "accepted", "code", "expected"),
    [
        ("en", "ml", "ml", "kl-sample", "en"),
        (None, "ml", "en", "cambridge-ma", "ml"),
        (None, None, "ml;q=0.9, en;q=0.8", "cambridge-ma", "ml"),
        (None, None, "ml;q=0.7, en-IN;q=0.8", "kl-sample", "en"),
        (None, None, "fr", "kl-sample", "ml"),
        (None, None, "fr", "cambridge-ma", "en"),
        (None, None, "", None, "ml"),
        ("xx", "yy", "en;q=0", "kl-sample", "ml"),
    ],
)
def test_a_reader_gets_the_language_that_was_chosen_last(
    asked: str | None, kept: str | None, accepted: str, code: str | None, expected: str
) -> None:
    assert language_for(asked=asked, kept=kept, accepted=accepted, code=code) == expected


def test_an_unknown_key_is_an_error_and_not_a_gap() -> None:
    with pytest.raises(KeyError):
        Wording(language=Language.ENGLISH)("plot.nothing")
