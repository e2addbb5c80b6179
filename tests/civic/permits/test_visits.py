"""A visit to the plot is kept once, is whole when its last photograph is there, and never hides where it was taken."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from shapely import Point
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody, enter
from civic.core.case import Case, history
from civic.core.desk import Desk
from civic.core.documents.records import ShutAway
from civic.core.documents.store import Store, folder_store
from civic.core.documents.tables import DocumentVersionRow
from civic.core.people import Actor
from civic.core.steps import again, open_case
from civic.permits.checklist import STAGES, checklist, read_checklist, stage_of
from civic.permits.nearness import Fix, Verdict
from civic.permits.visit_keeping import PhotoNotSent, VisitDiffers, attach, receive
from civic.permits.visit_said import MOST_PHOTOS, Announced, Seen, VisitSaid
from civic.permits.visits import NoSuchVisit, visit, visited, visits_of
from gis.crs import to_geographic
from gis.errors import Invalid, LandError
from gis.jurisdictions import jurisdiction
from rules.coverage import catalogue
from tests.builders import KERALA, UTM_43N, a_parcel
from tests.civic.builders import NOW, a_desk, an_actor
from tests.civic.documents.conftest import send
from tests.civic.permits.pictures import a_photo


def at(x: float, y: float, accuracy: float | None = 5.0) -> Fix:
    """A fix so many metres east and north of the plot's south-west corner."""
    spot = to_geographic(Point(KERALA[0] + x, KERALA[1] + y), UTM_43N)
    return Fix(longitude=spot.x, latitude=spot.y, accuracy=accuracy)


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store in a folder."""
    return folder_store(tmp_path / "documents")


@pytest.fixture
def desk(town: Session, body: LocalBody) -> Desk:
    """A desk on land where a plot of 20 by 30 metres lies."""
    a_parcel(town, jurisdiction(town, body.jurisdiction), f"7/{uuid4().int % 10**8}")
    return a_desk(town, body)


@pytest.fixture
def number(desk: Desk) -> str:
    """The plot's number."""
    return str(desk.session.scalar(text("SELECT number FROM parcel ORDER BY id DESC LIMIT 1")))


@pytest.fixture
def inspector(desk: Desk) -> Actor:
    """Who visits."""
    return an_actor(desk.session, desk.body, "field_inspector")


@pytest.fixture
def case(desk: Desk, number: str) -> Case:
    """A case on the plot."""
    return open_case(desk, parcels=[number], actor=an_actor(desk.session, desk.body), told={})


def told(*photos: Announced, **other: object) -> VisitSaid:
    """A visit before the decision, on the plot."""
    said: dict[str, object] = {
        "id": str(uuid4()),
        "stage": "site",
        "edition": checklist().edition,
        "begun": NOW,
        "ended": NOW + timedelta(minutes=20),
        "answers": {each.id: Seen(said="yes") for each in checklist().stages["site"].points},
        "words": "",
        "fix": at(10, 10),
        "photos": photos,
    }
    return VisitSaid(**{**said, **other})  # type: ignore[arg-type]


Sends = Callable[[bytes], None]


@pytest.fixture
def sends(desk: Desk, store: Store, case: Case, inspector: Actor) -> Sends:
    """Sends the file of a photograph to the case's documents."""

    def sent(data: bytes) -> None:
        send(desk.session, desk.body, store, case, inspector, data, part=100_000, kind="photo", name="p.jpg")

    return sent


def test_a_visit_without_photographs_is_whole_at_once(desk: Desk, case: Case, inspector: Actor) -> None:
    assert "No field inspection" in str(visited(desk.session, case))
    kept = receive(desk, case, told(), actor=inspector)
    assert kept.is_whole
    assert kept.place["verdict"] == Verdict.ON_PLOT
    assert visited(desk.session, case) is None
    assert "11 points as planned" in str(history(desk.session, case.id, for_staff=False)[-1].note)


