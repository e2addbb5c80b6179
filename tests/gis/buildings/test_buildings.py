"""Buildings: dated objects on one or more parcels, found by the land they stand on."""

from datetime import date

import pytest
from shapely import Polygon, box
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from gis.asof import AsOf
from gis.buildings.changes import alter, put_up, take_down
from gis.buildings.model import Building, BuildingGone, BuildingNotFound, NewBuilding, Origin
from gis.buildings.queries import building, building_history, buildings_on
from gis.errors import Conflict, Invalid
from gis.parcels.changes import divide, merge
from gis.parcels.model import ParcelGone, ParcelNotFound, Span
from gis.parcels.queries import parcel
from gis.place import Jurisdiction
from gis.recordings import last_recording
from tests.builders import LONG_AGO, a_box, a_new_parcel, a_parcel, a_place, halves, now

BUILT, DAY_BEFORE = date(2015, 3, 2), date(2015, 3, 1)
DIVIDED = date(2020, 6, 15)


@pytest.fixture
def place(session: Session) -> Jurisdiction:
    town = a_place(session)
    a_parcel(session, town, width=40)
    return town


def a_house(**other: object) -> NewBuilding:
    """A house of 8 m by 10 m in the western half of the parcel."""
    described = {
        "numbers": ("12/104",),
        "origin": Origin.PERMIT,
        "door_number": "IV/231",
        "storeys": 2,
        "use": "A1",
        "footprint": a_box(4, 5, 8, 10),
    }
    return NewBuilding(**{**described, **other})  # type: ignore[arg-type]


def built(session: Session, place: Jurisdiction, *, on: date = BUILT, **other: object) -> Building:
    return put_up(session, place, a_house(**other), on=on, instrument="permit BP-31/2014")


def doors(session: Session, place: Jurisdiction, number: str, on: date) -> list[str | None]:
    return [found.door_number for found in buildings_on(session, place, number, at=now(session, place, on))]


def test_a_building_comes_back_as_it_was_recorded(session: Session, place: Jurisdiction) -> None:
    house = built(session, place)
    assert building(session, place, house.id, at=now(session, place, BUILT)) == house
    assert (house.numbers, house.door_number, house.storeys, house.use) == (("12/104",), "IV/231", 2, "A1")
    assert (house.origin, house.instrument, house.ended_by) == (Origin.PERMIT, "permit BP-31/2014", None)
    assert house.footprint == a_box(4, 5, 8, 10)
    assert house.footprint_area == pytest.approx(80.016, abs=0.001)  # ground, not grid
    assert (house.jurisdiction, house.valid) == ("test", Span(begins=BUILT, ends=None))


def test_what_is_not_known_of_a_building_is_none(session: Session, place: Jurisdiction) -> None:
    claimed = put_up(
        session,
        place,
        NewBuilding(numbers=("12/104",), origin=Origin.CLAIM),
        on=BUILT,
        instrument="tax form 2",
    )
    assert (claimed.door_number, claimed.storeys, claimed.use) == (None, None, None)
    assert (claimed.footprint, claimed.footprint_area) == (None, None)


def test_a_building_stands_from_its_day_and_not_the_day_before(session: Session, place: Jurisdiction) -> None:
    house = built(session, place)
    assert doors(session, place, "12/104", DAY_BEFORE) == []
    assert doors(session, place, "12/104", BUILT) == ["IV/231"]
    with pytest.raises(BuildingNotFound, match="does not stand yet on 2015-03-01"):
        building(session, place, house.id, at=now(session, place, DAY_BEFORE))


def test_an_alteration_holds_from_its_day(session: Session, place: Jurisdiction) -> None:
    house = built(session, place)
    taller = a_house(storeys=3, origin=Origin.SURVEY)
    raised = alter(session, place, house.id, to=taller, on=DIVIDED, instrument="drone survey 2020")
    assert (raised.id, raised.storeys, raised.origin) == (house.id, 3, Origin.SURVEY)
    before = building(session, place, house.id, at=now(session, place, date(2020, 6, 14)))
    assert (before.storeys, before.ended_by) == (2, "drone survey 2020")
    known = last_recording(session, place.code)
    history = building_history(session, place, house.id, known=known)
    assert [state.valid for state in history] == [
        Span(begins=BUILT, ends=DIVIDED),
        Span(begins=DIVIDED, ends=None),
    ]


