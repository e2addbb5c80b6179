"""Questions about parcels: gone with successors, lineage, history, survey numbers, ULPIN, touching."""

from dataclasses import replace
from datetime import date

import pytest
from shapely import Point, box
from sqlalchemy.orm import Session

from gis.asof import AsOf
from gis.parcels.changes import correct, divide, merge, resurvey
from gis.parcels.model import Lineage, ParcelGone, ParcelNotFound, Span
from gis.parcels.queries import (
    as_it_stood,
    beliefs,
    forebears,
    history,
    lineage,
    living_successors,
    parcel,
    parcel_by_ulpin,
    parcels_of_survey,
    parcels_touching,
)
from gis.place import Jurisdiction
from gis.recordings import last_recording
from tests.builders import (
    KERALA,
    LONG_AGO,
    a_box,
    a_new_parcel,
    a_number,
    a_parcel,
    a_place,
    halves,
    now,
    register,
)

FIRST, SECOND, TODAY = date(2010, 4, 1), date(2018, 9, 1), date(2026, 1, 1)


@pytest.fixture
def place(session: Session) -> Jurisdiction:
    return a_place(session)


def twice_divided(session: Session, place: Jurisdiction) -> None:
    """12/104 into -1 and -2 in 2010; -2 into -3 and -4 in 2018."""
    whole = a_parcel(session, place, width=40)
    first = divide(session, place, "12/104", into=halves(whole.boundary), on=FIRST, instrument="deed 1")
    second = halves(first[1].boundary, ("12/104-3", "12/104-4"))
    divide(session, place, "12/104-2", into=second, on=SECOND, instrument="deed 2")


def successors(session: Session, place: Jurisdiction, number: str, on: date) -> tuple[str, ...]:
    with pytest.raises(ParcelGone) as gone:
        parcel(session, place, number, at=now(session, place, on))
    return gone.value.successors


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (FIRST, ("12/104-1", "12/104-2")),
        (date(2018, 8, 31), ("12/104-1", "12/104-2")),
        (SECOND, ("12/104-1", "12/104-3", "12/104-4")),
    ],
)
def test_a_divided_parcel_names_who_holds_its_land_through_two_generations(
    session: Session, place: Jurisdiction, on: date, expected: tuple[str, ...]
) -> None:
    twice_divided(session, place)
    assert successors(session, place, "12/104", on) == expected


def test_the_answer_says_when_it_ended_and_into_what(session: Session, place: Jurisdiction) -> None:
    twice_divided(session, place)
    with pytest.raises(
        ParcelGone, match=r"ended on 2010-04-01\. Its land is now in 12/104-1, 12/104-3, 12/104-4\."
    ):
        parcel(session, place, "12/104", at=now(session, place))


def test_a_division_recorded_later_is_not_known_before(session: Session, place: Jurisdiction) -> None:
    whole = a_parcel(session, place, width=40)
    first = divide(session, place, "12/104", into=halves(whole.boundary), on=FIRST, instrument="deed 1")
    then = last_recording(session, place.code)
    second = halves(first[1].boundary, ("12/104-3", "12/104-4"))
    divide(session, place, "12/104-2", into=second, on=SECOND, instrument="deed 2")
    known_then, known_now = AsOf(on=TODAY, known=then), now(session, place, TODAY)
    assert living_successors(session, place, "12/104", at=known_then) == ["12/104-1", "12/104-2"]
    assert living_successors(session, place, "12/104", at=known_now) == ["12/104-1", "12/104-3", "12/104-4"]


def test_a_number_that_lives_on_after_a_division_answers_for_itself(
    session: Session, place: Jurisdiction
) -> None:
    """12/104 keeps its number in 2010, then merges into 12/200 in 2018: its land is there, not in what left in 2010."""
    whole = a_parcel(session, place, width=40)
    a_parcel(session, place, "12/103", x=-20)
    rest, part = halves(whole.boundary, ("12/104", "12/104-1"))
    divide(session, place, "12/104", into=[rest, part], on=FIRST, instrument="deed 1")
    assert parcel(session, place, "12/104", at=now(session, place, date(2012, 1, 1))).begun_by == "divide"
    merged = a_new_parcel("12/200", boundary=a_box(-20, 0, 40, 30))
    merge(session, place, ["12/103", "12/104"], into=merged, on=SECOND, instrument="order")
    assert successors(session, place, "12/104", TODAY) == ("12/200",)
    assert successors(session, place, "12/103", TODAY) == ("12/200",)


