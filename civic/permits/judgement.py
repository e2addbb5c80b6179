"""Whether a checked plan gets its permit at once on the licensee's word, or goes to an officer, and why.

In: a check document (`bhumika-check-1`), the list of what may be declared, and what of it was signed.  Out: a frozen `Route`.  Nothing of the
law is judged again here: what does not pass by itself, is not on the list or is not signed sends the matter to an officer.
"""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

from civic.permits.consultations import CLEAR, authorities, consent_rules, themes_in
from civic.permits.declared import Declarable
from civic.permits.standing import Standing, measured_finding, standings, titled
from gis.errors import Invalid
from gis.site import LocalBody
from rules.catalogue import Status
from rules.check_document import SCHEMA
from rules.coverage import catalogue
from rules.plan_findings import QUESTIONS

Found = Mapping[str, Any]
Listed = Mapping[str, Declarable]
TOWNS = (LocalBody.MUNICIPALITY, LocalBody.CORPORATION)
"""Bodies under the rules in which the class of low risk was read."""
RISK, EXCAVATION, USE = "risk_class", "excavation", "occupancy_groups"
SAID = ("front", "groups", "confirmed")
"""Answers beside the drawing that can let a rule pass; so can those on the owner's other land.  Mere words never can."""


class Why(StrEnum):
    """Why a plan goes to an officer."""

    OTHER_BODY = "other_body"
    NO_STATEMENT = "no_statement"
    RISK_OPEN = "risk_open"
    RISK_HIGHER = "risk_higher"
    RESERVATION = "reservation"
    NOT_LAID = "not_laid"
    ANSWERED = "answered"
    THEME = "theme"
    THEME_UNTOLD = "theme_untold"
    NOT_ASKED = "not_asked"
    FAILS = "fails"
    CONSENT = "consent"
    ADVISORY = "advisory"
    AGAINST = "against"
    NOT_LISTED = "not_listed"
    NOT_HERE = "not_here"
    UNSIGNED = "unsigned"


@dataclass(frozen=True, kw_only=True)
class Reason:
    """One reason: its code, the rule and clause it rests on, the rule's title in both languages, and what the check told, in English."""

    code: str
    rule: str | None = None
    clause: str | None = None
    subject: str = ""
    title: str = ""
    title_ml: str = ""
    told: str = ""

    @property
    def words(self) -> str:
        """The key of the sentence that pages print in the reader's language."""
        return f"permit_why.{self.code}"


@dataclass(frozen=True, kw_only=True)
class Route:
    """Instant, or the reasons why not; what stands measured and what on signed words; `to_sign` is all that this plan asks to be declared."""

    instant: bool
    reasons: tuple[Reason, ...]
    measured: tuple[Standing, ...]
    declared: tuple[Standing, ...]
    to_sign: tuple[Declarable, ...]

    @property
    def is_only_unsigned(self) -> bool:
        """Whether nothing but signatures keeps it from being instant."""
        return not self.instant and all(each.code == Why.UNSIGNED for each in self.reasons)


def route_of(found: Found, declared: Sequence[Declarable], signed: AbstractSet[str]) -> Route:
    """The way of a checked plan; `Invalid` for what is no check document."""
    if found.get("schema") != SCHEMA:
        raise Invalid("This is no check of a plan, so its way cannot be told; check the drawing again.")
    listed = {each.rule: each for each in declared}
    barred = [*_of_the_matter(found), *_of_themes(found), *_of_findings(found)]
    settled: list[_Point] = []
    for point in (*_reservations(found), *_open_findings(found), *_by_hand(found)):
        reason = _barred(found, point, listed)
        if reason is None:
            settled.append(point)
        else:
            barred.append(reason)
    needed = {point.rule: listed[point.rule] for point in settled}
    barred += [_reason(Why.UNSIGNED, each.rule) for each in needed.values() if each.id not in signed]
    given = {
        (point.rule, point.subject): needed[point.rule]
        for point in settled
        if needed[point.rule].id in signed
    }
    return Route(
        instant=not barred,
        reasons=tuple(barred),
        measured=tuple(measured_finding(each) for each in found["findings"] if each["outcome"] == "pass"),
        declared=tuple(standings(found, given)),
        to_sign=tuple(each for each in declared if each.rule in needed),
    )


def _reason(code: Why, rule: str, told: str = "", subject: str = "") -> Reason:
    title, title_ml = titled(rule)
    return Reason(
        code=code,
        rule=rule,
        clause=_clauses().get(rule),
        subject=subject,
        title=title,
        title_ml=title_ml,
        told=told,
    )


@lru_cache(maxsize=1)
def _clauses() -> dict[str, str]:
    return {each.id: each.clause for each in catalogue()}


