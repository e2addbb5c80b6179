"""The lines of a plot's extract that can be disputed, as they stand: every theme of the catalogue, and what else its page tells.

In: a plot, a day, the folder of rasters.  Out: `Line` values in both languages; nothing in them tells of a person.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from civic.core.desk import Desk
from gis.asof import AsOf
from gis.errors import NotFound
from gis.jurisdictions import jurisdiction
from gis.parcels.ids import normal_number
from gis.parcels.model import Parcel
from gis.parcels.queries import parcel
from gis.recordings import last_recording
from layers.extract.assemble import extract_of_parcel
from layers.extract.model import Extract, Words

STATUSES = {
    "affected": Words(en="Affected", ml="ബാധകം"),
    "near": Words(en="Near", ml="സമീപം"),
    "not_affected": Words(en="Not affected", ml="ബാധകമല്ല"),
    "no_data": Words(en="No data", ml="വിവരമില്ല"),
}
LAND_TYPES = {
    "nilam": Words(en="Nilam (wet land)", ml="നിലം"),
    "purayidam": Words(en="Purayidam (garden land)", ml="പുരയിടം"),
    "thottam": Words(en="Thottam (plantation)", ml="തോട്ടം"),
    "puramboke": Words(en="Puramboke (public land)", ml="പുറമ്പോക്ക്"),
}
UNITS_ML = {"are": "ആർ", "cent": "സെന്റ്", "acre": "ഏക്കർ", "hectare": "ഹെക്ടർ", "m2": "ച.മീ.", "sqft": "ച.അടി"}
"""What an extract says, in words that are kept with the objection: the pages' own words may change."""
NOT_RECORDED = Words(en="not recorded", ml="രേഖപ്പെടുത്തിയിട്ടില്ല")
NONE_KNOWN = Words(en="none is known", ml="ഒന്നും അറിയില്ല")
MEMBER = "admin"
"""The role of themes that say where a plot lies: the page names the place, and no status."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of the extract of a plot, as it stands."""

    number: str
    theme: str
    title: Words
    shown: Words


def _number(plot: Parcel) -> Words:
    return _same(plot.number.whole)


def _ulpin(plot: Parcel) -> Words:
    return _same(plot.ulpin) if plot.ulpin else NOT_RECORDED


def _address(plot: Parcel) -> Words:
    return _same(plot.address) if plot.address else NOT_RECORDED


def _area(plot: Parcel) -> Words:
    measured = f"{plot.measured_area:.2f} m²"
    if not plot.recorded_area:
        return Words(en=f"{measured} measured", ml=f"അളന്നത് {measured}")
    value, unit = plot.recorded_area.value, plot.recorded_area.unit
    return Words(
        en=f"{measured} measured, {value} {unit} recorded",
        ml=f"അളന്നത് {measured}, രേഖയിൽ {value} {UNITS_ML.get(unit, unit)}",
    )


def _boundary(plot: Parcel) -> Words:
    return _same(f"±{plot.accuracy:g} m")


def _land_type(plot: Parcel) -> Words:
    return LAND_TYPES.get(plot.land_type, _same(plot.land_type)) if plot.land_type else NOT_RECORDED


def _instrument(plot: Parcel) -> Words:
    return _same(plot.instrument) if plot.instrument else NOT_RECORDED


def _valid(plot: Parcel) -> Words:
    begins = _day(plot.valid.begins)
    if plot.valid.ends is None:
        return Words(en=f"since {begins}", ml=f"{begins} മുതൽ")
    ends = _day(plot.valid.ends)
    return Words(en=f"from {begins} until {ends}", ml=f"{begins} മുതൽ {ends} വരെ")


def _day(day: date) -> str:
    return f"{day.day:02d}-{day.month:02d}-{day.year}"


def _streets(extract: Extract) -> Words:
    if not extract.frontages:
        return NONE_KNOWN
    told = [
        (each.label or each.ref, each.label_ml or each.label or each.ref, _metres(each.width))
        for each in extract.frontages
    ]
    return Words(
        en="; ".join(f"{name}, {width or 'width not known'}" for name, _, width in told),
        ml="; ".join(f"{name}, {width or 'വീതി അറിയില്ല'}" for _, name, width in told),
    )


