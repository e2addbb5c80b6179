"""What persons say beside a drawing, as JSON: declarations, what was confirmed, choices with their reasons, and what the register holds of the owner.

In: the bytes of a small JSON object.  Out: `Answers` and `Holding`, or `Invalid` naming the field.  A choice without a reason is refused: it
stands in the findings for as long as they are kept.
"""

from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from gis.errors import Invalid, TooLarge
from gis.site import Holding
from rules.axes import occupancies
from rules.proposal import Answers, Override

LARGEST = 20_000
"""Bytes of the answers."""
Key = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_.]{0,80}$")]
Said = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)]
Who = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=120)]


class _Sheet(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Front(_Sheet):
    side: int = Field(ge=1)
    reason: Reason


class _Group(_Sheet):
    group: Said
    reason: Reason


class _Holding(_Sheet):
    owns_adjoining_land: bool | None = None
    is_split: bool | None = None
    owns_other_land: bool | None = None


class _Answers(_Sheet):
    words: dict[Key, Said] = {}
    confirmed: list[Key] = []
    front: _Front | None = None
    groups: dict[Key, _Group] = {}
    holding: _Holding | None = None
    declared_by: dict[Key, Who] = {}
    confirmed_by: dict[Key, Who] = {}


@dataclass(frozen=True, kw_only=True)
class Told:
    """What persons said of the plan, and what the register told of the owner's land (None: nothing)."""

    answers: Answers
    holding: Holding | None


NOTHING = Told(answers=Answers(), holding=None)


def answers_from_json(content: bytes) -> Told:
    """The answers in a JSON object; `Invalid` names the first field that is wrong and what may stand there."""
    if len(content) > LARGEST:
        raise TooLarge(f"The answers have more than {LARGEST:,} bytes; say only what the plan needs.")
    try:
        sheet = _Answers.model_validate_json(content)
    except ValidationError as error:
        raise Invalid(f"The answers cannot be used: {_fault(error)}") from error
    _check_persons(sheet)
    known = {each.key for each in occupancies()}
    for code, choice in sheet.groups.items():
        if choice.group not in known:
            raise Invalid(
                f"The answers cannot be used: groups.{code}.group is “{choice.group[:20]}”; there are {', '.join(sorted(known))}."
            )
    return Told(
        answers=Answers(
            words=dict(sheet.words),
            confirmed=frozenset(sheet.confirmed),
            front=None
            if sheet.front is None
            else Override(choice=str(sheet.front.side), reason=sheet.front.reason),
            groups={
                code: Override(choice=each.group, reason=each.reason) for code, each in sheet.groups.items()
            },
            declared_by=dict(sheet.declared_by),
            confirmed_by=dict(sheet.confirmed_by),
        ),
        holding=None if sheet.holding is None else Holding(**sheet.holding.model_dump()),
    )


def _check_persons(sheet: _Answers) -> None:
    """Who says something, says something that stands in the answers."""
    declared = {*sheet.words, *(f"groups.{code}" for code in sheet.groups)}
    declared |= {name for name in ("front", "holding") if getattr(sheet, name) is not None}
    for field, persons, said in (
        ("declared_by", sheet.declared_by, declared),
        ("confirmed_by", sheet.confirmed_by, set(sheet.confirmed)),
    ):
        astray = sorted(set(persons) - said)
        if astray:
            raise Invalid(
                f"The answers cannot be used: {field}.{astray[0]} names a person, but the answer itself is not there."
            )


def _fault(error: ValidationError) -> str:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"]) or "the whole"
    if first["type"] == "extra_forbidden":
        return f"{where} is not known; there are words, confirmed, front (side, reason), groups (group, reason), holding, declared_by and confirmed_by."
    if first["type"] == "json_invalid":
        return "they are no JSON object."
    return f"{where}: {first['msg']}."
