"""The fonts of the print: named with their package where they are missing, known by the letters they have."""

from pathlib import Path

import pytest

from gis.errors import Unavailable
from tests.web.print import plots
from web.print import extract_pdf, fonts
from web.print.fonts import FAMILIES, FOLDER, FontsMissing, print_fonts
from web.print.glyphs import code_points

NOTO = FOLDER / "truetype" / "noto"


def linked(folder: Path, *, but: str) -> Path:
    """A folder with the fonts of the print, some left out."""
    for file in NOTO.glob("*.ttf"):
        if (
            any(file.name.startswith(family.replace(" ", "") + "-") for family in FAMILIES)
            and but not in file.name
        ):
            (folder / file.name).write_bytes(file.read_bytes())
    return folder


def test_without_fonts_the_message_names_the_debian_package(tmp_path: Path) -> None:
    with pytest.raises(FontsMissing) as caught:
        print_fonts(tmp_path)
    assert isinstance(caught.value, Unavailable)
    assert "fonts-noto-core" in caught.value.message
    assert "Noto Sans Malayalam" in caught.value.message


def test_one_missing_family_is_named_alone(tmp_path: Path) -> None:
    with pytest.raises(FontsMissing) as caught:
        print_fonts(linked(tmp_path, but="Malayalam"))
    assert "the fonts Noto Sans Malayalam are" in caught.value.message


def test_no_other_font_of_the_machine_changes_the_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = extract_pdf(plots.an_extract(), language="ml")
    only = linked(tmp_path, but="no such name")
    monkeypatch.setattr("web.print.pdf.print_fonts", lambda: fonts.print_fonts(only))
    assert extract_pdf(plots.an_extract(), language="ml") == usual


def test_a_font_tells_the_letters_it_has() -> None:
    latin, malayalam = (
        code_points(NOTO / f"{name}-Regular.ttf") for name in ("NotoSans", "NotoSansMalayalam")
    )
    assert {ord(letter) for letter in "Aaé±²–…�"} <= latin
    assert {ord(letter) for letter in "അൺൻർൽൾൿ്"} <= malayalam
    assert ord("അ") not in latin
    assert ord("😀") not in latin | malayalam
    assert not latin & set(range(0xE000, 0xF900)) - latin
    assert 0xFFFF not in latin | malayalam


def test_letters_beyond_the_first_plane_are_read_too() -> None:
    assert 0x1D400 in code_points(NOTO / "NotoSansMath-Regular.ttf")
