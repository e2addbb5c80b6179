"""What persons may say to a checked plan on its page: a field for each open question, and what was said so far.

In: the content of a check's JSON document.  Out: `Field` values for the page.  What is sent is taken up by `rules.answers_sent`.
"""

import re
from dataclasses import dataclass
from typing import Any

from rules.answers_sent import FRONT, GROUPS, HOLDING, OTHER_LAND
from web.languages import Wording

Found = dict[str, Any]
_UNITS = (("_M2", "m2"), ("_M", "m"), ("_L", "litre"), ("_KW", "kW"), ("_PERCENT", "percent"))
_SPOKEN = re.compile(r"_(M2|M|L|KW)$")


@dataclass(frozen=True, kw_only=True)
class Field:
    """One question: its name among the answers, what was said so far and by whom; `unit` is "" for a yes or no or other words."""

    name: str
    value: str
    unit: str
    is_confirmed: bool
    declared_by: str | None
    confirmed_by: str | None

    @property
    def kind(self) -> str:
        """Which inputs it needs: word, number, date, front, holding or group."""
        if self.name in (FRONT, OTHER_LAND):
            return self.name
        if self.name.startswith(GROUPS):
            return "group"
        if self.name.endswith("_DATE"):
            return "date"
        return "number" if self.unit else "word"

    @property
    def spoken(self) -> str:
        """The key as words, for what has no title."""
        return _SPOKEN.sub("", self.name).replace("_", " ").capitalize()

    @property
    def code(self) -> str:
        """The occupancy of the drawing that a group is asked for."""
        return self.name.removeprefix(GROUPS)


def field_of(found: Found, name: str) -> Field:
    """The field of one answer, filled with what was said before."""
    said = found["answers"]
    return Field(
        name=name,
        value=said["words"].get(name, ""),
        unit=next((unit for end, unit in _UNITS if name.endswith(end)), ""),
        is_confirmed=name in said["confirmed"],
        declared_by=said.get("declared_by", {}).get(name),
        confirmed_by=said.get("confirmed_by", {}).get(name),
    )


def said_so_far(found: Found) -> tuple[Field, ...]:
    """Every answer that this check was given."""
    said = found["answers"]
    names = [*said["words"], *(key for key in said["confirmed"] if key not in said["words"])]
    names += [FRONT] if said["front"] else []
    names += [f"{GROUPS}{code}" for code in said["groups"]]
    names += [OTHER_LAND] if any(each is not None for each in said["holding"].values()) else []
    return tuple(field_of(found, name) for name in names)


@dataclass(frozen=True, kw_only=True)
class SaidLine:
    """One answer as page and paper print it: what was asked, what was said, and by whom."""

    title: str
    value: str
    persons: str


def said_lines(found: Found, t: Wording) -> tuple[SaidLine, ...]:
    """Every answer that this check was given, in a reader's words."""
    return tuple(
        SaidLine(title=title_of(each, t), value=_value(each, found, t), persons=_persons(each, t))
        for each in said_so_far(found)
    )


def title_of(field: Field, t: Wording) -> str:
    """What a field asks; a key without a title is read as words."""
    if field.kind == "group":
        return t("check.answer.group", code=field.code)
    if field.kind in (FRONT, OTHER_LAND):
        return t(f"check.answer.{field.kind}")
    key = f"check.word.{field.name.lower()}"
    return t(key) if t.knows(key) else field.spoken


def _value(field: Field, found: Found, t: Wording) -> str:
    said = found["answers"]
    if field.kind == FRONT:
        return f"{said['front']['side']} ({said['front']['reason']})"
    if field.kind == "group":
        return "{group} ({reason})".format(**said["groups"][field.code])
    if field.kind == OTHER_LAND:
        words = {True: "yes", False: "no", None: "not_told"}
        land = said["holding"]
        return "; ".join(
            f"{t(f'check.answer.land.{name}')}: {t(f'check.answer.{words[land[name]]}')}" for name in HOLDING
        )
    return field.value or t("check.answer.as_drawn")


def _persons(field: Field, t: Wording) -> str:
    told = [t("check.answer.declared_by", who=field.declared_by)] if field.declared_by else []
    if field.confirmed_by:
        told.append(t("check.answer.confirmed_by", who=field.confirmed_by))
    elif field.is_confirmed:
        told.append(t("check.answer.confirmed"))
    return " ".join(told)
