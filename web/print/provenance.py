"""The data sets that the answers rest on, under short numbers.

In: the sources of an extract.  Out: their cards, and the number by which every answer names its source.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from layers.extract.model import Extract, Source
from web.print import figures
from web.print.sheet import Fact, SourceCard
from web.print.words import Wording


@dataclass(frozen=True, kw_only=True)
class SourceKeys:
    """Number of each source (S1, S2, …) by its id."""

    keys: Mapping[str, str]
    sources: Mapping[str, Source]

    def key(self, source_id: str) -> str:
        """The number of a source; one that is not listed is named in full."""
        return self.keys.get(source_id, source_id)

    def named(self, source_id: str, words: Wording) -> str:
        """The number, title and date of a source."""
        source = self.sources.get(source_id)
        if source is None:
            return source_id
        return f"{self.keys[source_id]} {source.title}, {figures.day(words, source.date)}"


def source_keys(extract: Extract) -> SourceKeys:
    """The sources of an extract numbered in its order."""
    return SourceKeys(
        keys={source.id: f"S{index}" for index, source in enumerate(extract.sources, start=1)},
        sources={source.id: source for source in extract.sources},
    )


def source_cards(extract: Extract, words: Wording, keys: SourceKeys) -> tuple[SourceCard, ...]:
    """Every source with its licence, date, accuracy and file."""
    return tuple(
        SourceCard(key=keys.key(source.id), title=source.title, facts=tuple(_facts(source, words)))
        for source in extract.sources
    )


def _facts(source: Source, words: Wording) -> Iterator[Fact]:
    values = {
        "publisher": source.publisher,
        "licence": source.licence,
        "date": figures.day(words, source.date),
        "imported": figures.instant(source.imported),
        "accuracy": f"{figures.plus_minus(words, source.accuracy)}; {source.accuracy_basis}",
        "holds": words.said_or(f"holds.{source.holds}", source.holds) if source.holds else "",
        "link": source.link or "",
        "file": source.file,
        "sha256": source.sha256,
    }
    for key, value in values.items():
        if value:
            link = source.link if key == "link" else None
            yield Fact(name=words.say(f"source.{key}"), value=value, link=safe_link(link))


def safe_link(address: str | None) -> str | None:
    """An address that a reader may be led to: only of the web, without blanks or control characters."""
    if address is None or not address.startswith(("https://", "http://")):
        return None
    return address if address.isascii() and address.isprintable() and " " not in address else None
