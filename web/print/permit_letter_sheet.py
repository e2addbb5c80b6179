"""What stands on a letter of the building permit, ready to be set.

In: a `Letter` of `civic.permits`.  Out: frozen values in the reader's language, all text, nothing more to reckon.
"""

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from importlib.resources import files
from typing import cast
from zoneinfo import ZoneInfo

import segno
import yaml

from civic.core.money.model import rupees
from civic.permits.letters import Letter, LetterKind, Point
from civic.permits.standing import Standing
from layers.extract.model import Words
from web.check_figures import amount, compared
from web.check_sentences import tidy
from web.languages import Wording
from web.print.plan_check_drawing import PlanDrawing, plan_drawing
from web.print.sheet import Fact
from web.sentences import told_in_malayalam, told_on_paper

SHORT = 16
ISSUED = (LetterKind.PERMIT, LetterKind.OCCUPANCY)
"""Letters whose headline hangs on the way by which they came."""
FOLLOWING = "following"
WORKS = frozenset({"demolition", "layout", "well", "compound_wall"})
WORK_TITLES = {LetterKind.PERMIT: "work", LetterKind.REFUSAL: "work_refused"}
"""Kinds of work that are no building, and by which words their letters are headed."""
FOLLOWERS = ("renewal", "extension", "transfer", "plinth")
"""Kinds whose letter is no permit of its own: they follow one."""
_PLACE = re.compile(r'<g id="place-(\d+)" class="place (\w+)"[^>]*>.*?</g>', re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class PointLine:
    """A point with what is told of it; `is_english` where `words` are the check's own."""

    number: str
    title: str
    subject: str
    clause: str
    told: str
    words: str
    is_english: bool
    where: str


@dataclass(frozen=True, kw_only=True)
class FeeLineShown:
    """A line of the fees."""

    title: str
    what: str
    clause: str
    amount: str


@dataclass(frozen=True, kw_only=True)
class SignedLine:
    """Who signed."""

    name: str
    part: str
    when: str


@dataclass(frozen=True, kw_only=True)
class LetterSheet:
    """The whole letter as it is printed."""

    is_synthetic: bool
    name: str
    place: str
    jurisdiction: str
    valid_on: str
    known_at: str
    digest: str
    digest_short: str
    instant: tuple[int, int, int, int, int, int]
    is_against: bool
    """Whether the letter refuses or takes away."""
    status: str
    basis: str
    facts: tuple[Fact, ...]
    reason: str
    grounds: tuple[PointLine, ...]
    conditions: tuple[PointLine, ...]
    fees: tuple[FeeLineShown, ...]
    total: str
    drawing: PlanDrawing | None
    has_drawing: bool
    places: int
    measured: tuple[PointLine, ...]
    declared: tuple[PointLine, ...]
    accepted: tuple[PointLine, ...]
    overrides: tuple[PointLine, ...]
    tolerated: tuple[PointLine, ...]
    signatures: tuple[SignedLine, ...]
    digests: tuple[Fact, ...]
    appeal: str
    look_up: str
    code: str
    link: str
    svg: str


@lru_cache(maxsize=1)
def letter_words() -> Mapping[str, Mapping[str, str]]:
    """The words of the letters as written: language, key, sentence."""
    text = files("web.print").joinpath("permit_words.yaml").read_text(encoding="utf-8")
    return cast(Mapping[str, Mapping[str, str]], yaml.load(text, Loader=yaml.BaseLoader))


class _Say:
    """The words of a letter, and those of the pages, in one language."""

    def __init__(self, t: Wording) -> None:
        self.t = t
        self.own = letter_words()[t.language.value]

    def __call__(self, key: str, **values: object) -> str:
        return self.own[key].format(**values)


def heading_of(letter: Letter) -> str:
    """By which words a letter is headed: its kind, but for what only follows a permit."""
    follows = letter.kind is LetterKind.PERMIT and letter.kind_of_permit in FOLLOWERS
    return FOLLOWING if follows else str(letter.kind)


def title_of(letter: Letter) -> str:
    """By which words the whole print is headed: a wall, a well, a layout or a demolition is no building."""
    own = WORK_TITLES.get(letter.kind) if letter.kind_of_permit in WORKS else None
    return own or heading_of(letter)


def letter_sheet(letter: Letter, digest: str, t: Wording) -> LetterSheet:
    """The sheet of a letter whose content has a digest; a revocation tells its reason alone, not what was permitted."""
    if letter.kind is LetterKind.REVOCATION:
        letter = _bare(letter)
    say, instant = _Say(t), letter.instant.astimezone(UTC)
    body = t.of(Words(en=letter.body_en, ml=letter.body_ml))
    svg = _drawn(letter)
    drawing = plan_drawing(svg) if svg else None
    head = heading_of(letter)
    way = f"{head}.{letter.route}" if letter.kind in ISSUED else head
    return LetterSheet(
        is_synthetic=letter.synthetic,
        name=say(f"name.{head}", number=letter.number, kind=say(f"kind.{letter.kind_of_permit}")),
        place=body,
        jurisdiction=body,
        valid_on=t.day(letter.dated),
        known_at=_instant(letter.instant, letter, say),
        digest=digest,
        digest_short=digest[:SHORT],
        instant=(instant.year, instant.month, instant.day, instant.hour, instant.minute, instant.second),
        is_against=letter.kind not in ISSUED,
        status=say(f"status.{way}"),
        basis=say(f"basis.{FOLLOWING if head == FOLLOWING else way}", of_permit=letter.of_permit or "–"),
        facts=tuple(_facts(letter, body, say)),
        reason=letter.reason,
        grounds=_points(letter.grounds, say),
        conditions=_points(letter.conditions, say),
        fees=tuple(_fees(letter, t)),
        total=rupees(letter.paise),
        drawing=drawing,
        has_drawing=drawing is not None,
        places=svg.count('class="place fail"') + svg.count('class="place unknown"'),
        measured=tuple(_standing(each, say) for each in letter.measured),
        declared=tuple(_standing(each, say) for each in letter.declared),
        accepted=_points(letter.accepted, say),
        overrides=_points(letter.overrides, say),
        tolerated=tuple(_standing(each, say) for each in letter.tolerated),
        signatures=tuple(
            SignedLine(name=each.name, part=say(f"part.{each.part}"), when=_instant(each.given, letter, say))
            for each in letter.signatures
        ),
        digests=tuple(_digests(letter, say)),
        appeal=say("appeal") if letter.kind not in ISSUED else "",
        look_up=say("look_up.refusal" if letter.kind is LetterKind.REFUSAL else "look_up"),
        code=say("code", address=letter.address),
        link=letter.address,
        svg=_code(letter.address),
    )


def _instant(known: datetime, letter: Letter, say: _Say) -> str:
    """An instant to the minute in the local body's own time, which is said."""
    there = known.astimezone(ZoneInfo(letter.time_zone))
    return say("instant_there", day=say.t.day(there.date()), time=f"{there:%H:%M}", zone=f"{there:%Z}")


def _bare(letter: Letter) -> Letter:
    """The letter without what stands in the permit itself."""
    return replace(
        letter,
        conditions=(),
        fees=(),
        measured=(),
        declared=(),
        accepted=(),
        overrides=(),
        tolerated=(),
        grounds=(),
        signatures=(),
        svg="",
    )


def _facts(letter: Letter, body: str, say: _Say) -> Iterator[Fact]:
    yield Fact(name=say("fact.number"), value=letter.number)
    if letter.case_number != letter.number:
        yield Fact(name=say("fact.case"), value=letter.case_number)
    if letter.of_permit is not None:
        yield Fact(name=say("fact.of_permit"), value=letter.of_permit)
    yield Fact(name=say("fact.what"), value=say(f"kind.{letter.kind_of_permit}"))
    yield Fact(name=say("fact.work"), value=letter.title)
    yield Fact(name=say("fact.plot"), value=letter.plot)
    yield Fact(name=say("fact.body"), value=body)
    yield Fact(name=say("fact.owners"), value=", ".join(letter.owners) or "–")
    yield Fact(name=say("fact.licensee"), value=letter.licensee or "–")
    yield Fact(name=say("fact.dated"), value=say.t.day(letter.dated))
    if letter.clause:
        yield Fact(name=say("fact.clause"), value=letter.clause)
    if letter.kind is LetterKind.PERMIT and letter.validity is not None:
        yield Fact(name=say("fact.until"), value=_until(letter, say))
    if letter.begins_after is not None and letter.begins_after.until is not None:
        day, clause = say.t.day(letter.begins_after.until), letter.begins_after.clause
        yield Fact(name=say("fact.begins_after"), value=say("fact.until_value", day=day, clause=clause))


def _until(letter: Letter, say: _Say) -> str:
    ended = letter.validity
    if ended is None or ended.until is None:
        return say("fact.until_unknown")
    day = say.t.day(ended.until)
    return say("fact.until_value", day=day, clause=ended.clause) if ended.clause else day


def _digests(letter: Letter, say: _Say) -> Iterator[Fact]:
    if letter.drawing_digest:
        yield Fact(name=say("drawing_digest"), value=letter.drawing_digest)
    if letter.check_digest:
        yield Fact(name=say("check_digest"), value=letter.check_digest)
    if letter.book_digest:
        yield Fact(name=say("book_digest"), value=letter.book_digest)
    if letter.checked_on is not None:
        yield Fact(name=say("checked_on"), value=say.t.day(letter.checked_on))


def _points(points: Sequence[Point], say: _Say) -> tuple[PointLine, ...]:
    return tuple(
        PointLine(
            number="" if each.number is None else say("number", number=each.number),
            title=say.t.of(Words(en=each.title, ml=each.title_ml)),
            subject=told_on_paper(each.subject, "subjects", say.t.language),
            clause=each.clause,
            told=_told(each.measured, each.required, each.comparison, say),
            words=tidy(_words(each, say)),
            is_english=each.is_of_the_check,
            where=say("place", where="; ".join(_place(where, say) for where in each.places))
            if each.places
            else "",
        )
        for each in points
    )


def _place(where: str, say: _Say) -> str:
    """Where a finding was found, its CAD handles as they are."""
    what, opening, handles = where.partition(" (")
    return told_on_paper(what, "subjects", say.t.language) + opening + handles


def _words(each: Point, say: _Say) -> str:
    """What is said of a point: the check's own sentences in the reader's language, an officer's as they were written."""
    if not each.is_of_the_check or say.t.language != "ml":
        return each.words
    by_reason, by_remedy = (told_in_malayalam(each.words, about) for about in ("reasons", "remedies"))
    told = by_remedy if all(part.is_malayalam for part in by_remedy) else by_reason
    return " ".join(part.text for part in told)


def _standing(each: Standing, say: _Say) -> PointLine:
    return PointLine(
        number="",
        title=say.t.of(Words(en=each.title, ml=each.title_ml)),
        subject=told_on_paper(each.subject, "subjects", say.t.language),
        clause=each.clause,
        told=_told(each.measured, each.required, each.comparison, say),
        words=say.t.of(Words(en=each.words, ml=each.words_ml)),
        is_english=False,
        where="",
    )


def _told(measured: str, required: str, comparison: str, say: _Say) -> str:
    """What was measured beside what is asked for, empty where no number decides."""
    found, asked = _sides(measured), _sides(required)
    if found is None and asked is None:
        return ""
    if asked is None:
        return say("measured_told", amount=amount(say.t, found or {}))
    key = f"asked.{comparison.replace(' ', '_')}" if comparison else "asked"
    if found is None:
        return say(key, amount=amount(say.t, asked))
    one, other = compared(say.t, {"measured": found, "required": asked})
    return f"{say('measured_told', amount=one)}; {say(key, amount=other)}"


def _sides(written: str) -> dict[str, str] | None:
    number, _, unit = written.partition(" ")
    return {"amount": number, "unit": unit} if number else None


def _fees(letter: Letter, t: Wording) -> Iterator[FeeLineShown]:
    for each in letter.fees:
        title = t.of(Words(en=each.title, ml=each.title_ml))
        yield FeeLineShown(
            title=title[:1].upper() + title[1:],
            what="" if each.what == each.title else told_on_paper(each.what, "fees", t.language),
            clause=each.clause,
            amount=rupees(each.paise),
        )


def _drawn(letter: Letter) -> str:
    """The drawing with the places of the grounds alone: what is permitted is drawn plain."""
    kept = {str(each.number) for each in letter.grounds}
    return _PLACE.sub(lambda each: each[0] if each[1] in kept else "", letter.svg)


def _code(address: str) -> str:
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(out, kind="svg", scale=4, border=2, xmldecl=False)
    return out.getvalue().decode()
