"""Divide, merge, correct, resurvey: what each leaves standing, on each side of its date."""

from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest
from shapely import MultiPolygon, Polygon, box
from sqlalchemy.orm import Session

from gis.asof import AsOf
from gis.errors import Conflict, Invalid
from gis.parcels.changes import NewParcel, correct, divide, merge, resurvey
from gis.parcels.model import ParcelGone, ParcelNotFound
from gis.parcels.queries import parcel
from gis.place import Jurisdiction
from gis.recordings import last_recording
from gis.units import area
from tests.builders import KERALA, LONG_AGO, a_box, a_new_parcel, a_parcel, a_place, halves, now, register

DIVIDED = date(2020, 6, 15)
DAY_BEFORE = date(2020, 6, 14)
DEED = "partition deed 1432/2020"


@pytest.fixture
def place(session: Session) -> Jurisdiction:
    return a_place(session)


def standing(session: Session, place: Jurisdiction, on: date) -> set[str]:
    """The numbers of the test's land that stand on a date."""
    found = set()
    for number in ("12/104", "12/104-1", "12/104-2", "12/105", "12/200", "12/201"):
        try:
            found.add(parcel(session, place, number, at=now(session, place, on)).number.whole)
        except (ParcelGone, ParcelNotFound):
            continue
    return found


def test_a_division_holds_from_its_day_and_not_the_day_before(session: Session, place: Jurisdiction) -> None:
    whole = a_parcel(session, place, width=40)
    parts = divide(session, place, "12/104", into=halves(whole.boundary), on=DIVIDED, instrument=DEED)
    assert [part.number.whole for part in parts] == ["12/104-1", "12/104-2"]
    assert standing(session, place, DAY_BEFORE) == {"12/104"}
    assert standing(session, place, DIVIDED) == {"12/104-1", "12/104-2"}


def test_a_part_says_what_began_it(session: Session, place: Jurisdiction) -> None:
    whole = a_parcel(session, place, width=40)
    part, _ = divide(session, place, "12/104", into=halves(whole.boundary), on=DIVIDED, instrument=DEED)
    assert (part.begun_by, part.instrument) == ("divide", DEED)
    assert (part.valid.begins, part.valid.ends) == (DIVIDED, None)
    assert part.measured_area == pytest.approx(whole.measured_area / 2, rel=1e-6)
    assert part.recorded_area == area(
        "15", "cent"
    )  # what the register says stays apart from what was measured


def test_the_divided_parcel_still_says_what_had_begun_it(session: Session, place: Jurisdiction) -> None:
    whole = a_parcel(session, place, width=40)
    divide(session, place, "12/104", into=halves(whole.boundary), on=DIVIDED, instrument=DEED)
    before = parcel(session, place, "12/104", at=now(session, place, DAY_BEFORE))
    assert (before.begun_by, before.valid.begins, before.valid.ends) == ("import", LONG_AGO, DIVIDED)
    assert before.boundary == whole.boundary


def test_the_rest_may_keep_the_number(session: Session, place: Jurisdiction) -> None:
    whole = a_parcel(session, place, width=40)
    rest, part = halves(whole.boundary, ("12/104", "12/104-1"))
    divide(session, place, "12/104", into=[rest, part], on=DIVIDED, instrument=DEED)
    kept = parcel(session, place, "12/104", at=now(session, place, DIVIDED))
    assert kept.measured_area == pytest.approx(whole.measured_area / 2, rel=1e-6)
    assert parcel(session, place, "12/104", at=now(session, place, DAY_BEFORE)).boundary == whole.boundary


def test_a_division_needs_two_parts_and_an_instrument(session: Session, place: Jurisdiction) -> None:
    whole = a_parcel(session, place, width=40)
    first, second = halves(whole.boundary)
    with pytest.raises(Invalid, match="two"):
        divide(session, place, "12/104", into=[first], on=DIVIDED, instrument=DEED)
    with pytest.raises(Invalid, match="instrument"):
        divide(session, place, "12/104", into=[first, second], on=DIVIDED, instrument="  ")


