"""The only writers of parcels: divide, merge, correct, resurvey.

In: numbers, a date, an instrument (deed, order, survey), and the new parcels with boundaries in metres.
Out: the new states, recorded at one instant.  No state is changed: the old ones stop being believed at that instant, are
recorded anew as ending on the date, and the new ones begin on it.  `Conflict` where the land does not add up.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from math import inf

import shapely
from geoalchemy2.shape import from_shape
from shapely import MultiPolygon, Polygon
from sqlalchemy import insert, text, update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from gis.asof import AsOf
from gis.crs import to_geographic
from gis.errors import Conflict, Invalid
from gis.geometry import fault, ground_area
from gis.parcels.ids import normal_number, normal_ulpin
from gis.parcels.model import Parcel, ParcelNumber
from gis.parcels.queries import parcel
from gis.parcels.tables import ParcelChangeRow, ParcelLineageRow, ParcelRow
from gis.place import Jurisdiction
from gis.recordings import Recording, record
from gis.units import Area


@dataclass(frozen=True, kw_only=True)
class NewParcel:
    """What is to be recorded of a parcel; its boundary in the jurisdiction's metric system."""

    number: ParcelNumber
    boundary: Polygon | MultiPolygon
    accuracy: float
    recorded_area: Area | None = None
    ulpin: str | None = None
    address: str | None = None
    land_type: str | None = None


def divide(
    session: Session,
    place: Jurisdiction,
    number: str,
    *,
    into: Sequence[NewParcel],
    on: date,
    instrument: str,
) -> list[Parcel]:
    """End a parcel and begin its parts, which together must cover its land within its accuracy."""
    if len(into) < 2:
        raise Invalid("A division makes at least two parcels.")
    with _open(session, place, "divide", on=on, instrument=instrument) as change:
        return change.put_in_place([change.standing(number)], into)


def merge(
    session: Session,
    place: Jurisdiction,
    numbers: Sequence[str],
    *,
    into: NewParcel,
    on: date,
    instrument: str,
) -> Parcel:
    """End several parcels and begin one that covers their land."""
    numbers = _each_once(numbers)
    if len(numbers) < 2:
        raise Invalid("A merger needs at least two parcels.")
    with _open(session, place, "merge", on=on, instrument=instrument) as change:
        return change.put_in_place([change.standing(number) for number in numbers], [into])[0]


def resurvey(
    session: Session,
    place: Jurisdiction,
    numbers: Sequence[str],
    *,
    into: Sequence[NewParcel],
    on: date,
    instrument: str,
) -> list[Parcel]:
    """End parcels and begin the resurveyed ones; the land may differ, since the old measure was less exact."""
    if not numbers or not into:
        raise Invalid("A resurvey needs the old numbers and the new parcels.")
    with _open(session, place, "resurvey", on=on, instrument=instrument) as change:
        before = [change.standing(number) for number in _each_once(numbers)]
        return change.put_in_place(before, into, same_land=False)


def correct(
    session: Session, place: Jurisdiction, number: str, *, to: NewParcel, on: date, instrument: str
) -> Parcel:
    """Begin another state under the same number, from a date and until the corrected state would have ended."""
    if normal_number(to.number.whole) != normal_number(number):
        raise Invalid("A correction keeps the number; a new number is a resurvey, a division or a merger.")
    with _open(session, place, "correct", on=on, instrument=instrument) as change:
        before = change.standing(number)
        change.end(before)
        change.begin(to, until=before.valid.ends)
        return change.standing(number)


@dataclass(frozen=True, kw_only=True)
class _Change:
    """An open change: everything in it shares one date, one instant and one instrument."""

    session: Session
    place: Jurisdiction
    id: int
    on: date
    recording: Recording

    @property
    def at(self) -> AsOf:
        """The change's date, as known from its instant on."""
        return AsOf(on=self.on, known=self.recording.instant)

    def standing(self, number: str) -> Parcel:
        """The parcel of a number on the change's date."""
        return parcel(self.session, self.place, number, at=self.at)

    def put_in_place(
        self, before: Sequence[Parcel], after: Sequence[NewParcel], *, same_land: bool = True
    ) -> list[Parcel]:
        """End some parcels and begin others, with lineage from each to each."""
        for old in before:
            if old.valid.ends is not None:
                raise Conflict(
                    f"Parcel {old.number.whole} already ends on {old.valid.ends}; correct that first."
                )
        if same_land:
            _check_same_land(before, after, self.place)
        for old in before:
            self.end(old)
        for new in after:
            self.begin(new, until=None)
        links = [
            {"change_id": self.id, "jurisdiction": self.place.code, "predecessor": old, "successor": new}
            for old in dict.fromkeys(old.number.whole for old in before)
            for new in dict.fromkeys(normal_number(new.number.whole) for new in after)
        ]
        self.session.execute(insert(ParcelLineageRow), links)
        return [self.standing(new.number.whole) for new in after]

    def end(self, old: Parcel) -> None:
        """Stop believing a state, and believe instead that it ends on the change's date."""
        instant = self.recording.instant
        self.session.execute(
            update(ParcelRow)
            .where(ParcelRow.id == old.state)
            .values(recorded=Range(old.recorded.begins, instant))
            .execution_options(synchronize_session=False)
        )
        if old.valid.begins < self.on:
            self.session.execute(_COPY_ENDING, {"state": old.state, "ends": self.on, "instant": instant})

    def begin(self, new: NewParcel, *, until: date | None) -> None:
        """Believe from now on that a parcel stands from the change's date."""
        number = normal_number(new.number.whole)
        clash = self.session.scalar(
            _CLASH, {"j": self.place.code, "number": number, "begins": self.on, "ends": until}
        )
        if clash is not None:
            raise Conflict(f"The number {number} is in use from {clash}; choose another number.")
        if new.ulpin:
            self._check_free(normal_ulpin(new.ulpin), until=until)
        self.session.execute(insert(ParcelRow).values(self.row(new, until=until)))

    def row(self, new: NewParcel, *, until: date | None) -> dict[str, object]:
        """The state as the table holds it; its boundary checked, its area measured."""
        boundary = _checked(new, self.place)
        return {
            "jurisdiction": self.place.code,
            "srid": self.place.metric,
            "number": normal_number(new.number.whole),
            "district": new.number.district,
            "taluk": new.number.taluk,
            "village": new.number.village,
            "block": new.number.block,
            "survey": new.number.survey,
            "subdivision": new.number.subdivision,
            "ulpin": normal_ulpin(new.ulpin) if new.ulpin else None,
            "address": new.address,
            "land_type": new.land_type,
            "recorded_extent": new.recorded_area.value if new.recorded_area else None,
            "recorded_unit": new.recorded_area.unit if new.recorded_area else None,
            "measured_area": ground_area(boundary, self.place.metric),
            "accuracy": new.accuracy,
            "boundary": from_shape(boundary, srid=self.place.metric),
            "change_id": self.id,
            "import_id": None,
            "valid": Range(self.on, until),
            "recorded": Range(self.recording.instant, None),
        }

    def _check_free(self, ulpin: str, *, until: date | None) -> None:
        other = self.session.scalar(
            _ULPIN_CLASH, {"j": self.place.code, "ulpin": ulpin, "begins": self.on, "ends": until}
        )
        if other is not None:
            raise Conflict(f"The ULPIN {ulpin} is that of parcel {other}; no two parcels share one.")


