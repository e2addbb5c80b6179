"""`Answers` for tests of pages: the made-up town, without a database.

In: nothing.  Out: extracts, search results, a catalogue with data in a few layers, and errors of the family.
"""

# ruff: noqa: ARG002  (the protocol has more arguments than the town needs)

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from shapely import Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from gis.errors import Gone, Invalid, NotFound
from gis.parcels.ids import normal_number
from gis.site import Status
from layers.catalogue import load
from layers.extract.model import Extract, Group, Words
from tests.web import town
from tests.web.fake_extract import TODAY, extract_for
from web.answers import Bounds, CatalogueView, Drawn, MapLayer, Pair, Place, Position, SearchResult, Side

DIVIDED = "12/199-9"
"""A number that was divided."""


class TownAnswers:
    """The made-up town behind the pages."""

    def jurisdictions(self) -> Sequence[Place]:
        """One place."""
        west, south, east, north = town.degrees(town.placed(box(-20, -20, town.LONG + 20, 200))).bounds
        return [Place(jurisdiction=town.PLACE, bounds=Bounds(west=west, south=south, east=east, north=north))]

    def extract(
        self,
        code: str,
        *,
        number: str | None = None,
        ulpin: str | None = None,
        on: date | None,
        known: datetime | None,
    ) -> Extract:
        """A parcel of the town."""
        if ulpin:
            number = next((n for n, each in town.PARCELS.items() if each.ulpin == ulpin.upper()), "")
        wanted = normal_number(number) if number else ""
        if wanted == DIVIDED:
            raise Gone(
                f"Parcel {DIVIDED} was divided on 2024-02-01.",
                successors=[town.number_of(0, 0), town.number_of(0, 1)],
            )
        parcel = town.PARCELS.get(wanted)
        if parcel is None:
            raise NotFound(f"No parcel has the number {number}. Check it on the tax receipt.")
        if on is not None and on < parcel.valid.begins:
            raise NotFound(f"No parcel had the number {number} on {on}.")
        return extract_for(parcel.boundary, parcel, on=on or TODAY, known=known or town.KNOWN)  # type: ignore[arg-type]

    def area_extract(
        self, code: str, ring: Sequence[Position], *, on: date | None, known: datetime | None
    ) -> Extract:
        """A drawn area."""
        shape = Polygon(ring)
        if not shape.is_valid:
            raise Invalid("The area crosses itself. Draw it again so that its sides do not cross.")
        return extract_for(town.metres(shape), None, on=on or TODAY, known=known or town.KNOWN)  # type: ignore[arg-type]

    def parcels_at(
        self, code: str, lon: float, lat: float, *, on: date | None, known: datetime | None
    ) -> Sequence[str]:
        """Numbers at a position; near the seam of two plots both are told."""
        spot = town.metres(Point(lon, lat)).buffer(0.2)
        return [parcel.number.whole for parcel in town.parcels_on(spot)]

    def surroundings(self, extract: Extract, *, reach: float) -> Sequence[Drawn]:
        """Parcels and streets within reach."""
        plot = extract.subject.shape
        own = extract.subject.parcel
        near = [parcel for parcel in town.parcels_on(plot.buffer(reach)) if parcel != own]
        streets = [
            Drawn(kind="street", label=each.label, shape=each.shape)
            for each in town.STREETS
            if each.shape.distance(plot) < reach
        ]
        return [
            *streets,
            *(Drawn(kind="parcel", label=each.number.whole, shape=each.boundary) for each in near),
        ]

    def search(
        self, code: str, text: str, *, on: date | None, known: datetime | None
    ) -> Sequence[SearchResult]:
        """Numbers that begin so, and the streets by name."""
        found = [
            _result("parcel", number, None, parcel.boundary, number)
            for number, parcel in town.PARCELS.items()
            if text.upper() in number
        ]
        for street in town.STREETS:
            if text.lower() in street.label.lower() or text in street.label_ml:
                found.append(_result("place", street.label, street.label_ml, street.shape, None))
        return found[:8]

    def compare(self, code: str, *, number: str, on: date, on2: date, known: datetime | None) -> Pair:
        """Two dates; the flood layer begins in 2020, a divided plot has no later side."""
        return Pair(
            number=number,
            before=self._side(code, number, on, known),
            after=self._side(code, number, on2, known),
        )

    def _side(self, code: str, number: str, on: date, known: datetime | None) -> Side:
        try:
            extract = self.extract(code, number=number, on=on, known=known)
        except Gone as gone:
            return Side(on=on, extract=None, message=gone.message, successors=gone.successors)
        except NotFound as missing:
            return Side(on=on, extract=None, message=missing.message)
        if on < date(2020, 6, 1):
            earlier = tuple(
                replace(
                    theme,
                    status=Status.NOT_AFFECTED,
                    hits=(),
                    area=None,
                    share_of_measured=None,
                    distance=None,
                )
                if theme.layer == "flood"
                else theme
                for theme in extract.themes
            )
            extract = replace(extract, themes=earlier)
        return Side(on=on, extract=extract)

    def catalogue(self, code: str) -> CatalogueView:
        """The catalogue of Kerala with data in a few layers."""
        catalogue = load("kerala")
        return CatalogueView(
            groups=tuple(Group(id=g.id, title=Words(en=g.title.en, ml=g.title.ml)) for g in catalogue.groups),
            layers=tuple(
                MapLayer(
                    id=layer.id,
                    group=layer.theme,
                    title=Words(en=layer.title.en, ml=layer.title.ml),
                    meaning=Words(en=layer.meaning.en, ml=layer.meaning.ml),
                    fill=layer.colour.fill,
                    line=layer.colour.line,
                    symbol=layer.symbol,
                    role=layer.role,
                    has_data=layer.id in {"zoning", "flood", "watercourse", "road"},
                    shown=layer.id in {"road", "watercourse"},
                )
                for layer in catalogue.layers
            ),
            version="1",
            versions={"parcels": "3", "flood": "2"},
            days=(date(2019, 4, 1), date(2020, 6, 1), date(2024, 2, 1), TODAY),
        )

    def pdf(self, extract: Extract, lang: str) -> bytes:
        """Something that begins as a PDF does."""
        return b"%PDF-1.7\n% " + lang.encode()


def _result(
    kind: str, title: str, title_ml: str | None, shape: BaseGeometry, number: str | None
) -> SearchResult:
    spot = town.degrees(shape.representative_point())
    return SearchResult(
        kind=kind,
        title_en=title,
        title_ml=title_ml,
        number=number,
        lon=round(spot.x, 6),
        lat=round(spot.y, 6),
        score=1.0,
    )