def test_only_what_stands_on_the_day_can_be_divided(session: Session, place: Jurisdiction) -> None:
    whole = a_parcel(session, place, width=40)
    with pytest.raises(ParcelNotFound, match="does not exist yet on 1989-12-31"):
        divide(session, place, "12/104", into=halves(whole.boundary), on=date(1989, 12, 31), instrument=DEED)
    divide(session, place, "12/104", into=halves(whole.boundary), on=DIVIDED, instrument=DEED)
    with pytest.raises(ParcelGone) as gone:
        divide(session, place, "12/104", into=halves(whole.boundary), on=DIVIDED, instrument=DEED)
    assert gone.value.successors == ("12/104-1", "12/104-2")


def test_land_that_ends_later_cannot_be_divided_before_that_is_corrected(
    session: Session, place: Jurisdiction
) -> None:
    whole = a_parcel(session, place, width=40)
    divide(session, place, "12/104", into=halves(whole.boundary), on=DIVIDED, instrument=DEED)
    earlier = halves(whole.boundary, ("12/200", "12/201"))
    with pytest.raises(Conflict, match="already ends on 2020-06-15"):
        divide(session, place, "12/104", into=earlier, on=DAY_BEFORE, instrument=DEED)


def test_a_merger_holds_from_its_day_and_not_the_day_before(session: Session, place: Jurisdiction) -> None:
    register(session, place, [a_new_parcel("12/104"), a_new_parcel("12/105", x=20)])
    one = merge(
        session,
        place,
        ["12/104", "12/105"],
        into=a_new_parcel("12/200", width=40),
        on=DIVIDED,
        instrument="merger order 7/2020",
    )
    assert one.begun_by == "merge"
    assert standing(session, place, DAY_BEFORE) == {"12/104", "12/105"}
    assert standing(session, place, DIVIDED) == {"12/200"}


def test_a_merger_may_keep_one_of_the_numbers(session: Session, place: Jurisdiction) -> None:
    register(session, place, [a_new_parcel("12/104"), a_new_parcel("12/105", x=20)])
    numbers = ["12/104", " 12 / 105 ", "12/104"]  # one named twice
    merge(session, place, numbers, into=a_new_parcel("12/104", width=40), on=DIVIDED, instrument="order")
    assert standing(session, place, DIVIDED) == {"12/104"}
    with pytest.raises(ParcelGone) as gone:
        parcel(session, place, "12/105", at=now(session, place, DIVIDED))
    assert gone.value.successors == ("12/104",)


def test_one_parcel_alone_is_no_merger(session: Session, place: Jurisdiction) -> None:
    a_parcel(session, place)
    with pytest.raises(Invalid, match="two"):
        merge(
            session, place, ["12/104", "12/104 "], into=a_new_parcel("12/200"), on=DIVIDED, instrument="order"
        )


def test_a_correction_holds_from_its_day_under_the_same_number(session: Session, place: Jurisdiction) -> None:
    a_parcel(session, place, land_type="nilam")
    corrected = correct(
        session,
        place,
        "12/104",
        to=a_new_parcel(land_type="purayidam"),
        on=DIVIDED,
        instrument="RDO order 27A/2020",
    )
    assert (corrected.begun_by, corrected.land_type) == ("correct", "purayidam")
    assert parcel(session, place, "12/104", at=now(session, place, DAY_BEFORE)).land_type == "nilam"
    assert parcel(session, place, "12/104", at=now(session, place, DIVIDED)).land_type == "purayidam"


def test_a_correction_ends_where_the_corrected_state_would_have(
    session: Session, place: Jurisdiction
) -> None:
    whole = a_parcel(session, place, width=40)
    divide(session, place, "12/104", into=halves(whole.boundary), on=DIVIDED, instrument=DEED)
    mended = a_new_parcel(width=40, land_type="nilam")
    corrected = correct(session, place, "12/104", to=mended, on=date(2010, 1, 1), instrument="BTR extract")
    assert (corrected.valid.begins, corrected.valid.ends) == (date(2010, 1, 1), DIVIDED)
    assert parcel(session, place, "12/104", at=now(session, place, DAY_BEFORE)).land_type == "nilam"
    assert standing(session, place, DIVIDED) == {"12/104-1", "12/104-2"}


def test_a_correction_from_the_first_day_replaces_the_state(session: Session, place: Jurisdiction) -> None:
    a_parcel(session, place, land_type="nilam")
    before = last_recording(session, place.code)
    correct(session, place, "12/104", to=a_new_parcel(land_type="purayidam"), on=LONG_AGO, instrument="BTR")
    assert parcel(session, place, "12/104", at=now(session, place, LONG_AGO)).land_type == "purayidam"
    was = parcel(session, place, "12/104", at=AsOf(on=LONG_AGO, known=before))
    assert was.land_type == "nilam"


