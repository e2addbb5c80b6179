"""Jurisdictions: each with its own metres, which can never change."""

import pytest
from shapely import box
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from gis.errors import Conflict, Invalid, NotFound
from gis.jurisdictions import jurisdiction, jurisdictions
from gis.parcels.queries import parcel, parcels_touching
from tests.builders import a_box, a_parcel, a_place, now

MASSACHUSETTS, UTM_34S, WEB_MERCATOR = 26986, 32734, 3857


def test_a_jurisdiction_is_found_by_its_code(session: Session) -> None:
    kerala = a_place(session, "kerala", rule_book="kmbr")
    town = a_place(session, "the-town", metric=MASSACHUSETTS)
    assert jurisdiction(session, "kerala") == kerala
    assert (jurisdiction(session, "the-town").metric, jurisdiction(session, "the-town").rule_book) == (
        MASSACHUSETTS,
        None,
    )
    assert jurisdictions(session) == [kerala, town]


def test_an_unknown_code_is_answered_with_the_known_ones(session: Session) -> None:
    a_place(session, "kerala")
    with pytest.raises(NotFound, match=r"Known: kerala\."):
        jurisdiction(session, "karnataka")


def test_founding_twice_just_so_changes_nothing(session: Session) -> None:
    assert a_place(session, "kerala") == a_place(session, "kerala")
    assert len(jurisdictions(session)) == 1


@pytest.mark.parametrize("other", [{"metric": MASSACHUSETTS}, {"rule_book": "kmbr"}, {"synthetic": False}])
def test_founding_again_with_other_properties_is_a_conflict(
    session: Session, other: dict[str, object]
) -> None:
    a_place(session, "kerala")
    with pytest.raises(Conflict, match="another code"):
        a_place(session, "kerala", **other)  # type: ignore[arg-type]


def test_a_clash_names_what_differs_and_nothing_else(session: Session) -> None:
    a_place(session, "kerala")
    with pytest.raises(Conflict) as clash:
        a_place(session, "kerala", rule_book="kmbr", synthetic=False)
    assert (
        clash.value.message
        == "The jurisdiction “kerala” exists with other properties: its rule book is none, not “kmbr”; its mark as synthetic is"
        " yes, not no. Correct them in the mapping, or use another code."
    )


def test_a_system_without_true_metres_founds_no_jurisdiction(session: Session) -> None:
    with pytest.raises(Invalid, match="conformal"):
        a_place(session, "web", metric=WEB_MERCATOR)


def test_the_metric_system_of_land_on_record_cannot_change(session: Session) -> None:
    place = a_place(session)
    a_parcel(session, place)
    with pytest.raises(IntegrityError):
        session.execute(text("UPDATE jurisdiction SET metric = :m"), {"m": MASSACHUSETTS})


def test_each_place_has_its_own_ground_even_where_the_metres_look_alike(session: Session) -> None:
    kerala = a_place(session, "kerala")
    cape = a_place(session, "cape", metric=UTM_34S)
    land = box(300_000, 6_200_000, 300_040, 6_200_030)
    mine = a_parcel(session, kerala, "7", boundary=a_box(0, 0))
    other = a_parcel(session, cape, "7", boundary=land)
    at = now(session, cape)
    assert parcel(session, kerala, "7", at=now(session, kerala)).boundary == mine.boundary
    assert parcel(session, cape, "7", at=at).boundary == land
    assert parcels_touching(session, cape, land, at=at) == [other]
    assert parcels_touching(session, kerala, land, at=now(session, kerala)) == []
    assert parcels_touching(session, cape, mine.boundary, at=at) == []
