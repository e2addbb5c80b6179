"""What of a place is shared: every layer with shapes, whatever its source calls things, and nothing about people."""

from datetime import date
from typing import Any

import orjson
import pytest
from shapely import LineString, Point
from sqlalchemy.orm import Session

from gis.errors import LandError
from layers.collections.features import feature, features
from layers.collections.model import Collection, Kind, Shapes, collections_of
from layers.collections.parcels import parcels
from layers.collections.question import Days, Question, equal, filtered
from layers.collections.stored import stored_layers
from layers.collections.systems import systems
from layers.personal import is_personal
from tests.builders import KERALA, a_box, a_parcel, a_place, now
from tests.layers.ground import bring_in

TODAY = date(2026, 1, 1)


@pytest.mark.parametrize(
    ("name", "is_about_people"),
    [
        ("owner", True),
        ("OWNER_NAME", True),
        ("ownerName", True),
        ("owners", True),
        ("Phone", True),
        ("surveyor_phone", True),
        ("applicant", True),
        ("beneficiaries", True),
        ("OWNERNAME", True),
        ("LANDOWNER", True),
        ("BENEFICIAR", True),
        ("OWN_NAME", True),
        ("PHNO", True),
        ("mob_no", True),
        ("HouseName", True),
        ("edited_by", True),
        ("ഉടമയുടെ പേര്", True),
        ("ഫോണ്‍", True),
        ("parties", True),
        ("addr:street", False),
        ("house_no", False),
        ("residential", False),
        ("OCCUPANCY", False),
        ("survey_no", False),
        ("maintained_by", False),
        ("land_use", False),
        ("phase", False),
        ("partial", False),
        ("town", False),
        ("കെട്ടിടം", False),
        ("NAME", False),
        ("depth", False),
        ("panel", False),
        ("wetland", False),
        ("storeys", False),
    ],
)
def test_attributes_about_people_are_told_by_their_names(name: str, is_about_people: bool) -> None:
    assert is_personal(name) is is_about_people


def shared(session: Session, code: str) -> dict[str, Collection]:
    place = a_place(session, code)
    found = collections_of(session, place, (parcels, stored_layers), known=now(session, place).known)
    return {each.id: each for each in found}


def asked(
    session: Session, collection: Collection, *conditions: Any, on: date = TODAY
) -> list[dict[str, Any]]:
    question = Question(
        collection=collection,
        days=Days(first=on, last=on),
        conditions=conditions,
        system=systems(collection.place.metric)[0],
        after=None,
        limit=None,
    )
    return [orjson.loads(text) for _, text in features(session, question)]


def test_a_place_shares_its_plots_and_its_layers_in_the_order_of_the_catalogue(session: Session) -> None:
    place = a_place(session, "order")
    a_parcel(session, place)
    bring_in(session, place, "road", [a_box()])
    bring_in(session, place, "zoning", [a_box()])
    assert list(shared(session, "order")) == ["parcels", "zoning", "road"]


def test_a_place_without_plots_and_an_import_without_features_share_nothing(session: Session) -> None:
    bring_in(session, a_place(session, "empty"), "road", [])
    assert shared(session, "empty") == {}


def test_attributes_keep_their_kinds_and_people_stay_out(session: Session) -> None:
    attributes = [
        {
            "depth": 1.5,
            "owner": "Privatha",
            "is_old": True,
            "class": "NH",
            "mixed": 1,
            "label": "own",
            "NAME": "a",
            "name": "b",
        },
        {"depth": 2, "owner": "Privatha", "is_old": False, "mixed": "two"},
        {},
    ]
    bring_in(
        session,
        a_place(session, "kinds"),
        "road",
        [a_box(), a_box(30), a_box(60)],
        labels=["x", "y", "z"],
        attributes=attributes,
    )
    road = shared(session, "kinds")["road"]
    kinds = {each.name: each.kind for each in road.properties}
    assert {name: kinds[name] for name in ("depth", "is_old", "class", "mixed")} == {
        "depth": Kind.NUMBER,
        "is_old": Kind.TRUTH,
        "class": Kind.TEXT,
        "mixed": Kind.TEXT,
    }
    found = asked(session, road)
    assert "Privatha" not in str(found)
    assert [each["properties"]["depth"] for each in found] == [1.5, 2, None]
    assert [each["properties"]["mixed"] for each in found] == ["1", "two", None]
    assert [each["properties"]["is_old"] for each in found] == [True, False, None]
    assert (found[0]["properties"]["label"], found[0]["properties"]["label_of_source"]) == ("x", "own")
    assert (found[0]["properties"]["NAME"], found[0]["properties"]["name_of_source"]) == ("a", "b")


