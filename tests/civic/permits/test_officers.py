"""An officer's way to a decision: words on findings, authorities, an inspection, an override, a decision by another person."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.case import history, tasks_of
from civic.permits import checking
from civic.permits.deciding import judged, overrule, say, unspoken, words_on
from civic.permits.issuing import permit_of
from civic.permits.model import Kind
from civic.permits.rechecking import check_by_hand
from civic.permits.revoking import revoke
from gis.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.civic.permits.hearing import heard, last, told
from tests.civic.permits.matters import Matter, a_matter

FAILING = 1.0
"""Metres inside the boundary at which the example house breaks the rules of yards."""


@pytest.fixture
def matter(town: Session, body: LocalBody, tmp_path: Path) -> Matter:
    return a_matter(town, body, tmp_path)


def test_an_officer_decides_with_everything_in_hand(matter: Matter) -> None:
    matter.to_decision()
    assert matter.step("approve", matter.approver).state == "permitted"
    permit = permit_of(matter.session, matter.number)
    assert permit is not None
    assert permit.route == "officer"
    assert permit.terms["accepted"]


def test_conditions_stand_in_the_permit_with_their_clause(matter: Matter) -> None:
    matter.to_decision()
    finding = next(each for each in matter.check.of("unknown") if each["clause"])
    say(
        matter.desk,
        matter.check,
        rule=finding["rule"],
        subject=finding["subject"] or "",
        stance="condition",
        reason="Show it before the plinth.",
        actor=matter.approver,
    )
    matter.step("approve", matter.approver)
    permit = permit_of(matter.session, matter.number)
    assert permit is not None
    (condition,) = permit.terms["conditions"]
    assert (condition["rule"], condition["clause"]) == (finding["rule"], finding["clause"])
    assert condition["words"] == "Show it before the plinth."


def test_without_a_word_on_every_open_finding_nothing_is_approved(matter: Matter) -> None:
    matter.taken_up()
    matter.accept_all(but=["stairs"])
    matter.step("verify", matter.verifier)
    matter.answer_all()
    matter.visit()
    matter.step("report", matter.inspector, note="Seen.")
    with pytest.raises(Conflict, match="No word yet on: Stair"):
        matter.step("approve", matter.approver)


def test_who_verified_does_not_decide(matter: Matter) -> None:
    matter.to_decision()
    both = type(matter.verifier)(
        person=matter.verifier.person, roles=frozenset({"verifier", "approver"}), device="elsewhere"
    )
    with pytest.raises(NotAllowed, match="another person"):
        matter.step("approve", both)


def test_without_an_inspection_it_does_not_come_to_a_decision(matter: Matter) -> None:
    matter.taken_up()
    matter.accept_all()
    matter.step("verify", matter.verifier)
    with pytest.raises(Conflict, match="No field inspection"):
        matter.step("report", matter.inspector, note="Not there.")


def test_the_authorities_of_the_findings_are_asked_at_once_and_on_one_clock(
    town: Session, body: LocalBody, tmp_path: Path
) -> None:
    matter = a_matter(town, body, tmp_path, themes={"heritage": "affected", "airport": "near"})
    matter.taken_up()
    matter.accept_all()
    matter.step("verify", matter.verifier)
    asked = tasks_of(town, matter.number)
    assert {each.kind for each in asked} == {"noc_heritage", "noc_airport.place"}
    assert {each.due for each in asked} == {asked[0].due}
    assert asked[0].due is not None
    assert (asked[0].due - matter.desk.today).days == 15  # rule 5(4)
    assert asked[0].told["authority"]["en"]


@pytest.mark.parametrize(("answer", "words"), [(None, "no answer"), ("objects", "objects")])
def test_a_missing_or_refused_consent_holds_the_approval(
    town: Session, body: LocalBody, tmp_path: Path, answer: str | None, words: str
) -> None:
    matter = a_matter(town, body, tmp_path, themes={"heritage": "affected"})
    matter.taken_up()
    matter.accept_all()
    matter.step("verify", matter.verifier)
    if answer:
        matter.answer_all(answer)
    matter.visit()
    matter.step("report", matter.inspector, note="Seen.")
    with pytest.raises(Conflict, match=r"Heritage Commission|Still open"):
        matter.step("approve", matter.approver)
    reason = matter.desk.guards["consents_of_others"](town, matter.case)
    assert reason is not None
    assert words in reason


def test_what_an_authority_answers_keeps_what_was_asked(
    town: Session, body: LocalBody, tmp_path: Path
) -> None:
    matter = a_matter(town, body, tmp_path, themes={"heritage": "affected"})
    matter.taken_up()
    matter.accept_all()
    matter.step("verify", matter.verifier)
    matter.answer_all()
    (task,) = tasks_of(town, matter.number)
    assert task.answer == "agrees"
    assert task.told["rule"] == "noc_heritage"


def test_a_finding_that_fails_is_overruled_only_with_a_published_reason(matter: Matter) -> None:
    matter.begin()
    broken = matter.draw(set_back=FAILING).of("fail")[0]
    with pytest.raises(Conflict, match="not before the office"):
        overrule(
            matter.desk,
            matter.check,
            rule=broken["rule"],
            subject=broken["subject"] or "",
            reason="x",
            actor=matter.approver,
        )
    matter.to_decision(set_back=FAILING)
    fails = [each for each in judged(matter.session, matter.check) if each.fails]
    assert fails
    with pytest.raises(Conflict, match="Fails:"):
        matter.step("approve", matter.approver)
    for each in fails:
        rule, subject = each.finding["rule"], each.finding["subject"] or ""
        with pytest.raises(Invalid):
            overrule(matter.desk, matter.check, rule=rule, subject=subject, reason=" ", actor=matter.approver)
        with pytest.raises(NotAllowed):
            overrule(matter.desk, matter.check, rule=rule, subject=subject, reason="x", actor=matter.verifier)
        with heard():
            overrule(
                matter.desk,
                matter.check,
                rule=rule,
                subject=subject,
                reason="Order 4/2026 of Government.",
                actor=matter.approver,
            )
        line, words = last(matter.session, matter.number), told(matter.session, "case_act")
        assert (line.step, line.role) == ("finding_overruled", "approver")
        assert set(words) == {matter.owner.person.id, matter.licensee.person.id}
        said = f"{each.finding['title']} ({each.finding['clause']}): Order 4/2026 of Government."
        assert said in words[matter.owner.person.id]
    matter.step("approve", matter.approver)
    permit = permit_of(matter.session, matter.number)
    assert permit is not None
    assert {each["words"] for each in permit.terms["overrides"]} == {"Order 4/2026 of Government."}


def test_what_passes_cannot_be_overruled(matter: Matter) -> None:
    matter.to_decision()
    passed = matter.check.of("pass")[0]
    with pytest.raises(NotFound):
        overrule(
            matter.desk,
            matter.check,
            rule=passed["rule"],
            subject=passed["subject"] or "",
            reason="x",
            actor=matter.approver,
        )


def accept(matter: Matter, finding: Mapping[str, Any], reason: str, *, stance: str = "accepted") -> None:
    rule, subject = finding["rule"], finding["subject"] or ""
    say(
        matter.desk,
        matter.check,
        rule=rule,
        subject=subject,
        stance=stance,
        reason=reason,
        actor=matter.approver,
    )


@contextmanager
def before_the_law_changed() -> Iterator[None]:
    """As if a number of the book had begun to hold since the check."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checking, "_is_same_book", lambda _: False)
        yield


