"""What persons may say to a checked plan on its page: a field for each open question, and what was sent as answers for the next check.

In: the content of a check's JSON document, and the fields of the form.  Out: `Field` values for the page; answers as JSON for
`rules.answers_document`, with who declared and who confirmed each.  Nobody's name is verified here, and the page says so.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from gis.errors import Invalid
from web.languages import Wording

Found = dict[str, Any]
APPLICANT = "applicant"
CAPACITIES = {
    APPLICANT: "applicant",
    "designer": "designer of the plan",
    "officer": "officer of the local body",
    "other": "another person",
}
"""In what capacity a person speaks, and how the findings name it."""
HOLDING = ("owns_adjoining_land", "is_split", "owns_other_land")
TRUTHS = {"yes": True, "no": False, "": None}
FRONT, OTHER_LAND, GROUPS = "front", "holding", "groups."
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


def answers_of(found: Found, sent: Mapping[str, str]) -> bytes:
    """The answers of a check with what was sent taken up, as JSON; `Invalid` where nobody stands behind a new one."""
    talk = _Talk(found, sent)
    for key in _named(sent, "say.", "confirm."):
        talk.word(key)
    if f"{FRONT}.side" in sent:
        talk.front()
    for code in _named(sent, "group."):
        talk.group(code)
    if any(f"{OTHER_LAND}.{name}" in sent for name in HOLDING):
        talk.holding()
    return talk.written()


def _named(sent: Mapping[str, str], *begins: str) -> Sequence[str]:
    """What stands behind these beginnings in the names of fields, each once."""
    return list(dict.fromkeys(name[len(each) :] for name in sent for each in begins if name.startswith(each)))


class _Talk:
    """The answers of a check, changed one by one in the name of the person who sent them."""

    def __init__(self, found: Found, sent: Mapping[str, str]) -> None:
        said = found["answers"]
        self.sent = sent
        self.words = dict(said["words"])
        self.confirmed = dict.fromkeys(said["confirmed"])
        self.chosen = said["front"]
        self.groups = dict(said["groups"])
        self.land = dict(said["holding"])
        self.declared_by = dict(said.get("declared_by", {}))
        self.confirmed_by = dict(said.get("confirmed_by", {}))

    def _text(self, name: str) -> str:
        return self.sent.get(name, "").strip()

    def _who(self) -> str:
        """Who sends the answers, as the findings name them."""
        name, capacity = self._text("person.name"), self._text("person.capacity")
        if len(name) < 2 or capacity not in CAPACITIES:
            raise Invalid("Say who gives these answers: write the name and choose in what capacity.")
        return f"{name} ({CAPACITIES[capacity]})"

    def word(self, key: str) -> None:
        """A declaration, changed or taken back, and whether it is confirmed."""
        said, is_ticked = self._text(f"say.{key}"), f"confirm.{key}" in self.sent
        if said != self.words.get(key, ""):
            self._unsay(key)
            if said:
                self.words[key], self.declared_by[key] = said, self._who()
        if is_ticked and key not in self.confirmed:
            self._confirm(key)
        elif not is_ticked:
            self.confirmed.pop(key, None)
            self.confirmed_by.pop(key, None)

    def _unsay(self, key: str) -> None:
        self.words.pop(key, None)
        self.confirmed.pop(key, None)
        for persons in (self.declared_by, self.confirmed_by):
            persons.pop(key, None)

    def _confirm(self, key: str) -> None:
        if self._text("person.capacity") == APPLICANT:
            raise Invalid(
                f"{key} cannot be confirmed by the applicant; a person other than the applicant has to confirm it."
            )
        self.confirmed[key], self.confirmed_by[key] = None, self._who()

    def front(self) -> None:
        """The side that is taken for the front, with its reason, or none."""
        side, reason = self._text(f"{FRONT}.side"), self._text(f"{FRONT}.reason")
        new = {"side": side, "reason": reason} if side else None
        if new == self.chosen:
            return
        self.chosen = new
        self.declared_by.pop(FRONT, None)
        if new:
            self.declared_by[FRONT] = self._who()

    def group(self, code: str) -> None:
        """The group of an occupancy of the drawing, with its reason, or none."""
        name, group, reason = f"{GROUPS}{code}", self._text(f"group.{code}"), self._text(f"reason.{code}")
        new = {"group": group, "reason": reason} if group else None
        if new == self.groups.get(code):
            return
        self.groups.pop(code, None)
        self.declared_by.pop(name, None)
        if new:
            self.groups[code], self.declared_by[name] = new, self._who()

    def holding(self) -> None:
        """What is told of the owner's other land."""
        new = {name: TRUTHS.get(self._text(f"{OTHER_LAND}.{name}")) for name in HOLDING}
        if new == self.land:
            return
        self.land = new
        self.declared_by.pop(OTHER_LAND, None)
        if any(each is not None for each in new.values()):
            self.declared_by[OTHER_LAND] = self._who()

    def written(self) -> bytes:
        """The answers as JSON; the same answers give the same bytes."""
        told: Found = {"words": self.words, "confirmed": sorted(self.confirmed), "groups": self.groups}
        told |= {"declared_by": self.declared_by, "confirmed_by": self.confirmed_by}
        if self.chosen:
            told[FRONT] = {"side": _side(self.chosen["side"]), "reason": self.chosen["reason"]}
        if any(each is not None for each in self.land.values()):
            told[OTHER_LAND] = self.land
        return orjson.dumps(told, option=orjson.OPT_SORT_KEYS)


def _side(text: str) -> int:
    if not text.isdecimal():
        raise Invalid(f"“{text[:20]}” is no side of the plot; choose one of those that are numbered.")
    return int(text)