def _of_the_matter(found: Found) -> Iterator[Reason]:
    """Body, class of risk, how the plan lies, and what persons said beside it."""
    if found["site"]["body"] not in TOWNS:
        yield Reason(code=Why.OTHER_BODY, told=found["site"]["body"] or "")
    if found["book"] is None or found["statement"] is None:
        yield Reason(code=Why.NO_STATEMENT)
    elif (risk := found["statement"]["risk"])["level"] != "low":
        code = Why.RISK_OPEN if risk["level"] is None else Why.RISK_HIGHER
        yield _reason(code, RISK, " ".join(risk["reasons"]))
    if not (found["placement"]["matches"] and found["placement"]["is_certain"]):
        yield Reason(code=Why.NOT_LAID, told=found["placement"]["note"])
    said = [name for name in SAID if found["answers"][name]]
    said += ["holding"] if any(each is not None for each in found["answers"]["holding"].values()) else []
    yield from (Reason(code=Why.ANSWERED, told=name) for name in said)


def _of_themes(found: Found) -> Iterator[Reason]:
    """Every theme that calls for a consent must be known to be clear of the plot, whatever its finding says."""
    themes = themes_in(found)
    answered = {(each["rule"], each["subject"]) for each in found["findings"]}
    for who in authorities():
        others = {(each.rule, each.subject) for each in authorities() if each.rule == who.rule}
        if (who.rule, who.subject) not in answered and others & answered:
            continue
        for layer in who.themes:
            status = themes.get(layer)
            if status is None:
                yield _reason(Why.THEME_UNTOLD, who.rule, layer, who.subject)
            elif status != CLEAR:
                yield _reason(Why.THEME, who.rule, f"{layer}: {status}", who.subject)


def _of_findings(found: Found) -> Iterator[Reason]:
    """What fails, and every rule that should have answered and did not."""
    for each in found["findings"]:
        if each["outcome"] == "fail":
            yield _reason(Why.FAILS, each["rule"], each["reason"] or "", each["subject"])
    silent = sorted(_answering() - {each["rule"] for each in found["findings"]})
    yield from (_reason(Why.NOT_ASKED, rule) for rule in silent)


@lru_cache(maxsize=1)
def _answering() -> frozenset[str]:
    """Every rule that a check must have answered."""
    told = {
        each.id for each in catalogue() if each.status is not Status.NEEDS_A_HUMAN and each.function is None
    }
    return frozenset(told | set(QUESTIONS))


@dataclass(frozen=True, kw_only=True)
class _Point:
    """Something that the check left open; `is_against` where what is known of it speaks against the plan."""

    rule: str
    told: str
    subject: str = ""
    clause: str = ""
    is_advisory: bool = False
    is_against: bool = False


def _open_findings(found: Found) -> Iterator[_Point]:
    """Findings that neither pass nor fail nor are left out by the law."""
    for each in found["findings"]:
        if each["outcome"] in ("pass", "fail", "not applicable"):
            continue
        was_broken = each["force"] == "binding" and each["required"] is None
        yield _Point(
            rule=each["rule"],
            told=each["reason"] or "",
            subject=each["subject"],
            is_advisory=each["force"] == "advisory",
            is_against=each["holds"] is False or was_broken,
        )


def _reservations(found: Found) -> Iterator[_Point]:
    """What would change the class of risk and only advises."""
    statement = found["statement"]
    for each in statement["risk"]["reservations"] if statement else ():
        yield _Point(rule=EXCAVATION, told=each, clause=_clauses()[EXCAVATION])


def _by_hand(found: Found) -> Iterator[_Point]:
    """Rules that only a person can look at: those of the document, and those that were entered since."""
    told = {each["rule"]: each["why"] or "" for each in found["for_a_person"]}
    told |= {
        each.id: each.why or ""
        for each in catalogue()
        if each.status is Status.NEEDS_A_HUMAN and each.id not in told
    }
    yield from (_Point(rule=rule, told=why) for rule, why in told.items())


def _barred(found: Found, point: _Point, listed: Listed) -> Reason | None:
    """Why an open point cannot stand declared here; None where a signature settles it."""
    entry = listed.get(point.rule)
    code: Why | None = None
    if point.clause and (entry is None or point.clause not in point.told):
        code = Why.RESERVATION
    elif entry is None and point.rule in consent_rules():
        code = Why.CONSENT
    elif point.is_against:
        code = Why.AGAINST
    elif point.is_advisory:
        code = Why.ADVISORY
    elif entry is None:
        code = Why.NOT_LISTED
    elif not _stands_here(found, point, entry):
        code = Why.NOT_HERE
    return None if code is None else _reason(code, point.rule, point.told, point.subject)


def _stands_here(found: Found, point: _Point, entry: Declarable) -> bool:
    """Whether the entry holds for this part, these uses, these themes, and beside these rules."""
    outcomes: dict[str, set[str]] = {}
    for each in found["findings"]:
        outcomes.setdefault(each["rule"], set()).add(each["outcome"])
    uses = {each["subject"] for each in found["findings"] if each["rule"] == USE}
    themes = themes_in(found)
    return (
        (not entry.subjects or point.subject in entry.subjects)
        and (not entry.uses or (outcomes.get(USE) == {"pass"} and uses <= set(entry.uses)))
        and all(outcomes.get(rule) == {"pass"} for rule in entry.beside)
        and all(themes.get(layer) == CLEAR for layer in entry.themes)
    )
