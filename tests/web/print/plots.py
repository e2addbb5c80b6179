"""Made-up extracts for the print: a plot near Thrissur with much on it, an empty one, a huge one, a hostile one.

In: nothing.  Out: `Extract` values as `assemble` would give them, with the real catalogue's words; shapes in UTM 43 N.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import numpy as np
import shapely
from shapely import LineString, MultiPoint, MultiPolygon, Point, Polygon
from shapely.affinity import translate
from shapely.geometry.base import BaseGeometry

from gis.asof import AsOf
from gis.geometry import ground_area
from gis.jurisdictions import Jurisdiction
from gis.parcels.model import Parcel, ParcelNumber, Recorded, Span
from gis.site import Status
from gis.units import area
from layers.catalogue import load
from layers.extract.judge import Theme, blank
from layers.extract.model import (
    Attribute,
    Extract,
    Frontage,
    Group,
    Hit,
    Neighbour,
    ShareRow,
    Source,
    Subject,
    Terrain,
    ThemeAnswer,
    Words,
)

METRIC = 32643
CORNER = (631_400.0, 1_161_000.0)
"""Near 76.2 E, 10.5 N."""
KNOWN = datetime(2026, 11, 20, 10, 15, 42, 250_000, tzinfo=UTC)
RECORDED = 0.975
"""Recorded area as a part of the measured."""
ON = date(2026, 11, 1)
TOWN = Jurisdiction(
    code="kl-sample",
    name_en="Maathrukapuram (synthetic)",
    name_ml="മാതൃകാപുരം (കൃത്രിമം)",
    metric=METRIC,
    catalogue="kerala",
    rule_book="kmbr",
    synthetic=True,
)
SYNTHETIC = "restrictions-5d3a90c1b2ef"
STREETS = "streets-77ab01c2d3e4"
DEM = "dem-0a1b2c3d4e5f"


@dataclass(frozen=True, kw_only=True)
class Beside:
    """Something around the plot."""

    kind: str
    label: str | None
    shape: BaseGeometry


def on_the_ground(sketch: BaseGeometry) -> BaseGeometry:
    """A sketch around (0, 0) in metres, moved to the plot's place."""
    return translate(sketch, *CORNER)


PLOT = Polygon([(0, 0), (22.4, 1.2), (24.1, 17.8), (31.6, 19.0), (30.2, 33.5), (13.0, 35.1), (-1.4, 31.0)])
"""An L-shaped house plot of about 914 m², a road in the south and a canal in the north-east."""


def a_source(key: str, title: str, accuracy: float, holds: str | None) -> Source:
    """A data set."""
    return Source(
        id=key,
        title=title,
        publisher="Bhumika sample generator",
        licence="CC0 1.0",
        link="https://example.org/sample",
        date=date(2026, 1, 1),
        file=f"{key.partition('-')[0]}.gpkg",
        sha256=(key.partition("-")[2] * 6)[:64],
        imported=datetime(2026, 11, 19, 8, 0, tzinfo=UTC),
        accuracy=accuracy,
        accuracy_basis="stated by the generator",
        holds=holds,
    )


SOURCES = (
    a_source(SYNTHETIC, "Synthetic restrictions of the sample town", 2.0, "polygon"),
    a_source(STREETS, "Synthetic streets of the sample town", 0.5, "centre_line"),
    a_source(DEM, "Synthetic elevation of the sample town", 5.0, None),
)


def a_hit(
    shape: BaseGeometry | None = None,
    *,
    label: str | None = "Zone",
    plot: BaseGeometry | None = None,
    **other: object,
) -> Hit:
    """A feature on the plot; its area and shares are measured from its shape."""
    described: dict[str, object] = {
        "feature": f"{SYNTHETIC}:17",
        "ref": "17",
        "label": label,
        "label_ml": None,
        "attributes": (),
        "since": date(2019, 11, 8),
        "until": None,
        "source": SYNTHETIC,
        "distance": 0.0,
        "shape": shape,
    }
    if shape is not None and shape.area > 0:
        whole = ground_area(plot or on_the_ground(PLOT), METRIC)
        described["area"] = round(ground_area(shape, METRIC), 2)
        described["share_of_measured"] = round(100 * described["area"] / whole, 1)
        described["share_of_recorded"] = round(100 * described["area"] / (whole * RECORDED), 1)
    return Hit(**{**described, **other})


