"""The legend of the map: what its signs mean, what covers the whole plot, what lies off the sheet.

In: a scene.  Out: legend entries and sentences in one language.
"""

from collections.abc import Iterator

from web.print import drawing, figures
from web.print.scene import Numbered, Scene, has_shape
from web.print.sheet import LegendEntry
from web.print.words import Wording


def legend(scene: Scene, words: Wording) -> Iterator[LegendEntry]:
    """Every sign on the map."""
    yield _plain(drawing.swatch_of_boundary(), words.say("map.boundary"))
    kinds = {one.kind for one in scene.beside}
    if "parcel" in kinds:
        yield _plain(drawing.swatch_of_ground(), words.say("map.neighbour"))
    if "street" in kinds:
        yield _plain(drawing.swatch_of_street(), words.say("map.street"))
    for one in scene.themes:
        if one.drawn or one.covers_the_plot:
            yield _theme(one, words)
    if any(has_shape(hit) for one in scene.themes for hit in one.theme.left_out):
        yield _plain(drawing.swatch_of_left_out(), words.say("map.left_out"))


def _plain(svg: str, text: str) -> LegendEntry:
    return LegendEntry(key=None, svg=svg, text=text, status=None, note="")


def _theme(one: Numbered, words: Wording) -> LegendEntry:
    return LegendEntry(
        key=one.key,
        svg=drawing.swatch_of(one.sign, _kind(one)) if one.drawn else drawing.swatch_of_whole(one.sign),
        text=words.of(one.theme.title),
        status=str(one.theme.status),
        note="" if one.drawn else words.say("map.whole"),
    )


def _kind(one: Numbered) -> str:
    """What a theme's drawing mostly is: areas, lines or points."""
    for kind in ("Polygon", "LineString"):
        if any(True for _, shape in one.drawn for _ in drawing.parts(shape, kind)):
            return kind
    return "Point"


def off_the_map(scene: Scene, words: Wording) -> Iterator[str]:
    """Themes that concern the plot without lying on it, or whose place is not known."""
    for one in scene.themes:
        if not any(has_shape(hit) for hit in one.theme.hits):
            far = one.theme.distance
            beyond = f" ({words.say('distance', m=figures.number(far, 2))})" if far else ""
            yield f"{one.key} {words.of(one.theme.title)}{beyond}"
