"""The questions of pages, API and command line, answered from the database: one short transaction each.

In: a jurisdiction's code and what a person asked for.  Out: values.  Here, at the door, the clock is read: `on` is today in
India unless chosen, and `known` is the last recording instant.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from math import inf
from pathlib import Path
from zoneinfo import ZoneInfo

from shapely import Point
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from gis.asof import AsOf
from gis.crs import to_metric
from gis.db.quick import Reading
from gis.errors import Conflict, Gone, Invalid, NotFound
from gis.geojson import check_position, drawn_area
from gis.jurisdictions import Jurisdiction, jurisdiction, jurisdictions
from gis.parcels.model import Lineage, Parcel
from gis.parcels.queries import history, lineage, numbers, parcel, parcel_by_ulpin, parcels_touching
from gis.recordings import first_recording, last_recording
from gis.site import Site
from layers import search as searching
from layers.bounds import bounds
from layers.catalogue import Catalogue, load
from layers.days import days_of_change
from layers.entry import Role
from layers.extract.assemble import extract_of_area, extract_of_number, extract_of_parcel
from layers.extract.model import Extract, Group, Words
from layers.extract.questions import around
from layers.imports import Standing, standing
from layers.site import site_of_parcel
from layers.wards import names_of_wards, parcels_of_ward
from tiles.heights import drawn_on_grids
from tiles.versions import changes_of, stamp
from web.answers import Bounds, CatalogueView, Drawn, MapLayer, Pair, Place, Position, SearchResult, Side
from web.print import extract_pdf, reach

KERALA_TIME = ZoneInfo("Asia/Kolkata")
SHOWN_AT_FIRST = {Role.ROAD, Role.WATER}
ON_A_GRID = {Role.TERRAIN, Role.COVER}
"""Layers that are drawn as rasters, not as shapes."""


class LandAnswers:
    """Answers from a database and a folder of rasters."""

    def __init__(self, engine: Engine, *, rasters: Path) -> None:
        self.engine = engine
        self._reading = Reading(engine)
        self.rasters = rasters
        self._places: dict[str, Jurisdiction] = {}

    @contextmanager
    def _asking(self, code: str) -> Iterator[tuple[Session, Jurisdiction]]:
        with Session(self.engine) as session, session.begin():
            yield session, jurisdiction(session, code)

    def jurisdictions(self) -> Sequence[Place]:
        """Every place that can be asked about, by code."""
        with Session(self.engine) as session, session.begin():
            return [
                Place(jurisdiction=each, bounds=self._bounds(session, each))
                for each in jurisdictions(session)
            ]

    def _bounds(self, session: Session, place: Jurisdiction) -> Bounds | None:
        try:
            box = bounds(session, place, known=last_recording(session, place.code))
        except NotFound:
            return None
        return box and Bounds(west=box[0], south=box[1], east=box[2], north=box[3])

    def extract(
        self,
        code: str,
        *,
        number: str | None = None,
        ulpin: str | None = None,
        on: date | None,
        known: datetime | None,
    ) -> Extract:
        """The extract of a parcel; `NotFound`, or `Gone` with its successors."""

        def question(session: Session) -> Extract:
            place, day = self._place(session, code), day_asked(on)
            if number and known is None:
                extract = extract_of_number(session, place, number, on=day, rasters=self.rasters)
                if extract is not None:
                    return extract
            at = as_of(session, place, on=day, known=known)
            found = _parcel(session, place, number, ulpin, at=at)
            return extract_of_parcel(session, place, found, at=at, rasters=self.rasters)

        return self._reading.answer(question)

    def site(self, extract: Extract) -> Site:
        """What rules may see of the parcel of an extract; `Invalid` for an area drawn by hand."""
        if extract.subject.parcel is None:
            raise Invalid(
                "Only a parcel of the register can be checked against the rules; ask by its number."
            )
        with self._asking(extract.jurisdiction.code) as (session, place):
            return site_of_parcel(session, place, extract.subject.parcel, at=extract.at, rasters=self.rasters)

    def numbers_of_ward(self, code: str, ward: str, *, on: date | None) -> list[str]:
        """The numbers of the parcels of a ward; `NotFound` names the wards there are."""
        with self._asking(code) as (session, place):
            at = as_of(session, place, on=day_asked(on), known=None)
            return [each.number.whole for each in parcels_of_ward(session, place, ward, at=at)]

    def wards(self, code: str) -> list[tuple[str, str, str | None]]:
        """Reference, name and Malayalam name of every ward of a place as it is today, by reference."""
        with self._asking(code) as (session, place):
            return names_of_wards(session, place, at=as_of(session, place, on=day_asked(None), known=None))

    def numbers(self, code: str, *, on: date | None) -> list[str]:
        """The number of every parcel of a place, in order."""
        with self._asking(code) as (session, place):
            return numbers(session, place, at=as_of(session, place, on=day_asked(on), known=None))

    def _place(self, session: Session, code: str) -> Jurisdiction:
        """A jurisdiction; once founded it stays as it is, so it is looked up once."""
        if code not in self._places:
            self._places[code] = jurisdiction(session, code)
        return self._places[code]

    def area_extract(
        self, code: str, ring: Sequence[Position], *, on: date | None, known: datetime | None
    ) -> Extract:
        """The extract of an area given by its corners."""
        return self.polygon_extract(code, [ring], on=on, known=known)

    def polygon_extract(
        self,
        code: str,
        rings: Sequence[Sequence[Sequence[float]]],
        *,
        on: date | None,
        known: datetime | None,
    ) -> Extract:
        """The extract of a GeoJSON polygon's coordinates."""
        with self._asking(code) as (session, place):
            at = as_of(session, place, on=on, known=known)
            shape = drawn_area(rings, place.metric)
            return extract_of_area(session, place, shape, at=at, rasters=self.rasters)

    def parcels_at(
        self, code: str, lon: float, lat: float, *, on: date | None, known: datetime | None
    ) -> Sequence[str]:
        """Numbers of the parcels that hold a position."""
        check_position(lon, lat)
        with self._asking(code) as (session, place):
            at = as_of(session, place, on=on, known=known)
            point = to_metric(Point(lon, lat), place.metric)
            return [each.number.whole for each in parcels_touching(session, place, point, at=at)]

    def number_at(self, code: str, lon: float, lat: float, *, on: date | None, known: datetime | None) -> str:
        """The number of the one parcel that holds a position; `NotFound` where none does, `Conflict` where several do."""
        numbers = self.parcels_at(code, lon, lat, on=on, known=known)
        if not numbers:
            raise NotFound(f"No parcel is recorded at {lon:g}, {lat:g}. Choose a place on a plot.")
        if len(numbers) > 1:
            raise Conflict(
                f"Several parcels are recorded at {lon:g}, {lat:g}: {', '.join(numbers)}. Ask by number."
            )
        return numbers[0]

    def surroundings(self, extract: Extract, *, reach: float) -> Sequence[Drawn]:
        """Parcels and streets within some metres of the extract's plot, itself not included."""
        place, at = extract.jurisdiction, extract.at
        box = extract.subject.shape.buffer(reach, cap_style="square", join_style="mitre").envelope
        own = extract.subject.parcel.state if extract.subject.parcel else None
        with self._asking(place.code) as (session, _):
            roads = _imports_of(load(place.catalogue), standing(session, place, known=at.known), Role.ROAD)
            near = around(
                session,
                place,
                box,
                accuracy=0.0,
                own=own,
                reaches=dict.fromkeys(roads, inf),
                streets=(),
                at=at,
            )
        drawn = [Drawn(kind="parcel", label=each.number, shape=each.boundary) for each in near.parcels]
        drawn += [
            Drawn(kind="street", label=each.label, shape=part)
            for each in near.features
            for part in each.parts
        ]
        return drawn

    def search(
        self, code: str, text: str, *, on: date | None, known: datetime | None
    ) -> Sequence[SearchResult]:
        """What a person may have meant, best first."""
        with self._asking(code) as (session, place):
            at = as_of(session, place, on=on, known=known)
            found = searching.search(session, place, text, at=at)
        return [
            SearchResult(
                kind=each.kind,
                title_en=each.title_en,
                title_ml=each.title_ml,
                number=each.number,
                lon=each.longitude,
                lat=each.latitude,
                score=each.score,
            )
            for each in found
        ]

    def compare(self, code: str, *, number: str, on: date, on2: date, known: datetime | None) -> Pair:
        """The same number on two dates, the earlier first."""
        before, after = sorted((on, on2))
        return Pair(
            number=number,
            before=self._side(code, number, on=before, known=known),
            after=self._side(code, number, on=after, known=known),
        )

    def _side(self, code: str, number: str, *, on: date, known: datetime | None) -> Side:
        try:
            return Side(on=on, extract=self.extract(code, number=number, on=on, known=known))
        except (NotFound, Gone) as absence:
            return Side(
                on=on, extract=None, message=absence.message, successors=getattr(absence, "successors", ())
            )

    def history(
        self, code: str, number: str, *, known: datetime | None
    ) -> tuple[Sequence[Parcel], Sequence[Lineage]]:
        """The states of a number and the changes it came of and went into; `NotFound` where there was none."""
        with self._asking(code) as (session, place):
            at = as_of(session, place, on=None, known=known)
            states = history(session, place, number, known=at.known)
            if not states:
                raise NotFound(f"No parcel in {place.name_en} ever had the number {number}.")
            return states, lineage(session, place, [number], known=at.known)

    def metric(self, code: str) -> int:
        """The metric system of a jurisdiction."""
        with self._asking(code) as (_, place):
            return place.metric

    def catalogue(self, code: str) -> CatalogueView:
        """What the map can show."""
        with self._asking(code) as (session, place):
            known = last_recording(session, code)
            imports = standing(session, place, known=known)
            days = days_of_change(session, place, imports)
            changes = changes_of(session, place, known=known)
        here = {each.target for each in imports}
        catalogue = load(place.catalogue)
        groups = tuple(Group(id=g.id, title=Words(en=g.title.en, ml=g.title.ml)) for g in catalogue.groups)
        layers = tuple(
            MapLayer(
                id=layer.id,
                group=layer.theme,
                title=Words(en=layer.title.en, ml=layer.title.ml),
                meaning=Words(en=layer.meaning.en, ml=layer.meaning.ml),
                fill=layer.colour.fill,
                line=layer.colour.line,
                symbol=layer.symbol,
                role=layer.role,
                has_data=(layer.source_layer or layer.id) in here,
                shown=layer.role in SHOWN_AT_FIRST,
            )
            for layer in catalogue.layers
            if layer.role not in ON_A_GRID and layer.source_layer is None
        )
        credits = tuple(sorted({f"{each.source['title']} ({each.source['licence']})" for each in imports}))
        return CatalogueView(
            groups=groups,
            layers=layers,
            version=version_of(known),
            versions={name: stamp(changed) for name, changed in changes.items()},
            credits=credits,
            rasters=tuple(drawn_on_grids(imports)),
            days=(*(day for day in days if day < today()), today()),
        )

    def pdf(self, extract: Extract, lang: str) -> bytes:
        """The printed extract."""
        around = self.surroundings(extract, reach=reach(extract))
        return extract_pdf(extract, language="ml" if lang == "ml" else "en", surroundings=around)


