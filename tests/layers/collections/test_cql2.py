"""A filter means the same in text and in JSON, and what is no filter is told so, at the letter where it goes wrong."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.errors import Invalid, LandError, TooLarge
from layers.collections.cql2 import DEEPEST, LONGEST, MOST_CORNERS, MOST_PARTS, Call, Name, Node, Shape, Value
from layers.collections.cql2_json import read_json
from layers.collections.cql2_text import read_text


def prop(name: str) -> dict[str, str]:
    return {"property": name}


def op(name: str, *args: Any) -> dict[str, Any]:
    return {"op": name, "args": list(args)}


@pytest.mark.parametrize(
    ("text", "as_json"),
    [
        ("survey = '104'", op("=", prop("survey"), "104")),
        ("'104' = survey", op("=", "104", prop("survey"))),
        ("area<>-1.5e3", op("<>", prop("area"), -1500)),
        ("a = 1 and b >= 2 AND c <= 3", op("and", op("=", prop("a"), 1), op(">=", prop("b"), 2), op("<=", prop("c"), 3))),
        ("a = 1 OR b = 2 AND c = 3", op("or", op("=", prop("a"), 1), op("and", op("=", prop("b"), 2), op("=", prop("c"), 3)))),
        ("(a = 1 OR b = 2) AND c = 3", op("and", op("or", op("=", prop("a"), 1), op("=", prop("b"), 2)), op("=", prop("c"), 3))),
        ("NOT NOT a = 1", op("not", op("not", op("=", prop("a"), 1)))),
        ("a LIKE 'b%'", op("like", prop("a"), "b%")),
        ("a NOT LIKE 'b%'", op("not", op("like", prop("a"), "b%"))),
        ("a BETWEEN 1 AND 2 AND b = 3", op("and", op("between", prop("a"), 1, 2), op("=", prop("b"), 3))),
        ("a NOT BETWEEN 1 AND 2", op("not", op("between", prop("a"), 1, 2))),
        ("a IN ('x', 'y')", op("in", prop("a"), ["x", "y"])),
        ("a NOT IN ('x')", op("not", op("in", prop("a"), ["x"]))),
        ("a IS NULL", op("isNull", prop("a"))),
        ("a is not null", op("not", op("isNull", prop("a")))),
        ("CASEI(a) = casei('B')", op("=", op("casei", prop("a")), op("casei", "B"))),
        ("a = TRUE", op("=", prop("a"), True)),
        ("TRUE", True),
        ("a > DATE('2020-01-31')", op(">", prop("a"), {"date": "2020-01-31"})),
        ("a > TIMESTAMP('2020-01-31T10:00:00Z')", op(">", prop("a"), {"timestamp": "2020-01-31T10:00:00Z"})),
        ('"addr:street" = \'O\'\'Hara\'', op("=", prop("addr:street"), "O'Hara")),
        ("addr:street = 'x'", op("=", prop("addr:street"), "x")),
        ("പേര് = 'പാലം'", op("=", prop("പേര്"), "പാലം")),
        ("S_INTERSECTS(geometry, POINT(76.4 10.6))", op("s_intersects", prop("geometry"), {"type": "Point", "coordinates": [76.4, 10.6]})),
        ("s_within(geometry, BBOX(1,2,3,4))", op("s_within", prop("geometry"), {"bbox": [1, 2, 3, 4]})),
        ("T_AFTER(d, DATE('2020-01-31'))", op("t_after", prop("d"), {"date": "2020-01-31"})),
        ("t_during(INTERVAL(a, b), INTERVAL('2020-01-31', '..'))", op("t_during", {"interval": [prop("a"), prop("b")]}, {"interval": ["2020-01-31", ".."]})),
        ("T_METBY(INTERVAL(a, '..'), INTERVAL('2020-01-31T10:00:00Z', \"b\"))", op("t_metBy", {"interval": [prop("a"), ".."]}, {"interval": ["2020-01-31T10:00:00Z", prop("b")]})),
        ("a = 1 AND T_EQUALS(INTERVAL(DATE('2020-01-01'), b), c)", op("and", op("=", prop("a"), 1), op("t_equals", {"interval": [{"date": "2020-01-01"}, prop("b")]}, prop("c")))),
        (
            "S_DISJOINT(geometry, MULTIPOLYGON(((0 0, 1 0, 1 1, 0 0)), ((5 5, 6 5, 6 6, 5 5))))",
            op(
                "s_disjoint",
                prop("geometry"),
                {"type": "MultiPolygon", "coordinates": [[[[0, 0], [1, 0], [1, 1], [0, 0]]], [[[5, 5], [6, 5], [6, 6], [5, 5]]]]},
            ),
        ),
    ],
)  # fmt: skip
def test_text_and_json_say_the_same(text: str, as_json: Any) -> None:
    assert read_text(text) == read_json(json.dumps(as_json))


def test_words_bind_as_they_do_in_law_texts() -> None:
    node = read_text("a = 1 OR NOT b = 2 AND c = 3")
    assert isinstance(node, Call)
    assert node.op == "or"
    assert [each.op for each in node.args if isinstance(each, Call)] == ["=", "and"]


def test_days_and_instants_become_values() -> None:
    assert read_text("d = DATE('2020-02-29')") == Call(
        op="=", args=(Name(name="d"), Value(value=date(2020, 2, 29)))
    )
    instant = read_text("d < TIMESTAMP('2020-02-29T05:30:00+05:30')")
    assert isinstance(instant, Call)
    assert instant.args[1] == Value(value=datetime(2020, 2, 29, tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "at letter 1 stands the end"),
        ("a", "a comparison"),
        ("a =", "a property, a number or a text"),
        ("a = = 1", "at letter 5 stands “=”"),
        ("a = 'x", "at letter 5, “'x” means nothing"),
        ("a = 1 b = 2", "AND, OR or the end"),
        ("(a = 1", "“)” was expected"),
        ("a BETWEEN 1 OR 2", "“AND” was expected"),
        ("a IN ()", "a property, a number or a text"),
        ("a NOT 3", "a comparison"),
        ("AND a = 1", "a property or a value"),
        ("sleep(10) = 1", "no function “sleep”"),
        ("a = 1; DROP TABLE parcel", "means nothing here"),
        ("a = 1 -- x", "means nothing here"),
        ("S_INTERSECTS(geometry)", "“,” was expected"),
        ("S_INTERSECTS(geometry, POINT(1))", "is not well-known text"),
        ("S_INTERSECTS(geometry, POLYGON((0 0, 1 1", "coordinates"),
        ("S_INTERSECTS(geometry, POLYGON((0 0, 1 1, 2 2)))", "is not well-known text"),
        ("S_INTERSECTS(geometry, BBOX(1,2,3))", "west, south, east, north"),
        ("S_INTERSECTS(geometry, BBOX(3,2,1,4))", "lower corner first"),
        ("S_INTERSECTS(geometry, GEOMETRYCOLLECTION(POINT(1 1)))", "“)” was expected"),
        ("d = DATE('2020-02-30')", "is no day"),
        ("d = DATE('-4004-10-23')", "is no day"),
        ("d = TIMESTAMP('2020-02-28')", "is no instant"),
        ("d = DATE(5)", "a text in single quotes"),
        ("T_AFTER(d)", "“,” was expected"),
        ("T_AFTER(d, INTERVAL('2020-01-02', '2020-01-01'))", "ends before it begins"),
        (
            "T_AFTER(d, INTERVAL('2020-01-02', '2020-01-03T00:00:00Z'))",
            "between two days or between two instants",
        ),
        ("T_AFTER(d, INTERVAL('yesterday', '..'))", "is no day"),
        ("T_AFTER(d, INTERVAL('2020-01-02'))", "“,” was expected"),
        ("T_AFTER(d, INTERVAL(1, '..'))", "between days or instants"),
        ("T_AFTER(d, INTERVAL(CASEI(a), '..'))", "between days or instants"),
        ("d = INTERVAL('2020-01-02', '..')", "no function “INTERVAL”"),
    ],
)
def test_what_is_no_filter_is_told_where(text: str, told: str) -> None:
    with pytest.raises(Invalid, match="The filter was not understood") as refused:
        read_text(text)
    assert told in refused.value.message


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is not JSON"),
        ("[1]", "neither a condition nor a value"),
        ("null", "neither a condition nor a value"),
        ('{"op": "sleep", "args": []}', "no operator “sleep”"),
        ('{"op": 5, "args": []}', "must be a text"),
        ('{"op": "=", "args": 5}', "must be a list"),
        ('{"op": "="}', "must be a list"),
        ('{"x": 1}', "an object needs"),
        ('{"type": "Polygon", "coordinates": "x"}', "not a GeoJSON geometry"),
        ('{"type": "Polygon"}', "not a GeoJSON geometry"),
        ('{"bbox": [1, 2, "x", 4]}', "four numbers"),
        ('{"date": "x"}', "is no day"),
        ('{"interval": "x"}', "two ends"),
        ('{"interval": ["2020-01-01"]}', "two ends"),
        ('{"interval": ["2020-01-01", 5]}', "between days or instants"),
        ('{"interval": ["2020-01-02", "2020-01-01"]}', "ends before it begins"),
        ('{"interval": ["x", ".."]}', "is no day"),
    ],
)
def test_what_is_no_filter_in_json_is_told_so(text: str, told: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_json(text)
    assert told in refused.value.message


def nested(levels: int) -> str:
    return "(" * (levels - 1) + "a = 1" + ")" * (levels - 1)


def nested_json(levels: int) -> str:
    return '{"op":"not","args":[' * levels + "true" + "]}" * levels


@pytest.mark.parametrize("levels", [DEEPEST, DEEPEST + 1, 1_000])
def test_nesting_has_a_limit(levels: int) -> None:
    if levels <= DEEPEST:
        read_text(nested(levels))
        read_json(nested_json(levels - 1))
        return
    for read, text in ((read_text, nested(levels)), (read_json, nested_json(levels))):
        with pytest.raises(LandError):
            read(text)


def test_a_thousand_conditions_are_too_many() -> None:
    with pytest.raises(TooLarge, match=f"more than {MOST_PARTS} parts"):
        read_text(" AND ".join(["a = 1"] * 1_000))
    nest = "a = 1"
    for _ in range(1_000):
        nest = f"(a = 1 AND {nest})"
    with pytest.raises(TooLarge):
        read_text(nest)


@pytest.mark.parametrize(("length", "is_read"), [(LONGEST, True), (LONGEST + 1, False)])
def test_length_has_a_limit(length: int, is_read: bool) -> None:
    text = f"a = '{'x' * (length - 6)}'"
    assert len(text) == length
    if is_read:
        read_text(text)
        return
    with pytest.raises(TooLarge, match="letters"):
        read_text(text)


def test_corners_have_a_limit() -> None:
    ring = [[0.0, 0.0]] * (MOST_CORNERS + 1)
    with pytest.raises(TooLarge):
        read_json(json.dumps({"type": "Polygon", "coordinates": [ring]}))


@given(st.text(alphabet="ab'\"()=<>,. 1e-%\\ANDORLIKEINS_\0é", max_size=60))
def test_any_text_is_a_filter_or_refused(text: str) -> None:
    try:
        node: Node = read_text(text)
    except LandError:
        return
    assert isinstance(node, Call | Value | Name | Shape)


JSONS = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["op", "args", "property", "date", "bbox", "type", "coordinates"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)


@given(JSONS)
def test_any_json_is_a_filter_or_refused(content: Any) -> None:
    try:
        node: Node = read_json(json.dumps(content))
    except LandError:
        return
    assert isinstance(node, Call | Value | Name | Shape)
