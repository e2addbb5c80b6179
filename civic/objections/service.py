"""An objection as a service: what may be disputed, the case, and what a plot's page shows of it.

In: a plot, a theme or fact, reason, evidence, sketch.  Out: cases, and the open disputes of a plot by line.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import shape
from sqlalchemy import select
from sqlalchemy.orm import Session

from civic.core.case import Case
from civic.core.desk import Desk
from civic.core.people import Actor
from civic.core.services import Service, read_workflow
from civic.core.steps import open_case
from civic.core.tables import CaseRow
from civic.core.working_days import day_there
from civic.objections.tables import ObjectionRow
from gis.asof import AsOf
from gis.crs import to_metric
from gis.errors import Conflict, Invalid, NotFound, TooLarge
from gis.jurisdictions import jurisdiction
from gis.parcels.ids import normal_number
from gis.parcels.model import Parcel
from gis.parcels.queries import parcel
from gis.recordings import last_recording
from layers.extract.assemble import extract_of_parcel
from layers.extract.model import Words

FACTS = {
    "number": Words(en="Number of the plot", ml="പ്ലോട്ട് നമ്പർ"),
    "area": Words(en="Area", ml="വിസ്തീർണം"),
    "boundary": Words(en="Boundary", ml="അതിർത്തി"),
    "land_type": Words(en="Land type", ml="ഭൂമിയുടെ തരം"),
}
"""Lines of an extract that are no theme of the catalogue."""
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
"""What an extract says, in words that are kept with the objection: the pages' own words may change."""
LONGEST, LARGEST = 2000, 100_000
"""Characters of a text, and of a sketch."""
FARTHEST = 500.0
"""Metres from its plot that a sketch may lie."""
NO_RASTERS = Path("no-rasters")
_NO_SHAPE = (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError, RecursionError)
"""What reading a text as a shape raises where it is none."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of the extract of a plot, as it stands."""

    number: str
    theme: str
    title: Words
    shown: Words


@dataclass(frozen=True, kw_only=True)
class Objection:
    """What the case's page shows."""

    line: Line
    why: str
    evidence: str
    sketch: Mapping[str, Any] | None


@dataclass(frozen=True, kw_only=True)
class Dispute:
    """An open objection, as everyone may see it: that there is one, since when."""

    theme: str
    number: str
    since: date


def line_of(desk: Desk, number: str, theme: str) -> Line:
    """The line that is disputed, as the extract says it today."""
    place = jurisdiction(desk.session, desk.body.jurisdiction)
    at = AsOf(on=desk.today, known=last_recording(desk.session, place.code))
    plot = parcel(desk.session, place, normal_number(number), at=at)
    own = plot.number.whole
    if theme in FACTS:
        return Line(number=own, theme=theme, title=FACTS[theme], shown=_fact(plot, theme))
    extract = extract_of_parcel(desk.session, place, plot, at=at, rasters=NO_RASTERS)
    for each in extract.themes:
        if each.layer == theme:
            return Line(number=own, theme=theme, title=each.title, shown=_same(str(each.status), STATUSES))
    raise NotFound(f"The extract of this plot has no line “{theme[:60]}”.", code="no-line")


def _fact(plot: Parcel, fact: str) -> Words:
    """What the record says of a fact, in both languages."""
    if fact == "area":
        area = f"{plot.measured_area:.2f}"
        return Words(en=f"{area} m² measured", ml=f"അളന്നത് {area} m²")
    if fact == "land_type":
        if not plot.land_type:
            return Words(en="not recorded", ml="രേഖപ്പെടുത്തിയിട്ടില്ല")
        return _same(plot.land_type, LAND_TYPES)
    return _same(plot.number.whole if fact == "number" else f"±{plot.accuracy:g} m", {})


def _same(word: str, known: Mapping[str, Words]) -> Words:
    """A word that has its own in each language, or is the same in both."""
    return known.get(word, Words(en=word, ml=word))