def test_a_number_used_again_for_other_land_is_not_followed_into_it(
    session: Session, place: Jurisdiction
) -> None:
    whole = a_parcel(session, place, "12/100", width=40)
    divide(
        session,
        place,
        "12/100",
        into=halves(whole.boundary, ("12/101", "12/102")),
        on=FIRST,
        instrument="deed 1",
    )
    resurvey(session, place, ["12/101"], into=[a_new_parcel("12/300")], on=SECOND, instrument="resurvey")
    a_parcel(session, place, "12/101", x=500, on=SECOND)
    assert successors(session, place, "12/100", TODAY) == ("12/102", "12/300")


def test_what_a_number_meant_before_is_not_followed(session: Session, place: Jurisdiction) -> None:
    """12/104 is divided in 2010; in 2018 the resurvey gives its number to the land of 12/300."""
    whole = a_parcel(session, place, width=40)
    divide(session, place, "12/104", into=halves(whole.boundary), on=FIRST, instrument="deed 1")
    a_parcel(session, place, "12/300", x=500)
    resurvey(session, place, ["12/300"], into=[a_new_parcel(x=500)], on=SECOND, instrument="resurvey")
    assert successors(session, place, "12/300", TODAY) == ("12/104",)
    assert forebears(session, place, "12/104", at=now(session, place)) == ["12/300"]


def test_forebears_are_followed_back_through_two_generations(session: Session, place: Jurisdiction) -> None:
    twice_divided(session, place)
    at = now(session, place)
    assert forebears(session, place, "12/104-4", at=at) == ["12/104", "12/104-2"]
    assert forebears(session, place, "12/104-1", at=at) == ["12/104"]
    assert forebears(session, place, "12/104", at=at) == []
    assert forebears(session, place, "12/104-4", at=now(session, place, date(2018, 8, 31))) == []


def test_a_number_registered_anew_has_no_forebears(session: Session, place: Jurisdiction) -> None:
    twice_divided(session, place)
    a_parcel(session, place, "12/104-2", x=500, on=SECOND)
    assert forebears(session, place, "12/104-2", at=now(session, place)) == []


def test_a_number_that_was_taken_back_leads_to_where_its_land_is(
    session: Session, place: Jurisdiction
) -> None:
    """A division undone from its own day: the parts are no longer believed ever to have stood."""
    whole = a_parcel(session, place, width=40)
    divide(
        session, place, "12/104", into=halves(whole.boundary), on=FIRST, instrument="deed, later set aside"
    )
    merge(
        session,
        place,
        ["12/104-1", "12/104-2"],
        into=a_new_parcel(width=40),
        on=FIRST,
        instrument="court decree",
    )
    assert parcel(session, place, "12/104", at=now(session, place)).boundary.equals(whole.boundary)
    with pytest.raises(ParcelGone, match="replaced from its first day") as gone:
        parcel(session, place, "12/104-1", at=now(session, place))
    assert gone.value.successors == ("12/104",)
    part = as_it_stood(session, place, "12/104-1", at=now(session, place))
    assert part is not None
    assert part.boundary.area == pytest.approx(whole.boundary.area / 2)


def test_a_parcel_that_ended_is_shown_as_it_last_stood(session: Session, place: Jurisdiction) -> None:
    """From the day of its division on; before its first day there is nothing of it."""
    whole = a_parcel(session, place, width=40)
    divide(session, place, "12/104", into=halves(whole.boundary), on=FIRST, instrument="deed 1")
    known = last_recording(session, place.code)
    for day in (LONG_AGO, FIRST, TODAY):
        stood = as_it_stood(session, place, "12/104", at=AsOf(on=day, known=known))
        assert stood is not None
        assert stood.boundary.equals(whole.boundary)
    assert as_it_stood(session, place, "12/104", at=AsOf(on=date(1989, 12, 31), known=known)) is None
    assert as_it_stood(session, place, "99/1", at=AsOf(on=TODAY, known=known)) is None


def test_a_number_nobody_knows_is_not_found(session: Session, place: Jurisdiction) -> None:
    a_parcel(session, place)
    with pytest.raises(ParcelNotFound, match="tax receipt"):
        parcel(session, place, "99/1", at=now(session, place))


@pytest.mark.parametrize(("on", "exists"), [(date(1989, 12, 31), False), (LONG_AGO, True)])
def test_a_parcel_exists_from_its_first_day(
    session: Session, place: Jurisdiction, on: date, exists: bool
) -> None:
    a_parcel(session, place)
    if exists:
        assert parcel(session, place, "12/104", at=now(session, place, on)).number.whole == "12/104"
        return
    with pytest.raises(ParcelNotFound, match="begins on 1990-01-01"):
        parcel(session, place, "12/104", at=now(session, place, on))