def test_attributes_are_asked_by_their_kinds(session: Session) -> None:
    place = a_place(session, "asked")
    bring_in(
        session, place, "road", [a_box(), a_box(30)], attributes=[{"x": 5, "t": True}, {"x": 7, "t": False}]
    )
    bring_in(session, place, "flood", [a_box()], attributes=[{"x": "not a number"}])
    road = shared(session, "asked")["road"]
    for text in ("x > 6", "t = FALSE", "NOT t = TRUE", "x BETWEEN 6 AND 8"):
        (only,) = asked(session, road, filtered(road, text, None, None))
        assert only["properties"]["x"] == 7
    assert len(asked(session, road, *equal(road, {"x": "5", "t": "true"}))) == 1
    assert len(asked(session, road, filtered(road, '{"property": "t"}', None, None))) == 1
    for text in ("x LIKE '5'", "t > FALSE", "x = 'a'"):
        with pytest.raises(LandError):
            filtered(road, text, None, None)


def test_names_of_sources_are_names_whatever_they_hold(session: Session) -> None:
    odd = 'x\'); DROP TABLE parcel; -- %(a)s :b "q" \\'
    bring_in(session, a_place(session, "odd"), "road", [a_box()], attributes=[{odd: "v", "പേര്": "റോഡ്"}])
    road = shared(session, "odd")["road"]
    (only,) = asked(session, road)
    assert (only["properties"][odd], only["properties"]["പേര്"]) == ("v", "റോഡ്")
    quoted = odd.replace('"', '""')
    assert len(asked(session, road, filtered(road, f"\"{quoted}\" = 'v'", None, None))) == 1
    assert len(asked(session, road, filtered(road, "പേര് LIKE 'റോ%'", None, None))) == 1


def test_a_feature_may_have_more_attributes_than_a_function_takes(session: Session) -> None:
    many = {f"a{number:03}": f"}}{{{number}" for number in range(150)}
    bring_in(session, a_place(session, "many"), "road", [a_box()], attributes=[many])
    (only,) = asked(session, shared(session, "many")["road"])
    assert {name: only["properties"][name] for name in many} == many


def test_shapes_of_one_kind_and_of_several(session: Session) -> None:
    place = a_place(session, "shapes")
    line = LineString([KERALA, (KERALA[0] + 10, KERALA[1])])
    bring_in(session, place, "road", [line], holds="centre_line")
    bring_in(session, place, "quarry", [Point(KERALA)], holds="point")
    bring_in(session, place, "flood", [a_box(), line])
    found = shared(session, "shapes")
    assert {name: each.shapes for name, each in found.items()} == {
        "flood": Shapes.ANY,
        "road": Shapes.LINE,
        "quarry": Shapes.POINT,
    }
    assert asked(session, found["quarry"])[0]["geometry"]["type"] == "Point"


def test_a_newer_import_takes_the_place_of_an_older_and_the_older_is_known_as_before(
    session: Session,
) -> None:
    place = a_place(session, "again")
    bring_in(session, place, "road", [a_box(), a_box(30)])
    before = shared(session, "again")["road"]
    bring_in(session, place, "road", [a_box(60)])
    after = shared(session, "again")["road"]
    assert [len(asked(session, each)) for each in (before, after)] == [2, 1]
    first = asked(session, before)[0]["id"]
    question = Question(
        collection=after,
        days=Days(first=None, last=None),
        conditions=(),
        system=systems(place.metric)[0],
        after=None,
        limit=None,
    )
    with pytest.raises(LandError, match="has no feature"):
        feature(session, question, first)


def test_features_hold_on_their_days(session: Session) -> None:
    bring_in(session, a_place(session, "days"), "road", [a_box()], valid_from=date(2010, 5, 1))
    road = shared(session, "days")["road"]
    assert road.begins == date(2010, 5, 1)
    assert [len(asked(session, road, on=day)) for day in (date(2010, 4, 30), date(2010, 5, 1))] == [0, 1]


def test_the_largest_shape_is_known(session: Session) -> None:
    bring_in(
        session, a_place(session, "large"), "flood", [a_box(), Point(KERALA).buffer(50, quad_segs=1_000)]
    )
    assert shared(session, "large")["flood"].largest > 4_000 * 16
