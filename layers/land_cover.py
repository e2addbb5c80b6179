"""Kinds of land cover as rasters number them: the eleven classes of ESA WorldCover 10 m v200 (2021), with its colours.

In: nothing.  Out: `CLASSES` by number.  A raster with other numbers is translated to these before it is brought in.
"""

from dataclasses import dataclass

from layers.words import Words


@dataclass(frozen=True, kw_only=True)
class CoverClass:
    """A kind of cover: its number in the raster, its name, its colour as #rrggbb."""

    number: int
    title: Words
    colour: str


def _class(number: int, en: str, ml: str, colour: str) -> CoverClass:
    return CoverClass(number=number, title=Words(en=en, ml=ml), colour=colour)


CLASSES = {
    each.number: each
    for each in (
        _class(10, "Tree cover", "മരങ്ങൾ", "#006400"),
        _class(20, "Shrubland", "കുറ്റിക്കാട്", "#ffbb22"),
        _class(30, "Grassland", "പുൽമേട്", "#ffff4c"),
        _class(40, "Cropland", "കൃഷിഭൂമി", "#f096ff"),
        _class(50, "Built-up", "കെട്ടിടങ്ങളും റോഡുകളും", "#fa0000"),
        _class(60, "Bare or sparse vegetation", "തരിശ്", "#b4b4b4"),
        _class(70, "Snow and ice", "മഞ്ഞ്", "#f0f0f0"),
        _class(80, "Permanent water", "സ്ഥിരം ജലം", "#0064c8"),
        _class(90, "Herbaceous wetland", "തണ്ണീർത്തടം", "#0096a0"),
        _class(95, "Mangroves", "കണ്ടൽക്കാട്", "#00cf75"),
        _class(100, "Moss and lichen", "പായൽ", "#fae6a0"),
    )
}