def test_a_parcel_comes_back_as_it_was_recorded(session: Session, place: Jurisdiction) -> None:
    boundary = box(*(a_box().bounds)).difference(Point(KERALA[0] + 10, KERALA[1] + 15).buffer(2))
    new = a_new_parcel("12/104-3", boundary=boundary, ulpin="ABC12345678901", accuracy=0.25)
    at = register(session, place, [new])
    a = parcel(session, place, " 12 / 104-3", at=at)
    assert (a.number, a.boundary, a.accuracy) == (a_number("12/104-3"), boundary, 0.25)
    assert (a.number.block, a.number.survey, a.number.subdivision) == ("12", "104", "3")
    assert (a.recorded_area, a.land_type, a.address) == (new.recorded_area, "purayidam", new.address)
    assert (a.jurisdiction, a.valid, a.recorded.ends, a.import_id) == (
        "test",
        Span(begins=LONG_AGO, ends=None),
        None,
        None,
    )


def test_lineage_tells_both_ways_oldest_first(session: Session, place: Jurisdiction) -> None:
    twice_divided(session, place)
    known = last_recording(session, place.code)
    first = Lineage(
        kind="divide",
        on=FIRST,
        instrument="deed 1",
        predecessors=("12/104",),
        successors=("12/104-1", "12/104-2"),
    )
    second = Lineage(
        kind="divide",
        on=SECOND,
        instrument="deed 2",
        predecessors=("12/104-2",),
        successors=("12/104-3", "12/104-4"),
    )
    assert lineage(session, place, ["12/104"], known=known) == [first]
    assert lineage(session, place, ["12/104-2"], known=known) == [first, second]
    assert lineage(session, place, ["12/104-4"], known=known) == [second]
    assert lineage(session, place, ["12/104", "12/104-3"], known=known) == [first, second]
    assert lineage(session, place, ["12/105"], known=known) == []


def test_lineage_of_a_merger_names_all_who_went_in(session: Session, place: Jurisdiction) -> None:
    register(session, place, [a_new_parcel("12/104"), a_new_parcel("12/105", x=20)])
    before = last_recording(session, place.code)
    merge(
        session,
        place,
        ["12/104", "12/105"],
        into=a_new_parcel("12/200", width=40),
        on=FIRST,
        instrument="order",
    )
    known = last_recording(session, place.code)
    (step,) = lineage(session, place, ["12/105"], known=known)
    assert (step.kind, step.predecessors, step.successors) == ("merge", ("12/104", "12/105"), ("12/200",))
    assert lineage(session, place, ["12/105"], known=before) == []


def test_history_tells_what_is_believed_and_beliefs_tell_all_that_ever_was(
    session: Session, place: Jurisdiction
) -> None:
    a_parcel(session, place, land_type="nilam")
    before = last_recording(session, place.code)
    correct(session, place, "12/104", to=a_new_parcel(land_type="purayidam"), on=FIRST, instrument="order")
    after = last_recording(session, place.code)
    told = [(state.land_type, state.valid) for state in history(session, place, "12/104", known=after)]
    assert told == [
        ("nilam", Span(begins=LONG_AGO, ends=FIRST)),
        ("purayidam", Span(begins=FIRST, ends=None)),
    ]
    assert [state.valid.ends for state in history(session, place, "12/104", known=before)] == [None]
    ever = [
        (state.land_type, state.valid.ends, state.recorded.ends)
        for state in beliefs(session, place, "12/104")
    ]
    assert ever == [("nilam", None, after), ("nilam", FIRST, None), ("purayidam", None, None)]


def test_a_parcel_is_found_by_its_ulpin_while_it_has_it(session: Session, place: Jurisdiction) -> None:
    whole = a_parcel(session, place, width=40, ulpin="ABC12345678901")
    divide(session, place, "12/104", into=halves(whole.boundary), on=FIRST, instrument="deed 1")
    day_before = now(session, place, date(2010, 3, 31))
    assert parcel_by_ulpin(session, place, "abc12345678901", at=day_before).number.whole == "12/104"
    with pytest.raises(ParcelGone, match="was that of parcel 12/104 until 2010-04-01") as gone:
        parcel_by_ulpin(session, place, "ABC12345678901", at=now(session, place, FIRST))
    assert gone.value.successors == ("12/104-1", "12/104-2")


