"""What is different about a plot between two dates.

In: a `Pair` of extracts.  Out: `Change` rows: only what differs, in the order of the catalogue.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from layers.extract.model import Extract, ThemeAnswer, Words
from web.answers import Pair


@dataclass(frozen=True, kw_only=True)
class ThemeChange:
    """A theme whose answer differs; None where the catalogue of that date had no such theme."""

    title: Words
    before: ThemeAnswer | None
    after: ThemeAnswer | None


@dataclass(frozen=True, kw_only=True)
class FieldChange:
    """A field of the record that differs, by the key of its name; values as recorded."""

    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True, kw_only=True)
class Differences:
    """Everything that differs; `unchanged` counts the themes that answer the same."""

    fields: tuple[FieldChange, ...]
    themes: tuple[ThemeChange, ...]
    unchanged: int


def differences(pair: Pair) -> Differences | None:
    """What differs, or None where one of the dates has no extract."""
    before, after = pair.before.extract, pair.after.extract
    if before is None or after is None:
        return None
    themes = tuple(_themes(before, after))
    names = {theme.layer for theme in (*before.themes, *after.themes)}
    return Differences(
        fields=tuple(_fields(before, after)), themes=themes, unchanged=len(names) - len(themes)
    )


def _told(theme: ThemeAnswer | None) -> object:
    """What a person would notice: status, figures, features; not which import it came from."""
    if theme is None:
        return None
    hits = [(hit.ref, hit.area, hit.length, hit.count, hit.distance) for hit in theme.hits]
    return theme.status, theme.area, theme.length, theme.count, theme.distance, hits, theme.shares


def _themes(before: Extract, after: Extract) -> Iterator[ThemeChange]:
    old = {theme.layer: theme for theme in before.themes}
    new = {theme.layer: theme for theme in after.themes}
    for layer in dict.fromkeys([*new, *old]):
        was, now = old.get(layer), new.get(layer)
        known = now or was
        if known is not None and _told(was) != _told(now):
            yield ThemeChange(title=known.title, before=was, after=now)


def _fields(before: Extract, after: Extract) -> Iterator[FieldChange]:
    for field in ("ulpin", "address", "land_type", "recorded_area", "measured_area", "valid_from"):
        was, now = _field(before, field), _field(after, field)
        if was != now:
            yield FieldChange(field=field, before=was, after=now)


def _field(extract: Extract, field: str) -> str | None:
    parcel = extract.subject.parcel
    if parcel is None:
        return None
    if field == "recorded_area":
        area = parcel.recorded_area
        return None if area is None else f"{area.value} {area.unit}"
    if field == "measured_area":
        return f"{parcel.measured_area:.2f} m²"
    if field == "valid_from":
        return parcel.valid.begins.isoformat()
    value = getattr(parcel, field)
    return None if value is None else str(value)
