"""What is wrong with what somebody wrote, a mapping file or a request, in plain words: what it is, and what is wanted there.

In: a fault as pydantic found it, the path at which it stands, the model that was meant.  Out: a sentence without its full stop.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args

from pydantic import BaseModel

Fault = Mapping[str, Any]
Path = Sequence[str | int]
DATE = "write a date as year-month-day, for example 2026-05-03"
INSTANT = "write an instant as 2026-05-03T10:15:00Z, or as a date"
_WANTED = {
    "date": DATE,
    "datetime": INSTANT,
    "int": "write a whole number",
    "float": "write a number",
    "finite": "write a number",
    "decimal": "write a number",
    "bool": "write true or false",
    "string_type": "write it as text",
    "list": "write a list",
    "tuple": "write a list",
    "model": "write fields with their values",
    "dict": "write fields with their values",
}
"""By the framework's name for a fault, or its first word."""


def told(fault: Fault, path: Path, meant: object, *, name: str) -> str:
    """What is wrong at a path, with the name by which the reader finds it."""
    kind = str(fault["type"])
    if kind == "missing":
        return f"{name} is missing"
    if kind == "extra_forbidden":
        known = ", ".join(fields_at(meant, path[:-1]))
        return f"{name} is not known here; leave it out, or use one of: {known}"
    if kind == "value_error":
        return f"{name}: {str(fault['msg']).removeprefix('Value error, ')}"
    return f"{name} is {_shown(fault['input'])}; {_wanted(kind, fault)}"


def _wanted(kind: str, fault: Fault) -> str:
    if kind in ("literal_error", "enum"):
        return f"choose {fault['ctx']['expected']}"
    if kind == "union_tag_invalid":
        return (
            f"choose `{fault['ctx']['discriminator'].strip(chr(39))}` among {fault['ctx']['expected_tags']}"
        )
    wanted = _WANTED.get(kind) or _WANTED.get(kind.partition("_")[0] if "_than" not in kind else "")
    return wanted or re.sub(r"^\w+ should ", "it must ", str(fault["msg"]))


def _shown(value: object) -> str:
    if isinstance(value, str):
        return f"“{value[:40]}”"
    if isinstance(value, int | float):
        return f"{value}"[:40]
    if value is None:
        return "null"
    return "a list" if isinstance(value, list) else "an object"


def fields_at(meant: object, path: Path) -> list[str]:
    """What may stand at a path of a model, in alphabetical order."""
    for part in path:
        meant = _below(meant, part)
    return sorted({field for model in _models(meant) for field in model.model_fields})


def _below(meant: object, part: str | int) -> object:
    """What is meant one step further: a field, a member of a list, or the one of several kinds that a tag names."""
    if isinstance(part, int):
        return meant
    kinds = list(_models(meant))
    if len(kinds) > 1:
        return next((model for model in kinds if part in _tags(model)), None)
    field = kinds[0].model_fields.get(part) if kinds else None
    return field and field.annotation


def _tags(model: type[BaseModel]) -> tuple[object, ...]:
    return get_args(model.model_fields["kind"].annotation) if "kind" in model.model_fields else ()


def _models(shape: object) -> Iterator[type[BaseModel]]:
    """The models within a type: itself, members of a list, the kinds of a union."""
    if isinstance(shape, type) and issubclass(shape, BaseModel):
        yield shape
        return
    for each in get_args(shape):
        yield from _models(each)