def test_a_case_that_was_sent_back_is_visited_again(desk: Desk, case: Case, inspector: Actor) -> None:
    receive(desk, case, told(), actor=inspector)
    assert visited(desk.session, case) is None
    later = replace(desk, now=desk.now + timedelta(days=1))
    again(later, case, "send_back", role="approver", actor=None, note=None, seen="parties", told={})
    assert "since it was sent back" in str(visited(desk.session, case))
    much_later = replace(desk, now=desk.now + timedelta(days=2))
    receive(much_later, case, told(), actor=inspector)
    assert "before the case asked for it" in str(visited(desk.session, case))
    begun = desk.now + timedelta(days=1, hours=1)
    receive(much_later, case, told(begun=begun, ended=begun + timedelta(minutes=20)), actor=inspector)
    assert visited(desk.session, case) is None


def test_only_a_visit_of_its_own_stage_and_time_lets_a_case_go_on(
    desk: Desk, case: Case, inspector: Actor
) -> None:
    day = timedelta(days=1)
    again(desk, case, "take_in", role="ledger", actor=None, note=None, seen="parties", told={})
    tries = (
        ("another stage", {"stage": "audit"}),
        ("before the case asked", {"begun": NOW - day, "ended": NOW - timedelta(minutes=11)}),
        ("a time to come", {"begun": NOW + timedelta(minutes=11), "ended": NOW + day}),
    )
    for second, (why, other) in enumerate(tries):
        at_once = replace(desk, now=desk.now + timedelta(seconds=second))
        receive(at_once, case, told(**other), actor=inspector)
        assert why in str(visited(desk.session, case))
    within = {"begun": NOW + timedelta(minutes=10), "ended": NOW + timedelta(minutes=30)}
    receive(desk, case, told(**within), actor=inspector)
    assert visited(desk.session, case) is None


@pytest.mark.parametrize(
    ("fix", "said"),
    [
        (at(10, 10), None),
        (at(260, 10), "The telephone was 240 m from the plot."),
        (None, "Nothing shows where"),
    ],
)
def test_a_visit_told_from_elsewhere_says_so_in_the_history(
    desk: Desk, case: Case, inspector: Actor, fix: Fix | None, said: str | None
) -> None:
    receive(desk, case, told(fix=fix), actor=inspector)
    note = str(history(desk.session, case.id, for_staff=False)[-1].note)
    assert (said in note) if said else ("telephone" not in note)


def test_a_visit_waits_for_its_last_photograph(
    desk: Desk, case: Case, inspector: Actor, store: Store, sends: Sends
) -> None:
    one, two = a_photo(1), a_photo(2)
    said = told(Announced(sha256=sha(one), fix=at(5, 5)), Announced(sha256=sha(two), fix=at(8, 8)))
    assert receive(desk, case, said, actor=inspector).missing == (sha(one), sha(two))
    with pytest.raises(PhotoNotSent):
        attach(desk, store, case, said.id, sha(one), actor=inspector)
    sends(one)
    assert attach(desk, store, case, said.id, sha(one), actor=inspector).missing == (sha(two),)
    assert "1 of its photographs are still on the telephone" in str(visited(desk.session, case))
    sends(two)
    assert attach(desk, store, case, said.id, sha(two), actor=inspector).is_whole
    assert visited(desk.session, case) is None


def test_what_is_sent_twice_is_kept_once(
    desk: Desk, case: Case, inspector: Actor, store: Store, sends: Sends
) -> None:
    data = a_photo(3)
    said = told(Announced(sha256=sha(data), fix=at(5, 5)))
    first = receive(desk, case, said, actor=inspector)
    assert receive(desk, case, said, actor=inspector) == first
    sends(data)
    whole = attach(desk, store, case, said.id, sha(data), actor=inspector)
    events = len(history(desk.session, case.id, for_staff=True))
    assert attach(desk, store, case, said.id, sha(data), actor=inspector) == whole
    assert receive(desk, case, said, actor=inspector) == whole
    assert len(history(desk.session, case.id, for_staff=True)) == events, "the history tells it once"
    assert len(visits_of(desk.session, case.id)) == 1