def test_an_alteration_between_others_ends_where_the_next_begins(
    session: Session, place: Jurisdiction
) -> None:
    house = built(session, place)
    alter(session, place, house.id, to=a_house(storeys=3), on=DIVIDED, instrument="permit 2")
    middle = date(2018, 1, 1)
    alter(session, place, house.id, to=a_house(use="F"), on=middle, instrument="inspection")
    known = last_recording(session, place.code)
    told = [(s.storeys, s.use, s.valid) for s in building_history(session, place, house.id, known=known)]
    assert told == [
        (2, "A1", Span(begins=BUILT, ends=middle)),
        (2, "F", Span(begins=middle, ends=DIVIDED)),
        (3, "A1", Span(begins=DIVIDED, ends=None)),
    ]


def test_a_building_taken_down_is_gone_from_that_day(session: Session, place: Jurisdiction) -> None:
    house = built(session, place)
    take_down(session, place, house.id, on=DIVIDED, instrument="demolition permit 4/2020")
    assert doors(session, place, "12/104", date(2020, 6, 14)) == ["IV/231"]
    assert doors(session, place, "12/104", DIVIDED) == []
    with pytest.raises(BuildingGone, match="ended on 2020-06-15: demolition permit 4/2020"):
        building(session, place, house.id, at=now(session, place, DIVIDED))
    with pytest.raises(Conflict, match="changes on 2020-06-15 already"):
        take_down(session, place, house.id, on=date(2019, 1, 1), instrument="order")


def test_a_building_taken_down_from_its_first_day_never_stood(session: Session, place: Jurisdiction) -> None:
    house = built(session, place)
    before = last_recording(session, place.code)
    take_down(session, place, house.id, on=BUILT, instrument="survey: never built")
    with pytest.raises(BuildingNotFound):
        building(session, place, house.id, at=now(session, place, BUILT))
    assert building(session, place, house.id, at=AsOf(on=BUILT, known=before)).door_number == "IV/231"


def test_a_late_record_changes_no_answer_given_before(session: Session, place: Jurisdiction) -> None:
    house = built(session, place)
    before = last_recording(session, place.code)
    alter(session, place, house.id, to=a_house(storeys=1), on=BUILT, instrument="inspection")
    assert building(session, place, house.id, at=AsOf(on=BUILT, known=before)).storeys == 2
    assert building(session, place, house.id, at=now(session, place, BUILT)).storeys == 1


def test_a_building_may_stand_on_two_parcels(session: Session, place: Jurisdiction) -> None:
    a_parcel(session, place, "12/105", x=40)
    both = built(session, place, numbers=("12/105", " 12 / 104 "), footprint=a_box(35, 5, 10, 10))
    assert both.numbers == ("12/104", "12/105")
    assert doors(session, place, "12/104", BUILT) == doors(session, place, "12/105", BUILT) == ["IV/231"]


def test_after_a_division_a_building_is_on_the_part_it_stands_on(
    session: Session, place: Jurisdiction
) -> None:
    built(session, place)
    built(session, place, door_number="across", footprint=a_box(15, 5, 10, 10))
    built(session, place, door_number="unknown", footprint=None)
    built(session, place, door_number="at the line", footprint=a_box(20, 5, 5, 5))
    land = parcel(session, place, "12/104", at=now(session, place, BUILT)).boundary
    assert isinstance(land, Polygon)
    divide(session, place, "12/104", into=halves(land), on=DIVIDED, instrument="partition")
    assert doors(session, place, "12/104-1", DIVIDED) == ["IV/231", "across", "unknown"]
    assert doors(session, place, "12/104-2", DIVIDED) == ["across", "unknown", "at the line"]
    assert len(doors(session, place, "12/104", date(2020, 6, 14))) == 4
    with pytest.raises(ParcelGone):
        doors(session, place, "12/104", DIVIDED)


def test_after_a_merger_the_buildings_come_along(session: Session, place: Jurisdiction) -> None:
    a_parcel(session, place, "12/105", x=40)
    built(session, place)
    one = a_new_parcel("12/200", width=60)
    merge(session, place, ["12/104", "12/105"], into=one, on=DIVIDED, instrument="order")
    assert doors(session, place, "12/200", DIVIDED) == ["IV/231"]


