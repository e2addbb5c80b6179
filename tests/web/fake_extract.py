"""The answer for a plot of the made-up town: every status, shares that add up, slivers, unknown widths.

In: a shape of the town, and its parcel.  Out: an `Extract` put to the real catalogue of Kerala, without a database.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from shapely import Polygon, box
from shapely.geometry.base import BaseGeometry

from gis.asof import AsOf
from gis.geometry import ground_area, ground_length
from gis.parcels.model import Parcel
from gis.site import Status
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
from tests.web import town

TODAY = date(2026, 11, 22)
SOURCE = "sample-4f1a09c2d7e3"
RIVER = town.placed(box(60, 44, 240, 66))
FLOOD = town.placed(Polygon([(40, 62), (76, 34), (100, 46), (170, 60), (170, 90)]))
ZONES = {
    ("Residential", "പാർപ്പിട മേഖല"): town.placed(box(-20, -20, 83, 200)),
    ("Commercial", "വാണിജ്യ മേഖല"): town.placed(box(83, -20, 260, 200)),
}
WITH_DATA = frozenset({"zoning", "flood", "paddy_data_bank", "railway", "watercourse", "telecom", "crz_zone"})


def _source() -> Source:
    return Source(
        id=SOURCE,
        title="Synthetic sample of Bhumika; no real plot, person or restriction",
        publisher="Bhumika sample generator",
        licence="CC0 1.0",
        link="https://creativecommons.org/publicdomain/zero/1.0/",
        date=date(2026, 1, 1),
        file="sample.gpkg",
        sha256="4f1a09c2d7e3" + "0" * 52,
        imported=datetime(2026, 11, 20, 6, 30, tzinfo=UTC),
        accuracy=2.5,
        accuracy_basis="made by the generator",
        holds="polygon",
    )


def _hit(
    label: str,
    label_ml: str | None,
    part: BaseGeometry,
    plot: Polygon,
    recorded: float | None,
    **other: object,
) -> Hit:
    area = ground_area(part, town.METRIC)
    whole = ground_area(plot, town.METRIC)
    measured: dict[str, object] = {
        "area": round(area, 2) if area else None,
        "share_of_measured": round(area / whole * 100, 1) if area else None,
        "share_of_recorded": round(area / recorded * 100, 1) if area and recorded else None,
        "distance": 0.0,
    }
    return Hit(
        feature=f"{SOURCE}/{len(label)}",
        ref=label.lower(),
        label=label,
        label_ml=label_ml,
        attributes=(Attribute(name="grade", value="B"), Attribute(name="survey_year", value=2024)),
        since=date(2020, 6, 1),
        until=None,
        source=SOURCE,
        shape=part,
        **{**measured, **other},  # type: ignore[arg-type]
    )


def _told(theme: ThemeAnswer, status: Status, reason: tuple[str, str], **other: object) -> ThemeAnswer:
    return replace(
        theme,
        status=status,
        reason=Words(en=reason[0], ml=reason[1]),
        sources=(SOURCE,),
        covered=100.0,
        **other,  # type: ignore[arg-type]
    )


def _affected(theme: ThemeAnswer, hits: Sequence[Hit], **other: object) -> ThemeAnswer:
    area = sum(hit.area or 0.0 for hit in hits)
    sums: dict[str, object] = {
        "area": round(area, 2) if area else None,
        "share_of_measured": round(sum(hit.share_of_measured or 0 for hit in hits), 1) if area else None,
        "share_of_recorded": round(sum(hit.share_of_recorded or 0 for hit in hits), 1) if area else None,
        "hits": tuple(hits),
        "distance": 0.0,
    }
    reason = ("It covers a part of the plot.", "പ്ലോട്ടിന്റെ ഒരു ഭാഗത്ത് ഇത് വരുന്നു.")
    return _told(theme, Status.AFFECTED, reason, **{**sums, **other})


def _zoning(theme: ThemeAnswer, plot: Polygon, recorded: float | None) -> ThemeAnswer:
    hits, rows = [], []
    whole = ground_area(plot, town.METRIC)
    left = 1000
    for (label, label_ml), zone in ZONES.items():
        part = plot.intersection(zone)
        if part.area > 0.01:
            hits.append(_hit(label, label_ml, part, plot, recorded))
            tenths = round(ground_area(part, town.METRIC) / whole * 1000)
            left -= tenths
            rows.append(
                ShareRow(
                    kind="class",
                    label=label,
                    label_ml=label_ml,
                    area=round(ground_area(part, town.METRIC), 2),
                    percent=tenths / 10,
                )
            )
    rows.append(
        ShareRow(
            kind="unmapped", label=None, label_ml=None, area=round(whole * left / 1000, 2), percent=left / 10
        )
    )
    return _affected(theme, hits, shares=tuple(rows)) if hits else theme


def _themes(plot: Polygon, recorded: float | None) -> tuple[ThemeAnswer, ...]:
    answers = []
    for layer in load("kerala").layers:
        theme = blank(Theme(layer=layer, imports=(), parts=()))
        if layer.role == "admin":
            answers.append(_admin(theme, plot, recorded))
        elif layer.shows:
            answers.append(_answer(theme, plot, recorded))
    return tuple(answers)


def _admin(theme: ThemeAnswer, plot: Polygon, recorded: float | None) -> ThemeAnswer:
    names = {
        "local_body": ("Maathrukapuram Municipality", "മാതൃകാപുരം നഗരസഭ"),
        "ward": ("7 Temple", "7 ക്ഷേത്രം"),
    }
    if theme.layer not in names:
        return theme
    return _affected(theme, [_hit(*names[theme.layer], plot, plot, recorded)])


def _answer(theme: ThemeAnswer, plot: Polygon, recorded: float | None) -> ThemeAnswer:
    if theme.layer == "zoning":
        return _zoning(theme, plot, recorded)
    if theme.layer == "flood" and plot.intersects(FLOOD):
        hit = _hit("Flood plain of the Maathruka river", None, plot.intersection(FLOOD), plot, recorded)
        return _affected(theme, [hit])
    if theme.layer == "watercourse" and plot.intersects(RIVER.exterior):
        line = plot.intersection(RIVER.exterior)
        length = round(ground_length(line, town.METRIC), 2)
        hit = _hit("Canal", "കനാൽ", line, plot, recorded, length=length, area=None, share_of_measured=None)
        return _affected(theme, [hit], length=length, area=None)
    if theme.layer == "railway":
        return _told(
            theme,
            Status.NEAR,
            (
                "The law measures from a boundary that is not mapped; its line is 33.80 m away.",
                "നിയമം അളക്കുന്ന അതിർത്തി മാപ്പിലില്ല; രേഖ 33.80 മീറ്റർ അകലെ.",
            ),
            distance=33.8,
        )
    if theme.layer == "paddy_data_bank":
        sliver = _hit(
            "Data bank 12/88", None, plot.buffer(-0.01).exterior.buffer(0.1), plot, recorded, area=1.13
        )
        reason = ("Only a strip thinner than the data's accuracy lies on the plot.", "നേർത്ത ഒരു ഭാഗം മാത്രം.")
        return _told(theme, Status.NEAR, reason, left_out=(sliver,), distance=0.0)
    if theme.layer in WITH_DATA:
        reason = (
            "The data cover the plot, and nothing of it lies here.",
            "വിവരശേഖരം ഈ പ്ലോട്ട് ഉൾക്കൊള്ളുന്നു; ഇവിടെ ഒന്നുമില്ല.",
        )
        return _told(theme, Status.NOT_AFFECTED, reason)
    return theme


def extract_for(plot: Polygon, parcel: Parcel | None, *, on: date, known: datetime) -> Extract:
    """The whole answer for a shape of the made-up town."""
    catalogue = load("kerala")
    recorded = float(parcel.recorded_area.square_metres) if parcel and parcel.recorded_area else None
    around = [other for other in town.parcels_on(plot.buffer(0.3)) if parcel is None or other != parcel]
    return Extract(
        jurisdiction=town.PLACE,
        catalogue=catalogue.digest,
        at=AsOf(on=on, known=known),
        subject=Subject(parcel=parcel, shape=plot, measured_area=round(ground_area(plot, town.METRIC), 2)),
        groups=tuple(Group(id=g.id, title=Words(en=g.title.en, ml=g.title.ml)) for g in catalogue.groups),
        themes=_themes(plot, recorded),
        frontages=tuple(_frontages(plot)),
        frontage_note=Words(en="Widths are as the source has them.", ml="വീതി ഉറവിടത്തിൽ രേഖപ്പെടുത്തിയ പ്രകാരം."),
        terrain=Terrain(
            lowest=4.2,
            highest=6.9,
            mean=5.4,
            slope_mean=3.1,
            slope_max=7.7,
            cells=42,
            resolution=10.0,
            unit="metre",
            datum="mean sea level",
            source=SOURCE,
        ),
        terrain_note=Words(en="From a synthetic height model.", ml="കൃത്രിമ ഉയരമാതൃകയിൽനിന്ന്."),
        neighbours=tuple(_neighbours(plot, around)),
        sources=(_source(),),
    )


def _frontages(plot: Polygon) -> list[Frontage]:
    found = []
    for street in town.STREETS:
        line = plot.exterior.intersection(street.shape.buffer(0.1))
        if line.length > 0.5:
            length = round(ground_length(line, town.METRIC), 2)
            found.append(
                Frontage(
                    ref=street.label,
                    label=street.label,
                    label_ml=street.label_ml,
                    width=street.width,
                    length=length,
                    basis="surface",
                    source=SOURCE,
                )
            )
    return found


def _neighbours(plot: Polygon, around: Sequence[Parcel]) -> list[Neighbour]:
    beside = [other for other in around if other.boundary.intersection(plot.buffer(0.05)).area > 0.1]
    return [
        Neighbour(
            number=other.number.whole,
            land_type=other.land_type,
            boundary=round(
                ground_length(other.boundary.exterior.intersection(plot.buffer(0.05)), town.METRIC), 2
            ),
            overlap=0.84 if index == 0 else 0.0,
        )
        for index, other in enumerate(beside)
    ]
