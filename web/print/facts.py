"""The facts of the plot: its number, areas, time, place, streets, neighbours and ground.

In: an extract.  Out: names and values in one language, every one present: what is not recorded is said to be so.
"""

from collections.abc import Iterator
from decimal import Decimal

from gis.crs import to_geographic
from gis.geometry import ground_length
from gis.parcels.model import Parcel
from gis.site import Status
from gis.units import Area
from layers.extract.model import Extract, Frontage, Hit, Neighbour, Terrain, ThemeAnswer
from web.print import figures
from web.print.cards import ADMIN
from web.print.provenance import SourceKeys
from web.print.sheet import Fact, NeighbourLine, Street
from web.print.words import Wording

_NUMBER_PARTS = (("district", "taluk", "village"), ("block", "survey", "subdivision"))


def plot_facts(extract: Extract, words: Wording, keys: SourceKeys) -> tuple[Fact, ...]:
    """Everything recorded about the plot itself."""
    parcel = extract.subject.parcel
    return (
        *(_identity(parcel, words) if parcel else ()),
        *(_administration(theme, words, keys) for theme in extract.themes if theme.role == ADMIN),
        *_extents(extract, words),
        *(_record(parcel, words) if parcel else ()),
        *_situation(extract, words),
    )


def _fact(words: Wording, key: str, value: str | None) -> Fact:
    return Fact(name=words.say(f"fact.{key}"), value=value or words.say("not_recorded"))


def _identity(parcel: Parcel, words: Wording) -> Iterator[Fact]:
    yield _fact(words, "number", parcel.number.whole)
    for parts in _NUMBER_PARTS:
        recorded = [(part, value) for part in parts if (value := getattr(parcel.number, part))]
        if recorded:
            name = " · ".join(words.say(f"fact.{part}") for part, _ in recorded)
            yield Fact(name=name, value=" · ".join(value for _, value in recorded))
    yield _fact(words, "ulpin", parcel.ulpin)
    yield _fact(words, "address", parcel.address)
    yield _fact(words, "land_type", land_type(parcel.land_type, words))


def land_type(recorded: str | None, words: Wording) -> str | None:
    """A land type in the reader's language where the language knows it."""
    return words.said_or(f"land.{recorded}", recorded) if recorded else None


def _administration(theme: ThemeAnswer, words: Wording, keys: SourceKeys) -> Fact:
    """The local body or ward with its share where there are several, or why it is not known."""
    names = list(dict.fromkeys(_admin_name(hit, words, several=len(theme.hits) > 1) for hit in theme.hits))
    sources = ", ".join(keys.key(source) for source in theme.sources)
    status = [words.say(f"status.{theme.status}")] if names and theme.status is not Status.AFFECTED else []
    aside = ", ".join([*status, *([sources] if sources else [])])
    told = words.join(names) or words.of(theme.reason)
    return Fact(name=words.of(theme.title), value=f"{told} ({aside})" if aside else told)


def _admin_name(hit: Hit, words: Wording, *, several: bool) -> str:
    name = words.label(hit.label, hit.label_ml) or hit.ref
    if not several or hit.share_of_measured is None:
        return name
    return f"{name} {figures.percent(words, hit.share_of_measured)}"


def _extents(extract: Extract, words: Wording) -> Iterator[Fact]:
    parcel = extract.subject.parcel
    recorded = parcel.recorded_area if parcel else None
    measured = Decimal(f"{extract.subject.measured_area:.2f}")
    if parcel:
        yield _fact(words, "recorded_area", _recorded(recorded, words) if recorded else None)
    yield _fact(words, "measured_area", figures.extent(words, measured))
    if recorded and recorded.square_metres > 0:
        more = measured - recorded.square_metres
        share = figures.number(more / recorded.square_metres * 100, 1, signed=True)
        m2 = figures.number(more, 2, signed=True)
        yield _fact(words, "difference", words.say("difference", m2=m2, share=share))
    if parcel:
        yield _fact(words, "accuracy", figures.plus_minus(words, parcel.accuracy))
    around = ground_length(extract.subject.shape.boundary, extract.jurisdiction.metric)
    yield _fact(words, "perimeter", figures.metres(words, around))


def _recorded(recorded: Area, words: Wording) -> str:
    extent = figures.extent(words, recorded.square_metres)
    return words.say("recorded_area", written=figures.as_written(words, recorded), area=extent)


