"""OGC API Features as programs meet it: links that lead on, pages that miss nothing, words that are understood or refused."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jsonschema
import pytest
import shapely
from fastapi.testclient import TestClient
from shapely.geometry import shape

from api.answers import today
from gis.crs import to_geographic, to_metric
from layers.collections.question import DEFAULT, MOST
from layers.collections.systems import CRS84, EPSG
from tests.api.town import MIDDLE
from tests.builders import UTM_43N, a_box

TOWN = "/ogc/test-town"
PARCELS = f"{TOWN}/collections/parcels"
ITEMS = f"{PARCELS}/items"
METRIC = f"{EPSG}{UTM_43N}"
DEGREES = f"{EPSG}4326"
PROGRAM = {"accept": "application/geo+json, application/json"}


def get(client: TestClient, address: str, status: int = 200) -> dict[str, Any]:
    answer = client.get(address, headers=PROGRAM)
    assert answer.status_code == status, answer.text
    if status >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
    content: dict[str, Any] = answer.json()
    return content


def numbers(content: dict[str, Any]) -> list[str]:
    return [each["properties"]["number"] for each in content["features"]]


def link(content: dict[str, Any], rel: str, media: str | None = None) -> str | None:
    found = [
        each["href"] for each in content["links"] if each["rel"] == rel and media in (None, each["type"])
    ]
    return found[0] if found else None


def degrees(*corners: float) -> str:
    """A box of metres around the test corner as `bbox`."""
    west, south, east, north = corners
    return ",".join(
        f"{edge:.7f}"
        for edge in to_geographic(a_box(west, south, east - west, north - south), UTM_43N).bounds
    )


# -- where a program begins


def test_from_the_first_address_every_other_is_found(client: TestClient) -> None:
    landing = get(client, TOWN)
    for rel in ("self", "conformance", "data", "service-desc", "alternate", "service-doc"):
        address = link(landing, rel)
        assert address
        assert client.get(address).status_code == 200
    collections = get(client, str(link(landing, "data")))
    named = [each["id"] for each in collections["collections"]]
    assert named == ["parcels", "zoning", "flood", "local_body", "ward", "road"]
    for each in collections["collections"]:
        assert each == get(client, f"{TOWN}/collections/{each['id']}")
        for wanted in each["links"]:
            if wanted["rel"] in ("self", "items", "alternate", "describedby"):
                assert client.get(wanted["href"]).status_code == 200, wanted


def test_the_description_is_of_openapi_3_0_and_says_how_large_a_page_may_be(client: TestClient) -> None:
    answer = client.get(f"{TOWN}/api")
    assert answer.headers["content-type"] == "application/vnd.oai.openapi+json;version=3.0"
    described = answer.json()
    assert described["openapi"].startswith("3.0")
    limit = described["components"]["parameters"]["limit"]["schema"]
    assert limit["maximum"] == MOST >= 1_000
    assert limit["default"] == DEFAULT >= 1_000
    operations = [each["get"]["operationId"] for each in described["paths"].values()]
    assert len(operations) == len(set(operations))
    for each in described["paths"].values():
        for parameter in each["get"]["parameters"]:
            name = parameter.get("$ref", "").rpartition("/")[2]
            assert not name or name in described["components"]["parameters"]


def test_the_standards_are_named(client: TestClient) -> None:
    kept = get(client, f"{TOWN}/conformance")["conformsTo"]
    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in kept
    assert "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs" in kept
    assert "http://www.opengis.net/spec/cql2/1.0/conf/cql2-json" in kept
    assert "http://www.opengis.net/spec/cql2/1.0/conf/temporal-functions" in kept


@pytest.mark.parametrize(
    ("op", "ends", "expected"),
    [
        ("t_equals", ["2024-05-01", ".."], {"12/106-1", "12/106-2"}),
        ("t_equals", ["2024-05-02", ".."], set()),
        ("t_finishes", ["1900-01-01", "2024-05-01"], {"12/106"}),
        ("t_finishes", ["1900-01-01", "2024-04-30"], set()),
    ],
)
def test_a_filter_asks_for_states_by_their_time_in_text_and_in_json(
    client: TestClient, op: str, ends: list[str], expected: set[str]
) -> None:
    as_text = f"{op}(INTERVAL(valid_from, valid_to), INTERVAL('{ends[0]}', '{ends[1]}'))"
    own = {"interval": [{"property": "valid_from"}, {"property": "valid_to"}]}
    as_json = json.dumps({"op": op, "args": [own, {"interval": ends}]})
    for text, lang in ((as_text, "cql2-text"), (as_json, "cql2-json")):
        found = get(client, f"{ITEMS}?datetime=../..&filter-lang={lang}&filter={quote(text)}")
        assert set(numbers(found)) == expected


def test_a_collection_names_its_sources_and_their_licences(client: TestClient) -> None:
    road = get(client, f"{TOWN}/collections/road")
    assert road["attribution"] == "Test road (CC0)"
    (source,) = road["lineage"]
    assert (source["title"], source["licence"], source["accuracy"]) == ("Test road", "CC0", 1.0)
    assert re.fullmatch("[0-9a-f]{64}", source["sha256"])


def test_features_follow_their_schema(client: TestClient) -> None:
    for name in ("parcels", "zoning", "road", "local_body"):
        schema = get(client, f"{TOWN}/collections/{name}/schema")
        schema["properties"]["geometry"] = {"type": "object"}
        content = get(client, f"{TOWN}/collections/{name}/items")
        assert content["features"]
        for each in content["features"]:
            known = {word: value for word, value in each["properties"].items() if value is not None}
            wanted = {**schema["properties"]["properties"], "required": list(known)}
            jsonschema.validate(
                {**each, "properties": known},
                {**schema, "properties": {**schema["properties"], "properties": wanted}},
            )
            assert set(each["properties"]) == set(wanted["properties"])
        queryables = get(client, f"{TOWN}/collections/{name}/queryables")["properties"]
        assert set(queryables) == {*wanted["properties"], "geometry"}


# -- features


def test_features_are_those_of_the_database(client: TestClient) -> None:
    content = get(client, ITEMS)
    assert numbers(content) == ["12/104", "12/105", "12/106-1", "12/106-2"]
    assert (content["numberReturned"], content["numberMatched"]) == (4, 4)
    plot = content["features"][0]
    assert to_metric(shape(plot["geometry"]), UTM_43N).hausdorff_distance(a_box()) < 0.01
    assert plot["properties"]["measured_area"] == pytest.approx(600.12, abs=0.01)


def test_outer_rings_turn_as_rfc_7946_wants(client: TestClient) -> None:
    for each in get(client, ITEMS)["features"]:
        assert shapely.is_ccw(shape(each["geometry"]).exterior)


def test_no_address_and_no_holder_is_among_the_properties(client: TestClient) -> None:
    (plot, *_) = get(client, ITEMS)["features"]
    assert "House on" not in str(plot)
    assert set(plot["properties"]).isdisjoint({"address", "owner", "holder"})


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_pages_together_are_the_whole(client: TestClient, limit: int) -> None:
    seen: list[str] = []
    address: str | None = f"{ITEMS}?limit={limit}"
    while address:
        content = get(client, address)
        assert len(content["features"]) == content["numberReturned"] <= limit
        seen += numbers(content)
        address = link(content, "next")
        assert "numberMatched" not in content
    assert seen == ["12/104", "12/105", "12/106-1", "12/106-2"]


def test_the_next_page_keeps_day_and_knowledge(client: TestClient) -> None:
    onward = link(get(client, f"{ITEMS}?limit=1&crs={METRIC}&village=Test village"), "next")
    assert onward
    for part in (f"on={today()}", "known=20", "after=", "limit=1", f"crs={METRIC}", "village=Test+village"):
        assert part in onward


@pytest.mark.parametrize(
    ("limit", "status"), [(0, 400), (1, 200), (MOST, 200), (MOST + 1, 200), (-1, 400), ("x", 400)]
)
def test_a_page_has_a_size(client: TestClient, limit: object, status: int) -> None:
    get(client, f"{ITEMS}?limit={limit}", status)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("on=2024-04-30", ["12/104", "12/105", "12/106"]),
        ("on=2024-05-01", ["12/104", "12/105", "12/106-1", "12/106-2"]),
        ("datetime=2024-04-30", ["12/104", "12/105", "12/106"]),
        ("datetime=2024-04-30T23:00:00", ["12/104", "12/105", "12/106"]),
        ("datetime=2024-04-30T18:29:59Z", ["12/104", "12/105", "12/106"]),
        ("datetime=2024-04-30T18:30:00Z", ["12/104", "12/105", "12/106-1", "12/106-2"]),
        ("datetime=2024-04-30T23:59:00%2B05:30", ["12/104", "12/105", "12/106"]),
        ("datetime=2024-04-30/2024-05-01", ["12/104", "12/105", "12/106", "12/106-1", "12/106-2"]),
        ("datetime=2024-05-01/..", ["12/104", "12/105", "12/106-1", "12/106-2"]),
        ("datetime=../2024-04-30", ["12/104", "12/105", "12/106"]),
        ("datetime=2024-05-01/2999-01-01", ["12/104", "12/105", "12/106-1", "12/106-2"]),
        ("number=12/105", ["12/105"]),
        ("survey=105&block=12", ["12/105"]),
        ("survey=nothing", []),
        ("accuracy=0.1&limit=1", ["12/104"]),
        ("valid_from=2024-05-01", ["12/106-1", "12/106-2"]),
    ],
)
def test_time_and_properties_choose(client: TestClient, question: str, expected: list[str]) -> None:
    assert sorted(numbers(get(client, f"{ITEMS}?{question}"))) == expected


@pytest.mark.parametrize(
    ("corners", "expected"),
    [
        ((2, 2, 3, 3), ["12/104"]),
        ((18, 2, 22, 3), ["12/104", "12/105"]),
        ((200, 200, 210, 210), []),
        ((-1000, -1000, 1000, 1000), ["12/104", "12/105", "12/106-1", "12/106-2"]),
    ],
)
def test_a_box_chooses_what_meets_it(
    client: TestClient, corners: tuple[float, ...], expected: list[str]
) -> None:
    box = degrees(*corners)
    assert numbers(get(client, f"{ITEMS}?bbox={box}")) == expected
    west, south, east, north = box.split(",")
    assert numbers(get(client, f"{ITEMS}?bbox={south},{west},{north},{east}&bbox-crs={DEGREES}")) == expected
    metres = ",".join(
        str(edge)
        for edge in a_box(corners[0], corners[1], corners[2] - corners[0], corners[3] - corners[1]).bounds
    )
    assert numbers(get(client, f"{ITEMS}?bbox={metres}&bbox-crs={METRIC}")) == expected
    assert numbers(get(client, f"{ITEMS}?bbox={west},{south},0,{east},{north},99")) == expected


def test_a_box_without_area_is_a_line_or_a_point(client: TestClient) -> None:
    point = to_geographic(MIDDLE, UTM_43N)
    east, north = f"{point.x:.7f}", f"{point.y:.7f}"
    assert numbers(get(client, f"{ITEMS}?bbox={east},{north},{east},{north}")) == ["12/104"]
    assert numbers(get(client, f"{ITEMS}?bbox={east},{north},76.4265,{north}")) == ["12/104", "12/105"]
    text = quote(f"S_INTERSECTS(geometry, BBOX({east},{north},{east},{north}))")
    assert numbers(get(client, f"{ITEMS}?filter={text}")) == ["12/104"]


def test_a_box_around_the_earth_holds_everything(client: TestClient) -> None:
    assert len(numbers(get(client, f"{ITEMS}?bbox=-180,-90,180,90"))) == 4
    assert numbers(get(client, f"{ITEMS}?bbox=-10,-10,10,10")) == []


# -- systems


@pytest.mark.parametrize("system", [CRS84, DEGREES, METRIC])
def test_answers_come_in_the_system_asked_for_with_its_axes_in_order(client: TestClient, system: str) -> None:
    answer = client.get(f"{ITEMS}?number=12/104&crs={system}")
    assert answer.headers["content-crs"] == f"<{system}>"
    (plot,) = answer.json()["features"]
    expected = a_box() if system == METRIC else to_geographic(a_box(), UTM_43N)
    if system == DEGREES:
        expected = shapely.transform(expected, lambda points: points[:, ::-1])
    assert shape(plot["geometry"]).hausdorff_distance(expected) < (0.002 if system == METRIC else 2e-7)


def test_degrees_longitude_first_unless_asked_otherwise(client: TestClient) -> None:
    assert client.get(ITEMS).headers["content-crs"] == f"<{CRS84}>"


def test_the_systems_of_a_collection_are_listed_and_its_own_is_named(client: TestClient) -> None:
    parcels = get(client, PARCELS)
    assert parcels["crs"] == [CRS84, DEGREES, METRIC]
    assert parcels["storageCrs"] == METRIC


# -- one feature


def test_a_feature_is_found_by_its_number(client: TestClient) -> None:
    (plot,) = get(client, f"{ITEMS}?number=12/105")["features"]
    alone = get(client, f"{ITEMS}/{plot['id']}")
    assert {**plot, "links": alone["links"]} == alone
    assert link(alone, "collection")


def test_a_feature_that_ended_is_still_found_unless_a_day_is_given(client: TestClient) -> None:
    (plot,) = get(client, f"{ITEMS}?number=12/106&on=2024-04-30")["features"]
    assert get(client, f"{ITEMS}/{plot['id']}")["properties"]["valid_to"] == "2024-05-01"
    get(client, f"{ITEMS}/{plot['id']}?on=2024-04-30")
    get(client, f"{ITEMS}/{plot['id']}?on=2024-05-01", 404)


# -- filters


def spot() -> str:
    point = to_geographic(MIDDLE, UTM_43N)
    return f"POINT({point.x:.7f} {point.y:.7f})"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("number = '12/104'", ["12/104"]),
        ("number <> '12/104' AND survey <> '106'", ["12/105"]),
        ("number LIKE '12/10_'", ["12/104", "12/105"]),
        ("number LIKE '%-2' OR survey = '104'", ["12/104", "12/106-2"]),
        ("CASEI(village) = CASEI('TEST VILLAGE') AND NOT survey IN ('104', '106')", ["12/105"]),
        ("village = 'TEST VILLAGE'", []),
        ("measured_area BETWEEN 600 AND 601", ["12/104", "12/105"]),
        ("measured_area > recorded_extent AND ulpin IS NOT NULL", ["12/104"]),
        ("subdivision IS NULL", ["12/104", "12/105"]),
        ("valid_from >= DATE('2024-05-01')", ["12/106-1", "12/106-2"]),
        ("valid_from < '2024-05-01'", ["12/104", "12/105"]),
        ("valid_from < TIMESTAMP('2024-04-30T18:30:00Z')", ["12/104", "12/105"]),
        (f"S_INTERSECTS(geometry, {spot()})", ["12/104"]),
        (f"S_DISJOINT(geometry, {spot()}) AND block = '12'", ["12/105", "12/106-1", "12/106-2"]),
        (f"S_WITHIN(geometry, BBOX({degrees(19, -1, 41, 31)}))", ["12/105"]),
        (f"S_CONTAINS(geometry, BBOX({degrees(22, 2, 23, 3)}))", ["12/105"]),
        ("S_INTERSECTS(geometry, BBOX(-180,-90,180,90))", ["12/104", "12/105", "12/106-1", "12/106-2"]),
        ("S_INTERSECTS(geometry, POINT(0 0))", []),
        ("FALSE", []),
    ],
)  # fmt: skip
def test_a_filter_chooses(client: TestClient, text: str, expected: list[str]) -> None:
    assert sorted(numbers(get(client, f"{ITEMS}?filter={quote(text)}"))) == expected


def test_shapes_of_a_filter_may_be_in_another_system(client: TestClient) -> None:
    metres = f"S_INTERSECTS(geometry, POINT({MIDDLE.x} {MIDDLE.y}))"
    assert numbers(get(client, f"{ITEMS}?filter={quote(metres)}&filter-crs={METRIC}")) == ["12/104"]
    point = to_geographic(MIDDLE, UTM_43N)
    turned = f"S_INTERSECTS(geometry, POINT({point.y} {point.x}))"
    assert numbers(get(client, f"{ITEMS}?filter={quote(turned)}&filter-crs={DEGREES}")) == ["12/104"]


def test_a_filter_in_json(client: TestClient) -> None:
    text = '{"op": "in", "args": [{"property": "survey"}, ["104", "105"]]}'
    for word in ("", "&filter-lang=cql2-json"):
        assert numbers(get(client, f"{ITEMS}?filter={quote(text)}{word}")) == ["12/104", "12/105"]


def test_attributes_of_a_source_can_be_asked(client: TestClient) -> None:
    bodies = f"{TOWN}/collections/local_body/items"
    assert get(client, f"{bodies}?lsg_type=Municipality")["numberReturned"] == 1
    assert get(client, f"{bodies}?filter={quote('lsg_type = ' + repr('Corporation'))}")["numberReturned"] == 0


def test_a_value_is_a_value_whatever_it_looks_like(client: TestClient) -> None:
    for text in (
        "number = '12/104'' OR ''1''=''1'",
        "number = '%(x)s; DROP TABLE parcel'",
        "number = ':known'",
    ):
        assert numbers(get(client, f"{ITEMS}?filter={quote(text)}")) == []
    assert numbers(get(client, f"{ITEMS}?number={quote(chr(39) + ' OR true --')}")) == []


# -- what makes no sense


NEST = "number = '1'"
for _ in range(1_000):
    NEST = f"(a = 1 AND {NEST})"


@pytest.mark.parametrize(
    ("question", "status", "code", "told"),
    [
        ("bbox=1,2,3", 400, "bad-box", "west,south,east,north"),
        ("bbox=a,b,c,d", 400, "bad-box", "west,south,east,north"),
        ("bbox=76,11,77,10", 400, "bad-box", "stands on its head"),
        ("bbox=170,-10,-170,10", 400, "bad-box", "180th meridian"),
        ("bbox=nan,1,2,3", 400, "bad-box", "no box"),
        ("bbox=-1e400,1,2,3", 400, "bad-box", "no box"),
        ("bbox=-200,1,2,3", 400, "bad-position", "not on the earth"),
        ("bbox=0,0,500,500", 400, "bad-position", "not on the earth"),
        (f"bbox=-91,-180,90,180&bbox-crs={DEGREES}", 400, "bad-position", "not on the earth"),
        ("bbox=75,10,200,77,12,100", 400, "bad-box", "stands on its head"),
        ("bbox=10,76,11,97", 400, "bad-position", "order of"),
        ("bbox=1,2,3,4&bbox-crs=EPSG:9999", 400, "bad-crs", "not served here"),
        ("crs=http://www.opengis.net/def/crs/EPSG/0/3857", 400, "bad-crs", "CRS84"),
        ("crs=nonsense", 400, "bad-crs", "CRS84"),
        ("filter=TRUE&filter-crs=x", 400, "bad-crs", "CRS84"),
        ("filter=TRUE&filter-lang=sql", 400, "bad-filter", "cql2-text or cql2-json"),
        ("filter=number", 400, "bad-filter", "a comparison"),
        ("filter=owner = 'x'", 400, "bad-filter", "no property “owner”"),
        ("filter=address = 'x'", 400, "bad-filter", "no property “address”"),
        ("filter=number = 5", 400, "bad-filter", "cannot compare"),
        ("filter=measured_area = '5'", 400, "bad-filter", "cannot compare"),
        ("filter=measured_area = 1e999", 400, "bad-filter", "too large"),
        ("filter=geometry = 'x'", 400, "bad-filter", "no property “geometry”"),
        ("filter=S_INTERSECTS(number, POINT(1 1))", 400, "bad-filter", "is no shape"),
        ("filter=S_INTERSECTS(geometry, POINT(500 1))", 400, "bad-position", "not on the earth"),
        ("filter=S_INTERSECTS(geometry, POLYGON((0 0, 1 1, 1 0, 0 1, 0 0)))", 400, "bad-filter", "crosses itself"),
        ("filter=S_INTERSECTS(geometry, POINT EMPTY)", 400, "bad-filter", "well-known text"),
        ("filter=number LIKE 'a\\'", 400, "bad-filter", "cannot end"),
        (f"filter=number LIKE '{'%25a' * 9}'", 400, "bad-filter", "signs “%”"),
        (f"filter=number LIKE '{'a' * 201}'", 400, "bad-filter", "200 letters"),
        ("filter=measured_area LIKE '1'", 400, "bad-filter", "cannot compare"),
        ("filter=valid_from LIKE '2020-01-01'", 400, "bad-filter", "LIKE compares"),
        (f"filter={'(' * 1000}TRUE{')' * 1000}", 413, "too-large", "nested deeper"),
        (f"filter={NEST}", 413, "too-large", "nested deeper"),
        (f"filter={' AND '.join(['TRUE'] * 1000)}", 413, "too-large", "parts"),
        ("filter={\"op\":\"casei\",\"args\":[\"x\"]}", 400, "bad-filter", "CASEI is no condition"),
        ("filter={\"op\":\"=\",\"args\":[1]}", 400, "bad-filter", "takes 2 operands"),
        ("filter={\"op\":\"=\",\"args\":[{\"property\":\"number\"},\"\\u0000\"]}", 400, "bad-filter", "NUL"),
        ("filter={\"op\":\"and\",\"args\":[]}", 400, "bad-filter", "two operands"),
        ("filter={\"op\":\"in\",\"args\":[]}", 400, "bad-filter", "list of values"),
        ("datetime=-4004-10-23", 400, "bad-date", "year-month-day"),
        ("datetime=yesterday", 400, "bad-date", "year-month-day"),
        ("datetime=2020-01-01/2019-01-01", 400, "bad-date", "ends before it begins"),
        ("datetime=1/2/3", 400, "bad-date", "slash"),
        ("datetime=2999-01-01", 400, "not-understood", "future"),
        ("datetime=..", 400, "bad-date", "year-month-day"),
        ("datetime=9999-12-31T23:00:00Z", 400, "bad-date", "year-month-day"),
        ("datetime=2020-01-01&on=2020-01-01", 400, "bad-date", "leave one"),
        ("datetime=0001-01-01", 404, "not-found", "nothing is known before 1990-01-01"),
        ("on=2999-01-01", 400, "not-understood", "future"),
        ("on=0001-01-01", 404, "not-found", "nothing is known before 1990-01-01"),
        ("on=1989-12-31", 404, "not-found", "nothing is known before 1990-01-01"),
        ("on=0000-01-01", 400, "bad-date", "year-month-day"),
        ("known=1999-01-01T00:00:00Z", 404, "not-found", "recorded yet"),
        ("known=2999-01-01T00:00:00Z", 400, "not-understood", "Nothing is recorded after"),
        ("offset=10", 400, "not-understood", "does not know “offset”"),
        ("owner=x", 400, "not-understood", "does not know “owner”"),
        ("measured_area=much", 400, "not-understood", "number"),
        ("valid_from=x", 400, "bad-date", "no day"),
        ("limit=1&limit=2", 400, "not-understood", "more than once"),
        ("after=-1", 400, "not-understood", "after"),
        (f"after={2**63}", 400, "not-understood", "after"),
        ("measured_area=1e999999999", 400, "not-understood", "number"),
        ("measured_area=nan", 400, "not-understood", "number"),
        ("f=docx", 400, "not-understood", "choose"),
    ],
)  # fmt: skip
def test_a_question_without_sense_is_told_why(
    client: TestClient, question: str, status: int, code: str, told: str
) -> None:
    problem = get(client, f"{ITEMS}?{question}", status)
    assert problem["status"] == status
    assert (problem["code"], told in problem["detail"]) == (code, True), problem["detail"]


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        ("", 200, ""),
        ("?on=1990-01-01", 200, ""),
        ("?on=1989-12-31", 404, "nothing is known before 1990-01-01"),
        (f"?on={today()}", 200, ""),
        (f"?on={today() + timedelta(days=1)}", 422, "lies in the future"),
        ("?known=2999-01-01T00:00:00Z", 422, "Nothing is recorded after"),
        ("?known=1800-01-01T00:00:00Z", 404, "was recorded yet"),
    ],
)
def test_the_map_of_a_moment_has_a_page_where_anything_is_known_of_it(
    client: TestClient, words: str, status: int, told: str
) -> None:
    page = client.get(f"/test-town/map{words}", headers={"Accept": "text/html"})
    assert (page.status_code, told in page.text) == (status, True)


def test_the_map_leads_to_the_file_of_the_place_where_the_office_has_laid_one_down(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(client.app.state._state, "archives", tmp_path)  # type: ignore[attr-defined]
    assert 'href="/archive"' in client.get("/test-town/map").text
    (tmp_path / "test-town.pmtiles").touch()
    assert 'href="/archive?file=/tiles/archives/test-town.pmtiles"' in client.get("/test-town/map").text


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/ogc/nowhere", 404),
        (f"{TOWN}/collections/persons", 404),
        (f"{TOWN}/collections/quarry/items", 404),
        (f"{ITEMS}/0", 404),
        (f"{ITEMS}/{2**63}", 400),
        (f"{ITEMS}/x", 400),
        (f"{TOWN}/collections?x=1", 400),
        (f"{TOWN}/nothing", 404),
        (f"{ITEMS}?number=%00", 400),
    ],
)
def test_an_address_that_leads_nowhere_is_told_so(client: TestClient, address: str, status: int) -> None:
    assert len(get(client, address, status)["detail"]) > 5


# -- for people


@pytest.fixture
def reader(client: TestClient) -> TestClient:
    """Somebody else at the same service: a language that is chosen is kept in a cookie."""
    return TestClient(client.app, raise_server_exceptions=False)


@pytest.mark.parametrize("language", ["en", "ml"])
@pytest.mark.parametrize(
    "path",
    [
        "",
        "/conformance",
        "/api",
        "/collections",
        "/collections/parcels",
        "/collections/zoning",
        "/collections/parcels/queryables",
        "/collections/zoning/schema",
        "/collections/parcels/items",
        "/collections/parcels/items?limit=2",
        "/collections/road/items",
        "/collections/parcels/items?number=none",
        "/collections/parcels/items/1",
    ],
)
def test_every_resource_is_a_page_too(reader: TestClient, path: str, language: str) -> None:
    joint = "&" if "?" in path else "?"
    answer = reader.get(f"{TOWN}{path}{joint}lang={language}", headers={"accept": "text/html"})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert f'<html lang="{language}">' in answer.text
    assert reader.get(f"{TOWN}{path}{joint}f=html").headers["content-type"].startswith("text/html")
    assert (
        "json"
        in reader.get(f"{TOWN}{path}{joint}f=json", headers={"accept": "text/html"}).headers["content-type"]
    )


def test_the_pages_for_people_lead_on(reader: TestClient) -> None:
    page = reader.get(f"{ITEMS}?limit=3&f=html").text
    assert "12/106-1" in page
    onward = re.search(r'rel="next" href="([^"]+)"', page)
    assert onward
    further = reader.get(onward[1].replace("&amp;", "&")).text
    assert "12/106-2" in further
    assert "12/106-1" not in further


def test_a_person_gets_a_page_of_an_error(reader: TestClient) -> None:
    answer = reader.get(f"{ITEMS}?bbox=1", headers={"accept": "text/html"})
    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("text/html")
