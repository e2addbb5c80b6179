"""What a reason of the route tells beside its sentence, in a reader's words: the title of a layer, not its name in the catalogue.

In: a reason as it is kept with a case: its code and what the check told.  Out: the words; None where the text is a sentence and is told as such.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from layers.catalogue import load, names
from layers.extract.model import Words
from web.languages import Wording

THEME, UNTOLD = "theme", "theme_untold"
KEYS = {"kind": "permits.kind.{}", "other_body": "law.body.{}", "answered": "permits.said_beside.{}"}
"""Codes whose reason tells one word of ours, and the key of its sentence."""


def route_told(reason: Mapping[str, Any], t: Wording) -> str | None:
    """What a reason tells, where that is a word of the program's own."""
    code, told = reason["code"], reason["told"]
    if code in (THEME, UNTOLD):
        layer, _, status = told.partition(": ")
        title = layer_title(layer)
        if title is None:
            return None
        return f"{t.of(title)}: {t(f'status.{status}')}" if status else t.of(title)
    key = KEYS.get(code, "").format(told)
    return t(key) if key and t.knows(key) else None


@lru_cache(maxsize=512)
def layer_title(layer: str) -> Words | None:
    """The title of a layer of any catalogue; None where none has it."""
    for name in names():
        for each in load(name).layers:
            if each.id == layer:
                return Words(en=each.title.en, ml=each.title.ml)
    return None