def _terrain(extract: Extract) -> Words:
    found = extract.terrain
    if found is None:
        return NONE_KNOWN
    return _same(
        f"{found.lowest:g}–{found.highest:g} {found.unit}, {found.slope_mean:g}°–{found.slope_max:g}°"
    )


def _neighbours(extract: Extract) -> Words:
    return _same(", ".join(each.number for each in extract.neighbours)) if extract.neighbours else NONE_KNOWN


def _metres(width: float | None) -> str | None:
    return None if width is None else f"{width:g} m"


def _same(word: str) -> Words:
    """A word that is the same in both languages."""
    return Words(en=word, ml=word)


OF_RECORD: Mapping[str, tuple[Words, Callable[[Parcel], Words]]] = {
    "number": (Words(en="Number of the plot", ml="പ്ലോട്ട് നമ്പർ"), _number),
    "ulpin": (Words(en="ULPIN", ml="ULPIN"), _ulpin),
    "address": (Words(en="Address", ml="വിലാസം"), _address),
    "area": (Words(en="Area", ml="വിസ്തീർണം"), _area),
    "boundary": (Words(en="Boundary", ml="അതിർത്തി"), _boundary),
    "land_type": (Words(en="Land type", ml="ഭൂമിയുടെ തരം"), _land_type),
    "instrument": (Words(en="Instrument", ml="ആധാരരേഖ"), _instrument),
    "valid": (Words(en="Holds", ml="പ്രാബല്യം"), _valid),
}
AROUND: Mapping[str, tuple[Words, Callable[[Extract], Words]]] = {
    "streets": (Words(en="Streets along the plot", ml="പ്ലോട്ടിനോടു ചേർന്ന വഴികൾ"), _streets),
    "terrain": (Words(en="Height and slope", ml="ഉയരവും ചരിവും"), _terrain),
    "neighbours": (Words(en="Neighbouring plots", ml="അയൽപ്ലോട്ടുകൾ"), _neighbours),
}
"""Lines that are no theme of the catalogue: what the record says of the plot, and what lies around it."""


def line_of(desk: Desk, number: str, theme: str, *, rasters: Path) -> Line:
    """The line that is disputed, as the extract says it today."""
    at, plot = _standing(desk, number)
    if theme in OF_RECORD:
        title, told = OF_RECORD[theme]
        return Line(number=plot.number.whole, theme=theme, title=title, shown=told(plot))
    for each in _asked(desk, plot, at, rasters):
        if each.theme == theme:
            return each
    raise NotFound(f"The extract of this plot has no line “{theme[:60]}”.", code="no-line")


def lines_of(desk: Desk, number: str, *, rasters: Path) -> list[Line]:
    """Every line that can be disputed, in the order of the plot's page."""
    at, plot = _standing(desk, number)
    of_record = [
        Line(number=plot.number.whole, theme=theme, title=title, shown=told(plot))
        for theme, (title, told) in OF_RECORD.items()
    ]
    return [*of_record, *_asked(desk, plot, at, rasters)]


def _standing(desk: Desk, number: str) -> tuple[AsOf, Parcel]:
    place = jurisdiction(desk.session, desk.body.jurisdiction)
    at = AsOf(on=desk.today, known=last_recording(desk.session, place.code))
    return at, parcel(desk.session, place, normal_number(number), at=at)


def _asked(desk: Desk, plot: Parcel, at: AsOf, rasters: Path) -> Iterator[Line]:
    """The lines for which the layers must be asked."""
    place = jurisdiction(desk.session, desk.body.jurisdiction)
    extract = extract_of_parcel(desk.session, place, plot, at=at, rasters=rasters)
    own = plot.number.whole
    for each in extract.themes:
        shown = STATUSES[str(each.status)]
        if each.role == MEMBER and each.hits:
            shown = Words(
                en=", ".join(hit.label or hit.ref for hit in each.hits),
                ml=", ".join(hit.label_ml or hit.label or hit.ref for hit in each.hits),
            )
        yield Line(number=own, theme=each.layer, title=each.title, shown=shown)
    for theme, (title, told) in AROUND.items():
        yield Line(number=own, theme=theme, title=title, shown=told(extract))