def _blank_themes() -> dict[str, ThemeAnswer]:
    catalogue = load("kerala")
    return {
        layer.id: blank(Theme(layer=layer, imports=(), parts=()))
        for layer in catalogue.layers
        if layer.shows or layer.role == "admin"
    }


def _found(theme: ThemeAnswer, *hits: Hit, status: Status = Status.AFFECTED, **other: object) -> ThemeAnswer:
    first = hits[0]
    total = {
        "area": first.area,
        "share_of_measured": first.share_of_measured,
        "share_of_recorded": first.share_of_recorded,
    }
    described = {
        "status": status,
        "reason": Words(en="A part of the plot lies in it.", ml="പ്ലോട്ടിന്റെ ഒരു ഭാഗം ഇതിൽ ഉൾപ്പെടുന്നു."),
        "hits": hits,
        "covered": 100.0,
        "sources": (SYNTHETIC,),
        "length": first.length,
        "distance": first.distance,
        **total,
    }
    return replace(theme, **{**described, **other})


def _nothing(theme: ThemeAnswer) -> ThemeAnswer:
    reason = Words(
        en="The data cover the plot, and nothing of it lies here.",
        ml="വിവരശേഖരം ഈ പ്ലോട്ട് ഉൾക്കൊള്ളുന്നു; ഇവിടെ ഒന്നുമില്ല.",
    )
    return replace(theme, status=Status.NOT_AFFECTED, reason=reason, covered=100.0, sources=(SYNTHETIC,))


def _zoning(theme: ThemeAnswer) -> ThemeAnswer:
    plot = on_the_ground(PLOT)
    west = on_the_ground(shapely.box(-10, -10, 19, 60)).intersection(plot)
    rest = plot.difference(west)
    home = a_hit(
        west,
        label="Residential",
        label_ml="പാർപ്പിട മേഖല",
        attributes=(Attribute(name="zone_code", value="R1"),),
    )
    shop = a_hit(rest, label="Commercial", label_ml="വാണിജ്യ മേഖല", ref="18")
    whole = round(ground_area(plot, METRIC), 2)
    shares = (
        ShareRow(
            kind="class",
            label="Commercial",
            label_ml="വാണിജ്യ മേഖല",
            area=shop.area,
            percent=shop.share_of_measured,
        ),
        ShareRow(
            kind="class",
            label="Residential",
            label_ml="പാർപ്പിട മേഖല",
            area=home.area,
            percent=round(100 - shop.share_of_measured, 1),
        ),
        ShareRow(kind="unmapped", label=None, label_ml=None, area=0.0, percent=0.0),
        ShareRow(kind="outside", label=None, label_ml=None, area=0.0, percent=0.0),
        ShareRow(kind="overlap", label=None, label_ml=None, area=0.0, percent=0.0),
    )
    return _found(
        theme, home, shop, area=whole, share_of_measured=100.0, share_of_recorded=102.5, shares=shares
    )


