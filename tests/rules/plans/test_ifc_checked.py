"""A model is judged as the same house drawn in our lighter profile is: same rules, same numbers, same outcomes."""

from datetime import date

import jsonschema
import orjson

from rules.check_document import to_json
from rules.check_schema import check_schema
from rules.checking import PlanCheck, check
from rules.findings import Outcome
from rules.plan_findings import SOUND
from rules.reading import library
from tests.rules.plan_builders import a_site
from tests.rules.plans.builders import a_small_house
from tests.rules.plans.ifc_builders import Model, a_house_model, box

DAY = date(2026, 1, 1)
SITE = a_site({}, plot=[20, 25])


def furnished(model: Model) -> None:
    """A dwelling with its main entrance where the drawing marks it."""
    model.building.ObjectType = "A1"
    model.part("IfcDoor", box(9.5, 3.9, 10.5, 4.1), 0.45, 2.55, on=model.storey(0.45), Name="Main entrance")


def answers(asked: PlanCheck) -> set[tuple[str, str, Outcome, str]]:
    """Every finding as rule, subject, outcome and measured number."""
    return {
        (each.rule, each.subject, each.outcome, f"{each.measured.amount:.3f}" if each.measured else "")
        for each in asked.report.findings
    }


def test_a_model_and_a_drawing_of_one_house_are_judged_alike() -> None:
    modelled = check(a_house_model(also=furnished), SITE, library(), on=DAY)
    drawn = check(a_small_house(levels=(0.45, 3.45), height=6.75), SITE, library(), on=DAY)
    assert len(answers(modelled)) > 100
    assert answers(modelled) == answers(drawn)


def test_a_checked_model_keeps_to_the_schema_and_gives_the_same_bytes() -> None:
    first, again = (check(a_house_model(also=furnished), SITE, library(), on=DAY) for _ in range(2))
    found = orjson.loads(to_json(first))
    jsonschema.Draft202012Validator(check_schema()).validate(found)
    assert found["drawing"]["profile"] == "ifc"
    assert to_json(first) == to_json(again)


def test_a_height_above_ground_that_is_not_modelled_never_passes() -> None:
    modelled = check(a_house_model(also=furnished), SITE, library(), on=DAY)
    told = check(a_house_model(also=furnished, ground=None), SITE, library(), on=DAY)
    passed = {each.rule for each in modelled.report.findings if each.outcome is Outcome.PASS}
    still = {each.rule for each in told.report.findings if each.outcome is Outcome.PASS}
    assert still < passed
    assert "yards" in passed - still


def test_a_damaged_model_is_not_sound() -> None:
    content = a_house_model(also=furnished).replace(b"END-ISO-10303-21;", b"")
    asked = check(content, SITE, library(), on=DAY)
    assert {each.outcome for each in asked.report.findings if each.rule == SOUND} == {Outcome.UNKNOWN}