_COPY_ENDING = text(
    "INSERT INTO parcel (jurisdiction, srid, number, district, taluk, village, block, survey, subdivision, ulpin, address,"
    " land_type, recorded_extent, recorded_unit, measured_area, accuracy, boundary, change_id, import_id, valid, recorded)"
    " SELECT jurisdiction, srid, number, district, taluk, village, block, survey, subdivision, ulpin, address,"
    " land_type, recorded_extent, recorded_unit, measured_area, accuracy, boundary, change_id, import_id,"
    " daterange(lower(valid), :ends), tstzrange(:instant, NULL) FROM parcel WHERE id = :state"
)
_CLASH = text(
    "SELECT min(lower(valid)) FROM parcel WHERE jurisdiction = :j AND number = :number AND upper_inf(recorded)"
    " AND valid && daterange(CAST(:begins AS date), CAST(:ends AS date))"
)

_ULPIN_CLASH = text(
    "SELECT min(number) FROM parcel WHERE jurisdiction = :j AND ulpin = :ulpin AND upper_inf(recorded)"
    " AND valid && daterange(CAST(:begins AS date), CAST(:ends AS date))"
)


def _each_once(numbers: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(normal_number(number) for number in numbers))


@contextmanager
def _open(
    session: Session, place: Jurisdiction, kind: str, *, on: date, instrument: str
) -> Iterator[_Change]:
    """A change that is made whole or, where anything in it is refused, not at all."""
    if not instrument.strip():
        raise Invalid("Name the instrument of the change: the deed, order or survey it rests on.")
    with session.begin_nested():
        recording = record(session, place.code, what=f"{kind}: {instrument}")
        row = ParcelChangeRow(
            jurisdiction=place.code, recording_id=recording.id, kind=kind, on_date=on, instrument=instrument
        )
        session.add(row)
        session.flush()
        yield _Change(session=session, place=place, id=row.id, on=on, recording=recording)


def _checked(new: NewParcel, place: Jurisdiction) -> Polygon | MultiPolygon:
    """The boundary, or `Invalid` with the fault and where it is."""
    boundary, number = new.boundary, new.number.whole
    if not isinstance(boundary, Polygon | MultiPolygon) or boundary.is_empty:
        raise Invalid(f"Parcel {number} has no area: give a polygon.")
    if boundary.has_z:
        raise Invalid(f"Parcel {number}: a boundary is flat; leave the heights out.")
    if not boundary.is_valid:
        raise Invalid(f"Parcel {number}: {fault(boundary, place.metric)}. Mend the boundary and try again.")
    if not 0 < new.accuracy < inf:
        raise Invalid(f"Parcel {number}: the accuracy of a boundary is a number of metres above 0.")
    to_geographic(boundary, place.metric)  # refuses degrees called metres, and another place's metres
    return boundary


def _check_same_land(before: Sequence[Parcel], after: Sequence[NewParcel], place: Jurisdiction) -> None:
    """No boundary has moved by more than its accuracy.

    Every point of the old land lies that near to a new parcel, every point of a new parcel that near to the old land, and
    every point that two new parcels claim lies that near to the outside of one of them.
    """
    shapes = [_checked(new, place) for new in after]
    old = shapely.union_all([parcel.boundary for parcel in before])
    new = shapely.union_all(shapes)
    accuracy = max([parcel.accuracy for parcel in before] + [parcel.accuracy for parcel in after])
    twice = shapely.union_all([a.intersection(b) for a, b in combinations(shapes, 2)])
    if not twice.buffer(-accuracy).is_empty:
        area = ground_area(twice, place.metric)
        raise Conflict(
            f"The new parcels overlap each other by {area:.2f} m²; their boundaries must meet, not cross."
        )
    if not new.buffer(accuracy).covers(old):
        area = ground_area(old.difference(new), place.metric)
        raise Conflict(f"{area:.2f} m² of the old land is in none of the new parcels; draw them again.")
    if not old.buffer(accuracy).covers(new):
        area = ground_area(new.difference(old), place.metric)
        raise Conflict(f"{area:.2f} m² of the new parcels was not in the old land; draw them again.")
