"""The map on paper: true to a chosen scale, on the sheet that was asked for, with what lies there and where it comes from."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pyproj
import pytest
import shapely
from shapely import LineString, Point, Polygon, box

from gis.asof import AsOf
from gis.crs import to_geographic
from gis.errors import Invalid
from layers.catalogue import load
from layers.imports import StandingImport
from layers.sheet import DrawnShape, DrawnTheme, GroundSheet
from tests.web import town
from tests.web.print.reading import facts, whole
from web.languages import Language, Wording
from web.map_sheets import WORDS, listed, paper_named, scale_of, strengths
from web.print.free_paper import FreePaper
from web.print.map_sheet import ground_under, map_pdf, printed_map, sheet_frame, words_with
from web.print.map_sheet_drawing import seen_themes, sheet_labels, sheet_svg
from web.print.map_sheet_paper import PAPERS, SCALES
from web.print.words import wording

AT = AsOf(on=date(2026, 1, 1), known=datetime(2026, 1, 1, tzinfo=UTC))
MIDDLE = (town.CORNER[0] + 100, town.CORNER[1] + 100)
ENTRIES = {each.id: each for each in load("kerala").layers}
"""Of the catalogue under which the town lies."""


def source(target: str) -> StandingImport:
    """An import of a layer."""
    return StandingImport(
        id=1, target=target, series="", file="x.fgb", sha256="0" * 64,
        source={"title": f"Survey of {target}", "publisher": "Office of maps", "licence": "CC0 1.0"},
        source_date=date(2025, 3, 1), holds="polygon", accuracy=0.5, accuracy_basis="measured",
        imported=datetime(2025, 4, 1, tzinfo=UTC), coverage=None, coverage_digest=None, raster=None,
    )  # fmt: skip


def theme(layer: str, *shapes: shapely.Geometry, label: str | None = "Somewhere") -> DrawnTheme:
    """A layer, or the plots, with shapes."""
    drawn = tuple(DrawnShape(label=label, label_ml="ഒരിടം", shape=shape) for shape in shapes)
    return DrawnTheme(entry=ENTRIES.get(layer), shapes=drawn, imports=(source(layer),))


def ground(*themes: DrawnTheme) -> GroundSheet:
    """What lies around the middle."""
    x, y = MIDDLE
    return GroundSheet(place=town.PLACE, at=AT, box=box(x - 500, y - 500, x + 500, y + 500), themes=themes)


def square(side: float, east: float = 0.0, north: float = 0.0) -> Polygon:
    """A square of ground metres around a place beside the middle."""
    x, y = MIDDLE[0] + east, MIDDLE[1] + north
    return box(x - side / 2, y - side / 2, x + side / 2, y + side / 2)


def printed(
    sheet: GroundSheet, *, paper: str = "a4", scale: int = 1000, language: str = "en", **strength: float
) -> bytes:
    """The PDF of a sheet."""
    page = Language(language)
    frame = sheet_frame(town.METRIC, *MIDDLE, PAPERS[paper], scale)
    words = Wording(language=page).part(WORDS.removesuffix("."))
    return map_pdf(sheet, frame, PAPERS[paper], strengths=strength, language=page.value, maps=words)


@pytest.mark.parametrize("paper", list(PAPERS))
@pytest.mark.parametrize("scale", SCALES)
def test_the_ground_under_a_sheet_is_its_size_times_the_scale(paper: str, scale: int) -> None:
    frame = sheet_frame(town.METRIC, *MIDDLE, PAPERS[paper], scale)
    under = ground_under(frame)
    corners = [to_geographic(Point(each), town.METRIC) for each in under.exterior.coords]
    wide = _metres(corners[0], corners[1]), _metres(corners[1], corners[2])
    stated = {PAPERS[paper].width * scale / 1000, PAPERS[paper].height * scale / 1000}
    assert sorted(wide) == pytest.approx(sorted(stated), rel=2e-5)


def _metres(one: Point, other: Point) -> float:
    return float(pyproj.Geod(ellps="WGS84").inv(one.x, one.y, other.x, other.y)[2])


@pytest.mark.parametrize(("scale", "millimetres"), [(500, 40.0), (1000, 20.0), (2000, 10.0)])
def test_twenty_metres_of_ground_are_as_long_on_paper_as_the_scale_says(
    scale: int, millimetres: float
) -> None:
    frame = sheet_frame(town.METRIC, *MIDDLE, PAPERS["a4"], scale)
    (seen,) = seen_themes(ground(theme("parcels", square(20.0))), frame, {})
    west, north, east, south = seen.paper[0].bounds
    assert (east - west, south - north) == pytest.approx((millimetres, millimetres), rel=1e-3)


@pytest.mark.parametrize(
    ("paper", "size"),
    [("a4", (595, 842)), ("a4-across", (842, 595)), ("a3", (842, 1191)), ("a3-across", (1191, 842))],
)
def test_the_pdf_has_the_size_of_its_paper(paper: str, size: tuple[int, int]) -> None:
    content = printed(ground(theme("parcels", square(20))), paper=paper)
    found = re.search(r"Page size:\s+([\d.]+) x ([\d.]+) pts", facts(content))
    assert found is not None
    assert (round(float(found[1])), round(float(found[2]))) == size


@pytest.mark.parametrize("language", ["en", "ml"])
def test_scale_date_legend_sources_and_north_are_told(language: str) -> None:
    content = printed(ground(theme("parcels", square(20)), theme("flood", square(60))), language=language)
    told = whole(content)
    assert "1,000" in told
    assert "2026" in told
    assert "Survey of flood" in told
    assert "Office of maps" in told
    assert ("Land liable to flood" if language == "en" else "വെള്ളപ്പൊക്ക") in told


def test_the_same_question_prints_the_same_bytes() -> None:
    sheet = ground(
        theme("parcels", square(20)), theme("road", LineString([MIDDLE, (MIDDLE[0] + 50, MIDDLE[1])]))
    )
    assert printed(sheet) == printed(sheet)
    assert printed(sheet) != printed(sheet, road=0.5)


@pytest.mark.parametrize(
    ("scale", "drawn", "numbered"),
    [(2_500, True, True), (4_000, True, False), (10_000, True, False), (25_000, False, False)],
)
def test_plots_and_their_numbers_stay_away_where_they_would_run_together(
    scale: int, drawn: bool, numbered: bool
) -> None:
    frame = sheet_frame(town.METRIC, *MIDDLE, PAPERS["a3"], scale)
    sheet = ground(theme("parcels", square(60), label="12/1"))
    seen = seen_themes(sheet, frame, {})
    assert bool(seen) is drawn
    labels = [each.text for each in sheet_labels(seen, frame, wording("en"))]
    assert ("12/1" in labels) is numbered
    words = words_with(Wording(language=Language.ENGLISH).part("map.sheet"), "en")
    notes = printed_map(sheet, frame, PAPERS["a3"], {}, words).notes
    assert bool(notes) is not drawn


def test_what_was_asked_for_and_does_not_lie_there_is_said() -> None:
    frame = sheet_frame(town.METRIC, *MIDDLE, PAPERS["a4"], 500)
    words = words_with(Wording(language=Language.ENGLISH).part("map.sheet"), "en")
    sheet = ground(theme("parcels", square(20)), theme("flood", square(20, east=5_000)))
    told = printed_map(sheet, frame, PAPERS["a4"], {}, words)
    assert told.missing == ("Land liable to flood",)
    assert [each.text for each in told.legend] == ["Plots"]
    assert [each.title for each in told.sources] == ["Survey of parcels"]


def test_a_layer_is_as_faint_on_paper_as_on_the_screen() -> None:
    frame = sheet_frame(town.METRIC, *MIDDLE, PAPERS["a4"], 1000)
    sheet = ground(theme("flood", square(60)))
    whole, half = (sheet_svg(seen_themes(sheet, frame, strength), frame) for strength in ({}, {"flood": 0.5}))
    assert 'fill-opacity="0.40"' in whole
    assert 'fill-opacity="0.20"' in half
    assert ENTRIES["flood"].colour.fill in whole


def test_plots_lie_under_everything_and_roads_on_top() -> None:
    frame = sheet_frame(town.METRIC, *MIDDLE, PAPERS["a4"], 1000)
    road = LineString([MIDDLE, (MIDDLE[0] + 50, MIDDLE[1])])
    sheet = ground(theme("road", road), theme("zoning", square(80)), theme("parcels", square(20)))
    order = [each.theme.entry.id if each.theme.entry else "parcels" for each in seen_themes(sheet, frame, {})]
    assert order == ["parcels", "zoning", "road"]


def test_two_labels_never_take_the_same_paper() -> None:
    free = FreePaper(width=100, height=100)
    assert free.take(50, 50, 20, 2.2)
    assert not free.take(55, 50, 20, 2.2)
    assert free.take(50, 56, 20, 2.2)
    assert not free.take(2, 50, 20, 2.2)


def test_a_name_of_others_is_only_ever_text() -> None:
    hostile = replace(town.PLACE, name_en='#import "x" <b>', name_ml="കൃത്രിമം")
    sheet = replace(ground(theme("parcels", square(40), label="#panic()")), place=hostile)
    assert "#panic()" in whole(printed(sheet, scale=250))


@pytest.mark.parametrize(("text", "scale"), [(None, 1000), ("250", 250), ("25000", 25_000)])
def test_a_scale_on_offer_is_taken(text: str | None, scale: int) -> None:
    assert scale_of(text) == scale


@pytest.mark.parametrize("text", ["0", "-1000", "999", "1e3", "inf", "୧୦୦୦", "1000.0", "25001"])
def test_another_scale_is_refused_with_those_on_offer(text: str) -> None:
    with pytest.raises(Invalid, match="Choose one of: 250"):
        scale_of(text)


def test_another_sheet_is_refused_with_those_there_are() -> None:
    assert paper_named(None) is PAPERS["a4"]
    with pytest.raises(Invalid, match="a3-across"):
        paper_named("a0")


def test_layers_and_strengths_are_read_from_the_address() -> None:
    assert listed("parcels,,flood") == ["parcels", "flood"]
    assert listed("none") == []
    assert strengths("flood:40,zoning:100") == {"flood": 0.4, "zoning": 1.0}
    for text in ("flood", "flood:101", "flood:4.5", "flood:-1", "<b>:40"):
        with pytest.raises(Invalid, match="strength in per cent"):
            strengths(text)
