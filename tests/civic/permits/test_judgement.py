"""A plan of low risk gets its permit at once, or goes to an officer with the reason: one thing changed at a time, and many."""

import random
from copy import deepcopy
from datetime import date
from typing import Any

import pytest

from civic.permits.consultations import consent_rules, themes_of
from civic.permits.declared import declarables
from civic.permits.judgement import Reason, Route, Why, route_of
from gis.errors import Invalid
from rules.checks.overlays import PLANS, ZONE
from tests.civic.permits.low_risk import (
    SIGNED,
    Found,
    a_clear_site,
    a_low_risk_check,
    checked,
    found_of,
    signed_route,
    with_finding,
)

LISTED = {each.rule: each for each in declarables()}
FINDINGS = range(len(a_low_risk_check()["findings"]))
THEMES_OF_CONSENTS = sorted(
    {theme for rule in consent_rules() for theme in themes_of(rule)} - {"railway_tower"}
)
STATUSES = ("affected", "near", "no_data")


def codes(route: Route) -> set[str]:
    """Why it goes to an officer."""
    return {each.code for each in route.reasons}


def reasons_of(route: Route, rule: str) -> set[str]:
    """Why one rule sends it there."""
    return {each.code for each in route.reasons if each.rule == rule}


def a_check_with(theme: str, status: str) -> Found:
    """The usual document with one theme otherwise, findings and all as they were."""
    found = a_low_risk_check()
    for each in found["site"]["themes"]:
        if each["layer"] == theme:
            each["status"] = status
    return found


def test_a_house_of_low_risk_on_clear_ground_gets_its_permit_at_once() -> None:
    route = signed_route(a_low_risk_check())
    assert route.instant, route.reasons
    assert route.reasons == ()


def test_every_finding_stands_measured_or_declared() -> None:
    found = a_low_risk_check()
    route = signed_route(found)
    measured = {(each.rule, each.subject) for each in route.measured}
    declared = {(each.rule, each.subject) for each in route.declared}
    assert measured == {(f["rule"], f["subject"]) for f in found["findings"] if f["outcome"] == "pass"}
    open_ones = {(f["rule"], f["subject"]) for f in found["findings"] if f["outcome"] == "unknown"}
    by_hand = {(each["rule"], "") for each in found["for_a_person"]}
    assert declared == open_ones | by_hand | {("excavation", "")}
    assert all(each.words and each.words_ml and each.clause for each in route.declared)
    assert {each.basis for each in route.measured} == {"measured"}


def test_without_a_signature_each_declaration_is_a_reason_and_nothing_else_is() -> None:
    route = route_of(a_low_risk_check(), declarables(), set())
    assert route.is_only_unsigned
    assert {each.rule for each in route.reasons} == {each.rule for each in route.to_sign}
    assert route.declared == ()
    assert route_of(a_low_risk_check(), declarables(), {each.id for each in route.to_sign}).instant


@pytest.mark.parametrize("left_out", sorted(each.id for each in signed_route(a_low_risk_check()).to_sign))
def test_one_missing_signature_sends_it_to_an_officer(left_out: str) -> None:
    route = route_of(a_low_risk_check(), declarables(), SIGNED - {left_out})
    assert [(each.code, each.rule) for each in route.reasons] == [(Why.UNSIGNED, left_out)]


@pytest.mark.parametrize("struck", sorted(each.id for each in signed_route(a_low_risk_check()).to_sign))
def test_one_entry_struck_from_the_list_sends_it_to_an_officer(struck: str) -> None:
    listed = [each for each in declarables() if each.id != struck]
    route = route_of(a_low_risk_check(), listed, SIGNED)
    expected = {"excavation": Why.RESERVATION, "noc_defence": Why.CONSENT}.get(struck, Why.NOT_LISTED)
    assert reasons_of(route, struck) == {expected}


@pytest.mark.parametrize("index", FINDINGS)
def test_one_broken_rule_sends_it_to_an_officer(index: int) -> None:
    found = with_finding(a_low_risk_check(), index, outcome="fail")
    route = signed_route(found)
    assert reasons_of(route, found["findings"][index]["rule"]) >= {Why.FAILS}