def test_an_old_ulpin_leads_to_the_parcel_that_has_another_now(session: Session, place: Jurisdiction) -> None:
    a_parcel(session, place, ulpin="ABC12345678901")
    to = a_new_parcel(ulpin="XYZ12345678901")
    correct(session, place, "12/104", to=to, on=FIRST, instrument="ULPIN drive")
    assert parcel_by_ulpin(session, place, "XYZ12345678901", at=now(session, place)).number.whole == "12/104"
    with pytest.raises(ParcelGone) as gone:
        parcel_by_ulpin(session, place, "ABC12345678901", at=now(session, place))
    assert gone.value.successors == ("12/104",)


@pytest.mark.parametrize(("ulpin", "on"), [("QQQ12345678901", TODAY), ("ABC12345678901", date(1989, 12, 31))])
def test_a_ulpin_nobody_has_is_not_found(session: Session, place: Jurisdiction, ulpin: str, on: date) -> None:
    a_parcel(session, place, ulpin="ABC12345678901")
    with pytest.raises(ParcelNotFound):
        parcel_by_ulpin(session, place, ulpin, at=now(session, place, on))


def test_a_survey_number_leads_to_its_parcels_in_every_block(session: Session, place: Jurisdiction) -> None:
    register(
        session,
        place,
        [
            a_new_parcel("12/104-1"),
            a_new_parcel("12/104-2", x=20),
            a_new_parcel("13/104", x=40),
            a_new_parcel("12/105", x=60),
        ],
    )
    at = now(session, place)

    def numbers(block: str | None, subdivision: str | None) -> list[str]:
        found = parcels_of_survey(session, place, "104", block=block, subdivision=subdivision, at=at)
        return [state.number.whole for state in found]

    assert numbers(None, None) == ["12/104-1", "12/104-2", "13/104"]
    assert numbers("12", None) == ["12/104-1", "12/104-2"]
    assert numbers("12", "2") == ["12/104-2"]
    assert numbers("14", None) == []


def test_a_survey_number_leads_only_to_parcels_of_the_day(session: Session, place: Jurisdiction) -> None:
    twice_divided(session, place)
    on_day = [
        state.number.whole
        for state in parcels_of_survey(
            session, place, "104", block="12", subdivision=None, at=now(session, place, FIRST)
        )
    ]
    assert on_day == ["12/104-1", "12/104-2"]


def test_touching_means_sharing_ground_or_boundary(session: Session, place: Jurisdiction) -> None:
    register(
        session,
        place,
        [
            a_new_parcel("12/1"),
            a_new_parcel("12/2", x=20),
            a_new_parcel("12/3", x=20, y=30),
            a_new_parcel("12/4", x=41),
        ],
    )
    at = now(session, place)

    def touched(x: float, y: float, width: float, depth: float) -> list[str]:
        return [
            state.number.whole for state in parcels_touching(session, place, a_box(x, y, width, depth), at=at)
        ]

    assert touched(0, 0, 20, 30) == ["12/1", "12/2", "12/3"]  # itself, along a side, at a corner
    assert touched(5, 5, 1, 1) == ["12/1"]
    assert touched(40, 10, 0.5, 5) == ["12/2"]
    assert touched(40, 10, 1, 5) == ["12/2", "12/4"]
    assert touched(500, 500, 1, 1) == []


def test_touching_is_of_the_day_and_of_what_was_known(session: Session, place: Jurisdiction) -> None:
    whole = a_parcel(session, place, width=40)
    before = last_recording(session, place.code)
    divide(session, place, "12/104", into=halves(whole.boundary), on=FIRST, instrument="deed 1")
    spot = Point(KERALA[0] + 5, KERALA[1] + 5)

    def at_spot(at: AsOf) -> list[str]:
        return [state.number.whole for state in parcels_touching(session, place, spot, at=at)]

    assert at_spot(now(session, place, TODAY)) == ["12/104-1"]
    assert at_spot(now(session, place, date(2010, 3, 31))) == ["12/104"]
    assert at_spot(AsOf(on=TODAY, known=before)) == ["12/104"]


def test_parcels_come_in_the_order_of_their_numbers(session: Session, place: Jurisdiction) -> None:
    new = [a_new_parcel(f"12/{number}", x=20 * i) for i, number in enumerate([7, 3, 9, 1])]
    register(session, place, [replace(parcel, recorded_area=None) for parcel in new])
    found = parcels_touching(session, place, a_box(0, 0, 80, 30), at=now(session, place))
    assert [state.number.whole for state in found] == ["12/1", "12/3", "12/7", "12/9"]
    assert [state.recorded_area for state in found] == [None] * 4