def test_a_refusal_names_its_clauses(matter: Matter) -> None:
    matter.to_decision()
    with pytest.raises(Conflict, match="at least one finding"):
        matter.step("refuse", matter.approver, note="No.")
    finding = matter.check.of("unknown")[0]
    accept(matter, finding, "The papers show otherwise.", stance="refused")
    with before_the_law_changed(), pytest.raises(Conflict, match="since the check"):
        matter.step("refuse", matter.approver, note="By the rules of another day.")
    assert matter.step("refuse", matter.approver, note="See the findings.").state == "refused"
    assert permit_of(matter.session, matter.number) is None
    with pytest.raises(Conflict) as late:
        accept(matter, finding, "Seen too late.")
    assert late.value.code == "not-before-office"


def test_the_reasons_of_the_way_are_kept(matter: Matter) -> None:
    matter.taken_up()
    (taken,) = [
        each for each in history(matter.session, matter.number, for_staff=True) if each.step == "take_in"
    ]
    assert taken.told["demand"]


def test_a_permit_is_revoked_once_with_a_reason(matter: Matter) -> None:
    matter.filed()
    matter.pay()
    permit = permit_of(matter.session, matter.number)
    assert permit is not None
    with pytest.raises(NotAllowed):
        revoke(matter.desk, permit.number, why="False papers.", clause="Rule 16", actor=matter.approver)
    revoke(matter.desk, permit.number, why="False papers.", clause="Rule 16", actor=matter.secretary)
    matter.session.expire_all()
    with pytest.raises(Conflict, match="already"):
        revoke(matter.desk, permit.number, why="Again.", clause="Rule 16", actor=matter.secretary)
    with pytest.raises(Conflict, match="revoked"):
        matter.begin(Kind.PLINTH, of_permit=permit.number)


def test_a_word_outlives_the_day_on_which_the_same_was_found(matter: Matter) -> None:
    matter.taken_up()
    matter.accept_all()
    assert any(str(matter.check.on) in (each["reason"] or "") for each in matter.check.of("unknown"))
    matter.later(days=1)
    check_by_hand(matter.room, matter.desk, matter.case, actor=matter.verifier)
    assert matter.check.seq == 2
    assert unspoken(matter.session, matter.number) == []
    assert len(words_on(matter.session, matter.check)) == len(matter.check.of("unknown"))
