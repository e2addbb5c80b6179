"""What a change of record does to the land: whether it can be, what the visit measured, the new states.

In: a `Wanted`, boundaries of the visit in degrees (GeoJSON, EPSG:4326) or a dividing line.  Out: the parcels to come as
GeoJSON, or the numbers that ended and began.  `Conflict` and `Invalid` say what does not fit; nothing of a trial is kept.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

import shapely
from shapely import LineString, MultiPolygon, Polygon
from shapely.geometry import mapping, shape
from shapely.ops import split
from sqlalchemy.orm import Session

from civic.land_records.model import MOST_PARTS, Kind, Wanted
from gis.asof import AsOf
from gis.crs import to_geographic, to_metric
from gis.errors import Conflict, Invalid, TooLarge
from gis.geojson import check_position, drawn_area, position
from gis.parcels.changes import NewParcel, correct, divide, merge
from gis.parcels.ids import normal_number
from gis.parcels.model import Parcel, ParcelNumber
from gis.parcels.queries import parcel
from gis.parties.changes import transfer
from gis.parties.model import Instrument, RightKind, Share, Source
from gis.parties.people import rename
from gis.parties.queries import owners, rights_on
from gis.place import Jurisdiction
from gis.recordings import last_recording, one_by_one
from gis.units import Area

LONGEST_TEXT = 1_000_000
"""Characters of a visit's GeoJSON."""
PLACES = 8
"""Decimals of a degree in what is kept: a millimetre."""


def standing(session: Session, place: Jurisdiction, wanted: Wanted, *, on: date) -> list[Parcel]:
    """The plots that an application names, as they stand on a day."""
    at = AsOf(on=on, known=last_recording(session, place.code))
    return [parcel(session, place, number, at=at) for number in wanted.numbers]


def check(session: Session, place: Jurisdiction, wanted: Wanted, *, on: date) -> None:
    """Refuse at once what the land cannot bear: plots that are gone, a record that says so already, plots that do not meet.

    Whether the register holds an owner of a name is not told here: whoever applies would learn whose a plot is by guessing.
    """
    plots = standing(session, place, wanted, on=on)
    if wanted.kind is Kind.AREA and wanted.area == plots[0].recorded_area:
        raise Conflict("The record shows this area already.")
    if wanted.kind is Kind.LAND_TYPE and wanted.land_type == plots[0].land_type:
        raise Conflict("The record shows this land type already.")
    if wanted.kind is Kind.MERGE:
        joined(plots)


def joined(plots: Sequence[Parcel]) -> Polygon:
    """The land of plots that meet; small gaps and overlaps within their accuracy are closed."""
    whole = plots[0].boundary
    reach = max(plot.accuracy for plot in plots)
    for plot in plots[1:]:
        whole = whole.union(shapely.snap(plot.boundary, whole, reach))
    if isinstance(whole, MultiPolygon):
        closed = whole.buffer(reach / 2, join_style="mitre").buffer(-reach / 2, join_style="mitre")
        whole = closed
    if not isinstance(whole, Polygon):
        raise Conflict("These plots do not lie side by side; only neighbours can be merged.")
    return whole


def measured_by(
    session: Session, place: Jurisdiction, wanted: Wanted, form: Mapping[str, str], *, on: date
) -> dict[str, Any]:
    """The parcels to come, as the visit found them: GeoJSON, tried on the land before it is kept."""
    plots = standing(session, place, wanted, on=on)
    if wanted.kind is Kind.MERGE:
        shapes, numbers = [joined(plots)], _numbers(form, 1)
    else:
        shapes = _parts(place, plots[0], form)
        numbers = _numbers(form, len(shapes))
    if any(part.buffer(-plots[0].accuracy / 2).is_empty for part in shapes):
        raise Conflict(
            "A part is narrower than the plot is measured exactly; nobody could find it on the ground."
        )
    if set(wanted.numbers) & set(numbers):
        raise Conflict("A number that ends with this change cannot begin with it; choose new numbers.")
    if wanted.kind is Kind.DIVIDE and len(shapes) != wanted.parts:
        raise Conflict(f"{wanted.parts} parts were applied for, but {len(shapes)} were measured.")
    found = collection(place, list(zip(numbers, shapes, strict=True)))
    with _trial(session):
        make(session, place, wanted, found, on=on, instrument="a trial")
    return found