def version_of(known: datetime) -> str:
    """A version for tile addresses: the recording instant in microseconds."""
    return str(int(known.timestamp() * 1_000_000))


def _imports_of(catalogue: Catalogue, imports: Standing, role: Role) -> list[int]:
    targets = {layer.id for layer in catalogue.with_role(role)}
    return [each.id for each in imports if each.target in targets]


def _parcel(
    session: Session, place: Jurisdiction, number: str | None, ulpin: str | None, *, at: AsOf
) -> Parcel:
    if number:
        return parcel(session, place, number, at=at)
    if ulpin:
        return parcel_by_ulpin(session, place, ulpin, at=at)
    raise Invalid("Say which plot: a number, a ULPIN, or a position.")


def as_of(session: Session, place: Jurisdiction, *, on: date | None, known: datetime | None) -> AsOf:
    """The point in both times that is meant.

    What was believed at an instant after the last recording is what was recorded last, and that instant stands in the
    answer; of one that is still to come nobody can tell.
    """
    last = last_recording(session, place.code)
    if known is None:
        known = last
    if known.tzinfo is None:
        known = known.replace(tzinfo=UTC)
    if known > max(last, datetime.now(UTC)):
        raise Invalid(
            f"Nothing is recorded after {last.isoformat()}; ask for that instant or an earlier one."
        )
    known = min(known, last)
    if known < first_recording(session, place.code):
        raise NotFound(
            f"Nothing of {place.name_en} was recorded yet at {known.isoformat()}; ask for a later instant."
        )
    return AsOf(on=day_asked(on), known=known)


def day_asked(on: date | None) -> date:
    """The date asked for, today where none was; nobody knows what will hold on a later one."""
    if on is not None and on > today():
        raise Invalid(
            f"{on} lies in the future, and what will hold then is not known; ask for today or an earlier date."
        )
    return on or today()


def today() -> date:
    """The date in Kerala."""
    return datetime.now(KERALA_TIME).date()