def test_another_visit_under_the_same_identifier_changes_nothing(
    desk: Desk, case: Case, inspector: Actor, number: str
) -> None:
    said = told(words="As it was.")
    receive(desk, case, said, actor=inspector)
    with pytest.raises(VisitDiffers):
        receive(desk, case, replace(said, words="As it would suit."), actor=inspector)
    with pytest.raises(VisitDiffers):
        receive(desk, case, said, actor=an_actor(desk.session, desk.body, "field_inspector"))
    other = open_case(desk, parcels=[number], actor=an_actor(desk.session, desk.body), told={})
    with pytest.raises(VisitDiffers):
        receive(desk, other, said, actor=inspector)
    with pytest.raises(NoSuchVisit):
        visit(desk.session, other, said.id)
    assert visit(desk.session, case, said.id).words == "As it was."


def test_photographs_from_elsewhere_are_kept_and_say_so(
    desk: Desk, case: Case, inspector: Actor, store: Store, sends: Sends
) -> None:
    here, away, silent, by_file = a_photo(4), a_photo(5), a_photo(6), a_photo(7, at=_degrees(at(260, 10)))
    said = told(
        Announced(sha256=sha(here), fix=at(5, 5)),
        Announced(sha256=sha(away), fix=at(260, 10)),
        Announced(sha256=sha(silent)),
        Announced(sha256=sha(by_file)),
    )
    receive(desk, case, said, actor=inspector)
    for data in (here, away, silent, by_file):
        sends(data)
        kept = attach(desk, store, case, said.id, sha(data), actor=inspector)
    assert [each.verdict for each in kept.photos] == [
        Verdict.ON_PLOT,
        Verdict.ELSEWHERE,
        Verdict.NO_POSITION,
        Verdict.ELSEWHERE,
    ]
    assert [each.source for each in kept.photos] == ["telephone", "telephone", None, "file"]
    assert kept.photos[1].distance == pytest.approx(240, abs=0.2)
    assert kept.photos[3].distance == pytest.approx(240, abs=0.2)
    note = str(history(desk.session, case.id, for_staff=False)[-1].note)
    assert "3 of them are not shown to be taken at the plot" in note


def _degrees(fix: Fix) -> tuple[float, float]:
    return fix.longitude, fix.latitude


def test_a_photograph_that_contradicts_its_telephone_is_remarked(
    desk: Desk, case: Case, inspector: Actor, store: Store, sends: Sends
) -> None:
    old = a_photo(8, at=_degrees(at(5000, 0)), taken=NOW - timedelta(days=3))
    said = told(Announced(sha256=sha(old), fix=at(5, 5)))
    receive(desk, case, said, actor=inspector)
    sends(old)
    kept = attach(desk, store, case, said.id, sha(old), actor=inspector)
    assert kept.photos[0].verdict is Verdict.ON_PLOT
    assert kept.photos[0].remarks == ("positions_differ", "other_time")
    again = told(Announced(sha256=sha(old), fix=at(5, 5)))
    receive(desk, case, again, actor=inspector)
    assert "seen_before" in attach(desk, store, case, again.id, sha(old), actor=inspector).photos[0].remarks
    for days, remarks in (
        (0, ()),
        (3, ("other_time",)),
    ):  # the telephone's own time, where the file tells none
        plain = a_photo(80 + days)
        by_phone = told(Announced(sha256=sha(plain), fix=at(5, 5), taken=NOW - timedelta(days=days)))
        receive(desk, case, by_phone, actor=inspector)
        sends(plain)
        assert (
            attach(desk, store, case, by_phone.id, sha(plain), actor=inspector).photos[0].remarks == remarks
        )


def test_an_infected_photograph_is_not_taken(
    desk: Desk, case: Case, inspector: Actor, store: Store, sends: Sends
) -> None:
    data = a_photo(9)
    said = told(Announced(sha256=sha(data)))
    receive(desk, case, said, actor=inspector)
    sends(data)
    desk.session.query(DocumentVersionRow).filter_by(sha256=sha(data)).update({"scan": "infected"})
    with pytest.raises(ShutAway):
        attach(desk, store, case, said.id, sha(data), actor=inspector)