def test_a_correction_never_changes_the_number(session: Session, place: Jurisdiction) -> None:
    a_parcel(session, place)
    with pytest.raises(Invalid, match="keeps the number"):
        correct(session, place, "12/104", to=a_new_parcel("12/105"), on=DIVIDED, instrument="order")


def test_a_resurvey_may_find_other_land(session: Session, place: Jurisdiction) -> None:
    register(session, place, [a_new_parcel("12/104"), a_new_parcel("12/105", x=20)])
    found = [a_new_parcel("12/200", width=23), a_new_parcel("12/201", x=23, width=19)]
    new = resurvey(
        session, place, ["12/104", "12/105"], into=found, on=DIVIDED, instrument="resurvey of block 12"
    )
    assert [state.begun_by for state in new] == ["resurvey", "resurvey"]
    assert standing(session, place, DAY_BEFORE) == {"12/104", "12/105"}
    assert standing(session, place, DIVIDED) == {"12/200", "12/201"}


def test_a_resurvey_needs_old_numbers_and_new_parcels(session: Session, place: Jurisdiction) -> None:
    a_parcel(session, place)
    for old, new in (([], [a_new_parcel("12/200")]), (["12/104"], [])):
        with pytest.raises(Invalid, match="resurvey"):
            resurvey(session, place, old, into=new, on=DIVIDED, instrument="resurvey")


# Land that does not add up: within the accuracy it is the same land, beyond it is not.


def parts_of(whole: Polygon, first: Polygon, second: Polygon, accuracy: float) -> list[NewParcel]:
    one, other = halves(whole, accuracy=accuracy)
    return [replace(one, boundary=first), replace(other, boundary=second)]


@pytest.mark.parametrize(("short", "is_same_land"), [(0.49, True), (0.51, False)])
def test_parts_that_fall_short_of_the_land(
    session: Session, place: Jurisdiction, short: float, is_same_land: bool
) -> None:
    whole = a_parcel(session, place, width=40, accuracy=0.5)
    parts = parts_of(whole.boundary, a_box(0, 0, 20, 30), a_box(20, 0, 20 - short, 30), 0.5)
    if is_same_land:
        divide(session, place, "12/104", into=parts, on=DIVIDED, instrument=DEED)
        return
    with pytest.raises(Conflict, match=r"15\.\d+ m² of the old land is in none"):
        divide(session, place, "12/104", into=parts, on=DIVIDED, instrument=DEED)


@pytest.mark.parametrize(("beyond", "is_same_land"), [(0.49, True), (0.51, False)])
def test_parts_that_reach_beyond_the_land(
    session: Session, place: Jurisdiction, beyond: float, is_same_land: bool
) -> None:
    whole = a_parcel(session, place, width=40, accuracy=0.5)
    parts = parts_of(whole.boundary, a_box(0, 0, 20, 30), a_box(20, 0, 20 + beyond, 30), 0.5)
    if is_same_land:
        divide(session, place, "12/104", into=parts, on=DIVIDED, instrument=DEED)
        return
    with pytest.raises(Conflict, match=r"15\.\d+ m² of the new parcels was not in the old"):
        divide(session, place, "12/104", into=parts, on=DIVIDED, instrument=DEED)


@pytest.mark.parametrize(("overlap", "is_same_land"), [(0.98, True), (1.02, False)])
def test_parts_that_overlap_each_other(
    session: Session, place: Jurisdiction, overlap: float, is_same_land: bool
) -> None:
    # Each of the two boundaries may be off by the accuracy, so the strip between them may be twice as wide.
    whole = a_parcel(session, place, width=40, accuracy=0.5)
    parts = parts_of(whole.boundary, a_box(0, 0, 20 + overlap, 30), a_box(20, 0, 20, 30), 0.5)
    if is_same_land:
        divide(session, place, "12/104", into=parts, on=DIVIDED, instrument=DEED)
        return
    with pytest.raises(Conflict, match=r"overlap each other by 30\.\d+ m²"):
        divide(session, place, "12/104", into=parts, on=DIVIDED, instrument=DEED)


