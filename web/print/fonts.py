"""The fonts of the print: Noto, as Debian's package fonts-noto-core installs them.

In: the folder of the system's fonts.  Out: the fonts for the typesetter, and the letters they can show.
Only the families named here are used, so that the same extract looks the same on every machine with that package.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import typst

from gis.errors import Unavailable
from web.print.glyphs import code_points

FOLDER = Path("/usr/share/fonts")
PACKAGE = "fonts-noto-core"

FAMILIES = (
    "Noto Sans",
    "Noto Sans Malayalam",
    "Noto Sans Devanagari",
    "Noto Sans Tamil",
    "Noto Sans Kannada",
    "Noto Sans Telugu",
    "Noto Sans Arabic",
    "Noto Sans Math",
    "Noto Sans Symbols2",
)
"""In the order in which a letter looks for its font."""


class FontsMissing(Unavailable):
    """The fonts of the print are not installed."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(
            f"The PDF cannot be printed: the fonts {', '.join(missing)} are not installed on this machine. "
            f"Install Debian's package {PACKAGE} (apt-get install {PACKAGE}) and ask again."
        )


@dataclass(frozen=True, kw_only=True)
class PrintFonts:
    """Loaded fonts, and the code points that each family shows, in the order of `FAMILIES`."""

    book: typst.Fonts
    letters: tuple[frozenset[int], ...]


@lru_cache(maxsize=4)
def print_fonts(folder: Path = FOLDER) -> PrintFonts:
    """The fonts below a folder, read once; `FontsMissing` names the package that brings them."""
    book = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])
    regular = {
        font.family: Path(font.path)
        for font in book.fonts()
        if font.path is not None and font.family in FAMILIES and (font.style, font.weight) == ("normal", 400)
    }
    missing = [family for family in FAMILIES if family not in regular]
    if missing:
        raise FontsMissing(missing)
    return PrintFonts(book=book, letters=tuple(code_points(regular[family]) for family in FAMILIES))
