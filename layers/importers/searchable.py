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
