"""The extract: the answer to "what lies on this plot", as plain values.

In: what `assemble` found.  Out: frozen dataclasses that `document` turns into JSON and GeoJSON, and that pages, PDF and
command line print.  Shapes are shapely, in the jurisdiction's metric system (`jurisdiction.metric`); areas are ground m²
to 0.01, lengths and distances ground m to 0.01, shares % to 0.1.  Nothing here holds the clock: the same question on the
same data gives the same value.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from shapely.geometry.base import BaseGeometry

from gis.asof import AsOf
from gis.parcels.model import Parcel
from gis.place import Jurisdiction
from gis.site import Status

SCHEMA = "bhumika-extract-1"

AttributeValue = str | int | float | bool | None


Value = TypeVar("Value")


def varied(value: Value, changes: Mapping[str, Any]) -> Value:
    """A frozen value with other contents of some fields, as `dataclasses.replace` makes it, without going through them all."""
    other: Value = object.__new__(type(value))
    vars(other).update(vars(value), **changes)
    return other


@dataclass(frozen=True, kw_only=True)
class Words:
    """A text in both languages."""

    en: str
    ml: str


@dataclass(frozen=True, kw_only=True)
class Source:
    """One import that an answer rests on."""

    id: str
    """Name that does not change: layer and the first 12 hex digits of the file's SHA-256."""
    title: str
    publisher: str
    licence: str
    link: str | None
    date: date
    file: str
    sha256: str
    imported: datetime
    accuracy: float
    """Positional accuracy in metres."""
    accuracy_basis: str
    holds: str | None


@dataclass(frozen=True, kw_only=True)
class Attribute:
    """A field of the source that is printed with a hit."""

    name: str
    value: AttributeValue


@dataclass(frozen=True, kw_only=True)
class Hit:
    """A feature that concerns the plot, and by how much."""

    feature: str
    """Name that does not change: source id and position in its file."""
    ref: str
    label: str | None
    label_ml: str | None
    attributes: tuple[Attribute, ...]
    area: float | None = None
    share_of_measured: float | None = None
    share_of_recorded: float | None = None
    length: float | None = None
    count: int | None = None
    distance: float | None = None
    """Ground metres from the plot to the nearest part; 0 where it lies on the plot."""
    within: float | None = None
    """The law's distance in metres that it lies within."""
    step: Words | None = None
    """What the law says at that distance."""
    since: date
    until: date | None
    source: str
    shape: BaseGeometry | None = None
    """The part on the plot."""


@dataclass(frozen=True, kw_only=True)
class Law:
    """What binds, how surely we know it, and whom to ask."""

    text: Words | None
    """Name of the law; None where no law is cited."""
    clause: str | None
    link: str | None
    since: date | None
    confidence: str | None
    """Q read in the text (binds); P press, R recalled (advisory); U not verified (never used)."""
    in_force: bool
    authority: Words
    consult: Words | None


@dataclass(frozen=True, kw_only=True)
class ShareRow:
    """A line of the table of shares of a full-coverage layer."""

    kind: str
    """class, unmapped (inside the coverage, no feature), outside (outside the coverage), overlap (counted twice)."""
    label: str | None
    label_ml: str | None
    area: float
    percent: float
    """Of the measured area; classes + unmapped + outside - overlap = 100.0 exactly."""


@dataclass(frozen=True, kw_only=True)
class ThemeAnswer:
    """One theme of the catalogue on this plot."""

    layer: str
    group: str
    role: str
    title: Words
    meaning: Words
    status: Status
    reason: Words
    law: Law
    notes: Words | None = None
    """What else the law says of it: exceptions, fees, figures that no map can judge."""
    measure: str
    buffer: float | None
    colour: str
    area: float | None = None
    """Ground m² of the plot under the theme, overlapping features counted once."""
    share_of_measured: float | None = None
    share_of_recorded: float | None = None
    length: float | None = None
    count: int | None = None
    distance: float | None = None
    covered: float | None = None
    """Share in %, rounded down, of the plot and the distance around it that counts inside the data's coverage: 100.0 only
    where nothing lies outside; None where nothing says what the data cover.
    """
    hits: tuple[Hit, ...] = ()
    left_out: tuple[Hit, ...] = ()
    """Overlaps that the sliver rule does not count as hits."""
    shares: tuple[ShareRow, ...] = ()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Group:
    """A heading under which themes are listed."""

    id: str
    title: Words


@dataclass(frozen=True, kw_only=True)
class Frontage:
    """A street along the plot."""

    ref: str
    label: str | None
    label_ml: str | None
    width: float | None
    """Metres, where the source tells; None is unknown."""
    length: float
    """Ground metres of the plot's boundary along the street."""
    basis: str
    """How it was found: along the surface's edge, or within half the width of the centre line."""
    source: str


@dataclass(frozen=True, kw_only=True)
class Terrain:
    """Height and slope under the plot."""

    lowest: float
    highest: float
    mean: float
    slope_mean: float
    """Degrees."""
    slope_max: float
    cells: int
    resolution: float
    """Metres of a cell on the ground."""
    unit: str
    datum: str
    source: str


@dataclass(frozen=True, kw_only=True)
class Neighbour:
    """A parcel beside or over this one."""

    number: str
    land_type: str | None
    boundary: float
    """Ground metres of shared boundary."""
    overlap: float
    """Ground m² where the two records overlap; 0 where they only meet."""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What was asked about: a parcel, or an area drawn by hand."""

    parcel: Parcel | None
    shape: BaseGeometry
    measured_area: float


@dataclass(frozen=True, kw_only=True)
class Extract:
    """Everything recorded about a plot at a point in both times."""

    jurisdiction: Jurisdiction
    catalogue: str
    """Digest of the catalogue that put the questions."""
    at: AsOf
    subject: Subject
    groups: tuple[Group, ...]
    themes: tuple[ThemeAnswer, ...]
    frontages: tuple[Frontage, ...]
    frontage_note: Words
    terrain: Terrain | None
    terrain_note: Words
    neighbours: tuple[Neighbour, ...]
    sources: tuple[Source, ...]
