"""One entry of a layer catalogue: what may lie on land, by which law, measured how, and whom to ask.

In: the fields of an entry, as strings.  Out: frozen, typed values that contradict neither themselves nor each other.
Distances are ground metres, as the law gives them; nothing here knows a coordinate system.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from layers.words import English, Entry, Language, Malayalam, Text, Words

Metres = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$")]
Hex = Annotated[str, StringConstraints(pattern=r"^#[0-9a-f]{6}$")]
Duration = Annotated[str, StringConstraints(pattern=r"^P[1-9]\d*[YMD]$")]
Link = Annotated[str, StringConstraints(pattern=r"^https://\S+$")]


class Contradiction(ValueError):
    """Two statements of a catalogue exclude each other; says at which field of which entry."""

    def __init__(self, field: str, why: str, *, entry: str | None = None) -> None:
        super().__init__(why)
        self.field = field
        self.entry = entry


class Confidence(StrEnum):
    """How far the law was read: Q in its text (binds), P in the press and R recalled (advise), U uncertain (never used)."""

    READ = "Q"
    PRESS = "P"
    RECALLED = "R"
    UNCERTAIN = "U"


class Status(StrEnum):
    """Whether the law is in force or only a draft."""

    IN_FORCE = "in_force"
    DRAFT = "draft"


class Role(StrEnum):
    """What part of the answer a layer fills."""

    RESTRICTION = "restriction"
    ZONE = "zone"
    ROAD = "road"
    ADMIN = "admin"
    WATER = "water"
    BUILDING = "building"
    TERRAIN = "terrain"
    COVER = "cover"
    """Drawn and asked on a grid, and judged by no rule: depth of floods, kinds of land cover."""


class Measure(StrEnum):
    """How a hit is measured on the plot."""

    AREA = "area"
    LENGTH = "length"
    COUNT = "count"
    DISTANCE = "distance"
    RASTER = "raster"


class MeasuredFrom(StrEnum):
    """What the law measures from."""

    BOUNDARY = "boundary"
    CENTRE_LINE = "centre_line"
    POINT = "point"
    EDGE = "edge"


class Symbol(StrEnum):
    """How the layer is drawn."""

    POLYGON = "polygon"
    LINE = "line"
    POINT = "point"


class Colour(Entry):
    """Fill and line of map, legend and print."""

    fill: Hex
    line: Hex


class Step(Entry):
    """A nearer distance (metres) inside a buffer at which the law says something of its own."""

    within: Metres
    meaning: Words
    confidence: Confidence


class Limit(Entry):
    """A raster value above which the law speaks; within `tolerance` of it the answer is “near”."""

    above: Amount
    unit: Literal["degree", "metre"]
    tolerance: Amount
    tolerance_basis: Words


class Group(Entry):
    """A group of themes, in the order in which an answer lists them."""

    id: Name
    order: int
    title: Words


class Layer(Entry):
    """One entry of a catalogue: a theme of the answer, with or without imported features.

    `buffer` is the law's own distance, null where it gives none or where it was not verified (confidence U).
    `buffer_property` names a feature's property that holds a smaller distance of its own (voltage, width of water).
    `source_layer` names the raster that this one is read from (slope from heights); null: its own.
    `confidence` is null exactly where no law is cited.  `since` is the date from which the cited text applies.
    """

    id: Name
    theme: Name
    order: int
    title: Words
    meaning: Words
    notes: Words | None = None
    law: English | None = None
    law_ml: Malayalam | None = None
    clause: Text | None = None
    instrument: Text | None = None
    link: Link | None = None
    since: date | None = None
    authority: Words
    consult: Words | None = None
    confidence: Confidence | None = None
    status: Status = Status.IN_FORCE
    fact: tuple[Name, ...] = ()
    role: Role
    shows: bool
    measure: Measure
    buffer: Metres | None = None
    buffer_property: Name | None = None
    steps: tuple[Step, ...] = ()
    limit: Limit | None = None
    measured_from: MeasuredFrom | None = None
    source_layer: Name | None = None
    full_coverage: bool = False
    assumed_half_width: Metres | None = None
    assumed_half_width_basis: Words | None = None
    accuracy: Metres
    accuracy_basis: Words
    source: English | None = None
    licence: English | None = None
    currency: Duration | None = None
    colour: Colour
    symbol: Symbol

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        _check_law(self)
        _check_buffer(self)
        _check_steps(self)
        _check_measure(self)
        _check_half_width(self)
        return self

    @property
    def is_verified(self) -> bool:
        """Whether what the entry says of the law may be used at all (not marked U)."""
        return self.confidence is not Confidence.UNCERTAIN

    @property
    def is_binding(self) -> bool:
        """Whether the law was read in its own text and is in force; otherwise the answer only advises."""
        return self.confidence is Confidence.READ and self.status is Status.IN_FORCE

    def law_in(self, language: Language) -> str | None:
        """The name of the law in one language, or None where no law is cited."""
        return self.law if language == "en" else self.law_ml

    def search_reach(self, accuracy: float | None = None) -> float:
        """Metres around a plot in which a feature can matter: buffer + assumed half width + accuracy.

        `accuracy` is the imported data set's own, where it tells one; otherwise the catalogue's assumption.
        """
        own = self.accuracy if accuracy is None else accuracy
        return (self.buffer or 0.0) + (self.assumed_half_width or 0.0) + own


def _check_law(layer: Layer) -> None:
    cited = layer.law is not None
    if (layer.law_ml is not None) is not cited:
        raise Contradiction("law_ml", "a law is named in both languages or in none")
    if (layer.confidence is not None) is not cited:
        raise Contradiction(
            "confidence", "a cited law carries a mark Q, P, R or U; without a law there is none"
        )
    if not cited and (layer.clause or layer.instrument or layer.since):
        raise Contradiction("law", "a clause, instrument or date needs the law it belongs to")
    if layer.status is Status.DRAFT and not cited:
        raise Contradiction("status", "only a law can be a draft")


def _check_buffer(layer: Layer) -> None:
    if layer.buffer is not None:
        if layer.confidence is Confidence.UNCERTAIN:
            raise Contradiction("buffer", "an uncertain number (U) must not be given")
        if layer.measure is not Measure.DISTANCE:
            raise Contradiction("buffer", f"a layer measured by {layer.measure} has no buffer")
        if layer.buffer == 0:
            raise Contradiction(
                "buffer", "a distance of 0 m is no distance; measure by area, length or count"
            )
    elif layer.measure is Measure.DISTANCE and layer.confidence is not Confidence.UNCERTAIN:
        raise Contradiction("buffer", "a layer measured by distance needs the law's distance in metres")
    if layer.buffer_property is not None and layer.buffer is None:
        raise Contradiction("buffer_property", "a feature's own distance needs a greatest distance in buffer")


def _check_steps(layer: Layer) -> None:
    if not layer.steps:
        return
    distances = [step.within for step in layer.steps]
    if distances != sorted(set(distances)) or distances[0] == 0:
        raise Contradiction("steps", "distances must be above 0 and rise from step to step")
    if distances[-1] != layer.buffer:
        raise Contradiction("steps", "the last step must reach exactly as far as the buffer")
    if any(step.confidence is Confidence.UNCERTAIN for step in layer.steps):
        raise Contradiction("steps", "an uncertain number (U) must not be given")


def _check_measure(layer: Layer) -> None:
    is_raster = layer.measure is Measure.RASTER
    if layer.measured_from is None and not is_raster and layer.is_verified:
        raise Contradiction(
            "measured_from", "say whether the law measures from boundary, centre_line, point or edge"
        )
    if layer.measured_from is not None and is_raster:
        raise Contradiction("measured_from", "a raster is read under the plot, not measured from anything")
    if layer.source_layer is not None and not is_raster:
        raise Contradiction("source_layer", "only a raster can be read from another layer's file")
    if layer.limit is not None and not is_raster:
        raise Contradiction("limit", "only a raster has a limit")
    if layer.limit is not None and layer.confidence in (None, Confidence.UNCERTAIN):
        raise Contradiction("limit", "a limit needs a verified law")
    if layer.full_coverage and layer.measure is not Measure.AREA:
        raise Contradiction("full_coverage", "only areas can tile the ground")


def _check_half_width(layer: Layer) -> None:
    if (layer.assumed_half_width is None) is not (layer.assumed_half_width_basis is None):
        raise Contradiction("assumed_half_width_basis", "an assumed half width and its basis go together")
    if layer.assumed_half_width is not None and layer.measured_from not in (
        MeasuredFrom.BOUNDARY,
        MeasuredFrom.EDGE,
    ):
        raise Contradiction(
            "assumed_half_width", "only a law that measures from a boundary or an edge needs one"
        )
