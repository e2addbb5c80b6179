"""The map on paper: a PDF of the ground around a place at a chosen scale, with north, scale bar, legend, sources and date.

In: what lies under the sheet, its frame and paper, the words of the page.  Out: a PDF/A-2a and PDF/UA-1 file, the same bytes for the
same question about the same record.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC
from hashlib import sha256

from shapely import LineString, Point, Polygon, box

from gis.crs import areal_scale, to_geographic
from layers.extract.model import Words
from layers.sheet import DrawnTheme, GroundSheet
from tiles.style import PAPER, PLOT_LINE
from web.print import drawing, figures
from web.print.fonts import print_fonts
from web.print.frame import Frame, ruler
from web.print.map_grid import grid_step
from web.print.map_sheet_drawing import SeenTheme, seen_themes, sheet_labels, sheet_svg, themed
from web.print.map_sheet_paper import PLOTS_TO, Paper
from web.print.pdf import fit_for_paper, typeset
from web.print.sheet import LegendEntry, MapLabel, Ruler
from web.print.words import Language, Wording, wording


@dataclass(frozen=True, kw_only=True)
class SheetSource:
    """A data set on the sheet: what it is, whose, of when, how exact."""

    title: str
    publisher: str
    licence: str
    dated: str
    accuracy: str
    shows: str


@dataclass(frozen=True, kw_only=True)
class PrintedMap:
    """The whole sheet as it is printed, lengths in mm."""

    paper: str
    across: bool
    is_synthetic: bool
    name: str
    place: str
    jurisdiction: str
    valid_on: str
    known_at: str
    digest: str
    digest_short: str
    instant: tuple[int, int, int, int, int, int]
    svg: str
    width: float
    height: float
    alt: str
    labels: tuple[MapLabel, ...]
    ruler: Ruler
    scale: str
    north: str
    grid: str
    middle: str
    printing: str
    legend: tuple[LegendEntry, ...]
    missing: tuple[str, ...]
    """Themes that were asked for and of which nothing lies on the sheet."""
    notes: tuple[str, ...]
    sources: tuple[SheetSource, ...]


def sheet_frame(metric: int, x: float, y: float, paper: Paper, denominator: int) -> Frame:
    """The frame of a sheet around a place in metres: a round scale of ground metres, as in every print."""
    per_ground_metre = areal_scale(metric, x, y) ** 0.5
    return Frame(
        x=x,
        y=y,
        width=paper.width,
        height=paper.height,
        denominator=denominator,
        grid_per_mm=denominator / 1000 * per_ground_metre,
    )


def ground_under(frame: Frame) -> Polygon:
    """The ground under a frame, in metres of its metric system."""
    wide, high = frame.width * frame.grid_per_mm / 2, frame.height * frame.grid_per_mm / 2
    return box(frame.x - wide, frame.y - high, frame.x + wide, frame.y + high)


def map_pdf(
    sheet: GroundSheet,
    frame: Frame,
    paper: Paper,
    *,
    strengths: Mapping[str, float],
    language: Language,
    maps: Mapping[str, str],
) -> bytes:
    """The map as PDF, its own words in `maps`; `FontsMissing` names the package to install where the fonts are not there."""
    fonts, words = print_fonts(), words_with(maps, language)
    printed = fit_for_paper(asdict(printed_map(sheet, frame, paper, strengths, words)), fonts.letters, words)
    return typeset("map_sheet.typ", printed, words, fonts, timestamp=int(sheet.at.known.timestamp()))


def words_with(maps: Mapping[str, str], language: Language) -> Wording:
    """The words of every print with those of the map, which name the title."""
    own = wording(language)
    named = {f"sheet.{key}": text for key, text in maps.items()}
    return replace(own, sentences={**own.sentences, **named, "title": named["sheet.title"]})


def printed_map(
    sheet: GroundSheet, frame: Frame, paper: Paper, strengths: Mapping[str, float], words: Wording
) -> PrintedMap:
    """Everything that is printed, in the reader's language."""
    seen = seen_themes(sheet, frame, strengths)
    svg = sheet_svg(seen, frame)
    known = sheet.at.known.astimezone(UTC)
    scale = f"{frame.denominator:,}"
    digest = sha256(f"{sheet.place.code} {sheet.at} {words.language} {svg}".encode()).hexdigest()
    place = words.of(Words(en=sheet.place.name_en, ml=sheet.place.name_ml))
    middle = to_geographic(Point(frame.x, frame.y), sheet.place.metric)
    found = [each for each in seen if each.paper]
    on_it = words.join([_title(each.theme, words) for each in found])
    return PrintedMap(
        paper=paper.size,
        across=paper.is_across,
        is_synthetic=sheet.place.synthetic,
        name=words.say("sheet.name", place=place),
        place=place,
        jurisdiction=words.say("map.scale", denominator=scale),
        valid_on=figures.day(words, sheet.at.on),
        known_at=figures.instant(known),
        digest=digest,
        digest_short=digest[:16],
        instant=(known.year, known.month, known.day, known.hour, known.minute, known.second),
        svg=svg,
        width=frame.width,
        height=frame.height,
        alt=words.say(
            "sheet.alt", place=place, denominator=scale, themes=on_it or words.say("sheet.nothing")
        ),
        labels=tuple(sheet_labels(seen, frame, words)),
        ruler=ruler(frame.denominator),
        scale=words.say("map.scale", denominator=scale),
        north=words.say("map.north", metric=sheet.place.metric),
        grid=words.say("sheet.grid", metric=sheet.place.metric, step=f"{grid_step(frame):,}"),
        middle=words.say("sheet.middle", lat=f"{middle.y:.6f}", lon=f"{middle.x:.6f}"),
        printing=words.say("sheet.printing", paper=paper.size.upper()),
        legend=tuple(_legend(each, words) for each in reversed(found)),
        missing=tuple(_title(each.theme, words) for each in seen if not each.paper),
        notes=tuple(_notes(sheet, frame, words)),
        sources=tuple(_sources(found, words)),
    )