@pytest.mark.parametrize("index", FINDINGS)
def test_one_open_rule_sends_it_to_an_officer_unless_it_may_be_declared(index: int) -> None:
    found = with_finding(a_low_risk_check(), index, outcome="unknown", force=None, holds=None)
    finding = found["findings"][index]
    entry = LISTED.get(finding["rule"])
    may_be = entry is not None and (not entry.subjects or finding["subject"] in entry.subjects)
    broken_beside = finding["rule"] in {"permissible_use", "occupancy_groups"}
    assert signed_route(found).instant is (may_be and not broken_beside)


@pytest.mark.parametrize("index", FINDINGS)
@pytest.mark.parametrize(
    "against",
    [
        {"force": "advisory"},
        {"force": "binding", "holds": False},
        {"force": "binding", "holds": None, "required": None},
    ],
    ids=["only advises", "measured against it", "broken but for a doubt"],
)
def test_what_advises_or_speaks_against_is_never_declared(index: int, against: dict[str, Any]) -> None:
    assert not signed_route(with_finding(a_low_risk_check(), index, outcome="unknown", **against)).instant


@pytest.mark.parametrize("theme", THEMES_OF_CONSENTS)
@pytest.mark.parametrize("status", STATUSES)
def test_a_theme_that_asks_a_consent_sends_it_to_an_officer_whatever_its_finding_says(
    theme: str, status: str
) -> None:
    assert Why.THEME in codes(signed_route(a_check_with(theme, status)))


@pytest.mark.parametrize("theme", THEMES_OF_CONSENTS)
@pytest.mark.parametrize("status", STATUSES)
def test_a_plot_on_or_near_such_ground_or_without_data_never_gets_it_at_once(theme: str, status: str) -> None:
    route = signed_route(found_of(checked(a_clear_site(**{theme: status}))))
    assert not route.instant
    assert Why.THEME in codes(route)


@pytest.mark.parametrize("theme", LISTED["noc_other"].themes)
def test_the_other_rows_of_table_a_are_signed_beside_clear_themes_only(theme: str) -> None:
    assert not signed_route(a_check_with(theme, "near")).instant


def test_a_theme_that_was_never_asked_is_not_clear() -> None:
    found = a_low_risk_check()
    found["site"]["themes"] = [each for each in found["site"]["themes"] if each["layer"] != "crz_tidal"]
    route = signed_route(found)
    assert reasons_of(route, "noc_crz") == {Why.THEME_UNTOLD}
    del found["site"]["themes"]
    assert Why.THEME_UNTOLD in codes(signed_route(found))


def test_the_distance_of_towers_to_the_railway_concerns_no_house() -> None:
    assert signed_route(a_check_with("railway_tower", "affected")).instant


def test_under_the_rules_of_a_village_an_officer_decides() -> None:
    found = a_low_risk_check()
    found["site"]["body"] = "panchayat"
    assert codes(signed_route(found)) == {Why.OTHER_BODY}
    found["site"]["body"] = "corporation"
    assert signed_route(found).instant
    assert not signed_route(found_of(checked(a_clear_site(body="panchayat")))).instant


@pytest.mark.parametrize(
    ("set_back", "is_low"),
    [(4.95, True), (4.9, False)],  # just under and over it
)
def test_only_under_300_m2_it_is_of_low_risk(set_back: float, is_low: bool) -> None:
    found = found_of(checked(a_clear_site(), set_back=set_back))
    assert (Why.RISK_HIGHER not in codes(signed_route(found))) is is_low


@pytest.mark.parametrize(
    ("on", "is_open"),
    [(date(2025, 10, 28), True), (date(2025, 10, 29), False)],
)
def test_before_the_text_of_2025_the_class_of_risk_is_open(on: date, is_open: bool) -> None:
    route = signed_route(found_of(checked(a_clear_site(), on=on)))
    assert (Why.RISK_OPEN in codes(route)) is is_open
    assert route.instant is not is_open


@pytest.mark.parametrize(
    ("level", "code"), [("medium", Why.RISK_HIGHER), ("high", Why.RISK_HIGHER), (None, Why.RISK_OPEN)]
)
def test_no_other_class_of_risk_is_certified_by_oneself(level: str | None, code: Why) -> None:
    found = a_low_risk_check()
    found["statement"]["risk"]["level"] = level
    assert codes(signed_route(found)) == {code}


def test_a_reservation_on_another_clause_is_not_settled_by_the_excavation() -> None:
    found = a_low_risk_check()
    found["statement"]["risk"]["reservations"].append("Something of rule 19B is open.")
    assert codes(signed_route(found)) == {Why.RESERVATION}


