"""A case moves by its workflow only: one state, one turn, one history, written together."""

import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from api.sample_town import BODY, OFFICERS
from civic.core.bodies import LocalBody, inside
from civic.core.case import NoSuchCase, case, cases_of, cases_on, history, inbox, seen_by, tasks_of
from civic.core.desk import Advanced, Desk, Overtaken
from civic.core.events import listening
from civic.core.people import Actor, demo_citizens
from civic.core.services import Service
from civic.core.steps import add_note, advance, answer_task, let_time_act, may_take, open_case
from gis.errors import Conflict, Invalid, NotAllowed
from tests.civic.builders import FLOW, NOW, a_desk, a_flow, an_actor
from tests.civic.test_sample_town import become


@pytest.fixture
def desk(town: Session, body: LocalBody):
    return a_desk(town, body)


def filed(desk, citizen):
    opened = open_case(desk, parcels=["1/2"], actor=citizen, told={"why": "test"})
    return advance(desk, opened.id, "file", actor=citizen, version=1)


def test_a_case_is_opened_on_its_parcel_with_a_number_and_a_turn(desk, town, body) -> None:
    citizen = an_actor(town, body)
    opened = open_case(desk, parcels=["1/2", "1/3"], actor=citizen, told={})
    assert (opened.state, opened.turn, opened.due, opened.version) == ("draft", "applicant", None, 1)
    assert opened.number.startswith("TS-2026-")
    assert [line.parcels for line in cases_of(town, citizen.person.id)] == [("1/2", "1/3")]
    assert [line.case.id for line in cases_on(town, ["1/3"])] == [opened.id]
    assert [each.step for each in history(town, opened.id, for_staff=False)] == ["open"]


def test_numbers_have_no_gaps_when_an_opening_fails(service_engine: Engine, own_body: LocalBody) -> None:
    numbers = []
    for fails in (False, True, False, True, False):
        try:
            with inside(service_engine, own_body.code) as (session, _):
                citizen = an_actor(session, own_body)
                opened = open_case(a_desk(session, own_body), parcels=[], actor=citizen, told={})
                if fails:
                    raise RuntimeError
                numbers.append(int(opened.number.rpartition("-")[2]))
        except RuntimeError:
            pass
    assert numbers == list(range(numbers[0], numbers[0] + 3))


def test_a_step_moves_the_case_its_clock_and_its_history_together(desk, town, body) -> None:
    moved = filed(desk, an_actor(town, body))
    assert (moved.state, moved.turn, moved.version) == ("filed", "verifier", 2)
    assert moved.due == date(2026, 11, 21)  # Thursday, Friday, Saturday: the third, so a working one
    assert [(each.seq, each.step, each.state_after) for each in history(town, moved.id, for_staff=True)] == [
        (1, "open", "draft"),
        (2, "file", "filed"),
    ]


def test_who_acts_on_what_has_moved_is_told(desk, town, body) -> None:
    citizen = an_actor(town, body)
    moved = filed(desk, citizen)
    verifier = an_actor(town, body, "verifier")
    with pytest.raises(Overtaken, match="moved on"):
        advance(desk, moved.id, "verify", actor=verifier, version=1, note="fine")
    assert advance(desk, moved.id, "verify", actor=verifier, version=2, note="fine").state == "verified"


