"""Which drawing layer means what, in Kerala's drawing convention and in our lighter one for small houses.

In: the name of a layer.  Out: its role and numbers (block, floor, level, index), or None where it says nothing to us.
Source: the layer tables of the public scrutiny code and the layers seen in public drawings (`layer_table.tsv`,
`observed_layers.csv`); our own profile is described in `docs/drawings.md`. Layers not listed there are not read.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from rules.plans.layers import KERALA, KERALA_BEGINNINGS, SMALL_HOUSE, SMALL_HOUSE_BEGINNINGS
from rules.plans.roles import Content, Role, Work


class Profile(StrEnum):
    """The two sets of layer names we read, and models, which have classes in place of layers."""

    KERALA = "kerala"
    SMALL_HOUSE = "small-house"
    IFC = "ifc"


@dataclass(frozen=True, kw_only=True)
class LayerName:
    """A layer that means something: what lies on it and the numbers in its name."""

    layer: str
    role: Role
    content: Content
    block: int | None = None
    floor: int | None = None
    level: int | None = None
    index: tuple[int, ...] = ()
    work: Work = Work.PROPOSED


NUMBERS = {
    "{block}": r"(?P<block>\d{1,3})",
    "{floor}": r"(?P<floor>-?\d{1,3})",
    "{level}": r"(?P<level>\d{1,3})",
}
WORKS = {"": Work.PROPOSED, "_EXISTING": Work.EXISTING, "_TBR": Work.TO_BE_REGULARISED}
BUILDING = {Role.BUILT_UP, Role.BUILT_UP_DEDUCTION, Role.LEVEL, Role.HEIGHT, Role.USE, Role.ENTRANCE}
"""Roles that belong to a building; in a small house with one building its number is not written."""
SIGNS = {
    Profile.KERALA: re.compile(r"PLOT_BOUNDARY|BLK_\d+_(FLR|LVL)_-?\d+_.+|BLK_\d+_COVERED_AREA"),
    Profile.SMALL_HOUSE: re.compile(r"PLOT|FLOOR_-?\d+|BUILDING_\d+_FLOOR_-?\d+"),
}


def _expression(pattern: str) -> re.Pattern[str]:
    text = re.escape(pattern).replace(r"\{", "{").replace(r"\}", "}").replace(r"\-", "-").replace(r"\|", "|")
    for name, digits in NUMBERS.items():
        text = text.replace(name, digits)
    parts = text.split("\\#")
    numbered = parts[0] + "".join(f"(?P<i{n}>\\d{{1,3}}){part}" for n, part in enumerate(parts[1:]))
    return re.compile(numbered.replace("{work}", f"(?P<work>{'|'.join(WORKS)})"))


PATTERNS = {
    profile: tuple((_expression(name), entry) for entry in table for name in entry.names)
    for profile, table in ((Profile.KERALA, KERALA), (Profile.SMALL_HOUSE, SMALL_HOUSE))
}


@lru_cache(maxsize=20_000)
def meaning(layer: str, profile: Profile) -> LayerName | None:
    """What a layer means in a profile; blanks around the name and small letters do not matter."""
    written = layer.strip().upper()
    for expression, entry in PATTERNS.get(profile, ()):
        found = expression.fullmatch(written)
        if found is None:
            continue
        groups = found.groupdict()
        number = {key: int(groups[key]) for key in ("block", "floor", "level") if groups.get(key) is not None}
        if profile is Profile.SMALL_HOUSE and entry.role in BUILDING:
            number.setdefault("block", 1)
        return LayerName(
            layer=layer,
            role=entry.role,
            content=entry.content,
            index=tuple(int(groups[key]) for key in sorted(groups) if re.fullmatch(r"i\d", key)),
            work=WORKS[groups.get("work") or ""],
            **number,
        )
    return None


BEGINNINGS = {Profile.KERALA: KERALA_BEGINNINGS, Profile.SMALL_HOUSE: SMALL_HOUSE_BEGINNINGS}


def is_misspelt(layer: str, profile: Profile) -> bool:
    """Whether a layer begins like one of the profile's and is none of them."""
    begins = layer.strip().upper().startswith(BEGINNINGS.get(profile, ()))
    return begins and meaning(layer, profile) is None


def profile_of(layers: frozenset[str]) -> Profile | None:
    """The profile whose layers stand in a drawing; Kerala's convention first, None where neither is used."""
    written = {layer.strip().upper() for layer in layers}
    for profile, sign in SIGNS.items():
        if any(sign.fullmatch(layer) for layer in written):
            return profile
    return None
