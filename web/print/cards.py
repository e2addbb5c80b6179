"""The themes of an extract as the print lists them: in full where they concern the plot, in a line where not.

In: theme answers.  Out: cards and lines in one language, in the order of the catalogue; none is left away.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Protocol

from gis.site import Status
from layers.extract.model import Extract, Group, Hit, Law, ShareRow, ThemeAnswer
from web.languages import Language, words_of
from web.print import figures
from web.print.drawing import colour
from web.print.provenance import SourceKeys, safe_link
from web.print.scene import Numbered
from web.print.sheet import Fact, GroupCards, HitLine, ReasonLines, ShareLine, Tally, ThemeCard, ThemeLine
from web.print.words import Wording

ADMIN = "admin"
"""Role of layers that say in which local body and ward the plot lies."""
_BINDING = "Q"
"""Mark of a law that was read in its own text."""


class Measured(Protocol):
    """What a theme and a hit have in common: how much of the plot they concern."""

    @property
    def area(self) -> float | None: ...
    @property
    def share_of_measured(self) -> float | None: ...
    @property
    def share_of_recorded(self) -> float | None: ...
    @property
    def length(self) -> float | None: ...
    @property
    def count(self) -> int | None: ...
    @property
    def distance(self) -> float | None: ...


def in_order(extract: Extract) -> list[ThemeAnswer]:
    """The themes by the order of their groups; local body and ward stand among the facts of the plot instead."""
    order = {group.id: place for place, group in enumerate(extract.groups)}
    listed = (theme for theme in extract.themes if theme.role != ADMIN)
    return sorted(listed, key=lambda theme: order.get(theme.group, len(order)))


def tallies(extract: Extract, words: Wording) -> tuple[Tally, ...]:
    """How many themes have each status."""
    return tuple(
        Tally(
            status=str(status),
            word=words.say(f"status.{status}"),
            meaning=words.say(f"tally.{status}"),
            count=sum(theme.status is status for theme in in_order(extract)),
        )
        for status in Status
    )


def amount(measured: Measured, words: Wording) -> str:
    """How much of the plot something concerns."""
    return words.join(list(_amounts(measured, words)))


def _amounts(measured: Measured, words: Wording) -> Iterator[str]:
    if measured.area is not None:
        yield words.say("area_short", m2=figures.number(measured.area, 2))
    if measured.share_of_measured is not None:
        yield words.say("of_measured", share=figures.number(measured.share_of_measured, 1))
    if measured.share_of_recorded is not None:
        yield words.say("of_recorded", share=figures.number(measured.share_of_recorded, 1))
    if measured.length is not None:
        yield words.say("length_on_plot", m=figures.number(measured.length, 2))
    if measured.count is not None:
        yield words.say("count", count=f"{measured.count:,}")
    if measured.distance:
        yield words.say("distance", m=figures.number(measured.distance, 2))
    elif measured.distance == 0 and measured.area is None and measured.length is None:
        yield words.say("on_the_plot")


def group_cards(
    groups: Sequence[Group], themes: Sequence[Numbered], words: Wording, keys: SourceKeys
) -> tuple[GroupCards, ...]:
    """The themes that concern the plot under their headings."""
    titles = {group.id: words.of(group.title) for group in groups}
    return tuple(
        GroupCards(title=titles.get(group, group), themes=tuple(_card(one, words, keys) for one in members))
        for group, members in groupby(themes, key=lambda one: one.theme.group)
    )


def lines_by_reason(
    extract: Extract, status: Status, words: Wording, keys: SourceKeys
) -> tuple[ReasonLines, ...]:
    """The themes of a status without hits, in the order of the answer; a reason that many share is said once."""
    by_reason: dict[str, list[ThemeLine]] = {}
    for theme in in_order(extract):
        if theme.status is status:
            by_reason.setdefault(words.of(theme.reason), []).append(_line(theme, words, keys))
    return tuple(ReasonLines(reason=reason, themes=tuple(themes)) for reason, themes in by_reason.items())


def _line(theme: ThemeAnswer, words: Wording, keys: SourceKeys) -> ThemeLine:
    if theme.status is Status.NO_DATA:
        aside = words.of(theme.law.authority)
    else:
        aside = ", ".join(keys.key(source) for source in theme.sources)
    law = theme.law
    return ThemeLine(
        title=words.of(theme.title),
        law=", ".join(part for part in (words.of(law.text) if law.text else "", law.clause or "") if part),
        advisory=_advisory(law, words),
        aside=aside,
        left_out=tuple(_hit(hit, "", words, keys) for hit in theme.left_out),
    )


def _card(one: Numbered, words: Wording, keys: SourceKeys) -> ThemeCard:
    theme = one.theme
    several = len(theme.hits) > 1
    return ThemeCard(
        key=one.key,
        title=words.of(theme.title),
        status=str(theme.status),
        status_word=words.say(f"status.{theme.status}"),
        advisory=_advisory(theme.law, words),
        colour=colour(theme.colour),
        amount=amount(theme, words),
        meaning=words.of(theme.meaning),
        facts=tuple(_theme_facts(theme, words, keys)),
        hits=tuple(
            _hit(hit, one.mark(index) if several else "", words, keys) for index, hit in enumerate(theme.hits)
        ),
        left_out=tuple(_hit(hit, "", words, keys) for hit in theme.left_out),
        shares=tuple(_share(row, words) for row in theme.shares),
        shares_total=_total(theme.shares, words) if theme.shares else None,
    )


def _advisory(law: Law, words: Wording) -> str | None:
    if not law.in_force:
        return words.say("theme.draft")
    return words.say("advisory") if law.text is not None and law.confidence != _BINDING else None


def _theme_facts(theme: ThemeAnswer, words: Wording, keys: SourceKeys) -> Iterator[Fact]:
    def fact(key: str, value: str | None, link: str | None = None) -> Iterator[Fact]:
        if value:
            yield Fact(name=words.say(f"theme.{key}"), value=value, link=link)

    law = theme.law
    yield from fact("amount", amount(theme, words))
    yield from fact("reason", words.of(theme.reason))
    yield from fact("buffer", None if theme.buffer is None else figures.metres(words, theme.buffer))
    name = words.of(law.text) if law.text else words.say("theme.no_law")
    yield from fact("law", name, safe_link(law.link))
    yield from fact("confidence", _confidence(law, words))
    yield from fact("clause", law.clause)
    yield from fact("law_since", figures.span(words, law.since, None) if law.since else None)
    yield from fact("authority", words.of(law.authority))
    yield from fact("consult", words.of(law.consult) if law.consult else None)
    yield from fact("coverage", _coverage(theme, words))
    sources = [keys.named(source, words) for source in theme.sources]
    yield from fact("sources", words.join(sources) or words.say("theme.no_source"))


def _confidence(law: Law, words: Wording) -> str:
    marks = [words.said_or(f"confidence.{law.confidence}", law.confidence)] if law.confidence else []
    draft = [] if law.in_force else [words.say("theme.draft")]
    return words.join([*marks, *draft])


def _coverage(theme: ThemeAnswer, words: Wording) -> str:
    if theme.covered is None:
        return words.say("theme.coverage_unknown")
    return words.say("theme.coverage_share", share=figures.number(theme.covered, 1))


def _hit(hit: Hit, mark: str, words: Wording, keys: SourceKeys) -> HitLine:
    name = words.label(hit.label, hit.label_ml)
    step = [words.of(hit.step)] if hit.step else []
    detail = [
        f"{_attribute(field.name, words)}: {field.value}"
        for field in hit.attributes
        if field.value is not None
    ]
    within = [] if hit.within is None else [words.say("within", m=f"{hit.within:g}")]
    return HitLine(
        mark=mark,
        name=name or hit.ref,
        detail=words.join([*step, *([hit.ref] if name and name != hit.ref else []), *detail]),
        amount=words.join([*_amounts(hit, words), *within]),
        since=figures.period(words, hit.since, hit.until),
        source=keys.key(hit.source),
    )


def _attribute(name: str, words: Wording) -> str:
    """What an attribute of a source is called, as on the page of the plot."""
    said = words_of(Language(words.language)).get(f"attribute.{name}")
    return said or name.replace("_", " ")


def _share(row: ShareRow, words: Wording) -> ShareLine:
    is_class = row.kind == "class"
    sign = -1 if row.kind == "overlap" else 1
    own = words.label(row.label, row.label_ml) or words.say("share.unnamed")
    return ShareLine(
        name=own if is_class else words.said_or(f"share.{row.kind}", row.kind),
        area=figures.number(sign * row.area, 2),
        percent=figures.number(sign * row.percent, 1),
        is_remainder=not is_class,
    )


def _total(rows: Sequence[ShareRow], words: Wording) -> ShareLine:
    """The rows added up as they are printed, overlaps taken off."""
    signs = [-1 if row.kind == "overlap" else 1 for row in rows]
    area = sum((sign * Decimal(f"{row.area:.2f}") for sign, row in zip(signs, rows, strict=True)), Decimal(0))
    share = sum(
        (sign * Decimal(f"{row.percent:.1f}") for sign, row in zip(signs, rows, strict=True)), Decimal(0)
    )
    return ShareLine(
        name=words.say("share.total"),
        area=figures.number(area, 2),
        percent=figures.number(share, 1),
        is_remainder=False,
    )