def _title(theme: DrawnTheme, words: Wording) -> str:
    if theme.entry is None:
        return words.say("sheet.plots")
    return words.of(Words(en=theme.entry.title.en, ml=theme.entry.title.ml))


def _legend(seen: SeenTheme, words: Wording) -> LegendEntry:
    wide, high = drawing.SWATCH
    area, line = box(0.3, 0.3, wide - 0.3, high - 0.3), LineString([(0.8, high / 2), (wide - 0.8, high / 2)])
    kinds = {part.geom_type.removeprefix("Multi") for part in seen.paper}
    shape = area if "Polygon" in kinds else line if "LineString" in kinds else Point(wide / 2, high / 2)
    plot = f'fill="{PAPER}" stroke="{PLOT_LINE}" stroke-width="0.18"'
    entry = seen.theme.entry
    drawn = drawing.areas(area, plot) if entry is None else themed(shape, entry, seen.strength)
    return LegendEntry(
        key=None, svg=drawing.swatch(drawn), text=_title(seen.theme, words), status=None, note=""
    )


def _notes(sheet: GroundSheet, frame: Frame, words: Wording) -> Iterator[str]:
    if any(each.entry is None for each in sheet.themes) and frame.denominator > PLOTS_TO:
        yield words.say("sheet.no_plots", denominator=f"{PLOTS_TO:,}")


def _sources(seen: list[SeenTheme], words: Wording) -> Iterator[SheetSource]:
    """The data sets of what is seen, the uppermost first."""
    for each in reversed(seen):
        for one in each.theme.imports:
            yield SheetSource(
                title=one.source["title"],
                publisher=one.source["publisher"],
                licence=one.source["licence"],
                dated=figures.day(words, one.source_date),
                accuracy=figures.plus_minus(words, one.accuracy),
                shows=_title(each.theme, words),
            )