def test_a_confirmed_drawing_leaves_nothing_to_sign_on_the_excavation() -> None:
    found = a_low_risk_check()
    found["statement"]["risk"]["reservations"] = []
    route = route_of(found, declarables(), SIGNED - {"excavation"})
    assert route.instant


@pytest.mark.parametrize("part", ["book", "statement"])
def test_without_a_book_nothing_is_certified(part: str) -> None:
    found = a_low_risk_check()
    found[part] = None
    assert Why.NO_STATEMENT in codes(signed_route(found))


@pytest.mark.parametrize("part", ["matches", "is_certain"])
def test_a_plan_that_may_lie_otherwise_goes_to_an_officer(part: str) -> None:
    found = a_low_risk_check()
    found["placement"][part] = False
    assert codes(signed_route(found)) == {Why.NOT_LAID}


@pytest.mark.parametrize(
    "answers",
    [
        b'{"confirmed": ["RWH_RECHARGE"]}',
        b'{"front": {"side": 1, "reason": "The gate is there."}}',
        b'{"groups": {"A1": {"group": "A1", "reason": "A house."}}}',
        b'{"holding": {"owns_adjoining_land": false}}',
    ],
)
def test_an_answer_by_which_a_rule_may_pass_goes_to_an_officer(answers: bytes) -> None:
    assert codes(signed_route(found_of(checked(a_clear_site(), answers=answers)))) >= {Why.ANSWERED}


def test_mere_words_beside_the_drawing_keep_no_rule_and_bar_nothing() -> None:
    assert signed_route(
        found_of(checked(a_clear_site(), answers=b'{"words": {"RWH_RECHARGE": "YES"}}'))
    ).instant


def test_a_word_that_breaks_a_rule_sends_it_to_an_officer() -> None:
    found = found_of(checked(a_clear_site(), answers=b'{"words": {"PERMEABLE_PERCENT": "10"}}'))
    assert reasons_of(signed_route(found), "permeable") == {Why.FAILS}


def test_a_stair_drawn_too_steep_is_not_declared_away_by_the_doubt_on_rule_48() -> None:
    found = found_of(checked(a_clear_site(), answers=b'{"words": {"STAIR_RISER_M": "0.30"}}'))
    assert any(each["rule"] == "stairs" and each["holds"] is False for each in found["findings"])
    assert reasons_of(signed_route(found), "stairs") == {Why.AGAINST}


def test_a_zone_that_permits_the_use_may_stand_on_the_licensees_word_and_no_other_plan_may() -> None:
    zone = {"status": "affected", "labels": ("R",), "attributes": {"use_groups": "A1 A2"}}
    route = signed_route(found_of(checked(a_clear_site(zoning=zone))))
    assert route.instant, route.reasons
    assert ("precedence", PLANS[ZONE]) in {(each.rule, each.subject) for each in route.declared}
    forbidden = zone | {"attributes": {"use_groups": "F"}}
    assert reasons_of(signed_route(found_of(checked(a_clear_site(zoning=forbidden)))), "precedence") == {
        Why.NOT_HERE
    }
    for layer in set(PLANS) - {ZONE}:
        touched = found_of(checked(a_clear_site(zoning=zone, **{layer: "affected"})))
        assert Why.NOT_HERE in reasons_of(signed_route(touched), "precedence")


def test_only_the_part_that_may_be_declared_stands_declared() -> None:
    found = a_low_risk_check()
    index = next(
        i
        for i, each in enumerate(found["findings"])
        if (each["rule"], each["subject"]) == ("access", "street along the plot")
    )
    route = signed_route(with_finding(found, index, outcome="unknown", force=None, holds=None))
    assert reasons_of(route, "access") == {Why.NOT_HERE}
    assert [each.subject for each in route.declared if each.rule == "access"] == ["way to the main street"]


def test_a_zone_that_names_no_uses_goes_to_an_officer() -> None:
    route = signed_route(found_of(checked(a_clear_site(zoning="affected"))))
    assert reasons_of(route, "permissible_use") == {Why.NOT_LISTED}


