"""What persons send from a form about a checked plan, taken up into the answers for its next check.

In: the content of a check's JSON document, and the fields of the form.  Out: answers as JSON for `rules.answers_document`, with who
declared and who confirmed each.  Whose name it is, is for the door to know.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from gis.errors import Invalid

Found = Mapping[str, Any]
APPLICANT, DESIGNER = "applicant", "designer"
CAPACITIES = {
    APPLICANT: "applicant",
    DESIGNER: "designer of the plan",
    "officer": "officer of the local body",
    "other": "another person",
}
"""In what capacity a person speaks, and how the findings name it."""
HOLDING = ("owns_adjoining_land", "is_split", "owns_other_land")
TRUTHS = {"yes": True, "no": False, "": None}
FRONT, OTHER_LAND, GROUPS = "front", "holding", "groups."
NAME, CAPACITY = "person.name", "person.capacity"
"""The fields in which a form says who sends it."""


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
        name, capacity = self._text(NAME), self._text(CAPACITY)
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
        if self._text(CAPACITY) == APPLICANT:
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
        told: dict[str, Any] = {
            "words": self.words,
            "confirmed": sorted(self.confirmed),
            "groups": self.groups,
        }
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