def _themes() -> tuple[ThemeAnswer, ...]:
    plot = on_the_ground(PLOT)
    themes = _blank_themes()
    flood = on_the_ground(Polygon([(9, 40), (40, 40), (40, 15), (24, 22), (14, 27)])).intersection(plot)
    stream = on_the_ground(LineString([(26, 40), (27.5, 30), (28.8, 18), (33, 10)])).intersection(plot)
    corner = on_the_ground(shapely.box(-5, 30.2, 3, 40)).intersection(plot)
    crossing = a_hit(stream, label="Puthanthodu", label_ml="പുത്തൻതോട്", length=round(stream.length, 2))
    far = a_hit(None, label="Sample line", label_ml="മാതൃകാ പാത", distance=12.34, within=30.0)
    town = a_hit(plot, label="Maathrukapuram Municipality", label_ml="മാതൃകാപുരം നഗരസഭ")
    ward = a_hit(plot, label="Ward 7, Kadavu", label_ml="വാർഡ് 7, കടവ്")
    answers = {
        "zoning": _zoning(themes["zoning"]),
        "flood": _found(themes["flood"], a_hit(flood, label="Flood of 2018", label_ml="2018-ലെ വെള്ളപ്പൊക്കം")),
        "watercourse": _found(themes["watercourse"], crossing),
        "unnotified_land": _found(
            themes["unnotified_land"],
            a_hit(on_the_ground(Point(5, 12)).buffer(6).intersection(plot), label=None),
            left_out=(a_hit(corner, label="Survey 105", ref="44"),),
        ),
        "railway": _found(themes["railway"], far),
        "ht_line": _found(
            themes["ht_line"],
            replace(far, label="11 kV", label_ml=None, distance=6.1, within=None),
            status=Status.NEAR,
        ),
        "telecom": _found(
            themes["telecom"], a_hit(on_the_ground(MultiPoint([(8, 24)])), label="Mast", count=1), count=1
        ),
        "local_body": _found(themes["local_body"], town),
        "ward": _found(themes["ward"], ward),
        "slope": replace(_nothing(themes["slope"]), sources=(DEM,)),
    }
    for silent in (
        "planning_scheme",
        "road_widening",
        "puramboke",
        "water_body",
        "heritage",
        "asi_monument",
        "airport",
        "esz",
    ):
        answers[silent] = _nothing(themes[silent])
    return tuple(answers.get(name, theme) for name, theme in themes.items())


def a_parcel(shape: BaseGeometry | None = None, **other: object) -> Parcel:
    """The plot as the register has it: 8.91 are."""
    boundary = on_the_ground(PLOT) if shape is None else shape
    described: dict[str, object] = {
        "state": 104,
        "jurisdiction": TOWN.code,
        "number": ParcelNumber(
            whole="12/104-2",
            district="Synthetic District",
            taluk="Maathruka Taluk",
            village="Kadavu",
            block="12",
            survey="104",
            subdivision="2",
        ),
        "ulpin": "32KL7A0104S2B9",
        "address": "Kadavu Road, Maathrukapuram",
        "land_type": "purayidam",
        "recorded_area": area("8.91", "are"),
        "measured_area": round(ground_area(boundary, METRIC), 2),
        "accuracy": 0.1,
        "boundary": boundary,
        "valid": Span(begins=date(2012, 4, 17), ends=None),
        "recorded": Recorded(begins=datetime(2026, 11, 19, 8, 0, tzinfo=UTC), ends=None),
        "begun_by": "divide",
        "instrument": "Document 1182/2012",
        "import_id": 1,
    }
    return Parcel(**{**described, **other})


def an_extract(**other: object) -> Extract:
    """A plot with zones, flood land, a stream, a mast and a railway nearby."""
    parcel = a_parcel()
    groups = tuple(
        Group(id=group.id, title=Words(en=group.title.en, ml=group.title.ml))
        for group in load("kerala").groups
    )
    described: dict[str, object] = {
        "jurisdiction": TOWN,
        "catalogue": load("kerala").digest,
        "at": AsOf(on=ON, known=KNOWN),
        "subject": Subject(parcel=parcel, shape=parcel.boundary, measured_area=parcel.measured_area),
        "groups": groups,
        "themes": _themes(),
        "frontages": (
            Frontage(
                ref="r1",
                label="Kadavu Road",
                label_ml="കടവ് റോഡ്",
                width=6.0,
                length=22.43,
                basis="half_width",
                source=STREETS,
            ),
        ),
        "frontage_note": Words(
            en="Measured along the plot's boundary, to the accuracy of the street data.",
            ml="വഴിവിവരങ്ങളുടെ കൃത്യതയിൽ, പ്ലോട്ടിന്റെ അതിരിലൂടെ അളന്നത്.",
        ),
        "terrain": Terrain(
            lowest=4.2,
            highest=6.9,
            mean=5.4,
            slope_mean=3.1,
            slope_max=7.7,
            cells=14,
            resolution=10.0,
            unit="metre",
            datum="mean sea level (synthetic)",
            source=DEM,
        ),
        "terrain_note": Words(en="From the cells that touch the plot.", ml="പ്ലോട്ടിൽ തൊടുന്ന കള്ളികളിൽ നിന്ന്."),
        "neighbours": (
            Neighbour(number="12/104-1", land_type="purayidam", boundary=31.03, overlap=0.0),
            Neighbour(number="12/105", land_type="nilam", boundary=32.25, overlap=1.27),
            Neighbour(number="12/106-3", land_type=None, boundary=14.57, overlap=0.0),
        ),
        "sources": SOURCES,
    }
    return Extract(**{**described, **other})


