"""What an officer writes to be published names no party, and tells nobody's telephone, address or number of identity."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.people import introduce
from civic.permits.deciding import overrule, say
from civic.permits.issuing import permit_of
from civic.permits.publishing import check_publishable
from civic.permits.revoking import revoke
from gis.errors import Invalid
from tests.civic.permits.matters import Matter, a_matter


@pytest.fixture
def matter(town: Session, body: LocalBody, tmp_path: Path) -> Matter:
    """A draft whose licensee has a name of everyday length."""
    made = a_matter(town, body, tmp_path)
    made.owner = type(made.owner)(
        person=introduce(
            town, body, name="Ammini K. Kurian", address="ammini@kurian.example", language="ml", now=made.now
        )
    )
    made.begin()
    return made


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ("As Ammini K. Kurian showed me.", "Ammini K. Kurian"),
        ("as AMMINI K. KURIAN showed me", "Ammini K. Kurian"),
        ("Mrs Kurian showed the deed.", "Kurian"),
        ("Ask at 98765 43210.", "telephone"),
        ("Ask at +91-9876543210.", "telephone"),
        ("Ask at 0484 2345678.", "telephone"),
        ("Write to somebody@example.org.", "e-mail"),
        ("Card 1234 5678 9012.", "identity"),
    ],
)
def test_words_that_tell_of_a_person_are_refused(matter: Matter, words: str, what: str) -> None:
    with pytest.raises(Invalid, match=what) as refused:
        check_publishable(matter.desk, matter.number, words)
    assert refused.value.code == "names-a-person"


@pytest.mark.parametrize(
    "words",
    [
        "The street was surveyed at 3.2 m on 2026-11-18.",
        "Allowed by S.R.O. 1240/2025 of 29 October 2025, file 20251029/39868.",
        "The kurianmala colony road is 6 m wide.",
        "Resolution 4/2026, plot 12/104.",
    ],
)
def test_words_of_the_building_are_published(matter: Matter, words: str) -> None:
    check_publishable(matter.desk, matter.number, words)


def test_a_malayalam_name_is_found_with_its_endings(matter: Matter) -> None:
    row = introduce(
        matter.session,
        matter.body,
        name="രാജൻ നായർ",
        address="rajan@kurian.example",
        language="ml",
        now=matter.now,
    )
    matter.owner = type(matter.owner)(person=row)
    matter.begin()
    with pytest.raises(Invalid, match="name of a party"):
        check_publishable(matter.desk, matter.number, "രാജൻ നായരുടെ ആധാരം; രാജൻ നായർക്ക് അനുവദിച്ചു.")


def test_overrides_conditions_and_revocations_are_looked_at(matter: Matter) -> None:
    matter.draw(set_back=1.0)
    matter.step("file", matter.licensee)
    matter.sign_both(declared=frozenset())
    matter.pay()
    finding = matter.check.of("fail")[0]
    which = {"rule": finding["rule"], "subject": finding["subject"] or "", "reason": "Kurian asked me."}
    with pytest.raises(Invalid, match="Kurian"):
        overrule(matter.desk, matter.check, actor=matter.approver, **which)
    with pytest.raises(Invalid, match="Kurian"):
        say(matter.desk, matter.check, actor=matter.verifier, stance="condition", **which)
    say(matter.desk, matter.check, actor=matter.verifier, stance="accepted", **which)


def test_the_reason_of_a_revocation_names_nobody(town: Session, body: LocalBody, tmp_path: Path) -> None:
    made = a_matter(town, body, tmp_path)
    made.filed()
    made.pay()
    permit = permit_of(town, made.number)
    assert permit is not None
    with pytest.raises(Invalid, match="telephone"):
        revoke(made.desk, permit.number, why="Call 9876543210.", clause="Rule 16", actor=made.secretary)
