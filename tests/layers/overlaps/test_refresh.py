"""Facts about shared ground: what the extract says, never older than they say, and only what changed is measured again."""

from collections.abc import Sequence
from datetime import date

import pytest
from shapely import Polygon
from shapely.affinity import rotate
from sqlalchemy import text
from sqlalchemy.orm import Session

from gis.asof import AsOf
from gis.parcels.changes import correct, divide
from gis.parcels.queries import parcel
from gis.place import Jurisdiction
from gis.recordings import last_recording
from layers.extract.finding import findings
from layers.extract.footing import footing
from layers.extract.measure import plot_of
from layers.extract.model import Subject
from layers.imports import standing
from layers.overlaps import refresh as refreshing
from layers.overlaps.answers import Common, common_ground
from layers.overlaps.queries import Kept, counts, facts, kept
from layers.overlaps.reading import States, Stretch, states_in
from layers.overlaps.refresh import Refreshed, refresh
from tests.builders import a_box, a_new_parcel, a_place, on_the_ground, register
from tests.layers.ground import bring_in

DEED = {"on": date(2020, 1, 1), "instrument": "deed 7/2020"}
NUMBERS = tuple(f"12/{each}" for each in range(1, 13))
FLOOD = rotate(a_box(10, 10, 70, 25), 12)
PADDY = a_box(-5, -5, 30, 40).difference(a_box(2, 2, 6, 6))


@pytest.fixture
def town(session: Session) -> Jurisdiction:
    """Twelve plots, a flood over some of them, paddy over one."""
    place = a_place(session, "overlaps")
    plots = [a_new_parcel(f"12/{x + 4 * y + 1}", x=20 * x, y=30 * y) for x in range(4) for y in range(3)]
    register(session, place, plots)
    bring_in(session, place, "flood", [FLOOD, a_box(60, 60, 5, 5)], coverage=a_box(-500, -500, 2000, 2000))
    bring_in(session, place, "paddy_data_bank", [PADDY])
    bring_in(session, place, "railway", [a_box(0, 45, 80, 0.5).exterior], holds="centre_line")
    return place


def made_fresh(session: Session, place: Jurisdiction, **how: object) -> Refreshed:
    return refresh(session, place, cores=1, **how)  # type: ignore[arg-type]


def known(session: Session, place: Jurisdiction) -> list[Kept]:
    return kept(session, place, known=last_recording(session, place.code))


def state_of(session: Session, place: Jurisdiction, number: str) -> int:
    at = AsOf(on=date(2026, 1, 1), known=last_recording(session, place.code))
    return parcel(session, place, number, at=at).state


def areas_of(session: Session, place: Jurisdiction, number: str) -> list[float | None]:
    imports = [each.import_id for each in known(session, place)]
    return [each.area for each in facts(session, imports, [state_of(session, place, number)])]


def as_the_extract_measures(session: Session, place: Jurisdiction, number: str) -> list[float]:
    at = AsOf(on=date(2026, 1, 1), known=last_recording(session, place.code))
    found = parcel(session, place, number, at=at)
    plot = plot_of(found.boundary, place.metric, measured=found.measured_area)
    base = footing(place.catalogue, standing(session, place, known=at.known), known=at.known)
    subject = Subject(parcel=found, shape=found.boundary, measured_area=found.measured_area)
    parts = findings(session, place, subject, plot, base, at=at).parts
    return sorted(part.area for part in parts if part.area > 1e-4)


def assert_as_the_extract(session: Session, place: Jurisdiction, number: str) -> int:
    """How many facts there are about a plot, every one of them what the extract measures."""
    found = sorted(area for area in areas_of(session, place, number) if area is not None)
    assert found == pytest.approx(as_the_extract_measures(session, place, number), abs=1e-4)
    return len(found)


def test_facts_are_what_the_extract_measures(session: Session, town: Jurisdiction) -> None:
    done = made_fresh(session, town)
    assert (done.states, len(done.imports)) == (12, 2)
    seen = sum(assert_as_the_extract(session, town, number) for number in NUMBERS)
    assert done.measured == seen > 5


