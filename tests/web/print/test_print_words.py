"""The words of the print: both languages say everything, in well-formed letters."""

import re
import string
import unicodedata
from pathlib import Path

import pytest

from gis.site import Status
from web.languages import Language, words_of
from web.print import words as words_module
from web.print.words import all_words, wording

TEMPLATES = Path(words_module.__file__).parent / "templates"
SAME_IN_BOTH = {
    "fact.ulpin",
    "source.sha256",
    "list_join",
    "position",
    "difference",
    "percent",
    "reading_name.unreadable",
    "terrain.slope_value",
    "date",
}


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_have_the_same_keys() -> None:
    assert set(all_words()) == {"en", "ml"}
    assert list(all_words()["en"]) == list(all_words()["ml"])


@pytest.mark.parametrize("key", list(all_words()["en"]))
def test_both_languages_have_the_same_places_for_values(key: str) -> None:
    assert places(all_words()["en"][key]) == places(all_words()["ml"][key])


@pytest.mark.parametrize("key", [key for key in all_words()["ml"] if key not in SAME_IN_BOTH])
def test_malayalam_is_malayalam_and_well_formed(key: str) -> None:
    text = all_words()["ml"][key]
    assert re.search("[\u0d05-\u0d39\u0d7a-\u0d7f]", text), "no Malayalam letter"
    assert unicodedata.normalize("NFC", text) == text
    assert not re.search("[\u200b-\u200d\ufeff]", text), "chillus are single letters, without joiners"
    assert not re.search("[\u0d05-\u0d7f]", all_words()["en"][key])


def test_every_word_that_a_template_sets_is_there() -> None:
    written = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES.glob("*.typ"))
    named = set(re.findall(r"words\.(\w+)", written)) - {"at"}
    quoted = set(re.findall(r'words\.at\("([\w.]+)"\)', written))
    assert quoted
    of_pages = {key for key in words_of(Language.ENGLISH) if key.startswith("check.")}
    of_pages |= {key.removeprefix("money.") for key in words_of(Language.ENGLISH) if key.startswith("money.")}
    of_pages |= {f"sheet.{key.removeprefix('map.sheet.')}" for key in words_of(Language.ENGLISH)}
    assert named | quoted <= set(all_words()["en"]) | of_pages


def test_every_word_is_used() -> None:
    folder = TEMPLATES.parent
    files = [*folder.rglob("*.py"), *folder.rglob("*.typ")]
    code = "".join(path.read_text(encoding="utf-8") for path in files)
    by_value = (
        "status.",
        "tally.",
        "confidence.",
        "land.",
        "begun.",
        "holds.",
        "basis.",
        "unit.",
        "share.",
        "terrain.unit.",
    )
    for key in all_words()["en"]:
        family, _, last = key.rpartition(".")
        in_two_parts = f"{family}." in code and re.search(rf'"{last}"', code)
        of_a_status = last in set(Status)
        assert key.startswith(by_value) or key in code or in_two_parts or of_a_status, key


@pytest.mark.parametrize("language", ["en", "ml"])
def test_every_status_has_its_words_and_months_are_twelve(language: str) -> None:
    words = wording(language)  # type: ignore[arg-type]
    for status in Status:
        assert words.say(f"status.{status}")
        assert words.say(f"tally.{status}")
        assert words.say(f"reading.{status}")
    assert len(words.say("months").split(",")) == 12


def test_a_unit_is_not_torn_from_its_number() -> None:
    assert wording("en").say("metres", m="6.00") == "6.00\u00a0m"
    assert "~" not in "".join(wording("ml").sentences.values())
