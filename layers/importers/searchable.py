"""Names as the search finds them: folded, and by sound."""

from collections.abc import Sequence

from gis.names import fold, sound_key

Texts = list[str | None]


def searchable(names: Sequence[str | None]) -> tuple[Texts, Texts]:
    """Each name folded and by sound; None where there is no name, or nothing of it can be searched."""
    if not any(names):
        nothing: Texts = [None] * len(names)
        return nothing, nothing
    folded = [fold(name) if name else None for name in names]
    return [each or None for each in folded], [sound_key(name) if name else None for name in names]


def keys_of(name_en: str | None, name_ml: str | None) -> list[tuple[str, str]]:
    """By what a place is found: folded name and sound, of either name where they sound apart."""
    (folded,), (sound,) = searchable([name_en])
    (folded_ml,), (sound_ml,) = searchable([name_ml])
    return told_apart(folded, sound, folded_ml, sound_ml)


def told_apart(
    folded: str | None, sound: str | None, folded_ml: str | None, sound_ml: str | None
) -> list[tuple[str, str]]:
    """The keys of a place's two names; those of the second only where it sounds otherwise than the first."""
    found = [] if folded is None else [(folded, sound or "")]
    if folded_ml is not None and (folded is None or sound_ml != sound):
        found.append((folded_ml, sound_ml or ""))
    return found
