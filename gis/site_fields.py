"""The fields of a site file, one by one: each becomes a value of `gis.site`, or is refused by its name.

In: what JSON holds, from whoever wrote it.  Out: typed values and sound shapes; `Invalid` with the path of the field, such as
`roads[2].width`.  Types come from the dataclasses themselves, so that no field is forgotten.
"""

from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cache
from math import isfinite
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

import shapely
import shapely.errors
from shapely.geometry.base import BaseGeometry

from gis.errors import Invalid

FARTHEST = 1_000_000.0
"""Metres from the corner of the frame."""
LEFT_OUT = frozenset({"holding"})
"""Fields that are never written: what the register knows of the holder."""
LEVELS = {"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}
"""Lists around a position."""
BELOW_ZERO = frozenset({"east", "north", "lowest", "highest"})
ABOVE_ZERO = frozenset({"scale", "width", "measured_area", "resolution", "metric"})


def refused(where: str, why: str) -> Invalid:
    """What is wrong, and where."""
    field = f" at {where[:80]}" if where else ""
    return Invalid(
        f"The site file is not understood{field}: it {why}. Write it anew with `bhumika extract … --site FILE`."
    )


def value_of(kind: Any, said: Any, where: str) -> Any:
    """A value of a type of `gis.site`."""
    if kind in _PLAIN:
        return _PLAIN[kind](said, where)
    of, parts = get_origin(kind), get_args(kind)
    if of is UnionType:
        if NoneType in parts and said is None:
            return None
        rest = [part for part in parts if part is not NoneType]
        return _geometry(rest, said, where) if _is_shape(rest[0]) else value_of(rest[0], said, where)
    if of is tuple:
        return _several(parts, said, where)
    if _is_shape(kind):
        return _geometry([kind], said, where)
    if issubclass(kind, StrEnum):
        return _one_of(kind, said, where)
    return _object(kind, said, where)


def _is_shape(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseGeometry)


def _object(kind: Any, said: Any, where: str) -> Any:
    hints = _fields_of(kind)
    if not isinstance(said, dict):
        raise refused(where, "must be an object")
    for name in [*hints, *said]:
        path = f"{where}.{name}".removeprefix(".")
        if name not in said:
            raise refused(path, "is missing")
        if name not in hints:
            raise refused(path, "is not known")
    values = {
        name: value_of(hint, said[name], f"{where}.{name}".removeprefix(".")) for name, hint in hints.items()
    }
    for name, value in values.items():
        if isinstance(value, int | float) and not isinstance(value, bool):
            _check_number(name, value, f"{where}.{name}".removeprefix("."))
    return kind(**values)


@cache
def _fields_of(kind: type) -> dict[str, Any]:
    """Fields that are written, with their types."""
    assert is_dataclass(kind)
    hints = get_type_hints(kind)
    return {each.name: hints[each.name] for each in fields(kind) if each.name not in LEFT_OUT}


def _check_number(name: str, value: float, where: str) -> None:
    if name in ABOVE_ZERO and value <= 0:
        raise refused(where, f"must be above 0, not {value:g}")
    if name not in BELOW_ZERO and value < 0:
        raise refused(where, f"must be at least 0, not {value:g}")


def _several(parts: Sequence[Any], said: Any, where: str) -> tuple[Any, ...]:
    if not isinstance(said, list):
        raise refused(where, "must be a list")
    if parts[-1] is Ellipsis:
        return tuple(value_of(parts[0], each, f"{where}[{index}]") for index, each in enumerate(said))
    if len(said) != len(parts):
        raise refused(where, f"must hold {len(parts)} values")
    return tuple(
        value_of(part, each, f"{where}[{index}]")
        for index, (part, each) in enumerate(zip(parts, said, strict=True))
    )


def _one_of(kind: type[StrEnum], said: Any, where: str) -> StrEnum:
    if not isinstance(said, str) or said not in set(kind):
        raise refused(where, f"must be one of {', '.join(kind)}")
    return kind(said)


def _number(said: Any, where: str) -> float:
    if isinstance(said, bool) or not isinstance(said, int | float) or not isfinite(said) or abs(said) > 1e12:
        raise refused(where, "must be a number")
    return float(said)


def _whole(said: Any, where: str) -> int:
    if isinstance(said, bool) or not isinstance(said, int) or abs(said) > 2**31:
        raise refused(where, "must be a whole number")
    return said


def _text(said: Any, where: str) -> str:
    if not isinstance(said, str):
        raise refused(where, "must be text")
    return said


def _truth(said: Any, where: str) -> bool:
    if not isinstance(said, bool):
        raise refused(where, "must be true or false")
    return said


def _day(said: Any, where: str) -> date:
    try:
        if isinstance(said, str) and len(said) == len("2026-05-03"):
            return date.fromisoformat(said)
    except ValueError:
        pass
    raise refused(where, "must be a day such as 2026-05-03")


def _instant(said: Any, where: str) -> datetime:
    try:
        when = datetime.fromisoformat(said) if isinstance(said, str) else None
        if when is not None and when.utcoffset() is not None:
            return when.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise refused(where, "must be an instant such as 2026-05-03T10:15:00Z")


_PLAIN: dict[Any, Callable[[Any, str], Any]] = {
    float: _number,
    int: _whole,
    str: _text,
    bool: _truth,
    date: _day,
    datetime: _instant,
}


def _geometry(kinds: Sequence[type[BaseGeometry]], said: Any, where: str) -> BaseGeometry:
    """A shape of one of some types, sound and near the plot."""
    shape: BaseGeometry = _shape(said, where)
    if not isinstance(shape, tuple(kinds)):
        raise refused(where, f"must be a {' or a '.join(kind.__name__ for kind in kinds)}")
    if not shapely.is_valid(shape):
        raise refused(where, f"is not a sound shape ({shapely.is_valid_reason(shape)[:80]})")
    return shape


def _shape(said: Any, where: str, *, inner: bool = False) -> BaseGeometry:
    kind = said.get("type") if isinstance(said, dict) else None
    if kind == "GeometryCollection" and not inner and isinstance(said.get("geometries"), list):
        parts = said["geometries"]
        return shapely.GeometryCollection(
            [_shape(part, f"{where}.geometries[{index}]", inner=True) for index, part in enumerate(parts)]
        )
    if not isinstance(kind, str) or kind not in LEVELS or set(said) != {"type", "coordinates"}:
        raise refused(where, "must be a geometry: a type, and its coordinates in metres")
    _check_positions(said["coordinates"], LEVELS[kind], f"{where}.coordinates")
    try:
        shape: BaseGeometry = shapely.geometry.shape(said)
    except (ValueError, IndexError, TypeError, shapely.errors.ShapelyError) as error:
        raise refused(where, f"is not a {kind} ({str(error)[:80]})") from error
    return shape


def _check_positions(said: Any, level: int, where: str) -> None:
    if not level and not _is_position(said):
        raise refused(where, f"must be two numbers, metres within {FARTHEST / 1000:g} km of the plot")
    if not isinstance(said, list):
        raise refused(where, "must be a list")
    if level == 1 and all(map(_is_position, said)):
        return
    for index, each in enumerate(said if level else ()):
        _check_positions(each, level - 1, f"{where}[{index}]")


def lines_in(said: Any) -> int:
    """How many lists of positions a value holds."""
    waiting, count = [said], 0
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            waiting += each.values()
        elif isinstance(each, list) and each and _is_position(each[0]):
            count += 1
        elif isinstance(each, list):
            waiting += each
    return count


def _is_position(said: Any) -> bool:
    return isinstance(said, list) and len(said) == 2 and all(map(_is_near, said))


def _is_near(metres: Any) -> bool:
    return type(metres) in (int, float) and abs(metres) <= FARTHEST