def object_to(desk: Desk, form: Mapping[str, str], *, actor: Actor) -> Case:
    """Open the case of an objection; one person disputes a line once at a time."""
    line = line_of(desk, form.get("number", ""), form.get("theme", ""))
    why = _text(form, "why", "Say what is wrong with this line.")
    evidence = _text(form, "evidence", "Say what shows it: a document, a survey, a photograph.")
    sketch = _sketch(desk, line.number, form.get("sketch", ""))
    standing = desk.session.scalar(
        select(CaseRow.number)
        .join(ObjectionRow, ObjectionRow.case_id == CaseRow.id)
        .where(
            CaseRow.closed.is_(None),
            CaseRow.opened_by == actor.person.id,
            ObjectionRow.number == line.number,
            ObjectionRow.theme == line.theme,
        )
    )
    if standing:
        raise Conflict(f"You dispute this line already, in case {standing}; add to it there.")
    opened = open_case(desk, parcels=[line.number], actor=actor, told={"theme": line.theme})
    desk.session.add(
        ObjectionRow(
            case_id=opened.id,
            body=desk.body.code,
            number=line.number,
            theme=line.theme,
            title_en=line.title.en,
            title_ml=line.title.ml,
            shown_en=line.shown.en,
            shown_ml=line.shown.ml,
            why=why,
            evidence=evidence,
            sketch=sketch,
        )
    )
    desk.session.flush()
    return opened


def disputes_on(session: Session, number: str, *, time_zone: str) -> list[Dispute]:
    """The open disputes about a plot, oldest first; nothing in them tells of a person."""
    query = (
        select(ObjectionRow.theme, CaseRow.number, CaseRow.opened)
        .join(CaseRow, CaseRow.id == ObjectionRow.case_id)
        .where(ObjectionRow.number == number, CaseRow.closed.is_(None))
        .order_by(CaseRow.id)
    )
    return [
        Dispute(theme=theme, number=case_number, since=day_there(opened, time_zone))
        for theme, case_number, opened in session.execute(query)
    ]


def _shown(desk: Desk, standing: Case) -> Objection:
    kept = desk.session.get_one(ObjectionRow, standing.id)
    line = Line(
        number=kept.number,
        theme=kept.theme,
        title=Words(en=kept.title_en, ml=kept.title_ml),
        shown=Words(en=kept.shown_en, ml=kept.shown_ml),
    )
    return Objection(line=line, why=kept.why, evidence=kept.evidence, sketch=kept.sketch)


SERVICE = Service(flow=read_workflow("civic.objections", {}), shown=_shown, part="town/objections/part.html")


def _text(form: Mapping[str, str], field: str, missing: str) -> str:
    words = form.get(field, "").strip()
    if not words:
        raise Invalid(missing, code="field-missing")
    if len(words) > LONGEST:
        raise TooLarge(f"At most {LONGEST} characters are taken in one field.")
    return words


def _sketch(desk: Desk, number: str, text: str) -> dict[str, Any] | None:
    """A GeoJSON geometry near the plot; None where nothing was drawn."""
    if not text.strip():
        return None
    if len(text) > LARGEST:
        raise TooLarge(f"The sketch has more than {LARGEST} characters; draw it simpler.")
    place = jurisdiction(desk.session, desk.body.jurisdiction)
    try:
        plain = shapely.force_2d(shape(json.loads(text)))
        drawn = to_metric(plain, place.metric)
    except (*_NO_SHAPE, shapely.errors.ShapelyError) as error:
        raise Invalid("The sketch is not a GeoJSON geometry in degrees.") from error
    at = AsOf(on=desk.today, known=last_recording(desk.session, place.code))
    plot = parcel(desk.session, place, number, at=at)
    if drawn.is_empty or not drawn.is_valid or not drawn.distance(plot.boundary) <= FARTHEST:
        raise Invalid(f"The sketch must be a valid shape within {FARTHEST:g} m of the plot.")
    kept: dict[str, Any] = json.loads(
        shapely.to_geojson(plain)
    )  # the shape alone, of whatever stood beside it
    return kept