def around() -> tuple[Beside, ...]:
    """Neighbours and the street of the plot."""
    sketches = {
        "12/104-1": [(0, 0), (-1.4, 31), (-22, 29), (-21, -1)],
        "12/105": [(-1.4, 31), (13, 35.1), (30.2, 33.5), (33, 60), (-6, 60)],
        "12/106-3": [(22.4, 1.2), (24.1, 17.8), (31.6, 19), (30.2, 33.5), (52, 36), (55, 3)],
        "12/98": [(-22, -7.5), (8, -6.2), (7, -40), (-24, -40)],
        "12/99": [(8, -6.2), (60, -3.2), (60, -40), (7, -40)],
    }
    parcels = tuple(
        Beside(kind="parcel", label=number, shape=on_the_ground(Polygon(points)))
        for number, points in sketches.items()
    )
    road = Polygon([(-60, -2.5), (0, 0), (22.4, 1.2), (80, 4), (80, -2.2), (8, -6.2), (-60, -9)])
    return (*parcels, Beside(kind="street", label="Kadavu Road", shape=on_the_ground(road)))


def an_empty_extract() -> Extract:
    """A drawn area of which nothing at all is known."""
    shape = on_the_ground(shapely.box(0, 0, 12, 9))
    unknown = Words(en="Nothing has been brought in.", ml="ഒന്നും ചേർത്തിട്ടില്ല.")
    return an_extract(
        subject=Subject(parcel=None, shape=shape, measured_area=108.0),
        groups=(),
        themes=(),
        frontages=(),
        frontage_note=unknown,
        terrain=None,
        terrain_note=unknown,
        neighbours=(),
        sources=(),
    )


def a_wavy_shape(vertices: int, radius: float) -> Polygon:
    """A plot with so many vertices, as a river would cut it."""
    turn = np.linspace(0, 2 * np.pi, vertices, endpoint=False)
    wave = radius * (1 + 0.08 * np.sin(23 * turn) + 0.002 * np.sin(977 * turn))
    return on_the_ground(Polygon(np.column_stack([wave * np.cos(turn), wave * np.sin(turn)])))


def a_huge_extract(hits: int = 200, vertices: int = 50_000) -> Extract:
    """A large plot with a river's boundary and very many features."""
    shape = a_wavy_shape(vertices, 900.0)
    parcel = a_parcel(shape, measured_area=round(ground_area(shape, METRIC), 2))
    spots = [
        on_the_ground(Point(70 * (i % 15) - 490, 70 * (i // 15) - 450)).buffer(25, quad_segs=64)
        for i in range(hits)
    ]
    found = tuple(
        a_hit(spot, label=f"Pond {i}", ref=str(i), feature=f"{SYNTHETIC}:{i}", plot=shape)
        for i, spot in enumerate(spots)
    )
    themes = {theme.layer: theme for theme in _themes()}
    themes["water_body"] = _found(themes["water_body"], *found)
    themes["flood"] = _found(themes["flood"], a_hit(a_wavy_shape(vertices, 600.0), label="Flood", plot=shape))
    return an_extract(
        subject=Subject(parcel=parcel, shape=shape, measured_area=parcel.measured_area),
        themes=tuple(themes.values()),
    )


def in_two_parts() -> MultiPolygon:
    """A plot of two parts, one with an opening."""
    first = shapely.box(0, 0, 20, 20).difference(shapely.box(8, 8, 12, 12))
    return on_the_ground(MultiPolygon([first, shapely.box(26, 4, 36, 16)]))
