"""The list of refusals tells everyone on which clauses an application was refused, and nobody's name or words."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.permits.deciding import overrule, point, say
from civic.permits.refusals import refusals
from civic.permits.register_shapes import RefusalOut
from civic.permits.town_words import headed, say_of_reason
from tests.civic.permits.matters import Matter, a_matter

SECRET = "Zzyzx Privatha told me so."


@pytest.fixture
def refused(town: Session, body: LocalBody, tmp_path: Path) -> Matter:
    """A house of a stranger, too near to its boundaries, refused with private words."""
    matter = a_matter(town, body, tmp_path, is_known=False)
    matter.taken_up(set_back=1.0)
    first, *_ = matter.check.of("fail")
    rule, subject = point(first)
    words = "Shown otherwise by an order."
    overrule(matter.desk, matter.check, rule=rule, subject=subject, reason=words, actor=matter.approver)
    trees = next(each for each in matter.check.of("unknown") if each["rule"] == "trees")
    rule, subject = point(trees)
    said = {"stance": "refused", "reason": SECRET, "actor": matter.verifier}
    say(matter.desk, matter.check, rule=rule, subject=subject, **said)
    say_of_reason(matter.desk, matter.case, code="owner_unknown", **said)
    matter.step("refuse", matter.approver, note=SECRET)
    return matter


def test_every_ground_stands_with_its_clause_and_nobodys_words(refused: Matter) -> None:
    (found,) = refusals(refused.session, refused.body)
    fails = {point(each) for each in refused.check.of("fail")[1:]}
    told = {(each.rule, each.subject) for each in found.points}
    assert told == fails | {("trees", ""), ("town_hall", "")}
    assert {each.title for each in found.points if each.rule == "town_hall"} == {headed("owner_unknown").en}
    assert all(each.clause for each in found.points if each.rule != "town_hall")
    written = RefusalOut.of(found).model_dump_json()
    assert "Privatha" not in written
    assert refused.owner.person.name not in written
    assert refused.plot in written
    assert refusals(refused.session, refused.body, before=found.id) == []


def test_what_is_open_or_granted_is_no_refusal(town: Session, body: LocalBody, tmp_path: Path) -> None:
    matter = a_matter(town, body, tmp_path)
    matter.filed()
    matter.pay()
    assert matter.case.state == "permitted"
    assert refusals(town, body) == []
