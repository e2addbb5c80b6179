"""What persons say on the page of a check: taken up with who said it, confirmed only by somebody else than the applicant."""

from typing import Any

import orjson
import pytest

from gis.errors import Invalid
from rules.answers_document import answers_from_json
from rules.answers_sent import answers_of
from tests.web.checked_plans import a_document, a_drawing
from web.check_answers import field_of, said_lines, said_so_far
from web.check_view import check_view
from web.languages import Language, Wording
from web.plans_asked import KeptCheck
from web.print.plan_check_sheet import check_sheet

APPLICANT = {"person.name": "Asha", "person.capacity": "applicant"}
OFFICER = {"person.name": "K. Menon", "person.capacity": "officer"}
KEY = "SEWER_CONNECTION"


def told(sent: dict[str, str], before: dict[str, Any] | None = None) -> dict[str, Any]:
    """The answers after a form was sent, as they are given to the next check."""
    content = answers_of(found(before), sent)
    answers_from_json(content)
    answers: dict[str, Any] = orjson.loads(content)
    return answers


def found(answers: dict[str, Any] | None = None) -> dict[str, Any]:
    """A check with some answers."""
    document = a_document()
    return document | {"answers": document["answers"] | (answers or {})}


DECLARED = {"words": {KEY: "YES"}, "declared_by": {KEY: "Asha (applicant)"}}
CONFIRMED = DECLARED | {
    "confirmed": [KEY],
    "confirmed_by": {KEY: "K. Menon (officer of the local body)"},
}


def test_an_applicant_declares() -> None:
    answers = told({f"say.{KEY}": " YES ", **APPLICANT})
    assert answers["words"] == {KEY: "YES"}
    assert answers["declared_by"] == {KEY: "Asha (applicant)"}
    assert answers["confirmed"] == []


def test_an_officer_confirms_what_the_applicant_declared() -> None:
    answers = told({f"say.{KEY}": "YES", f"confirm.{KEY}": "yes", **OFFICER}, DECLARED)
    assert answers["declared_by"] == {KEY: "Asha (applicant)"}
    assert answers["confirmed"] == [KEY]
    assert answers["confirmed_by"] == {KEY: "K. Menon (officer of the local body)"}


def test_an_officer_confirms_what_the_drawing_declares() -> None:
    answers = told({f"say.{KEY}": "", f"confirm.{KEY}": "yes", **OFFICER})
    assert answers["words"] == {}
    assert answers["confirmed"] == [KEY]


def test_an_applicant_confirms_nothing() -> None:
    with pytest.raises(Invalid, match="other than the applicant"):
        told({f"say.{KEY}": "YES", f"confirm.{KEY}": "yes", **APPLICANT})


def test_what_is_said_otherwise_is_no_longer_confirmed() -> None:
    answers = told({f"say.{KEY}": "NO", **APPLICANT}, CONFIRMED)
    assert answers["words"] == {KEY: "NO"}
    assert answers["confirmed"] == []
    assert answers["confirmed_by"] == {}


def test_what_stays_keeps_who_said_it() -> None:
    sent = {f"say.{KEY}": "YES", f"confirm.{KEY}": "yes", "say.SOLAR_KW": "3", **APPLICANT}
    answers = told(sent, CONFIRMED)
    assert answers["confirmed_by"] == CONFIRMED["confirmed_by"]
    assert answers["declared_by"] == {KEY: "Asha (applicant)", "SOLAR_KW": "Asha (applicant)"}


def test_an_answer_can_be_taken_back() -> None:
    answers = told({f"say.{KEY}": "", **APPLICANT}, DECLARED)
    assert answers["words"] == answers["declared_by"] == {}


def test_a_confirmation_can_be_taken_back() -> None:
    answers = told({f"say.{KEY}": "YES", **OFFICER}, CONFIRMED)
    assert answers["words"] == {KEY: "YES"}
    assert answers["confirmed"] == []


@pytest.mark.parametrize("person", [{}, {"person.name": "A"}, OFFICER | {"person.capacity": "king"}])
def test_nobody_says_nothing(person: dict[str, str]) -> None:
    with pytest.raises(Invalid, match="Say who"):
        told({f"say.{KEY}": "YES", **person})


