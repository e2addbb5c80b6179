"""A site as a file: what is written comes back, and what somebody else wrote is refused by the name of the field."""

import hashlib
import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from typing import Any

import jsonschema
import orjson
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st
from shapely import GeometryCollection, LineString, MultiLineString, MultiPolygon, Point, Polygon, box

from gis.errors import Invalid, TooLarge
from gis.site import (
    Frame,
    Ground,
    Holding,
    LocalBody,
    Neighbour,
    Origin,
    Overlay,
    Road,
    RoadKind,
    Site,
    Status,
)
from gis.site_document import LARGEST, MOST_LINES, site_from_json, site_to_json
from gis.site_schema import site_schema

ORIGIN = Origin(
    id="road-1",
    title="Roads",
    publisher="Town",
    date=date(2025, 1, 1),
    link="https://example.org",
    accuracy=0.5,
)
SOUTH = Road(
    ref="R1",
    name="Temple road",
    name_ml="ക്ഷേത്രം റോഡ്",
    width=6.0,
    kind=RoadKind.NOTIFIED,
    surface=None,
    line=LineString([(-50, -3), (70, -3)]),
    frontage=MultiLineString([[(0, 0), (20, 0)]]),
    basis="half_width",
    accuracy=0.5,
    origin="road-1",
    length=120.0,
    plots_served=4,
)
FLOOD = Overlay(
    layer="flood",
    title="Flood",
    title_ml="വെള്ളപ്പൊക്കം",
    status=Status.AFFECTED,
    reason="50.0 % of the plot lies in it.",
    law="Disaster Management Act 2005",
    clause="s. 1",
    authority="Authority",
    consult=None,
    binds=False,
    area=300.0,
    share=50.0,
    distance=0.0,
    labels=("100 years",),
    attributes=(("depth", "1.5"),),
    shape=GeometryCollection([box(0, 0, 10, 30), LineString([(12, 0), (12, 30)]), Point(15.1234, 2)]),
    near_shape=MultiPolygon([box(-5, -5, 10, 35), box(30, 0, 31, 1)]),
    origins=("flood-1",),
)
SITE = Site(
    jurisdiction="kl-sample",
    number="12/104",
    on=date(2026, 5, 3),
    known=datetime(2026, 5, 3, 10, 15, 0, 123456, tzinfo=UTC),
    frame=Frame(metric=32643, east=656_000.0, north=1_178_000.0, scale=0.9997066978),
    boundary=Polygon([(0, 0), (20, 0), (20, 30), (0, 30)], [[(9, 9), (9, 10), (10, 10), (10, 9)]]),
    measured_area=599.0,
    recorded_area=607.028463360,
    accuracy=0.1,
    land_type="purayidam",
    rule_book="kmbr",
    body=LocalBody.MUNICIPALITY,
    body_name="Puthoor",
    roads=(
        SOUTH,
        replace(SOUTH, ref="R2", name=None, width=None, kind=None, line=None, surface=box(-9, 0, 0, 30)),
    ),
    roads_note="Measured.",
    has_road_data=True,
    neighbours=(Neighbour(number="12/105", boundary=box(20, 0, 40, 30)),),
    overlays=(FLOOD, replace(FLOOD, layer="zoning", shape=None, near_shape=None, area=None, attributes=())),
    ground=Ground(
        lowest=-1.2,
        highest=4.0,
        slope_mean=3.5,
        slope_max=9.0,
        resolution=10.0,
        datum="mean sea level",
        origin="elevation-1",
    ),
    origins=(ORIGIN, replace(ORIGIN, link=None)),
    synthetic=True,
)


def sealed(content: dict[str, Any]) -> bytes:
    """A file as a forger writes it: its digest belongs to what it holds."""
    rest = {key: value for key, value in content.items() if key not in ("schema", "digest")}
    digest = hashlib.sha256(orjson.dumps(rest, option=orjson.OPT_SORT_KEYS)).hexdigest()
    return orjson.dumps({"schema": content.get("schema"), "digest": digest, **rest})