def _record(parcel: Parcel, words: Wording) -> Iterator[Fact]:
    valid, recorded = parcel.valid, parcel.recorded
    yield _fact(words, "valid", figures.span(words, valid.begins, valid.ends))
    begun = words.said_or(f"begun.{parcel.begun_by}", parcel.begun_by)
    yield _fact(words, "begun_by", words.join([text for text in (begun, parcel.instrument) if text]))
    yield _fact(words, "recorded", figures.instants(words, recorded.begins, recorded.ends))


def _situation(extract: Extract, words: Wording) -> Iterator[Fact]:
    spot = to_geographic(extract.subject.shape.representative_point(), extract.jurisdiction.metric)
    yield _fact(words, "centre", words.say("position", lat=f"{spot.y:.6f}", lon=f"{spot.x:.6f}"))
    streets = [_frontage(street, words) for street in extract.frontages]
    yield _fact(words, "frontage", words.join(streets) or words.of(extract.frontage_note))
    ground = _terrain(extract.terrain, words) if extract.terrain else words.of(extract.terrain_note)
    yield _fact(words, "terrain", ground)
    numbers = [neighbour.number for neighbour in extract.neighbours]
    yield _fact(words, "neighbours", words.join(numbers) or words.say("neighbours_none"))
    place = extract.jurisdiction
    yield _fact(words, "jurisdiction", f"{jurisdiction_name(extract, words)} ({place.code})")


def jurisdiction_name(extract: Extract, words: Wording) -> str:
    """The name of the place whose law applies."""
    place = extract.jurisdiction
    return words.label(place.name_en, place.name_ml) or place.code


def _street_name(street: Frontage, words: Wording) -> str:
    return words.label(street.label, street.label_ml) or words.say("street.unnamed")


def _width(street: Frontage, words: Wording) -> str:
    return words.say("street.unknown") if street.width is None else figures.metres(words, street.width)


def _frontage(street: Frontage, words: Wording) -> str:
    return f"{_street_name(street, words)} ({words.say('street.width')}: {_width(street, words)})"


def _terrain(terrain: Terrain, words: Wording) -> str:
    return words.say(
        "terrain.summary",
        lowest=figures.number(terrain.lowest, 1),
        highest=figures.number(terrain.highest, 1),
        slope=figures.number(terrain.slope_mean, 1),
        unit=_unit(terrain, words),
    )


def _unit(terrain: Terrain, words: Wording) -> str:
    return words.said_or(f"terrain.unit.{terrain.unit}", terrain.unit)


def streets(extract: Extract, words: Wording, keys: SourceKeys) -> tuple[Street, ...]:
    """The streets along the plot."""
    return tuple(
        Street(
            name=_street_name(street, words),
            width=_width(street, words),
            length=figures.metres(words, street.length),
            basis=words.said_or(f"basis.{street.basis}", street.basis),
            source=keys.key(street.source),
        )
        for street in extract.frontages
    )


def neighbours(extract: Extract, words: Wording) -> tuple[NeighbourLine, ...]:
    """The parcels beside this one."""
    return tuple(_neighbour(neighbour, words) for neighbour in extract.neighbours)


def _neighbour(neighbour: Neighbour, words: Wording) -> NeighbourLine:
    overlap = words.say("area_short", m2=figures.number(neighbour.overlap, 2))
    return NeighbourLine(
        number=neighbour.number,
        land_type=land_type(neighbour.land_type, words) or words.say("not_recorded"),
        boundary=figures.metres(words, neighbour.boundary),
        overlap=overlap if neighbour.overlap else "",
    )


def terrain_facts(extract: Extract, words: Wording, keys: SourceKeys) -> tuple[Fact, ...]:
    """Heights and slope, with where they come from."""
    ground = extract.terrain
    if ground is None:
        return ()
    heights = {name: figures.number(getattr(ground, name), 1) for name in ("lowest", "highest", "mean")}
    slope = {"mean": figures.number(ground.slope_mean, 1), "max": figures.number(ground.slope_max, 1)}
    cells = {"cells": f"{ground.cells:,}", "resolution": f"{ground.resolution:.4g}"}
    values = {
        "terrain.heights": words.say("terrain.heights_value", unit=_unit(ground, words), **heights),
        "terrain.slope": words.say("terrain.slope_value", **slope),
        "terrain.cells": words.say("terrain.cells_value", **cells),
        "terrain.datum": ground.datum,
        "theme.sources": keys.named(ground.source, words),
    }
    return tuple(Fact(name=words.say(key), value=value) for key, value in values.items())