def test_a_plot_wider_than_a_kilometre_is_measured_on_the_ellipsoid(
    session: Session, town: Jurisdiction
) -> None:
    register(session, town, [a_new_parcel("12/900", y=1_000, width=2_500, depth=300)])
    bring_in(session, town, "quarry", [rotate(a_box(-100, 1_100, 3_000, 90), 1), a_box(900, 900, 800, 800)])
    made_fresh(session, town)
    assert assert_as_the_extract(session, town, "12/900") == 2


def test_lines_have_no_ground_and_no_facts(session: Session, town: Jurisdiction) -> None:
    made_fresh(session, town)
    assert {each.target for each in known(session, town)} == {"flood", "paddy_data_bank"}


def test_before_anything_was_measured_nothing_is_fresh(session: Session, town: Jurisdiction) -> None:
    assert [(each.parcels_to, each.is_fresh) for each in known(session, town)] == [(None, False)] * 2
    made_fresh(session, town)
    assert [each.is_fresh for each in known(session, town)] == [True] * 2


def test_a_second_time_there_is_nothing_to_do(session: Session, town: Jurisdiction) -> None:
    made_fresh(session, town)
    assert made_fresh(session, town).imports == ()
    assert made_fresh(session, town, anew=True).states == 12


def test_a_divided_plot_makes_facts_stale_until_its_parts_are_measured(
    session: Session, town: Jurisdiction
) -> None:
    made_fresh(session, town)
    before = areas_of(session, town, "12/1")
    halves = [a_new_parcel(f"12/1-{half}", x=10 * (half - 1), width=10) for half in (1, 2)]
    divide(session, town, "12/1", into=halves, **DEED)
    assert [each.is_fresh for each in known(session, town)] == [False, False]
    done = made_fresh(session, town)
    assert 0 < done.states <= 4  # the halves, and the states that the division left of the whole
    parts = [area for half in (1, 2) for area in areas_of(session, town, f"12/1-{half}")]
    assert sum(part or 0 for part in parts) == pytest.approx(sum(area or 0 for area in before), abs=1e-3)
    assert [each.is_fresh for each in known(session, town)] == [True, True]


def test_facts_were_fresh_as_known_before_a_change(session: Session, town: Jurisdiction) -> None:
    made_fresh(session, town)
    earlier = last_recording(session, town.code)
    correct(session, town, "12/1", to=a_new_parcel("12/1", width=19), **DEED)
    assert [each.is_fresh for each in kept(session, town, known=earlier)] == [True, True]
    assert [each.is_fresh for each in known(session, town)] == [False, False]


def test_another_place_makes_nothing_stale_and_is_not_measured(session: Session, town: Jurisdiction) -> None:
    made_fresh(session, town)
    other = a_place(session, "elsewhere")
    register(session, other, [a_new_parcel("1/1")])
    bring_in(session, other, "flood", [a_box(0, 0, 50, 50)])
    assert all(each.is_fresh for each in known(session, town))
    made_fresh(session, other)
    assert areas_of(session, other, "1/1") == pytest.approx([599.8], abs=0.5)
    assert made_fresh(session, town).imports == ()


def test_a_layer_brought_in_anew_is_measured_where_it_differs(session: Session, town: Jurisdiction) -> None:
    made_fresh(session, town)
    old = next(each for each in known(session, town) if each.target == "flood")
    rest = counts(session, [old.import_id])[old.import_id][0]
    bring_in(session, town, "flood", [a_box(60, 60, 5, 6), FLOOD])
    assert [each.is_fresh for each in known(session, town)] == [False, True]
    done = made_fresh(session, town)
    assert (done.taken_over, done.measured) == (rest - 1, 1)  # the flood keeps its facts under its new number
    for number in NUMBERS:
        assert_as_the_extract(session, town, number)
    assert list(facts(session, [old.import_id], [state_of(session, town, "12/1")])) == []


