"""What stands on the pages of a checked plan, ready to be set.

In: the content of the JSON document (`bhumika-check-1`).  Out: frozen values in the reader's language, all text, nothing more to reckon.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from rules.checking import NOT_CHECKED
from web.check_answers import said_lines
from web.check_drawn import BothLine, YardLine, both_lines, yard_lines
from web.check_figures import amount, compared
from web.check_sentences import tidy, tidy_step
from web.check_stated import Stated, stated
from web.check_view import ORDER, Found
from web.languages import Language, Wording
from web.print.plan_check_drawing import PlanDrawing, plan_drawing
from web.print.sheet import Fact
from web.sentences import told_on_paper

MEASURES = ("floor_area", "built_up_area", "height", "storeys")


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How many findings have an outcome."""

    outcome: str
    word: str
    count: int


@dataclass(frozen=True, kw_only=True)
class FindingCard:
    """A finding with everything that is known of it."""

    number: int
    outcome: str
    title: str
    is_english: bool
    """Whether the title has no words in the reader's language."""
    clause: str
    subject: str
    told: str
    advisory: bool
    reason: str
    remedy: str
    steps: tuple[str, ...]
    measured_from: tuple[str, ...]
    handles: str


@dataclass(frozen=True, kw_only=True)
class RuleCards:
    """The findings of one rule under its title."""

    title: str
    is_english: bool
    findings: tuple[FindingCard, ...]


@dataclass(frozen=True, kw_only=True)
class PersonLine:
    """What only a person can tell."""

    title: str
    is_english: bool
    clause: str
    why: str


@dataclass(frozen=True, kw_only=True)
class ProblemLine:
    """What is wrong in the drawing."""

    fault: str
    message: str
    remedy: str
    where: str


@dataclass(frozen=True, kw_only=True)
class SourceLine:
    """A data set that was asked about the plot."""

    title: str
    publisher: str
    dated: str
    layer: str


@dataclass(frozen=True, kw_only=True)
class CheckSheet:
    """The whole check as it is printed."""

    is_synthetic: bool
    name: str
    place: str
    jurisdiction: str
    valid_on: str
    known_at: str
    digest: str
    digest_short: str
    instant: tuple[int, int, int, int, int, int]
    """Year to second of the instant at which the record of the plot was read: the creation date of the file."""
    verdict: str
    verdict_word: str
    verdict_note: str
    tallies: tuple[Tally, ...]
    facts: tuple[Fact, ...]
    drawing: PlanDrawing | None
    places: int
    broken: tuple[RuleCards, ...]
    open: tuple[RuleCards, ...]
    not_checked: tuple[FindingCard, ...]
    kept: tuple[FindingCard, ...]
    not_applicable: tuple[FindingCard, ...]
    yards: tuple[YardLine, ...]
    both: tuple[BothLine, ...]
    stated: tuple[Stated, ...]
    for_a_person: tuple[PersonLine, ...]
    problems: tuple[ProblemLine, ...]
    sources: tuple[SourceLine, ...]


def check_sheet(found: Found, svg: str, t: Wording) -> CheckSheet:
    """The sheet of a check; `svg` is its drawing by `web.plan_sketch`."""
    site, verdict = found["site"], found["verdict"]
    known = datetime.fromisoformat(site["known"])
    cards = [_card(number, each, t) for number, each in enumerate(found["findings"], 1)]
    drawing = plan_drawing(svg)
    waiting = {n for n, each in enumerate(found["findings"], 1) if each["reason"] == NOT_CHECKED}
    return CheckSheet(
        is_synthetic=site["synthetic"],
        name=t("check.title", number=site["number"]),
        place=_place(found, t),
        jurisdiction=_place(found, t),
        valid_on=t.day(date.fromisoformat(found["on"])),
        known_at=t.instant(known),
        digest=found["digest"],
        digest_short=found["digest"][:16],
        instant=(known.year, known.month, known.day, known.hour, known.minute, known.second),
        verdict=verdict,
        verdict_word=t(f"check.verdict.{verdict}"),
        verdict_note=t(f"check.verdict_note.{verdict}"),
        tallies=tuple(_tallies(found, t)),
        facts=tuple(_facts(found, t)),
        drawing=drawing,
        places=svg.count('class="place fail"') + svg.count('class="place unknown"'),
        broken=_grouped([each for each in cards if each.outcome == "fail"]),
        open=_grouped([each for each in cards if each.outcome == "unknown" and each.number not in waiting]),
        not_checked=tuple(each for each in cards if each.number in waiting),
        kept=tuple(each for each in cards if each.outcome == "pass"),
        not_applicable=tuple(each for each in cards if each.outcome == "not applicable"),
        yards=yard_lines(found, t),
        both=both_lines(found, t),
        stated=stated(found, t),
        for_a_person=tuple(_person(each, t) for each in found["for_a_person"]),
        problems=tuple(_problem(each, t) for each in found["problems"]),
        sources=tuple(_source(each, t) for each in site["sources"]),
    )


def _place(found: Found, t: Wording) -> str:
    """The local body with its kind, and the code of the place."""
    site = found["site"]
    kind = t(f"law.body.{site['body']}") if site["body"] else t("check.no_body")
    return ", ".join(each for each in (site["body_name"], kind, site["jurisdiction"]) if each)