def changed(change: Callable[[dict[str, Any]], object]) -> bytes:
    content = orjson.loads(site_to_json(SITE))
    change(content)
    return sealed(content)


def at(*path: str | int) -> Callable[[object], Callable[[dict[str, Any]], None]]:
    """A change of one field."""

    def to(value: object) -> Callable[[dict[str, Any]], None]:
        def change(content: dict[str, Any]) -> None:
            inner: Any = content
            for step in path[:-1]:
                inner = inner[step]
            inner[path[-1]] = value

        return change

    return to


def test_what_is_written_comes_back() -> None:
    assert site_from_json(site_to_json(SITE)) == SITE


def test_a_site_of_which_little_is_known_comes_back_too() -> None:
    bare = replace(
        SITE,
        recorded_area=None,
        land_type=None,
        rule_book=None,
        body=None,
        body_name=None,
        roads=(),
        neighbours=(),
        overlays=(),
        ground=None,
        origins=(),
    )
    assert site_from_json(site_to_json(bare)) == bare


def test_the_same_site_gives_the_same_bytes_in_whatever_zone_its_instant_is_told() -> None:
    other = datetime.fromisoformat("2026-05-03T15:45:00.123456+05:30")
    assert site_to_json(replace(SITE, known=other)) == site_to_json(deepcopy(SITE))
    assert site_to_json(site_from_json(site_to_json(SITE))) == site_to_json(SITE)


@pytest.mark.parametrize(("east", "written"), [(20.00004, 20.0), (20.00006, 20.0001), (-0.00001, 0.0)])
def test_shapes_are_kept_to_a_tenth_of_a_millimetre(east: float, written: float) -> None:
    lane = replace(SOUTH, frontage=MultiLineString([[(0.5, 0), (east, 0)]]))
    content = site_to_json(replace(SITE, roads=(lane,)))
    assert orjson.loads(content)["roads"][0]["frontage"]["coordinates"][0][1] == [written, 0.0]
    assert b"-0.0," not in content


def test_it_follows_its_published_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(site_schema())
    jsonschema.validate(json.loads(site_to_json(SITE)), site_schema())


@pytest.mark.parametrize("field", ["frame", "overlays", "digest"])
def test_a_missing_field_breaks_the_schema(field: str) -> None:
    content = json.loads(site_to_json(SITE))
    del content[field]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(content, site_schema())


def test_who_holds_the_land_never_enters_the_file() -> None:
    told = replace(SITE, holding=Holding(owns_adjoining_land=True, is_split=False, owns_other_land=True))
    assert site_to_json(told) == site_to_json(SITE)
    assert site_from_json(site_to_json(told)).holding == Holding()
    with pytest.raises(Invalid, match="at holding: it is not known"):
        site_from_json(changed(at("holding")({"owns_adjoining_land": True})))


def test_spaces_and_the_order_of_keys_do_not_matter() -> None:
    content = json.loads(site_to_json(SITE))
    shuffled = json.dumps(dict(reversed(content.items())), indent=2, ensure_ascii=True)
    assert site_from_json(shuffled.encode()) == SITE


def test_a_file_changed_by_hand_is_refused() -> None:
    content = site_to_json(SITE).replace(b'"width":6.0', b'"width":9.0', 1)
    with pytest.raises(Invalid, match="at digest: it does not belong to the rest"):
        site_from_json(content)


