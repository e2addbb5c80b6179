"""CQL2 JSON read into nodes (OGC 21-065r2, clause 6 and its JSON schema).

In: a filter as JSON text.  Out: its nodes; `Invalid` says what is not understood, `TooLarge` which limit was passed.
"""

from typing import Any

import orjson
import shapely

from layers.collections.cql2 import (
    KNOWN,
    Call,
    Interval,
    Name,
    Node,
    Shape,
    Tally,
    Value,
    check_length,
    day,
    end_of,
    instant,
    interval,
    wrong,
)
from layers.collections.cql2_text import box_of

_SHAPES = ("Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon")


def read_json(text: str) -> Node:
    """The filter that a JSON text says."""
    check_length(text)
    try:
        content = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise wrong(f"it is not JSON ({str(error)[:80]})") from error
    return _Reader().node(content, 1)


class _Reader:
    """A JSON value, read from its outermost part."""

    def __init__(self) -> None:
        self.tally = Tally()

    def node(self, content: Any, depth: int) -> Node:
        """A condition, an operand or a literal."""
        self.tally.level(depth)
        self.tally.part()
        if isinstance(content, str | bool):
            return Value(value=content)
        if isinstance(content, int | float):
            return Value(value=float(content))
        if not isinstance(content, dict):
            raise wrong(f"{_shown(content)} is neither a condition nor a value")
        if "op" in content:
            return self._call(content, depth)
        if "property" in content:
            return Name(name=_text(content, "property"))
        if "date" in content:
            return Value(value=day(_text(content, "date")))
        if "timestamp" in content:
            return Value(value=instant(_text(content, "timestamp")))
        if "interval" in content:
            return self._interval(content["interval"], depth)
        return self._shape(content)

    def _interval(self, ends: Any, depth: int) -> Interval:
        if not isinstance(ends, list) or len(ends) != 2:
            raise wrong("an interval needs two ends")
        first, last = (self._end(each, depth + 1) for each in ends)
        return interval(first, last)

    def _end(self, content: Any, depth: int) -> Value | Name | None:
        if isinstance(content, str):
            self.tally.part()
            return end_of(content)
        found = self.node(content, depth)
        if not isinstance(found, Value | Name):
            raise wrong("an interval runs between days or instants")
        return found

    def _call(self, content: dict[str, Any], depth: int) -> Call:
        op, args = _text(content, "op").lower(), content.get("args")
        if op not in KNOWN:
            raise wrong(f"there is no operator “{op[:20]}” here")
        if not isinstance(args, list):
            raise wrong(f"“args” of “{op}” must be a list")
        if op == "in" and len(args) == 2 and isinstance(args[1], list):
            args = [args[0], *args[1]]
        return Call(op=op, args=tuple(self.node(each, depth + 1) for each in args))

    def _shape(self, content: dict[str, Any]) -> Shape:
        if "bbox" in content:
            edges = content["bbox"]
            if not isinstance(edges, list) or not all(_is_number(each) for each in edges):
                raise wrong("a box needs four numbers: west, south, east, north")
            self.tally.shape(4)
            return Shape(shape=box_of([float(each) for each in edges]))
        if content.get("type") not in _SHAPES:
            raise wrong(
                "an object needs “op”, “property”, “date”, “timestamp”, “interval”, “bbox” or a GeoJSON geometry"
            )
        try:
            shape = shapely.from_geojson(orjson.dumps(content))
        except shapely.errors.GEOSException as error:
            raise wrong("a shape in it is not a GeoJSON geometry") from error
        self.tally.shape(shapely.get_num_coordinates(shape))
        return Shape(shape=shape)


def _text(content: dict[str, Any], field: str) -> str:
    value = content[field]
    if not isinstance(value, str):
        raise wrong(f"“{field}” must be a text")
    return value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _shown(content: Any) -> str:
    return "null" if content is None else "a list"