def test_a_neighbours_wall_over_the_line_makes_it_no_building_of_ours(
    session: Session, place: Jurisdiction
) -> None:
    a_parcel(session, place, "12/105", x=40)
    built(session, place, numbers=("12/105",), footprint=a_box(39.5, 5, 10, 10))
    assert doors(session, place, "12/104", BUILT) == []


def test_a_building_stands_on_parcels_that_stand(session: Session, place: Jurisdiction) -> None:
    with pytest.raises(ParcelNotFound):
        built(session, place, numbers=("99/9",))
    with pytest.raises(ParcelNotFound, match="does not exist yet"):
        built(session, place, on=date(1989, 12, 31))
    with pytest.raises(Invalid, match="at least one parcel"):
        built(session, place, numbers=())


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"storeys": 0}, "at least one storey"),
        ({"footprint": Polygon()}, "polygon"),
        ({"footprint": a_box().exterior}, "polygon"),
        ({"footprint": box(76.0, 10.0, 76.0001, 10.0001)}, "off the earth or outside"),
        ({"footprint": Polygon([(0, 0, 1), (9, 0, 1), (9, 9, 1)])}, "flat"),
        ({"footprint": Polygon([(0, 0), (9, 9), (9, 0), (0, 9)])}, "Self-intersection"),
    ],
)
def test_a_building_that_cannot_be_is_refused(
    session: Session, place: Jurisdiction, other: dict[str, object], why: str
) -> None:
    before = last_recording(session, place.code)
    with pytest.raises(Invalid, match=why):
        built(session, place, **other)
    assert last_recording(session, place.code) == before


def test_a_building_rests_on_an_instrument(session: Session, place: Jurisdiction) -> None:
    with pytest.raises(Invalid, match="permit, survey or claim"):
        put_up(session, place, a_house(), on=LONG_AGO, instrument=" ")


_COPY = """
INSERT INTO building_state (building_id, jurisdiction, srid, numbers, footprint, origin, instrument, valid, recorded, storeys)
SELECT building_id, jurisdiction, srid, numbers, footprint, origin, instrument, valid, recorded, storeys
FROM (SELECT {columns} FROM building_state) AS s
"""
_COLUMNS = [
    "building_id",
    "jurisdiction",
    "srid",
    "numbers",
    "footprint",
    "origin",
    "instrument",
    "valid",
    "recorded",
    "storeys",
]


@pytest.mark.parametrize(
    ("constraint", "other"),
    [
        ("building_state_one_state", {}),
        ("building_state_footprint_check", {"footprint": "ST_SetSRID(footprint, 26986)"}),
        ("building_state_footprint_check", {"footprint": "ST_Transform(footprint, 4326)"}),
        ("building_state_footprint_check", {"footprint": "ST_SetSRID('POLYGON EMPTY'::geometry, srid)"}),
        (
            "building_state_jurisdiction_srid_fkey",
            {"srid": "26986", "footprint": "ST_SetSRID(footprint, 26986)"},
        ),
        ("building_state_building_id_jurisdiction_fkey", {"building_id": "-1"}),
        ("building_state_numbers_check", {"numbers": "'{}'::text[]"}),
        ("building_state_numbers_check", {"numbers": "ARRAY[NULL]::text[]"}),
        ("building_state_storeys_check", {"storeys": "0"}),
        ("building_state_origin_check", {"origin": "'rumour'"}),
        ("building_state_ranges_check", {"valid": "daterange(NULL, '2020-01-01')"}),
    ],
)
def test_the_database_refuses_a_state_that_cannot_be(
    session: Session, place: Jurisdiction, constraint: str, other: dict[str, str]
) -> None:
    built(session, place)
    apart = (
        {} if constraint == "building_state_one_state" else {"valid": "daterange('1900-01-01', '1900-01-02')"}
    )
    columns = ", ".join(f"{ {**apart, **other}.get(name, name) } AS {name}" for name in _COLUMNS)
    with pytest.raises(IntegrityError, match=constraint):
        session.execute(text(_COPY.format(columns=columns)))


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE building_state SET storeys = 9",
        "DELETE FROM building_state",
        "TRUNCATE building_state",
        "DELETE FROM building",
        "UPDATE building SET recording_id = recording_id",
    ],
)
def test_history_is_never_rewritten(session: Session, place: Jurisdiction, change: str) -> None:
    built(session, place)
    with pytest.raises(IntegrityError, match=r"history|never changed"):
        session.execute(text(change))