def collection(place: Jurisdiction, parts: Sequence[tuple[str, Polygon]]) -> dict[str, Any]:
    """Parcels to come as a GeoJSON FeatureCollection."""
    features = []
    for number, boundary in parts:
        degrees = shapely.transform(
            to_geographic(boundary, place.metric), lambda xy: xy.round(PLACES), include_z=False
        )
        features.append({"type": "Feature", "properties": {"number": number}, "geometry": mapping(degrees)})
    plain: dict[str, Any] = json.loads(json.dumps({"type": "FeatureCollection", "features": features}))
    return plain


def make(
    session: Session,
    place: Jurisdiction,
    wanted: Wanted,
    measured: Mapping[str, Any] | None,
    *,
    on: date,
    instrument: str,
) -> dict[str, list[str]]:
    """Change the record; the numbers that ended and began.

    Other writers of the land wait from here on, so that nothing changes between what is read and what is written.
    """
    one_by_one(session, place.code)
    plots = standing(session, place, wanted, on=on)
    if wanted.kind is Kind.NAME:
        rename(session, place, owner_named(session, place, wanted, on=on), name=wanted.name or "", on=on)
        return {"ended": [], "began": []}
    if wanted.kind in (Kind.AREA, Kind.LAND_TYPE):
        to = _again(plots[0], area=wanted.area, land_type=wanted.land_type)
        correct(session, place, wanted.numbers[0], to=to, on=on, instrument=instrument)
        return {"ended": [], "began": [wanted.numbers[0]]}
    new = _to_come(place, plots, measured)
    held = _shares(session, place, wanted, on=on)
    if wanted.kind is Kind.DIVIDE:
        began = divide(session, place, wanted.numbers[0], into=new, on=on, instrument=instrument)
    else:
        began = [merge(session, place, wanted.numbers, into=new[0], on=on, instrument=instrument)]
    for each in began if held else ():
        title = Instrument(title=instrument, dated=on)
        transfer(session, place, each.number.whole, to=held, on=on, instrument=title, source=Source.REGISTER)
    return {"ended": list(wanted.numbers), "began": [each.number.whole for each in began]}


def _shares(session: Session, place: Jurisdiction, wanted: Wanted, *, on: date) -> list[Share]:
    """Who holds the land and in what parts, so that the new plots are theirs; nobody where none is recorded.

    `Conflict` where the plots of a merger are held differently, or another right than ownership stands on a plot: that is
    for a deed to settle, not for a change of boundaries.
    """
    at = AsOf(on=on, known=last_recording(session, place.code))
    found = [rights_on(session, place, number, at=at) for number in wanted.numbers]
    if any(right.kind is not RightKind.OWNERSHIP for rights in found for right in rights):
        raise Conflict("A mortgage, lease or other right stands on this land; it must be settled first.")
    held = [{(right.party.id, right.part) for right in rights} for rights in found]
    if any(each != held[0] for each in held):
        raise Conflict(
            "These plots do not have the same owners with the same shares; settle the title first."
        )
    return [Share(party=party, part=part) for party, part in sorted(held[0])]


def boundaries(place: Jurisdiction, measured: Mapping[str, Any]) -> list[tuple[str, Polygon]]:
    """Kept parcels to come: number and boundary in metres."""
    return [
        (each["properties"]["number"], to_metric(shape(each["geometry"]), place.metric))
        for each in measured["features"]
    ]


def _to_come(
    place: Jurisdiction, plots: Sequence[Parcel], measured: Mapping[str, Any] | None
) -> list[NewParcel]:
    if not measured:
        raise Conflict("The visit has not measured the new boundaries yet.")
    first = plots[0]
    areas = [plot.recorded_area for plot in plots]
    units = {area.unit for area in areas if area}
    whole = None
    if len(measured["features"]) == 1 and None not in areas and len(units) == 1:
        whole = Area(value=sum(area.value for area in areas if area), unit=units.pop())  # type: ignore[arg-type]
    return [
        NewParcel(
            number=_number(first.number, number),
            boundary=boundary,
            accuracy=max(plot.accuracy for plot in plots),
            recorded_area=whole,
            address=first.address,
            land_type=first.land_type if len({plot.land_type for plot in plots}) == 1 else None,
        )
        for number, boundary in boundaries(place, measured)
    ]