@pytest.mark.parametrize("rule", ["stairs", "travel", "bathrooms", "light_and_air"])
def test_what_rule_48_may_leave_out_of_a_house_is_not_declared_of_a_shop(rule: str) -> None:
    found = a_low_risk_check()
    for each in found["findings"]:
        if each["rule"] == "occupancy_groups":
            each["subject"] = "F"
    assert Why.NOT_HERE in reasons_of(signed_route(found), rule)


def test_a_rule_that_was_not_asked_is_a_reason() -> None:
    found = a_low_risk_check()
    found["findings"] = [each for each in found["findings"] if each["rule"] != "yards"]
    assert [(each.code, each.rule) for each in signed_route(found).reasons] == [(Why.NOT_ASKED, "yards")]


def test_a_rule_for_a_person_that_the_document_left_out_is_asked_all_the_same() -> None:
    found = a_low_risk_check()
    found["for_a_person"] = []
    assert "drawings" in {each.rule for each in signed_route(found).to_sign}
    assert not route_of(found, declarables(), SIGNED - {"drawings"}).instant


def test_a_new_rule_for_a_person_is_not_on_the_list() -> None:
    found = a_low_risk_check()
    found["for_a_person"].append(
        {"rule": "brand_new", "title": "", "title_ml": None, "clause": "1", "why": ""}
    )
    assert reasons_of(signed_route(found), "brand_new") == {Why.NOT_LISTED}


def test_what_is_no_check_is_told_so() -> None:
    with pytest.raises(Invalid, match="no check"):
        route_of({"schema": "bhumika-site-1"}, declarables(), SIGNED)


def test_a_reason_names_rule_clause_and_words() -> None:
    found = with_finding(a_low_risk_check(), 0, outcome="fail", reason="Too near.")
    rule = found["findings"][0]["rule"]
    reason = next(each for each in signed_route(found).reasons if each.code == Why.FAILS)
    assert isinstance(reason, Reason)
    assert (reason.rule, reason.told, reason.words) == (rule, "Too near.", "permit_why.fails")
    assert reason.clause
    assert reason.title
    assert reason.title_ml


def _changed_at_random(chance: random.Random) -> tuple[Found, frozenset[str]]:
    """The usual document with some findings, themes and signatures otherwise."""
    found = deepcopy(a_low_risk_check())
    for each in chance.sample(found["findings"], chance.randint(0, 3)):
        each["outcome"] = chance.choice(["fail", "unknown", "pass", "not applicable"])
        each["force"] = chance.choice([None, "binding", "advisory"])
        each["holds"] = chance.choice([None, True, False])
    for each in chance.sample(found["site"]["themes"], chance.randint(0, 2)):
        each["status"] = chance.choice(["affected", "near", "no_data", "not_affected"])
    unsigned = chance.sample(sorted(SIGNED), chance.choice([0, 0, 1, 2]))
    return found, SIGNED - frozenset(unsigned)


@pytest.mark.parametrize("seed", range(12))
def test_no_plan_with_a_broken_rule_a_theme_of_consent_or_an_unsigned_doubt_ever_gets_it_at_once(
    seed: int,
) -> None:
    chance = random.Random(seed)
    instant = 0
    for _ in range(60):
        found, signed = _changed_at_random(chance)
        if not route_of(found, declarables(), signed).instant:
            continue
        instant += 1
        outcomes = [each["outcome"] for each in found["findings"]]
        assert "fail" not in outcomes
        open_rules = {each["rule"] for each in found["findings"] if each["outcome"] == "unknown"}
        open_rules |= {each["rule"] for each in found["for_a_person"]}
        assert open_rules <= signed & set(LISTED)
        touched = {each["layer"] for each in found["site"]["themes"] if each["status"] != "not_affected"}
        assert not touched & set(THEMES_OF_CONSENTS)
        unsure = [each for each in found["findings"] if each["outcome"] == "unknown"]
        assert not any(each["force"] == "advisory" or each["holds"] is False for each in unsure)
    assert instant > 0


@pytest.mark.parametrize(("use", "is_declared"), [("A1", True), ("F", False)])
def test_the_rows_of_other_statutes_are_declared_of_houses_alone(use: str, is_declared: bool) -> None:
    found = a_low_risk_check()
    for each in found["findings"]:
        if each["rule"] == "occupancy_groups":
            each["subject"] = use
    route = signed_route(found)
    assert ("noc_other" in {each.rule for each in route.declared}) is is_declared
    assert ("noc_other" in {each.rule for each in route.reasons}) is not is_declared
