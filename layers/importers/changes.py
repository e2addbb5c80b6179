"""Changes of parcels from a file: divisions, mergers, corrections and resurveys, in the order written.

In: a YAML list, boundaries as WKT in the jurisdiction's metric system.  Out: the changes made, each recorded at its own
instant; `Invalid` names file and entry.
"""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

import shapely
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from shapely import MultiPolygon, Polygon
from sqlalchemy.orm import Session

from gis.errors import Invalid
from gis.parcels.changes import NewParcel, correct, divide, merge, resurvey
from gis.parcels.model import Parcel, ParcelNumber
from gis.place import Jurisdiction
from gis.units import Area, AreaUnit
from layers.faults import told


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ParcelEntry(_Entry):
    """A parcel that a change begins."""

    number: str
    wkt: str
    accuracy: float = Field(gt=0, allow_inf_nan=False)
    recorded_area: Decimal | None = None
    recorded_unit: AreaUnit | None = None
    ulpin: str | None = None
    land_type: str | None = None
    address: str | None = None
    district: str | None = None
    taluk: str | None = None
    village: str | None = None
    block: str | None = None
    survey: str | None = None
    subdivision: str | None = None

    def new_parcel(self) -> NewParcel:
        """The value that the writers of parcels take."""
        try:
            shape = shapely.from_wkt(self.wkt)
        except shapely.errors.GEOSException as error:
            raise Invalid(f"The boundary of {self.number} is not WKT: {error}") from error
        if not isinstance(shape, Polygon | MultiPolygon):
            raise Invalid(f"The boundary of {self.number} is not a polygon.")
        recorded = None
        if self.recorded_area is not None and self.recorded_unit is not None:
            recorded = Area(value=self.recorded_area, unit=self.recorded_unit)
        number = ParcelNumber(
            whole=self.number,
            district=self.district,
            taluk=self.taluk,
            village=self.village,
            block=self.block,
            survey=self.survey,
            subdivision=self.subdivision,
        )
        return NewParcel(
            number=number,
            boundary=shape,
            accuracy=self.accuracy,
            recorded_area=recorded,
            ulpin=self.ulpin,
            address=self.address,
            land_type=self.land_type,
        )


class ChangeEntry(_Entry):
    """One change: which numbers end, which parcels begin, from when, by what instrument."""

    kind: Literal["divide", "merge", "correct", "resurvey"]
    on: date
    numbers: Annotated[list[str], Field(min_length=1)]
    successors: Annotated[list[ParcelEntry], Field(min_length=1)]
    instrument: str


def read_changes(path: Path) -> list[ChangeEntry]:
    """The entries of a file of changes."""
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
        return [ChangeEntry.model_validate(entry) for entry in content]
    except (OSError, UnicodeDecodeError, yaml.YAMLError, TypeError) as error:
        raise Invalid(f"{path.name}: not readable as a list of changes: {error}") from error
    except ValidationError as error:
        faults = [
            told(fault, fault["loc"], ChangeEntry, name=".".join(map(str, fault["loc"])))
            for fault in error.errors()
        ]
        raise Invalid(f"{path.name}: {'; '.join(faults)}. Correct the file.") from error


def apply_change(session: Session, place: Jurisdiction, entry: ChangeEntry) -> list[Parcel]:
    """Make one change."""
    new = [each.new_parcel() for each in entry.successors]
    on, instrument = entry.on, entry.instrument
    if entry.kind == "divide":
        return divide(session, place, entry.numbers[0], into=new, on=on, instrument=instrument)
    if entry.kind == "merge":
        return [merge(session, place, entry.numbers, into=new[0], on=on, instrument=instrument)]
    if entry.kind == "correct":
        return [correct(session, place, entry.numbers[0], to=new[0], on=on, instrument=instrument)]
    return resurvey(session, place, entry.numbers, into=new, on=on, instrument=instrument)