def test_a_file_of_another_case_is_no_photograph_of_this_one(
    desk: Desk, case: Case, inspector: Actor, store: Store, sends: Sends, number: str
) -> None:
    data = a_photo(10)
    sends(data)
    other = open_case(desk, parcels=[number], actor=an_actor(desk.session, desk.body), told={})
    said = told(Announced(sha256=sha(data)))
    receive(desk, other, said, actor=inspector)
    with pytest.raises(PhotoNotSent):
        attach(desk, store, other, said.id, sha(data), actor=inspector)


def test_answers_of_an_older_checklist_are_not_lost(desk: Desk, case: Case, inspector: Actor) -> None:
    said = told(
        edition="2020-01-01", answers={"asked_then": Seen(said="no", words="It leaned.", measure=1.2)}
    )
    kept = receive(desk, case, said, actor=inspector)
    assert kept.answers["asked_then"] == {"said": "no", "words": "It leaned.", "measure": 1.2}


@pytest.mark.parametrize(
    "other",
    [
        {"id": "17"},
        {"stage": "roof"},
        {"ended": NOW - timedelta(seconds=1)},
        {"answers": {"marks": Seen(said="no", words=" ")}},
        {"answers": {"marks": Seen(said="perhaps")}},
        {"answers": {"Marks!": Seen(said="yes")}},
        {"answers": {"street": Seen(said="yes", measure=-0.1)}},
        {"answers": {"street": Seen(said="yes", measure=float("nan"))}},
        {"fix": Fix(longitude=76.0, latitude=91.0)},
        {"fix": Fix(longitude=float("nan"), latitude=10.0)},
        {"words": "x" * 5001},
        {"photos": (Announced(sha256="ff"),)},
        {"photos": (Announced(sha256="a" * 64), Announced(sha256="a" * 64))},
        {"photos": tuple(Announced(sha256=f"{each:064x}") for each in range(MOST_PHOTOS + 1))},
    ],
)
def test_what_cannot_be_a_visit_is_refused(
    desk: Desk, case: Case, inspector: Actor, other: dict[str, object]
) -> None:
    with pytest.raises(LandError) as refused:
        receive(desk, case, told(**other), actor=inspector)
    assert isinstance(refused.value, Invalid)
    assert visits_of(desk.session, case.id) == []


def test_a_visit_is_only_added_to(desk: Desk, case: Case, inspector: Actor) -> None:
    receive(desk, case, told(), actor=inspector)
    for statement in ("UPDATE permit_visit SET words = 'other'", "DELETE FROM permit_visit"):
        tried = desk.session.begin_nested()
        with pytest.raises(ProgrammingError):
            desk.session.execute(text(statement))
        tried.rollback()


def test_a_visit_is_its_own_bodys(desk: Desk, case: Case, inspector: Actor, other_body: LocalBody) -> None:
    receive(desk, case, told(), actor=inspector)
    enter(desk.session, other_body.code)
    assert visits_of(desk.session, case.id) == []


def test_every_rule_of_the_checklist_stands_in_the_catalogue() -> None:
    clauses = {each.id: each.clause for each in catalogue()}
    points = [each for stage in STAGES for each in checklist().stages[stage].points]
    assert {each.clause for each in points if each.rule} <= set(clauses.values())
    assert all(each.title.en and each.title.ml for each in points)
    with pytest.raises(ValueError, match="no_such_rule"):
        read_checklist(_one_point("no_such_rule"))


def _one_point(rule: str) -> str:
    lines = ["edition: x", "stages:"]
    for stage in STAGES:
        lines.append(
            f"  {stage}: {{title: {{en: a, ml: a}}, points: [{{id: a, rule: {rule}, title: {{en: a, ml: a}}}}]}}"
        )
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("kind", "stage"), [("new", "site"), ("plinth", "plinth"), ("occupancy", "completion"), ("well", "site")]
)
def test_a_matter_is_visited_at_its_stage(kind: str, stage: str) -> None:
    assert stage_of(kind) == stage
