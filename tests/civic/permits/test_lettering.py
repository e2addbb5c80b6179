"""Letters are made from what is kept: what was decided, on which drawing, in whose words, and they can be printed."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.permits.deciding import overrule, say
from civic.permits.lettering import letter as letter_of
from civic.permits.lettering import letters_of
from civic.permits.letters import Letter, LetterKind
from civic.permits.revoking import revoke
from gis.errors import NotFound
from tests.civic.permits.matters import Matter, a_matter
from tests.civic.permits.printed_letters import a_self_certified_permit
from web.languages import Language, Wording
from web.print.permit_letter import digest_of, permit_letter
from web.print.permit_letter_sheet import letter_sheet

FRONT = "https://land.example.org"
FAILING = 1.0
"""Metres inside the boundary at which the example house breaks the rules of yards."""


@pytest.fixture
def matter(town: Session, body: LocalBody, tmp_path: Path) -> Matter:
    return a_matter(town, body, tmp_path)


def made(matter: Matter, kind: LetterKind = LetterKind.PERMIT) -> Letter:
    """A letter of the matter."""
    return letter_of(matter.session, matter.body, matter.case, kind, front=FRONT)


def test_a_certified_permit_tells_what_was_measured_declared_signed_and_paid(matter: Matter) -> None:
    matter.filed()
    matter.pay()
    letter = made(matter)
    assert (letter.kind, letter.route, letter.kind_of_permit) == (LetterKind.PERMIT, "self_certified", "new")
    assert {each.rule for each in letter.declared} == matter.to_sign()
    assert len(letter.measured) == len(matter.check.of("pass"))
    assert letter.paise > 0
    assert letter.drawing_digest == matter.check.sha256
    assert letter.check_digest == matter.check.found["digest"]
    assert {each.part for each in letter.signatures} == {"owner", "licensee"}
    assert letter.owners == (matter.owner.person.name,)
    assert letter.licensee == matter.licensee.person.name
    assert letter.address == f"{FRONT}/town/{matter.body.code}/register/{letter.number}"
    assert letter.svg.startswith("<svg")
    assert letter.validity is not None
    assert letter.validity.until is not None
    assert letter.validity.until.year == letter.dated.year + 5
    assert "validity" in letter.validity.clause


def test_a_permit_prints_in_both_languages(matter: Matter) -> None:
    matter.filed()
    matter.pay()
    for language in Language:
        assert permit_letter(made(matter), language=language).startswith(b"%PDF")


def test_an_officers_permit_tells_conditions_and_what_was_overruled(matter: Matter) -> None:
    matter.to_decision(set_back=FAILING)
    for finding in matter.check.of("fail"):
        overrule(
            matter.desk,
            matter.check,
            rule=finding["rule"],
            subject=finding["subject"] or "",
            reason="Allowed by an order that was shown.",
            actor=matter.approver,
        )
    matter.step("approve", matter.approver)
    letter = made(matter)
    assert letter.route == "officer"
    assert {each.rule for each in letter.overrides} == {each["rule"] for each in matter.check.of("fail")}
    assert all(each.words == "Allowed by an order that was shown." for each in letter.overrides)
    assert letter.accepted


def test_a_refusal_tells_every_ground_by_its_clause(matter: Matter) -> None:
    matter.to_decision(set_back=FAILING)
    trees = next(each for each in matter.check.of("unknown") if each["rule"] == "trees")
    say(
        matter.desk,
        matter.check,
        rule="trees",
        subject=trees["subject"] or "",
        stance="refused",
        reason="No tree is left on the plot.",
        actor=matter.approver,
    )
    (first, *_) = matter.check.of("fail")
    overrule(
        matter.desk,
        matter.check,
        rule=first["rule"],
        subject=first["subject"] or "",
        reason="Shown otherwise.",
        actor=matter.approver,
    )
    matter.step("refuse", matter.approver, note="The house stands too near to its boundaries.")
    letter = made(matter, LetterKind.REFUSAL)
    fails = {(each["rule"], each["subject"] or "") for each in matter.check.of("fail")}
    overruled = {(first["rule"], first["subject"] or "")}
    assert {(each.rule, each.subject) for each in letter.grounds} == fails - overruled | {
        ("trees", trees["subject"] or "")
    }
    assert "No tree is left on the plot." in {each.words for each in letter.grounds}
    assert letter.reason == "The house stands too near to its boundaries."
    assert letter.number == letter.case_number == matter.case.number
    assert letter.address.endswith(f"/cases/{matter.case.number}")
    assert permit_letter(letter, language=Language.ENGLISH).startswith(b"%PDF")


def test_a_matter_that_has_not_ended_has_no_letter(matter: Matter) -> None:
    matter.filed()
    assert letters_of(matter.session, matter.case) == ()
    for kind in LetterKind:
        with pytest.raises(NotFound):
            made(matter, kind)


def test_a_revocation_tells_its_day_and_reason(matter: Matter) -> None:
    matter.filed()
    matter.pay()
    number = made(matter).number
    with pytest.raises(NotFound):
        made(matter, LetterKind.REVOCATION)
    matter.now += timedelta(days=3)
    revoke(
        matter.desk, number, why="It was got by a false drawing.", clause="Rule 16", actor=matter.secretary
    )
    letter = made(matter, LetterKind.REVOCATION)
    assert (letter.kind, letter.reason) == (LetterKind.REVOCATION, "It was got by a false drawing.")
    assert letter.dated == matter.desk.today
    sheet = letter_sheet(letter, digest_of(letter), Wording(language=Language.ENGLISH))
    assert (sheet.drawing, sheet.measured, sheet.declared, sheet.fees) == (None, (), (), ())
    assert permit_letter(letter, language=Language.MALAYALAM).startswith(b"%PDF")


@pytest.mark.parametrize(
    ("utc", "said"), [("18:29", "1 January 2026, 23:59 IST"), ("18:30", "2 January 2026, 00:00 IST")]
)
def test_instants_stand_in_the_local_bodys_own_time(utc: str, said: str) -> None:
    instant = datetime.fromisoformat(f"2026-01-01T{utc}:00+00:00")
    letter = replace(a_self_certified_permit(), instant=instant)
    sheet = letter_sheet(letter, "0" * 64, Wording(language=Language.ENGLISH))
    assert sheet.known_at == said
    assert {each.when[-3:] for each in sheet.signatures} == {"IST"}
