"""Text from data is shown, never run, never breaks the page and never turns what stands beside it."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from layers.extract.model import Attribute, Extract, Words
from tests.web.print import plots
from tests.web.print.reading import pages, whole
from web.print import extract_pdf
from web.print.fonts import print_fonts
from web.print.letters import LONGEST, REPLACEMENT, printable
from web.print.words import wording

NASTY = [
    '#panic("broken in")',
    '#eval("1+1")',
    '#read("/etc/passwd")',
    "$ sum_(i=0)^n $ *bold* _it_ `raw` <label> @reference ~ \\ // /* */ [[]] {{}} --- ...",
    '"; #let x = 1; "',
    "</svg><script>alert(1)</script>&amp;&lt;",
    "{m} {0} {unknown} %s %(name)s",
    "= Heading\n\n- list\n+ one",
    "\\u{202e} \\0 \\n",
    "'‘“”«»'",
]
"""Must be readable in the print just as written."""


def with_text(text: str) -> Extract:
    """An extract in which every text that data can bring is this one."""
    extract = plots.an_extract()
    words = Words(en=text, ml=text)
    parcel = plots.a_parcel(ulpin=text, address=text, land_type=text, instrument=text, begun_by=text)
    themes = tuple(
        replace(
            theme,
            title=words,
            meaning=words,
            reason=words,
            colour=text,
            law=replace(
                theme.law, text=words, clause=text, link=text, confidence=text, authority=words, consult=words
            ),
            hits=tuple(
                replace(
                    hit,
                    label=text,
                    label_ml=text,
                    ref=text,
                    step=words,
                    attributes=(Attribute(name=text, value=text),),
                )
                for hit in theme.hits
            ),
        )
        for theme in extract.themes
        if theme.hits or theme.layer == "quarry"
    )
    return replace(
        extract,
        jurisdiction=replace(extract.jurisdiction, name_en=text, name_ml=text),
        subject=replace(extract.subject, parcel=parcel),
        themes=themes,
        groups=tuple(replace(group, title=words) for group in extract.groups),
        frontages=tuple(
            replace(street, label=text, label_ml=text, basis=text) for street in extract.frontages
        ),
        neighbours=tuple(replace(one, number=text, land_type=text) for one in extract.neighbours),
        sources=tuple(
            replace(
                source,
                title=text,
                publisher=text,
                licence=text,
                link=text,
                file=text,
                holds=text,
                accuracy_basis=text,
            )
            for source in extract.sources
        ),
    )


def beside(text: str) -> list[plots.Beside]:
    """Neighbours and a street of that name."""
    return [replace(one, label=text) for one in plots.around()]


@pytest.mark.parametrize("text", NASTY)
def test_markup_in_data_is_printed_as_it_is_written(text: str) -> None:
    shown = whole(extract_pdf(with_text(text), language="en", surroundings=beside(text)))
    assert "".join(text.split()) in "".join(shown.split())


@pytest.mark.parametrize("language", ["en", "ml"])
@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\x00\x01\x07\x1b[31m\x7f",
        "\u202eevil\u202d \u2066x\u2069 \ufeff\u061c",
        "😀 👨‍👩‍👧 🇮🇳 中文 日本語 ไทย",
        "עברית العربية mixed 123 RTL",
        "\u0300\u0d4d\u0d3e marks without a letter",
        "a" + "\u0300" * 500,
        "W" * 5000,
        "ക്ഷ" * 800,
        "\u200d" * 300,
        "\ue000 private \U000fffff",
        "x" * 1_000_000,
    ],
    ids=[
        "nothing",
        "blank",
        "control",
        "direction",
        "emoji and Chinese",
        "right to left",
        "marks alone",
        "one letter, many marks",
        "endless word",
        "endless conjuncts",
        "joiners",
        "private use",
        "a million letters",
    ],
)
def test_no_text_keeps_the_extract_from_being_printed(text: str, language: str) -> None:
    sheets = pages(extract_pdf(with_text(text), language=language, surroundings=beside(text)))  # type: ignore[arg-type]
    assert sheets
    assert re.search(rf"1 ?/ ?{len(sheets)}$", sheets[0])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(min_size=1, max_size=60))
def test_any_text_at_all_can_be_printed(text: str) -> None:
    ward = next(theme for theme in plots.an_empty_extract().themes or plots.an_extract().themes)
    extract = replace(
        plots.an_empty_extract(),
        themes=(replace(ward, title=Words(en=text, ml=text)),),
        jurisdiction=replace(plots.TOWN, name_en=text),
    )
    assert extract_pdf(extract, language="en").startswith(b"%PDF-")


def test_a_file_beside_the_templates_cannot_be_read_through_data(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    text = whole(extract_pdf(with_text(f'#read("{secret}")'), language="en"))
    assert "the secret" not in text


def test_only_addresses_of_the_web_become_links() -> None:
    def links(address: str) -> bytes:
        source = replace(plots.SOURCES[0], link=address)
        return extract_pdf(plots.an_extract(sources=(source,), themes=()), language="en")

    assert b"/URI(https://example.org/a?b=(c))" in links("https://example.org/a?b=(c)")
    for address in (
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://a b",
        "https://a\n",
        "ftp://x",
        "//x",
    ):
        assert b"/URI(" not in links(address)


def test_a_colour_that_is_none_is_drawn_grey() -> None:
    theme = next(theme for theme in plots.an_extract().themes if theme.layer == "flood")
    for colour in ("red", "#12345", "#zzzzzz", '#a00000"/><script>', ""):
        pdf = extract_pdf(plots.an_extract(themes=(replace(theme, colour=colour),)), language="en")
        assert "Land liable to flood" in whole(pdf)


def shown(text: str) -> str:
    return printable(text, print_fonts().letters, wording("en"))


def test_signs_that_turn_the_direction_are_taken_out_and_joiners_stay() -> None:
    assert shown("a\u202eb\u2066c\ufeffd\u00ad") == "abcd"
    assert shown("ന്\u200d") == "ന്\u200d"


def test_half_a_surrogate_is_replaced() -> None:
    assert shown("a\ud800b") == f"a{REPLACEMENT}b"


def test_what_the_fonts_lack_is_replaced_and_what_they_have_is_not() -> None:
    assert shown("😀") == REPLACEMENT
    assert shown("中a") == REPLACEMENT + "a"
    malayalam_and_friends = "ഭൂമി ക്ഷേത്രം മാർച്ച് भूमि நிலம் ಭೂಮಿ భూమి العربية ± m² → ≤ ☎"
    assert shown(malayalam_and_friends) == malayalam_and_friends


def test_a_sign_that_no_font_has_with_its_letter_is_replaced_alone() -> None:
    assert shown("ക\u0300") == "ക" + REPLACEMENT
    assert shown("\u0300") == REPLACEMENT


@pytest.mark.parametrize(("letters", "breaks"), [(24, 0), (25, 2), (36, 2), (37, 3)])
def test_only_long_words_may_break(letters: int, breaks: int) -> None:
    assert shown("W" * letters).count("\u200b") == breaks


def test_a_word_never_breaks_inside_a_conjunct() -> None:
    for part in shown("ക്ഷ്മ" * 40).split("\u200b"):
        assert not part.startswith(("്", "ഷ", "മ"))
        assert not part.endswith("്")


def test_a_text_of_a_thousand_letters_is_whole_and_of_one_more_says_what_is_missing() -> None:
    assert "more letters" not in shown("a b " * (LONGEST // 4))
    assert shown("a b " * (LONGEST // 4) + "c").endswith(
        "… (1 more letters; the JSON of this extract has them all)"
    )


def test_texts_of_the_sheet_are_cut_but_never_the_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers: Callable[[Extract], str] = lambda _: "f" * 64  # noqa: E731
    monkeypatch.setattr("web.print.pdf.digest_of", numbers)
    assert "f" * 64 in pages(extract_pdf(plots.an_extract(), language="en"))[0]
