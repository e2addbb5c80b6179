"""Mapping files: which field of which file is which, in which coordinates, under which licence.

In: a YAML file (every value read as text, then typed here).  Out: a frozen `Mapping`, or `Invalid` naming
the file, the place in it and what was expected.
"""

from datetime import date
from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from gis.errors import Invalid
from gis.place import Jurisdiction
from gis.units import AreaUnit
from layers.faults import told


def _blank_is_none(value: object) -> object:
    return None if value == "" else value


Text = Annotated[str, Field(min_length=1)]
T = TypeVar("T")
Maybe = Annotated[T | None, BeforeValidator(_blank_is_none)]


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class JurisdictionEntry(_Entry):
    """The jurisdiction that the data belong to; it is created when it does not exist yet."""

    code: Annotated[str, Field(pattern=r"^[a-z0-9-]{2,40}$")]
    name_en: Text
    name_ml: Text
    metric: int
    catalogue: Text
    rule_book: Maybe[str] = None
    synthetic: bool = False

    def jurisdiction(self) -> Jurisdiction:
        """The value used by everything above the importers."""
        return Jurisdiction(**self.model_dump())


class SourceEntry(_Entry):
    """Where the data come from, printed beside every answer."""

    title: Text
    publisher: Text
    licence: Text
    link: Maybe[str] = None
    date: date


class _Dataset(_Entry):
    """A table of a file; `file` is relative to the folder given on the command line (a .zip is read in place)."""

    file: Text
    table: Maybe[str] = None
    crs: Maybe[int] = None
    """EPSG code to use when the file names none; a contradiction with the file is an error."""
    series: Maybe[str] = None
    """A name that stays when a newer file takes this one's place; where not given, file and table."""
    encoding: Maybe[str] = None
    """Of a Shapefile without .cpg or a CSV that is not UTF-8, for example `cp1252`."""
    geometry: Maybe[str] = None
    """Column of a CSV with well-known text; where not given, `wkt` or `geometry`."""
    longitude: Maybe[str] = None
    """Column of a CSV with degrees east, together with `latitude`; where not given, `longitude` or `lon`."""
    latitude: Maybe[str] = None
    refuse_at_most: float = Field(default=0.1, ge=0, le=1, allow_inf_nan=False)
    """Share of features that may be refused; beyond it, none of the dataset goes in."""
    source: Maybe[SourceEntry] = None
    """Overrides the mapping's source for this table."""
    where: dict[str, list[str]] = {}
    """Keep only features whose field has one of these values; the others are counted in the report."""
    accuracy: float = Field(gt=0, allow_inf_nan=False)
    accuracy_basis: Text
    valid_from: date
    """From when the data hold, where no field says so."""


class ParcelFields(_Entry):
    """Field names of a table of parcels. Number: either whole, or by its parts."""

    number: Maybe[str] = None
    district: Maybe[str] = None
    taluk: Maybe[str] = None
    village: Maybe[str] = None
    block: Maybe[str] = None
    survey: Maybe[str] = None
    subdivision: Maybe[str] = None
    ulpin: Maybe[str] = None
    recorded_area: Maybe[str] = None
    recorded_unit: Maybe[str] = None
    land_type: Maybe[str] = None
    address: Maybe[str] = None
    valid_from: Maybe[str] = None
    valid_to: Maybe[str] = None

    @model_validator(mode="after")
    def _has_a_number(self) -> Self:
        if self.number is None and self.survey is None:
            raise ValueError("name the field of the parcel `number`, or at least `survey`")
        return self


class ParcelFieldsOfJoin(_Entry):
    """Parcel attributes that a joined table may bring."""

    recorded_area: Maybe[str] = None
    land_type: Maybe[str] = None
    address: Maybe[str] = None


class Join(_Entry):
    """A table of attributes beside the shapes (CSV, or another table), joined by a key."""

    file: Text
    key: Text
    """Field of the shapes."""
    other_key: Text
    """Field of the attribute table; where several rows share it, the first in file order counts, and the report says how many."""
    fields: ParcelFieldsOfJoin