def test_two_officers_at_once_take_one_step(service_engine: Engine, own_body: LocalBody) -> None:
    with inside(service_engine, own_body.code) as (session, _):
        moved = filed(a_desk(session, own_body), an_actor(session, own_body))
        officers = [an_actor(session, own_body, "verifier") for _ in range(2)]
    outcomes: list[str] = []
    both = threading.Barrier(2)

    def decide(officer, step: str) -> None:
        try:
            with inside(service_engine, own_body.code) as (session, _):
                both.wait()
                advance(a_desk(session, own_body), moved.id, step, actor=officer, version=2, note="mine")
            outcomes.append(step)
        except Overtaken:
            outcomes.append("told")

    threads = [
        threading.Thread(target=decide, args=pair)
        for pair in zip(officers, ("verify", "refuse"), strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) in (["told", "verify"], ["refuse", "told"])
    with inside(service_engine, own_body.code) as (session, _):
        assert len(history(session, moved.id, for_staff=True)) == 3


def test_a_note_of_the_other_side_does_not_make_a_form_stale(desk, town, body) -> None:
    citizen, verifier = an_actor(town, body), an_actor(town, body, "verifier")
    moved = filed(desk, citizen)
    add_note(desk, moved.id, "One word more.", actor=citizen, seen="parties")
    assert advance(desk, moved.id, "verify", actor=verifier, version=2, note="fine").version == 4
    with pytest.raises(Overtaken):
        advance(desk, moved.id, "refuse", actor=verifier, version=2, note="no")
    with pytest.raises(Overtaken):
        advance(desk, moved.id, "refuse", actor=verifier, version=9, note="no")


def test_a_step_is_for_its_roles_and_from_its_state(desk, town, body) -> None:
    citizen, verifier = an_actor(town, body), an_actor(town, body, "verifier")
    moved = filed(desk, citizen)
    with pytest.raises(NotAllowed, match="verifier"):
        advance(desk, moved.id, "verify", actor=citizen, version=2, note="I am fine")
    with pytest.raises(Conflict, match="cannot be done"):
        advance(desk, moved.id, "grant", actor=verifier, version=2)


def test_a_step_that_needs_its_reason_has_it(desk, town, body) -> None:
    moved, verifier = filed(desk, an_actor(town, body)), an_actor(town, body, "verifier")
    with pytest.raises(Invalid, match="reason"):
        advance(desk, moved.id, "verify", actor=verifier, version=2, note="   ")


def test_a_guard_holds_a_step_and_says_why(town: Session, body: LocalBody) -> None:
    desk = a_desk(town, body, papers=lambda _session, _case: "The deed is missing.")
    moved, verifier = filed(desk, an_actor(town, body)), an_actor(town, body, "verifier")
    with pytest.raises(Conflict, match="deed is missing"):
        advance(desk, moved.id, "verify", actor=verifier, version=2, note="fine")
    ways = may_take(desk, moved, verifier.roles)
    assert {name: reason for name, (_, reason) in ways.items()} == {
        "verify": "The deed is missing.",
        "refuse": None,
    }
    assert case(town, moved.id).version == 2


def verified(desk, town, body, verifier):
    moved = filed(desk, an_actor(town, body))
    return advance(desk, moved.id, "verify", actor=verifier, version=2, note="fine")


def test_tasks_run_at_once_and_hold_the_decision_until_all_are_answered(desk, town, body) -> None:
    moved = verified(desk, town, body, an_actor(town, body, "verifier"))
    approver, inspector = an_actor(town, body, "approver"), an_actor(town, body, "field_inspector")
    agency = an_actor(town, body, "agency")
    visit, fire = tasks_of(town, moved.id)
    assert (visit.kind, visit.due, fire.kind, fire.due) == (
        "visit",
        date(2026, 11, 24),
        "fire",
        date(2026, 11, 20),
    )
    with pytest.raises(Conflict, match="Site visit, Fire"):
        advance(desk, moved.id, "grant", actor=approver, version=3)
    assert [line.case.id for line in inbox(town, inspector.roles)] == [moved.id]
    with pytest.raises(NotAllowed, match="field inspector"):
        answer_task(desk, visit.id, "yes", actor=agency, told={})
    answer_task(desk, fire.id, "yes", actor=agency, told={})
    last = answer_task(desk, visit.id, "seen", actor=inspector, told={"wall": "1.2 m"})
    with pytest.raises(Overtaken, match="already"):
        answer_task(desk, visit.id, "not seen", actor=inspector, told={})
    assert inbox(town, inspector.roles) == []
    done = advance(desk, moved.id, "grant", actor=approver, version=last.version)
    assert (done.state, done.turn, done.closed) == ("granted", None, NOW)


def test_consultations_without_limits_of_their_own_run_on_one_clock(town: Session, body: LocalBody) -> None:
    """All are asked at once and end on the last day of the turn beside which they are asked."""
    text = FLOW.replace("asked_in: verified, within: {working_days: 5}", "asked_in: verified")
    flow = a_flow(text + "  river: {title: {en: River, ml: നദി}, role: agency, asked_in: verified}\n")
    desk = Desk(session=town, body=body, flow=flow, guards={"papers": lambda _session, _case: None}, now=NOW)
    moved = verified(desk, town, body, an_actor(town, body, "verifier"))
    assert moved.due == date(2026, 11, 20)
    assert [(each.kind, each.asked, each.due) for each in tasks_of(town, moved.id)] == [
        (kind, NOW, moved.due) for kind in ("visit", "fire", "river")
    ]


def deemed_desk(town: Session, body: LocalBody, *, now: datetime) -> Desk:
    """A desk whose workflow grants of itself once the days of the decision have passed, unless something is open."""
    step = (
        "  deem: {title: {en: Deemed granted, ml: അനുവദിച്ചതായി കണക്കാക്കുന്നു}, from: [verified], to: granted,"
        " by: [clock], after: {days: 30}, guards: [tasks_answered]}\n"
    )
    flow = a_flow(FLOW.replace("tasks:\n", f"{step}tasks:\n"))
    return Desk(session=town, body=body, flow=flow, guards={"papers": lambda _session, _case: None}, now=now)


def test_silence_grants_on_the_day_after_the_last_and_never_over_an_open_question(
    town: Session, body: LocalBody
) -> None:
    last, after = NOW + timedelta(days=30), NOW + timedelta(days=31)
    at_once = deemed_desk(town, body, now=NOW)
    waits = verified(at_once, town, body, an_actor(town, body, "verifier"))
    assert let_time_act(deemed_desk(town, body, now=after), waits.id) is None  # two words are still asked for
    ready = answered(at_once, town, body, an_actor(town, body, "verifier"))
    assert let_time_act(deemed_desk(town, body, now=last), ready.id) is None
    deemed = let_time_act(deemed_desk(town, body, now=after), ready.id)
    assert deemed is not None
    assert (deemed.state, deemed.closed) == ("granted", after)
    told = history(town, ready.id, for_staff=False)[-1]
    assert (told.step, told.role, told.person_id) == ("deem", "clock", None)


def answered(desk, town, body, verifier):
    moved = verified(desk, town, body, verifier)
    for task in tasks_of(town, moved.id):
        moved = answer_task(desk, task.id, "yes", actor=an_actor(town, body, task.role), told={})
    return moved


def test_maker_and_checker_are_two_persons(desk, town, body) -> None:
    both = an_actor(town, body, "verifier", "approver")
    moved = answered(desk, town, body, both)
    with pytest.raises(NotAllowed, match="another person"):
        advance(desk, moved.id, "grant", actor=both, version=moved.version)


def test_tasks_end_with_their_case(desk, town, body) -> None:
    moved = verified(desk, town, body, an_actor(town, body, "verifier"))
    inspector = an_actor(town, body, "field_inspector")
    advance(desk, moved.id, "refuse", actor=an_actor(town, body, "approver"), version=3, note="no")
    assert {task.answer for task in tasks_of(town, moved.id)} == {"ended"}
    assert inbox(town, inspector.roles) == []


def test_a_note_for_officers_is_not_shown_to_the_parties(desk, town, body) -> None:
    citizen, verifier = an_actor(town, body), an_actor(town, body, "verifier")
    moved = filed(desk, citizen)
    add_note(desk, moved.id, "Ask the village office.", actor=verifier, seen="staff")
    assert [each.note for each in history(town, moved.id, for_staff=True)][-1] == "Ask the village office."
    assert len(history(town, moved.id, for_staff=False)) == 2
    with pytest.raises(NotAllowed):
        add_note(desk, moved.id, "Hello", actor=an_actor(town, body), seen="parties")


def test_a_stranger_who_guesses_a_number_finds_no_case(desk, town, body) -> None:
    citizen = an_actor(town, body)
    moved = filed(desk, citizen)
    assert seen_by(town, moved.number, citizen)[1] == {"applicant"}
    assert seen_by(town, moved.number, an_actor(town, body, "verifier"))[0].id == moved.id
    for stranger in (an_actor(town, body), an_actor(town, body, "licensee"), None):
        with pytest.raises(NoSuchCase):
            seen_by(town, moved.number, stranger)


def test_the_clock_acts_on_the_day_after_its_last_day(town: Session, body: LocalBody) -> None:
    """Ten working days from Wednesday 18 November, Sundays out: until Monday 30 November; it lapses on 1 December."""
    opened = open_case(a_desk(town, body), parcels=[], actor=an_actor(town, body), told={})
    last_moment = NOW.replace(day=30, hour=18, minute=29)  # 23:59 in Kerala
    assert let_time_act(a_desk(town, body, now=last_moment), opened.id) is None
    moved = let_time_act(a_desk(town, body, now=last_moment + timedelta(minutes=1)), opened.id)
    assert moved is not None
    assert moved.state == "lapsed"
    assert [each.role for each in history(town, opened.id, for_staff=False)] == ["applicant", "clock"]


def test_an_inbox_is_paged_by_its_key_and_the_most_pressing_comes_first(desk, town, body) -> None:
    for _ in range(3):
        filed(desk, an_actor(town, body))
    late = a_desk(town, body, now=NOW - timedelta(days=7))
    pressing = filed(late, an_actor(town, body))
    roles = frozenset({"verifier"})
    first = inbox(town, roles, most=2)
    assert first[0].case.id == pressing.id
    last = first[-1]
    rest = inbox(town, roles, after=(last.presses, last.case.id), most=2)
    assert len({line.case.id for line in (*first, *rest)}) == 4
    assert inbox(town, frozenset({"approver"})) == []


def test_history_is_never_changed(town: Session, desk, body, engine: Engine) -> None:
    filed(desk, an_actor(town, body))
    with engine.connect() as owner, pytest.raises(IntegrityError, match="never changed"):
        owner.execute(text("UPDATE case_event SET note = 'nothing happened'"))


def test_listeners_hear_of_a_step_in_its_transaction(desk, town, body) -> None:
    heard: list[Advanced] = []

    def refuses(_session: Session, event: Advanced) -> None:
        heard.append(event)
        if event.step == "file":
            raise Conflict("not today")

    citizen = an_actor(town, body)
    with listening(Advanced, refuses):
        opened = open_case(desk, parcels=[], actor=citizen, told={})
        with pytest.raises(Conflict, match="not today"), town.begin_nested():
            advance(desk, opened.id, "file", actor=citizen, version=1)
    assert [event.step for event in heard] == ["open", "file"]
    assert case(town, opened.id).state == "draft"


def test_ones_own_case_on_a_plot_is_found_behind_a_hundred_of_others(desk, town, body) -> None:
    me, other = an_actor(town, body), an_actor(town, body)
    own = open_case(desk, parcels=["1/2"], actor=me, told={})
    for _ in range(100):
        open_case(desk, parcels=["1/2"], actor=other, told={})
    assert own.id not in {line.case.id for line in cases_on(town, ["1/2"])}
    assert [line.case.id for line in cases_on(town, ["1/2"], person_id=me.person.id)] == [own.id]
    assert cases_on(town, ["1/3"], person_id=me.person.id) == []


def test_ones_own_cases_are_paged(desk, town, body) -> None:
    me = an_actor(town, body)
    made = [open_case(desk, parcels=[], actor=me, told={}).id for _ in range(5)]
    first = cases_of(town, me.person.id, most=3)
    rest = cases_of(town, me.person.id, before=first[-1].case.id, most=3)
    assert [line.case.id for line in (*first, *rest)] == made[::-1]


def test_a_case_that_points_at_no_parcel_is_read_moved_and_counted(
    door: TestClient, sample_hall: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the law lets a matter lie on no plot, its page, the inbox and the board do without one."""
    service = Service(flow=a_flow(), guards={"papers": lambda _session, _case: None})
    hall = door.app.state.town  # type: ignore[attr-defined]
    with_it = replace(hall, services={**hall.services, service.name: service})
    monkeypatch.setattr(door.app.state, "town", with_it)  # type: ignore[attr-defined]
    with inside(sample_hall, BODY.code) as (session, body):
        desk = service.desk(session, body, now=datetime.now(UTC))
        citizen = Actor(person=demo_citizens(session)[0])
        opened = open_case(desk, parcels=[], actor=citizen, told={})
        advance(desk, opened.id, "file", actor=citizen, version=1)
    town = f"/town/{BODY.code}"
    become(door, OFFICERS["verifier"])
    assert opened.number in door.get(f"{town}/inbox").text
    assert door.get(f"{town}/cases/{opened.number}").status_code == 200
    form = {"version": "2", "note": "Not of this office."}
    assert door.post(f"{town}/cases/{opened.number}/steps/refuse", data=form).status_code == 200
    cases = {each["number"]: each for each in door.get(f"/api{town}/board").json()["cases"]}
    assert (cases[opened.number]["ward"], cases[opened.number]["outcome"]) == (None, "refused")