def test_a_large_parcel_gives_a_thin_overlap_no_room(session: Session, place: Jurisdiction) -> None:
    # A strip is judged by its width, not by its share of a long boundary.
    whole = a_parcel(session, place, width=400, depth=300, accuracy=0.1)
    parts = parts_of(whole.boundary, a_box(0, 0, 200.3, 300), a_box(200, 0, 200, 300), 0.1)
    with pytest.raises(Conflict, match="overlap"):
        divide(session, place, "12/104", into=parts, on=DIVIDED, instrument=DEED)


def test_a_merger_must_cover_the_land_too(session: Session, place: Jurisdiction) -> None:
    register(session, place, [a_new_parcel("12/104"), a_new_parcel("12/105", x=20)])
    with pytest.raises(Conflict, match="in none"):
        merge(
            session,
            place,
            ["12/104", "12/105"],
            into=a_new_parcel("12/200", width=30),
            on=DIVIDED,
            instrument="order",
        )


def test_a_refused_change_leaves_everything_as_it_was(session: Session, place: Jurisdiction) -> None:
    whole = a_parcel(session, place, width=40)
    parts = parts_of(whole.boundary, a_box(0, 0, 20, 30), a_box(30, 0, 10, 30), 0.1)
    before = last_recording(session, place.code)
    with pytest.raises(Conflict):
        divide(session, place, "12/104", into=parts, on=DIVIDED, instrument=DEED)
    assert last_recording(session, place.code) == before
    assert parcel(session, place, "12/104", at=now(session, place, DIVIDED)) == whole


# Numbers, ULPINs and boundaries that cannot be.


def test_a_number_in_use_cannot_be_given_again(session: Session, place: Jurisdiction) -> None:
    whole = a_parcel(session, place, width=40)
    a_parcel(session, place, "12/105", x=40)
    with pytest.raises(Conflict, match="12/105 is in use from 1990-01-01"):
        divide(
            session,
            place,
            "12/104",
            into=halves(whole.boundary, ("12/104-1", "12/105")),
            on=DIVIDED,
            instrument=DEED,
        )


def test_a_number_that_will_be_in_use_cannot_be_given_either(session: Session, place: Jurisdiction) -> None:
    whole = a_parcel(session, place, width=40)
    a_parcel(session, place, "12/105", x=40, on=date(2024, 1, 1))
    into = halves(whole.boundary, ("12/104-1", "12/105"))
    with pytest.raises(Conflict, match="in use from 2024-01-01"):
        divide(session, place, "12/104", into=into, on=DIVIDED, instrument=DEED)


def test_two_parts_cannot_have_one_number(session: Session, place: Jurisdiction) -> None:
    whole = a_parcel(session, place, width=40)
    into = halves(whole.boundary, ("12/104-1", "12 / 104-1"))
    with pytest.raises(Conflict, match="in use"):
        divide(session, place, "12/104", into=into, on=DIVIDED, instrument=DEED)


def test_a_number_that_ended_may_be_used_again_from_that_day(session: Session, place: Jurisdiction) -> None:
    whole = a_parcel(session, place, width=40)
    divide(session, place, "12/104", into=halves(whole.boundary), on=DIVIDED, instrument=DEED)
    a_parcel(session, place, "12/300", x=100)
    to = [a_new_parcel("12/104", x=100)]
    with pytest.raises(Conflict, match="in use from 1990-01-01"):
        resurvey(session, place, ["12/300"], into=to, on=DAY_BEFORE, instrument="resurvey")
    resurvey(session, place, ["12/300"], into=to, on=DIVIDED, instrument="resurvey")
    assert parcel(session, place, "12/104", at=now(session, place)).begun_by == "resurvey"


def test_two_parcels_never_share_a_ulpin(session: Session, place: Jurisdiction) -> None:
    whole = a_parcel(session, place, width=40, ulpin="ABC12345678901")
    first, second = halves(whole.boundary)
    into = [replace(first, ulpin="abc12345678901"), replace(second, ulpin="ABC12345678901")]
    with pytest.raises(Conflict, match="ULPIN ABC12345678901 is that of parcel 12/104-1"):
        divide(session, place, "12/104", into=into, on=DIVIDED, instrument=DEED)


def test_a_parcel_keeps_its_ulpin_through_a_correction(session: Session, place: Jurisdiction) -> None:
    a_parcel(session, place, ulpin="ABC12345678901")
    to = a_new_parcel(ulpin="ABC12345678901", land_type="nilam")
    corrected = correct(session, place, "12/104", to=to, on=DIVIDED, instrument="order")
    assert corrected.ulpin == "ABC12345678901"