class ParcelsEntry(_Dataset):
    """A table of parcels."""

    kind: Literal["parcels"]
    fields: ParcelFields
    recorded_unit: Maybe[AreaUnit] = None
    """Unit of the recorded areas, where no field says it."""
    join: Maybe[Join] = None
    no_number: list[str] = []
    """What the source writes instead of a number where there is none, for example "-"."""
    same_number: Literal["refuse", "parts"] = "refuse"
    """Later rows with the number of an earlier one: refused, or joined to it as parts of one parcel where they do not overlap."""


class LayerFields(_Entry):
    """Field names of a layer's table."""

    ref: Maybe[str] = None
    """The source's own identifier; the feature's position in the file where there is none."""
    label: Maybe[str] = None
    """What is printed for a feature: zone code, name."""
    label_ml: Maybe[str] = None
    width: Maybe[str] = None
    """Width in metres (roads, rivers)."""
    valid_from: Maybe[str] = None
    valid_to: Maybe[str] = None


class Coverage(_Entry):
    """Where the layer is complete: a table of polygons, or the features themselves. None: nowhere, so no 'not affected'."""

    file: Maybe[str] = None
    table: Maybe[str] = None
    features: bool = False
    grow: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    """Metres by which the list is known to be complete beyond that area (an airport list for 25 km around)."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.features == bool(self.table or self.file):
            raise ValueError("give either `table`/`file` or `features: true`")
        return self


class LayerEntry(_Dataset):
    """A table of features of one catalogue layer."""

    kind: Literal["layer"]
    layer: Text
    """Identifier in the jurisdiction's catalogue."""
    fields: LayerFields = LayerFields()
    keep: list[str] = []
    """Further attributes to keep and print."""
    holds: Literal["polygon", "boundary", "centre_line", "point"]
    """What the shapes are of the real thing: its area, its boundary, its centre line or a point of it."""
    width: Maybe[float] = None
    """Width in metres of all features, where sourced."""
    coverage: Maybe[Coverage] = None


class PlacesEntry(_Dataset):
    """A table of place names or addresses for the search."""

    kind: Literal["places"]
    name_en: Maybe[str] = None
    name_ml: Maybe[str] = None
    place_kind: Maybe[str] = None
    """Field with the sort of place (village, ward); where not given, `place`."""

    @model_validator(mode="after")
    def _has_a_name(self) -> Self:
        if self.name_en is None and self.name_ml is None:
            raise ValueError("name the field of `name_en` or of `name_ml`")
        return self


class RasterEntry(_Dataset):
    """A raster: heights in metres above a stated datum, depths of a flood above the ground, or kinds of land cover."""

    kind: Literal["raster"]
    layer: Text
    datum: Text
    """What the values refer to: a datum of heights, which flood, whose classes."""


DatasetEntry = Annotated[ParcelsEntry | LayerEntry | PlacesEntry | RasterEntry, Field(discriminator="kind")]


class Mapping(_Entry):
    """All that is needed to bring a town in."""

    jurisdiction: JurisdictionEntry
    source: SourceEntry
    datasets: list[DatasetEntry]


def read_mapping(path: Path) -> Mapping:
    """A mapping file, or `Invalid` with the file, the entry and what was expected there."""
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
        return Mapping.model_validate(content)
    except OSError as error:
        raise Invalid(
            f"{path.name}: cannot be read ({error.strerror}). Give the path of a mapping file."
        ) from error
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise Invalid(f"{path.name}: not readable as YAML: {error}") from error
    except ValidationError as error:
        lines = [
            told(fault, fault["loc"], Mapping, name=".".join(map(str, fault["loc"])))
            for fault in error.errors()
        ]
        raise Invalid(f"{path.name}: {'; '.join(lines)}. Correct the file.") from error