REFUSED = [
    (at("schema")("bhumika-site-2"), "schema"),
    (at("number")(7), "number: it must be text"),
    (at("measured_area")(None), "measured_area"),
    (at("measured_area")("599"), "measured_area: it must be a number"),
    (at("measured_area")(True), "measured_area"),
    (at("measured_area")(0), "measured_area: it must be above 0"),
    (at("measured_area")(650.0), "measured_area: it must be the area of the boundary"),
    (at("recorded_area")(-0.1), "recorded_area: it must be at least 0"),
    (at("accuracy")(1e30), "accuracy: it must be a number"),
    (at("known")("0001-01-01T00:00:00+05:30"), "known"),
    (at("on")("2026-5-3"), "on: it must be a day"),
    (at("on")("2026-02-30"), "on"),
    (at("on")(20260503), "on"),
    (at("known")("2026-05-03T10:15:00"), "known: it must be an instant"),
    (at("body")("village"), "body: it must be one of municipality, corporation, panchayat"),
    (at("synthetic")(0), "synthetic: it must be true or false"),
    (at("extra")(1), "extra: it is not known"),
    (at("frame", "metric")(4326), "frame.metric"),
    (at("frame", "metric")(999_999), "frame.metric"),
    (at("frame", "metric")(32643.0), "frame.metric: it must be a whole number"),
    (at("frame", "scale")(1.02), "frame.scale"),
    (at("frame")([]), "frame: it must be an object"),
    (at("boundary")({"type": "Polygon", "coordinates": []}), "boundary"),
    (at("boundary")({"type": "Polygon", "coordinates": [[]]}), "boundary"),
    (at("boundary")({"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]}), "boundary"),
    (
        at("boundary")({"type": "LineString", "coordinates": [[0, 0], [1, 1]]}),
        "boundary: it must be a Polygon or a Multi",
    ),
    (
        at("boundary")({"type": "Polygon", "coordinates": [[[0, 0], [20, 30], [20, 0], [0, 30], [0, 0]]]}),
        "boundary: it is not a sound shape",
    ),
    (at("boundary", "coordinates", 0, 1)([1e7, 0]), "boundary.coordinates.0..1.: it must be two numbers"),
    (at("boundary", "coordinates", 0, 1)([1, 2, 3]), "boundary.coordinates.0..1."),
    (at("boundary", "coordinates", 0, 1)(["1", 2]), "boundary.coordinates.0..1."),
    (at("boundary", "coordinates")("here"), "boundary.coordinates: it must be a list"),
    (at("boundary", "crs")({}), "boundary: it must be a geometry"),
    (at("boundary")({"type": ["Polygon"], "coordinates": []}), "boundary"),
    (at("roads")({}), "roads: it must be a list"),
    (at("roads", 1, "surface")(None), "roads.1..surface: it is missing"),
    (at("roads", 0, "width")(0), "roads.0..width: it must be above 0"),
    (at("roads", 0, "kind")("motorway"), "roads.0..kind: it must be one of"),
    (at("roads", 0, "plots_served")(1.5), "roads.0..plots_served: it must be a whole number"),
    (
        at("roads", 0, "frontage")({"type": "LineString", "coordinates": [[0, 0], [1, 1]]}),
        "roads.0..frontage",
    ),
    (at("overlays", 0, "status")("maybe"), "overlays.0..status"),
    (at("overlays", 0, "labels")(["a", 1]), "overlays.0..labels.1."),
    (at("overlays", 0, "attributes")([["a"]]), "overlays.0..attributes.0.: it must hold 2 values"),
    (at("overlays", 0, "shape")({"type": "GeometryCollection"}), "overlays.0..shape"),
    (
        at("overlays", 0, "shape")(
            {"type": "GeometryCollection", "geometries": [{"type": "GeometryCollection", "geometries": []}]}
        ),
        "overlays.0..shape.geometries.0.",
    ),
    (at("ground", "resolution")(0), "ground.resolution"),
    (at("origins", 0, "date")(None), "origins.0..date"),
]


@pytest.mark.parametrize(("change", "said"), REFUSED, ids=[said for _, said in REFUSED])
def test_what_makes_no_sense_is_refused_by_its_name(
    change: Callable[[dict[str, Any]], None], said: str
) -> None:
    with pytest.raises(Invalid, match=f"at {said}"):
        site_from_json(changed(change))


@pytest.mark.parametrize("field", [each.name for each in fields(Site) if each.name != "holding"])
def test_every_field_must_be_there(field: str) -> None:
    with pytest.raises(Invalid, match=f"at {field}: it is missing"):
        site_from_json(changed(lambda content: content.pop(field)))


@pytest.mark.parametrize(
    ("scale", "is_refused"), [(0.98999, True), (0.99, False), (1.01, False), (1.01001, True)]
)
def test_the_scale_is_that_of_a_grid_in_use(scale: float, is_refused: bool) -> None:
    content = changed(at("frame", "scale")(scale))
    if is_refused:
        with pytest.raises(Invalid, match=r"frame\.scale"):
            site_from_json(content)
    else:
        assert site_from_json(content).frame.scale == scale


@pytest.mark.parametrize(
    ("area", "is_refused"), [(600.59, False), (600.61, True), (597.41, False), (597.39, True)]
)
def test_area_and_boundary_are_of_the_same_plot(area: float, is_refused: bool) -> None:
    content = changed(at("measured_area")(area))
    if is_refused:
        with pytest.raises(Invalid, match="measured_area"):
            site_from_json(content)
    else:
        assert site_from_json(content).measured_area == area


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"7", b"null", b"{", b"\xff\xfe", b"PK\x03\x04", b"[" * 100_000, b'{"a":' * 100_000, b"{}"],
)
def test_what_is_no_site_at_all_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid, match="site file"):
        site_from_json(content)