def _tallies(found: Found, t: Wording) -> Iterator[Tally]:
    for outcome in ORDER:
        word = t(f"check.outcome.{outcome.replace(' ', '_')}")
        yield Tally(outcome=outcome, word=word, count=found["counts"][outcome])


def _facts(found: Found, t: Wording) -> Iterator[Fact]:
    site, placement = found["site"], found["placement"]
    kind = t(f"law.body.{site['body']}") if site["body"] else t("check.no_body")
    named = f"{site['body_name']} ({kind})" if site["body_name"] else kind
    yield Fact(name=t("check.form.number"), value=site["number"])
    yield Fact(name=t("check.print.body"), value=named)
    yield Fact(
        name=t("check.print.front"), value=told_on_paper(found["front"]["basis"], "reasons", t.language)
    )
    if "limit" in placement:
        figures = {key: f"{placement[f'{key}_residual']:.3f}" for key in ("mean", "greatest")}
        yield Fact(
            name=t("check.residual"),
            value=t("check.residual_value", limit=f"{placement['limit']:.3f}", **figures),
        )
        areas = {key: f"{placement[f'area_{key}']:,.2f}" for key in ("drawn", "parcel")}
        yield Fact(name=t("check.areas"), value=t("check.areas_value", **areas))
    if placement["note"]:
        yield Fact(name=t("check.note"), value=told_on_paper(placement["note"], "reasons", t.language))
    for line in said_lines(found, t):
        yield Fact(name=line.title, value=f"{line.value}. {line.persons}".strip())
    for name in MEASURES:
        if found["measures"][name]:
            yield Fact(name=t(f"check.measures.{name}"), value=_measured(found["measures"][name], t))
    yield from _digests(found, t)


def _digests(found: Found, t: Wording) -> Iterator[Fact]:
    book = found["book"]
    yield Fact(name=t("check.print.book"), value=book["digest"] if book else t("check.print.book_none"))
    if book and book["is_beyond_reading"]:
        beyond = t("check.beyond", read_to=t.day(date.fromisoformat(book["read_to"])))
        yield Fact(name=t("check.note"), value=beyond)
    yield Fact(name=t("check.print.digest"), value=found["digest"])
    yield Fact(name=t("check.print.file"), value=found["drawing"]["sha256"])


def _measured(measure: Found, t: Wording) -> str:
    aside = f" ({t('check.declared')})" if measure["is_declared"] else ""
    return f"{amount(t, measure)}{aside}"


def _title(named: Found, t: Wording) -> tuple[str, bool]:
    """The title of a rule in the reader's language, and whether it is only there in English."""
    if t.language is Language.MALAYALAM:
        return (named["title_ml"], False) if named["title_ml"] else (named["title"], True)
    return named["title"], False


def _card(number: int, found: Found, t: Wording) -> FindingCard:
    title, is_english = _title(found, t)
    measured, required = found["measured"], found["required"]
    handles = dict.fromkeys(handle for place in found["places"] for handle in place["handles"])
    return FindingCard(
        number=number,
        outcome=found["outcome"],
        title=title,
        is_english=is_english,
        clause=found["clause"] or "",
        subject=told_on_paper(found["subject"] or "", "subjects", t.language),
        told=_told(found, t),
        advisory=found["force"] == "advisory",
        reason=tidy(told_on_paper(found["reason"] or "", "reasons", t.language)),
        remedy=tidy(told_on_paper(found["remedy"] or "", "remedies", t.language)),
        steps=tuple(
            tidy_step(told_on_paper(step, "steps", t.language))
            for part in (required, measured)
            if part
            for step in part["steps"]
        ),
        measured_from=tuple(told_on_paper(each, "steps", t.language) for each in measured["sources"])
        if measured
        else (),
        handles=", ".join(handles),
    )


def _told(found: Found, t: Wording) -> str:
    """What was measured, and what the law asks."""
    if found["required"] is None:
        return "" if found["measured"] is None else _measured(found["measured"], t)
    measured, required = compared(t, found)
    aside = f" ({t('check.declared')})" if found["measured"] and found["measured"]["is_declared"] else ""
    asked = t(f"check.comparison.{found['comparison'].replace(' ', '_')}")
    return f"{measured}{aside}; {asked} {required}"


def _grouped(cards: Sequence[FindingCard]) -> tuple[RuleCards, ...]:
    return tuple(
        RuleCards(title=title, is_english=is_english, findings=tuple(group))
        for (title, is_english), group in groupby(cards, key=lambda each: (each.title, each.is_english))
    )


def _person(named: Found, t: Wording) -> PersonLine:
    title, is_english = _title(named, t)
    return PersonLine(title=title, is_english=is_english, clause=named["clause"], why=named["why"] or "")


def _problem(each: Found, t: Wording) -> ProblemLine:
    where = " ".join(part for part in (each["layer"], ", ".join(each["handles"])) if part)
    return ProblemLine(
        fault=told_on_paper(each["fault"], "subjects", t.language),
        message=tidy(told_on_paper(each["message"], "reasons", t.language)),
        remedy=tidy(told_on_paper(each["remedy"], "remedies", t.language)),
        where=where,
    )


def _source(each: Found, t: Wording) -> SourceLine:
    dated = t.day(date.fromisoformat(each["date"]))
    return SourceLine(title=each["title"], publisher=each["publisher"], dated=dated, layer=each["id"])
