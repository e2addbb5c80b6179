"""What is asked of a plot's record, as values.

In: the fields of a form.  Out: a frozen `Wanted`, checked by itself; whether the land allows it is `civic.land_records.land`'s.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from gis.errors import Invalid
from gis.parcels.ids import normal_number
from gis.units import Area, AreaUnit

LONGEST = 2000
MOST_PARTS = 20


class Kind(StrEnum):
    """What can be changed."""

    NAME = "correct_name"
    AREA = "correct_area"
    LAND_TYPE = "correct_land_type"
    DIVIDE = "divide"
    MERGE = "merge"


MEASURED = frozenset({Kind.DIVIDE, Kind.MERGE})
"""Changes for which the visit brings new boundaries."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """An application: what is to be changed, on which plots, why; only the fields of its kind are set."""

    kind: Kind
    numbers: tuple[str, ...]
    why: str
    deed: str
    """The deed, order or receipt that it rests on."""
    name: str | None = None
    """The name as it should be."""
    old_name: str | None = None
    area: Area | None = None
    land_type: str | None = None
    parts: int | None = None

    def kept(self) -> dict[str, Any]:
        """As the database keeps it."""
        return {
            "kind": str(self.kind),
            "numbers": list(self.numbers),
            "why": self.why,
            "deed": self.deed,
            "name": self.name,
            "old_name": self.old_name,
            "area": str(self.area.value) if self.area else None,
            "unit": str(self.area.unit) if self.area else None,
            "land_type": self.land_type,
            "parts": self.parts,
        }


def wanted_from(kept: Mapping[str, Any]) -> Wanted:
    """From what the database keeps."""
    area = Area(value=Decimal(kept["area"]), unit=AreaUnit(kept["unit"])) if kept["area"] else None
    return Wanted(
        kind=Kind(kept["kind"]),
        numbers=tuple(kept["numbers"]),
        why=kept["why"],
        deed=kept["deed"],
        name=kept["name"],
        old_name=kept["old_name"],
        area=area,
        land_type=kept["land_type"],
        parts=kept["parts"],
    )


def wanted_of(form: Mapping[str, str]) -> Wanted:
    """What a form asks; `Invalid` says which field and what it wants."""
    try:
        kind = Kind(form.get("kind", ""))
    except ValueError as error:
        raise Invalid("Choose what is to be changed.") from error
    numbers = _numbers(kind, form)
    return Wanted(
        kind=kind,
        numbers=numbers,
        why=_text(form, "why", "Say in a few words what is wrong or wanted."),
        deed=_text(form, "deed", "Name the deed, order or receipt that this rests on."),
        name=_text(form, "name", "Write the name as it should stand.") if kind is Kind.NAME else None,
        old_name=_text(form, "old_name", "Write the name as it stands now.") if kind is Kind.NAME else None,
        area=_area(form) if kind is Kind.AREA else None,
        land_type=_land_type(form) if kind is Kind.LAND_TYPE else None,
        parts=_parts(form) if kind is Kind.DIVIDE else None,
    )


def _numbers(kind: Kind, form: Mapping[str, str]) -> tuple[str, ...]:
    given = [form.get("number", "")]
    if kind is Kind.MERGE:
        given += [line for line in form.get("others", "").replace(",", "\n").splitlines() if line.strip()]
    numbers = tuple(dict.fromkeys(normal_number(number) for number in given))
    if kind is Kind.MERGE and len(numbers) < 2:
        raise Invalid("A merger needs at least two plots; write the numbers of the others, one on each line.")
    if len(numbers) > MOST_PARTS:
        raise Invalid(f"A merger joins at most {MOST_PARTS} plots at once.")
    return numbers


def _text(form: Mapping[str, str], field: str, missing: str) -> str:
    words = " ".join(form.get(field, "").split())
    if not words:
        raise Invalid(missing, code="field-missing")
    if len(words) > LONGEST:
        raise Invalid(f"At most {LONGEST} characters are taken in one field.")
    return words


def _land_type(form: Mapping[str, str]) -> str:
    """The word of the register for a type of land, as the catalogue of a place names it."""
    word = _text(form, "land_type", "Choose the land type.")
    if not re.fullmatch(r"[a-z][a-z_]{0,39}", word):
        raise Invalid("Choose the land type from the list.")
    return word


def _area(form: Mapping[str, str]) -> Area:
    try:
        unit = AreaUnit(form.get("unit", ""))
        value = Decimal(_written(form.get("area", "")))
    except (ValueError, InvalidOperation) as error:
        raise Invalid("Write the area as a number, and choose its unit.") from error
    if not 0 < value < Decimal("1e9"):
        raise Invalid("An area is a number above 0.")
    return Area(value=value, unit=unit)


def _written(text: str) -> str:
    """A number as people write it, with at most six decimals; `ValueError` for all else, such as 1e-999999."""
    plain = text.strip().replace(",", "")
    if not re.fullmatch(r"-?[0-9]{1,12}(\.[0-9]{1,6})?", plain):
        raise ValueError(text)
    return plain


def _parts(form: Mapping[str, str]) -> int:
    text = form.get("parts", "").strip()
    if not re.fullmatch(r"0{0,3}[0-9]{1,2}", text) or not 2 <= int(text) <= MOST_PARTS:
        raise Invalid(f"A plot is divided into 2 to {MOST_PARTS} parts.")
    return int(text)
