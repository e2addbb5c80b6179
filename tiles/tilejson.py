"""What the tiles of a place hold, told in TileJSON 3.0.0.

In: a session, a jurisdiction, a point in both times, the address of this service.  Out: the layers that can be drawn, each with
the version of what is recorded of it, and plain values for JSON.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from gis.asof import AsOf
from gis.errors import Invalid, NotFound
from gis.place import Jurisdiction
from layers.catalogue import load
from layers.entry import Layer, Measure, Role
from layers.imports import StandingImport, standing
from tiles.vector import LAYERS_FROM_ZOOM, PARCELS, PARCELS_FROM_ZOOM, STOREYS
from tiles.versions import BEGINNING, changes_of, stamp

DEEPEST_TILE = 16
"""Deepest zoom that is asked for, drawn larger from there on: a tile unit is 15 cm on the ground."""
PARCEL_FIELDS = {
    "plots": "Number of plots in a block, at zoom 14 and below",
    "number": "Number of the plot",
    "survey": "Survey number",
    "subdivision": "Subdivision of the survey number",
    "land_type": "Type of land in the register",
}
LAYER_FIELDS = {
    "ref": "Reference of the feature in its source",
    "label": "Name in English",
    "label_ml": "Name in Malayalam",
    "width": "Width in metres, of streets that have one in their source",
}

Box = tuple[float, float, float, float]
"""West, south, east, north in degrees (EPSG:4326)."""
Json = dict[str, object]


@dataclass(frozen=True, kw_only=True)
class DrawnLayer:
    """A layer of which something can be drawn, and the instant of the recording that changed it last.

    `entry` is its place in the catalogue, None for the plots.  `attribution` is HTML.
    """

    id: str
    entry: Layer | None
    changed: datetime
    attribution: str

    @property
    def from_zoom(self) -> int:
        """The zoom from which its tiles hold anything."""
        return PARCELS_FROM_ZOOM if self.entry is None else LAYERS_FROM_ZOOM

    @property
    def fields(self) -> dict[str, str]:
        """The attributes of a feature, each with what it means."""
        if self.entry is None:
            return dict(PARCEL_FIELDS)
        if self.entry.role is Role.BUILDING:
            return {**LAYER_FIELDS, STOREYS: "Storeys, where the source tells them"}
        own = self.entry.buffer_property
        return {**LAYER_FIELDS, **({own: "The feature's own distance in the law, in metres"} if own else {})}

    @property
    def titles(self) -> tuple[str, str]:
        """Its name in English and Malayalam."""
        return ("Plots", "പ്ലോട്ടുകൾ") if self.entry is None else (self.entry.title.en, self.entry.title.ml)


def drawn_layers(session: Session, place: Jurisdiction, *, at: AsOf) -> tuple[DrawnLayer, ...]:
    """The plots, then every layer of shapes that something was brought in for, in the order of the catalogue."""
    imports = standing(session, place, known=at.known)
    changes = changes_of(session, place, known=at.known)
    credit = attribution([each for each in imports if each.target == PARCELS])
    drawn = [DrawnLayer(id=PARCELS, entry=None, changed=changes.get(PARCELS, BEGINNING), attribution=credit)]
    for entry in load(place.catalogue).layers:
        of_it = [each for each in imports if each.target == entry.id]
        if of_it and entry.measure is not Measure.RASTER:
            changed, credit = changes[entry.id], attribution(of_it)
            drawn.append(DrawnLayer(id=entry.id, entry=entry, changed=changed, attribution=credit))
    return tuple(drawn)


def attribution(imports: Sequence[StandingImport]) -> str:
    """Title and licence of each source, as HTML."""
    named = {f"{each.source['title']} ({each.source['licence']})" for each in imports}
    return escape("; ".join(sorted(named)), quote=False)


def chosen(drawn: Sequence[DrawnLayer], names: Sequence[str], place: Jurisdiction) -> tuple[DrawnLayer, ...]:
    """The layers of these names, each once; `NotFound` says why one cannot be drawn."""
    by_name = {each.id: each for each in drawn}
    for name in names:
        if name not in by_name:
            known = any(entry.id == name for entry in load(place.catalogue).layers)
            why = "no shapes have been brought in for it" if known else "there is no such layer here"
            raise NotFound(
                f"“{name[:40]}” cannot be drawn: {why}. /api/{place.code}/catalogue lists the layers and which have data."
            )
    if not names:
        raise Invalid(
            f"Name at least one layer; {PARCELS} is one, /api/{place.code}/catalogue lists the others."
        )
    return tuple(by_name[name] for name in dict.fromkeys(names))


def version_of(drawn: Sequence[DrawnLayer]) -> str:
    """The last recording that changed one of these layers, in microseconds: instants of a place only grow."""
    return stamp(max(each.changed for each in drawn))


def tile_address(
    place: Jurisdiction, drawn: Sequence[DrawnLayer], *, root: str, moment: Mapping[str, str]
) -> str:
    """The address of tiles with these layers; another version of one of them has another address."""
    names = ",".join(each.id for each in drawn)
    query = urlencode({"layers": names, "v": version_of(drawn), **moment}, safe=",")
    return f"{root}/tiles/{place.code}/{{z}}/{{x}}/{{y}}.mvt?{query}"


def tilejson(
    place: Jurisdiction, drawn: Sequence[DrawnLayer], *, bounds: Box, root: str, moment: Mapping[str, str]
) -> Json:
    """TileJSON 3.0.0 of tiles with these layers; `root` is the address of this service without a last slash."""
    return {
        "tilejson": "3.0.0",
        "name": place.name_en,
        "description": described(place),
        "tiles": [tile_address(place, drawn, root=root, moment=moment)],
        "attribution": credits_of(drawn),
        "bounds": list(bounds),
        "minzoom": min(each.from_zoom for each in drawn),
        "maxzoom": DEEPEST_TILE,
        "vector_layers": vector_layers(drawn),
    }


def vector_layers(drawn: Sequence[DrawnLayer]) -> list[Json]:
    """What a tile holds, layer by layer: attributes, meaning, zooms."""
    return [
        {
            "id": each.id,
            "description": " · ".join(each.titles),
            "fields": each.fields,
            "minzoom": each.from_zoom,
            "maxzoom": DEEPEST_TILE,
        }
        for each in drawn
    ]


def described(place: Jurisdiction) -> str:
    """What the tiles of a place are, in one line."""
    kind = "Made-up land" if place.synthetic else "Plots and what the law says about their ground"
    return f"{kind}: {place.name_en} · {place.name_ml}"


def credits_of(drawn: Sequence[DrawnLayer]) -> str:
    """Whose the layers are, as HTML."""
    return "; ".join(dict.fromkeys(each.attribution for each in drawn if each.attribution))