def test_plots_and_layer_may_change_at_once(session: Session, town: Jurisdiction) -> None:
    made_fresh(session, town)
    correct(session, town, "12/2", to=a_new_parcel("12/2", x=20, width=15), **DEED)
    bring_in(session, town, "flood", [FLOOD, a_box(0, 0, 90, 2)])
    made_fresh(session, town)
    for number in NUMBERS:
        assert_as_the_extract(session, town, number)


@pytest.mark.parametrize(("share", "is_all"), [(0.0, True), (1e9, False)])
def test_parcels_are_found_beside_a_change_or_read_from_end_to_end(
    session: Session, town: Jurisdiction, share: float, is_all: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refreshing, "SMALL", share)
    monkeypatch.setattr(refreshing, "extent_of", lambda *_: 1e6)
    done = made_fresh(session, town)
    touched = [number for number in NUMBERS if areas_of(session, town, number)]
    assert len(touched) <= done.states
    assert (done.states == len(NUMBERS)) is is_all
    for number in NUMBERS:
        assert_as_the_extract(session, town, number)


def test_measured_some_at_a_time_it_is_the_same(
    session: Session, town: Jurisdiction, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Memory is bounded by taking plots and features by the thousand: no pair is lost, or found twice, at a seam."""
    whole = made_fresh(session, town)
    for name, most in (("STATES", 5), ("CORNERS", 1), ("FEATURES", 1)):
        monkeypatch.setattr(f"layers.overlaps.reading.{name}", most)
    in_parts = made_fresh(session, town, anew=True)
    assert (in_parts.measured, in_parts.states) == (whole.measured, 3 * whole.states)
    for number in NUMBERS:
        assert_as_the_extract(session, town, number)


def test_another_way_of_measuring_makes_all_facts_anew(
    session: Session, town: Jurisdiction, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_fresh(session, town)
    for module in ("queries", "refresh"):
        monkeypatch.setattr(f"layers.overlaps.{module}.WAYS", 2)
    assert not any(each.is_fresh for each in known(session, town))
    assert made_fresh(session, town).states == 12
    assert all(each.is_fresh for each in known(session, town))


def test_a_broken_feature_leaves_what_is_not_known_and_says_so(session: Session, town: Jurisdiction) -> None:
    bow = on_the_ground(Polygon([(0, 0), (20, 20), (20, 0), (0, 20)]))
    bring_in(session, town, "quarry", [bow])
    made_fresh(session, town)
    quarry = next(each for each in known(session, town) if each.target == "quarry")
    assert [each.area for each in facts(session, [quarry.import_id], [state_of(session, town, "12/1")])] == [
        None
    ]
    assert counts(session, [quarry.import_id])[quarry.import_id][1] >= 1
    assert list(facts(session, [quarry.import_id], [state_of(session, town, "12/12")])) == []


def the_states(session: Session, place: Jurisdiction) -> States:
    earliest = min(each.begins for each in known(session, place))
    (found,) = states_in(session, Stretch(place=place, after=0, upto=2**40, since=earliest))
    return found


def table(found: Common) -> Sequence[tuple[int, int, float]]:
    return list(
        zip(found.plots.tolist(), found.features.tolist(), found.areas.round(4).tolist(), strict=True)
    )


def test_facts_and_measuring_now_give_one_answer(session: Session, town: Jurisdiction) -> None:
    states = the_states(session, town)
    now = common_ground(session, states, known(session, town), town.metric, cores=1)
    made_fresh(session, town)
    assert all(each.is_fresh for each in known(session, town))
    from_facts = common_ground(session, states, known(session, town), town.metric, cores=1)
    assert table(from_facts) == table(now)
    assert len(now.areas) > 5


def test_stale_facts_are_not_used(session: Session, town: Jurisdiction) -> None:
    made_fresh(session, town)
    states = the_states(session, town)
    session.execute(text("UPDATE parcel_overlap SET area = 4711"))
    assert set(common_ground(session, states, known(session, town), town.metric).areas) == {4711}
    correct(session, town, "12/12", to=a_new_parcel("12/12", x=60, y=60, width=19), **DEED)
    assert 4711 not in set(common_ground(session, states, known(session, town), town.metric).areas)