def test_a_front_a_group_and_the_owners_land_are_told_with_reasons() -> None:
    sent = {
        "front.side": "2",
        "front.reason": "The gate is on the lane.",
        "group.G4": "G1",
        "reason.G4": "No washing.",
        "holding.owns_adjoining_land": "no",
        "holding.is_split": "no",
        "holding.owns_other_land": "",
    }
    answers = told(sent | OFFICER)
    assert answers["front"] == {"side": 2, "reason": "The gate is on the lane."}
    assert answers["groups"] == {"G4": {"group": "G1", "reason": "No washing."}}
    assert answers["holding"] == {"owns_adjoining_land": False, "is_split": False, "owns_other_land": None}
    assert set(answers["declared_by"]) == {"front", "groups.G4", "holding"}


def test_a_choice_needs_its_reason_and_a_side_its_number() -> None:
    with pytest.raises(Invalid, match=r"front\.reason"):
        told({"front.side": "2", "front.reason": "", **OFFICER})
    with pytest.raises(Invalid, match="no side of the plot"):
        told({"front.side": "left", "front.reason": "The gate.", **OFFICER})


def test_the_same_answers_give_the_same_bytes() -> None:
    first = answers_of(found(), {"say.B": "1", "say.A": "2", **APPLICANT})
    assert first == answers_of(found(), {"say.A": "2", "say.B": "1", **APPLICANT})


@pytest.mark.parametrize(
    ("name", "kind", "unit"),
    [
        ("ACCESS_WIDTH_M", "number", "m"),
        ("SHEET_ROOF_AREA_M2", "number", "m2"),
        ("PERMEABLE_PERCENT", "number", "percent"),
        ("OCCUPANCY_CERTIFICATE_DATE", "date", ""),
        ("SEWER_CONNECTION", "word", ""),
        ("front", "front", ""),
        ("groups.G4", "group", ""),
        ("holding", "holding", ""),
    ],
)
def test_a_field_fits_what_it_asks(name: str, kind: str, unit: str) -> None:
    field = field_of(found(), name)
    assert (field.kind, field.unit) == (kind, unit)


def test_each_question_stands_once_and_findings_after_it_lead_there() -> None:
    kept = KeptCheck(key="0" * 64, found=a_document(), document=b"", svg=a_drawing(), marked=b"")
    view = check_view(kept, Wording(language=Language.ENGLISH))
    shown = [each for section in view.sections for rule in section.rules for each in rule]
    names = [field.name for each in shown for field in each.fields]
    assert KEY in names
    assert len(names) == len(set(names))
    assert {field.name for each in shown for field in each.elsewhere} <= set(names)
    settled = [each for each in shown if each.found["outcome"] in ("pass", "not applicable")]
    assert not any(each.fields or each.elsewhere for each in settled)


SAID_IN_FULL = CONFIRMED | {
    "front": {"side": "2", "reason": "The gate."},
    "groups": {"G4": {"group": "G1", "reason": "No washing."}},
    "holding": {"owns_adjoining_land": False, "is_split": None, "owns_other_land": True},
}


@pytest.mark.parametrize("language", Language)
def test_what_was_said_is_read_in_the_readers_language(language: Language) -> None:
    t = Wording(language=language)
    lines = said_lines(found(SAID_IN_FULL), t)
    assert len(lines) == 4
    assert lines[0].title == t("check.word.sewer_connection")
    assert t("check.answer.confirmed_by", who="K. Menon (officer of the local body)") in lines[0].persons
    assert lines[1].value == "2 (The gate.)"
    assert lines[2].value == "G1 (No washing.)"
    assert t("check.answer.not_told") in lines[3].value


def test_paper_tells_on_whose_word_it_rests() -> None:
    t = Wording(language=Language.ENGLISH)
    facts = {each.name: each.value for each in check_sheet(found(CONFIRMED), a_drawing(), t).facts}
    assert facts["Connected to the sewer"] == (
        "YES. Declared by Asha (applicant). Confirmed by K. Menon (officer of the local body)."
    )


def test_what_was_said_is_listed_with_who_said_it() -> None:
    said = said_so_far(found(CONFIRMED))
    assert [(each.name, each.value, each.is_confirmed) for each in said] == [(KEY, "YES", True)]
    assert said[0].declared_by == "Asha (applicant)"
    assert said_so_far(found()) == ()
