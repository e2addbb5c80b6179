"""Whom to ask of a plan: every rule of consent, on exactly the themes that it looks at, and nobody where it passes."""

from dataclasses import fields
from functools import cache
from typing import Any

import pytest

from civic.permits.consultations import (
    Authority,
    Consultation,
    authorities,
    consent_rules,
    consultations_of,
    read_authorities,
    themes_of,
)
from gis.errors import Invalid
from gis.site import Overlay, Site
from layers.catalogue import load
from rules.book import NotEncoded
from rules.checking import PlanCheck
from rules.checks import RULES, approval, consents, fire_consent
from rules.reading import library
from tests.civic.permits.low_risk import DAY, a_clear_site, a_low_risk_check, checked, found_of, with_finding


class Watched(Site):
    """A plot that remembers which of its themes were asked for."""

    asked: set[str]

    def overlay(self, layer: str) -> Overlay | None:
        """The theme, noted."""
        self.asked.add(layer)
        return super().overlay(layer)


def watched(site: Site) -> Watched:
    """The same plot, watched."""
    made = Watched(**{each.name: getattr(site, each.name) for each in fields(Site)})
    object.__setattr__(made, "asked", set())
    return made


def asked_of(found: dict[str, Any]) -> dict[tuple[str, str], Consultation]:
    """What is asked, by rule and part."""
    return {(each.rule, each.subject): each for each in consultations_of(found)}


def test_the_list_holds_every_rule_of_consent_and_no_other() -> None:
    modules = {consents.__name__, fire_consent.__name__, approval.__name__}
    registered = {each.id for each in RULES.rules if each.check.__module__ in modules}
    assert consent_rules() == registered
    assert {each.rule for each in authorities()} == consent_rules()


@pytest.mark.parametrize("rule", sorted(consent_rules()))
def test_each_rule_hangs_on_exactly_the_themes_that_it_asks_for(rule: str) -> None:
    plan, site = _with_a_tower().proposal, watched(a_clear_site())
    for theme in themes_of(rule):  # what is not clear is looked at again, so one theme cannot hide another
        touched = watched(a_clear_site(**{theme: "affected"}))
        _ask(rule, plan, touched)
        site.asked |= touched.asked
    _ask(rule, plan, site)
    assert site.asked == set(themes_of(rule))


@cache
def _with_a_tower() -> PlanCheck:
    return checked(a_clear_site(), answers=b'{"words": {"TELECOM_TOWER": "YES"}}')


def _ask(rule: str, plan: Any, site: Site) -> None:
    try:
        RULES.check_one(rule, plan, site, library().on(DAY, site.body))  # type: ignore[arg-type]
    except NotEncoded:
        pytest.fail("a gap of the book is a finding")


def test_authorities_are_named_as_the_catalogue_of_layers_names_them() -> None:
    layers = {each.id: each for each in load("kerala").layers}
    for who in authorities():
        for theme in who.themes:
            named = layers[theme].consult
            if named is not None:
                assert (who.authority.en, who.authority.ml) == (named.en, named.ml), theme


def test_on_clear_ground_only_the_silence_of_the_book_is_told() -> None:
    (only,) = consultations_of(a_low_risk_check())
    assert (only.rule, only.status, only.is_certain) == ("noc_defence", "not_affected", False)


@pytest.mark.parametrize("who", [each for each in authorities() if each.themes], ids=lambda each: each.rule)
@pytest.mark.parametrize("status", ["affected", "near", "no_data"])
def test_each_theme_calls_for_its_authority(who: Authority, status: str) -> None:
    answers = b'{"words": {"TELECOM_TOWER": "YES"}}'
    for theme in who.themes:
        found = found_of(checked(a_clear_site(**{theme: status}), answers=answers))
        asked = asked_of(found)[who.rule, who.subject]
        assert (asked.authority, asked.status, asked.is_certain) == (who.authority, status, True)
        assert asked.clause
        assert asked.why


def test_several_authorities_are_asked_at_once() -> None:
    found = found_of(checked(a_clear_site(railway="affected", crz_zone="near", heritage="no_data")))
    assert {each.rule for each in consultations_of(found) if each.is_certain} == {
        "noc_railway",
        "noc_crz",
        "noc_heritage",
    }


@pytest.mark.parametrize(
    ("set_back", "is_asked"),
    [(4.95, False), (4.9, True)],  # just under and over 300 m², from which a self-declaration is made
)
def test_the_fire_service_is_told_of_larger_houses_by_a_declaration(set_back: float, is_asked: bool) -> None:
    asked = asked_of(found_of(checked(a_clear_site(), set_back=set_back)))
    assert (("noc_fire", "") in asked) is is_asked
    assert not any(each.is_certain for each in asked.values())


def test_a_high_building_is_asked_of_the_fire_service() -> None:
    found = a_low_risk_check()
    index = next(i for i, each in enumerate(found["findings"]) if each["rule"] == "noc_fire")
    told = "16 m high, over 15 m: the fire service consents."
    changed = with_finding(found, index, outcome="unknown", reason=told, remedy=fire_consent.ASK)
    asked = asked_of(changed)["noc_fire", ""]
    assert (asked.why, asked.status, asked.is_certain) == (told, None, True)


def test_what_passes_or_does_not_apply_is_asked_of_nobody() -> None:
    found = a_low_risk_check()
    for each in found["findings"]:
        if each["outcome"] == "unknown":
            each["outcome"] = "not applicable"
    assert consultations_of(found) == ()


def test_a_rule_that_answered_for_none_of_its_parts_is_left_to_the_officer() -> None:
    found = a_low_risk_check()
    found["findings"] = [
        each for each in found["findings"] if each["rule"] not in {"noc_use", "noc_defence"}
    ] + [
        next(each for each in found["findings"] if each["rule"] == "noc_use")
        | {"subject": "", "outcome": "unknown", "reason": "A floor area without occupancy may be any use."}
    ]
    (only,) = consultations_of(found)
    assert (only.rule, only.is_certain) == ("noc_use", False)


@pytest.mark.parametrize(
    "text",
    [
        "consultations: []",
        "consultations: [",
        "consultations: [{rule: yards, authority: {en: Nobody, ml: ആരുമില്ല}}]",
        "consultations: [{rule: noc_crz, authority: {en: Nobody, ml: nobody}}]",
    ],
)
def test_a_list_with_a_fault_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="cannot be used"):
        read_authorities(text)