def test_what_is_nested_too_deep_to_be_written_again_is_refused() -> None:
    deep = b'{"schema":"bhumika-site-1","digest":"","boundary":' + b"[" * 600 + b"]" * 600 + b"}"
    with pytest.raises(Invalid, match="nested too deep"):
        site_from_json(deep)


def test_a_file_larger_than_any_plot_is_refused_before_it_is_read() -> None:
    with pytest.raises(TooLarge, match="4 MB"):
        site_from_json(b" " * (LARGEST + 1))


@pytest.mark.parametrize(("lines", "is_refused"), [(MOST_LINES + 1, True), (MOST_LINES - 50, False)])
def test_a_plot_has_no_thousands_of_lines(lines: int, is_refused: bool) -> None:
    many = {"type": "MultiLineString", "coordinates": [[[0, row], [1, row]] for row in range(lines)]}
    content = changed(at("overlays", 0, "shape")(many))
    if is_refused:
        with pytest.raises(TooLarge, match="lines and rings"):
            site_from_json(content)
    else:
        assert site_from_json(content).number == SITE.number


@given(st.binary(max_size=300))
@example(b"\x00")
def test_no_bytes_break_the_reader(content: bytes) -> None:
    with pytest.raises(Invalid):
        site_from_json(content)


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def places(content: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every place in a file."""
    found = [path] if path else []
    inner = (
        content.items()
        if isinstance(content, dict)
        else enumerate(content)
        if isinstance(content, list)
        else ()
    )
    for step, value in inner:
        found += places(value, (*path, step))
    return found


PLACES = [path for path in places(orjson.loads(site_to_json(SITE))) if path[0] not in ("schema", "digest")]


@settings(max_examples=400)
@given(st.sampled_from(PLACES), ANYTHING)
def test_anything_anywhere_is_read_soundly_or_refused(path: tuple[str | int, ...], value: object) -> None:
    """Whatever a forger puts in one place, the reader says so, or gives a site that can be written and measured."""
    try:
        site = site_from_json(changed(at(*path)(value)))
    except Invalid:
        return
    assert site_from_json(site_to_json(site)).number == site.number
    assert site.street_boundary.is_empty or site.street_boundary.distance(site.boundary) >= 0
    assert all(shapely.is_valid(each.shape) for each in site.overlays if each.shape is not None)