CORNER_X, CORNER_Y = KERALA


def not_a_number() -> Polygon:
    with np.errstate(invalid="ignore"):
        return Polygon([(CORNER_X, CORNER_Y), (CORNER_X + 9, CORNER_Y), (CORNER_X, float("nan"))])


@pytest.mark.parametrize(
    ("boundary", "why"),
    [
        (Polygon(), "no area"),
        (a_box().exterior, "no area"),
        (Polygon([(CORNER_X, CORNER_Y), (CORNER_X + 9, CORNER_Y + 9), (CORNER_X + 9, CORNER_Y), (CORNER_X, CORNER_Y + 9)]), "Self-intersection"),
        (not_a_number(), "Invalid Coordinate"),
        (Polygon([(CORNER_X, CORNER_Y, 3), (CORNER_X + 9, CORNER_Y, 3), (CORNER_X, CORNER_Y + 9, 3)]), "flat"),
        (MultiPolygon([a_box(0, 0, 9, 9), a_box(5, 5, 9, 9)]), "Self-intersection"),
        (box(76.0, 10.0, 76.001, 10.001), "off the earth or outside"),
    ],
    ids=["empty", "a line", "a bow tie", "not a number", "with heights", "parts that overlap", "degrees"],
)  # fmt: skip
def test_a_boundary_that_cannot_be_is_refused(
    session: Session, place: Jurisdiction, boundary: Polygon, why: str
) -> None:
    a_parcel(session, place)
    with pytest.raises(Invalid, match=why):
        correct(session, place, "12/104", to=a_new_parcel(boundary=boundary), on=DIVIDED, instrument="order")


@pytest.mark.parametrize("accuracy", [0.0, -1.0, float("nan"), float("inf")])
def test_an_accuracy_is_a_number_of_metres(session: Session, place: Jurisdiction, accuracy: float) -> None:
    a_parcel(session, place)
    with pytest.raises(Invalid, match="accuracy"):
        correct(session, place, "12/104", to=a_new_parcel(accuracy=accuracy), on=DIVIDED, instrument="order")


# What was believed.


def test_what_we_believed_on_3_may_about_1_january(session: Session, place: Jurisdiction) -> None:
    """Recorded in March, corrected (now) from the start of the year: in May nobody knew."""
    march = datetime(2020, 3, 1, tzinfo=UTC)
    a_parcel(session, place, land_type="nilam", known=march)
    to = a_new_parcel(land_type="purayidam")
    correct(session, place, "12/104", to=to, on=date(2020, 1, 1), instrument="order, recorded late")
    on, may = date(2020, 1, 1), datetime(2020, 5, 3, tzinfo=UTC)
    assert parcel(session, place, "12/104", at=AsOf(on=on, known=may)).land_type == "nilam"
    assert parcel(session, place, "12/104", at=now(session, place, on)).land_type == "purayidam"
    new_year_eve = now(session, place, date(2019, 12, 31))
    assert parcel(session, place, "12/104", at=new_year_eve).land_type == "nilam"
    with pytest.raises(ParcelNotFound):
        parcel(session, place, "12/104", at=AsOf(on=on, known=datetime(2020, 2, 29, tzinfo=UTC)))


def test_a_belief_changes_at_its_instant_and_not_a_microsecond_before(
    session: Session, place: Jurisdiction
) -> None:
    march = datetime(2020, 3, 1, 12, tzinfo=UTC)
    a_parcel(session, place, known=march)
    at_last = AsOf(on=DIVIDED, known=march)
    just_before = AsOf(on=DIVIDED, known=march.replace(hour=11, minute=59, second=59, microsecond=999_999))
    assert parcel(session, place, "12/104", at=at_last).recorded.begins == march
    with pytest.raises(ParcelNotFound):
        parcel(session, place, "12/104", at=just_before)


def test_a_late_division_changes_no_answer_given_before(session: Session, place: Jurisdiction) -> None:
    whole = a_parcel(session, place, width=40)
    then = last_recording(session, place.code)
    divide(session, place, "12/104", into=halves(whole.boundary), on=DIVIDED, instrument=DEED)
    answer = parcel(session, place, "12/104", at=AsOf(on=date(2026, 1, 1), known=then))
    assert (answer.boundary, answer.valid, answer.land_type) == (whole.boundary, whole.valid, whole.land_type)