def _number(old: ParcelNumber, whole: str) -> ParcelNumber:
    """A new number in the same village and block; its survey parts are the register's to give."""
    return ParcelNumber(
        whole=whole, district=old.district, taluk=old.taluk, village=old.village, block=old.block
    )


def _again(old: Parcel, *, area: Area | None, land_type: str | None) -> NewParcel:
    return NewParcel(
        number=old.number,
        boundary=old.boundary,
        accuracy=old.accuracy,
        recorded_area=area or old.recorded_area,
        ulpin=old.ulpin,
        address=old.address,
        land_type=land_type or old.land_type,
    )


def owner_named(session: Session, place: Jurisdiction, wanted: Wanted, *, on: date) -> int:
    """The owner whose name is to be corrected, for the office alone to ask; `Conflict` where there is not one such."""
    at = AsOf(on=on, known=last_recording(session, place.code))
    held = owners(session, place, wanted.numbers[0], at=at)
    found = [right for right in held if right.party.name.casefold() == (wanted.old_name or "").casefold()]
    if len(found) != 1:
        raise Conflict(
            "The register holds no owner of this plot under exactly that name; ask the applicant, or refuse with this reason."
        )
    return found[0].party.id


def _parts(place: Jurisdiction, plot: Parcel, form: Mapping[str, str]) -> list[Polygon]:
    if form.get("boundaries", "").strip():
        return _drawn(place, form["boundaries"])
    begin, end = form.get("line_from", "").strip(), form.get("line_to", "").strip()
    if not begin or not end:
        raise Invalid(
            "Give the new boundaries: two positions on the dividing line, or a GeoJSON file's text with all parts."
        )
    ends = [position(begin), position(end)]
    for each in ends:
        check_position(*each)
    line = to_metric(LineString(ends), place.metric)
    if line.length < plot.accuracy:
        raise Invalid("The two positions of the dividing line are the same within the plot's accuracy.")
    return _cut(plot, line)


def _cut(plot: Parcel, line: LineString) -> list[Polygon]:
    """A plot cut by a line, made longer at both ends until it leaves the plot."""
    west, south, east, north = plot.boundary.bounds
    far = (east - west) + (north - south) + line.length
    (x1, y1), (x2, y2) = line.coords[0], line.coords[-1]
    dx, dy = (x2 - x1) / line.length * far, (y2 - y1) / line.length * far
    longer = LineString([(x1 - dx, y1 - dy), (x2 + dx, y2 + dy)])
    parts = [part for part in split(plot.boundary, longer).geoms if isinstance(part, Polygon)]
    if len(parts) < 2:
        raise Conflict(
            "The dividing line does not cross the plot; stand on it and take both positions again."
        )
    return sorted(parts, key=lambda part: (-part.centroid.y, part.centroid.x))


def _drawn(place: Jurisdiction, text: str) -> list[Polygon]:
    if len(text) > LONGEST_TEXT:
        raise TooLarge(f"The boundaries have more than {LONGEST_TEXT} characters.")
    try:
        features = json.loads(text)["features"]
        rings = [each["geometry"]["coordinates"] for each in features]
        kinds = {each["geometry"]["type"] for each in features}
        if kinds != {"Polygon"} or not 1 < len(rings) <= MOST_PARTS:
            raise Invalid(f"The boundaries must be 2 to {MOST_PARTS} polygons.")
        return [drawn_area(each, place.metric) for each in rings]
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise Invalid("The boundaries are not a GeoJSON FeatureCollection of polygons.") from error


def _numbers(form: Mapping[str, str], count: int) -> list[str]:
    given = [line for line in form.get("numbers", "").replace(",", "\n").splitlines() if line.strip()]
    numbers = [normal_number(line) for line in given]
    if len(set(numbers)) != count or len(numbers) != count:
        raise Invalid(f"Give {count} new number(s), one on each line, each once.")
    return numbers


@contextmanager
def _trial(session: Session) -> Iterator[None]:
    """Try something on the database and undo it, whatever becomes of it."""
    point = session.begin_nested()
    try:
        yield
    finally:
        point.rollback()
