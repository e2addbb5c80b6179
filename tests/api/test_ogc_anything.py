"""Whatever stands in an address under /ogc, it is answered or refused with a reason; nothing breaks."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

COLLECTION = "/ogc/test-town/collections/{}"
WORDS = {
    "bbox": st.one_of(st.text(max_size=30), st.lists(st.floats(), min_size=3, max_size=7).map(lambda all_: ",".join(map(str, all_)))),
    "bbox-crs": st.text(max_size=30),
    "datetime": st.one_of(st.text(alphabet="0123456789-T:Z/.", max_size=30), st.dates().map(str), st.datetimes().map(str)),
    "limit": st.one_of(st.text(max_size=5), st.integers().map(str)),
    "after": st.one_of(st.text(max_size=5), st.integers().map(str)),
    "crs": st.text(max_size=30),
    "filter": st.text(alphabet="numberidxyarea'\"()=<>,. 1e-%\\ANDORLIKEINSTOBX{}[]:\0é", max_size=60),
    "filter-lang": st.sampled_from(["cql2-text", "cql2-json", "sql", ""]),
    "on": st.one_of(st.text(max_size=12), st.dates().map(str)),
    "known": st.one_of(st.text(max_size=12), st.datetimes().map(str)),
    "number": st.text(max_size=20),
    "measured_area": st.one_of(st.text(max_size=8), st.floats().map(str), st.just("1e999999999")),
    "valid_from": st.one_of(st.text(max_size=8), st.dates().map(str)),
    "f": st.sampled_from(["json", "html", "csv", "gpkg", ""]),
    "lang": st.sampled_from(["en", "ml", "xx"]),
}  # fmt: skip
ASKED = st.fixed_dictionaries({}, optional=WORDS)


@pytest.mark.parametrize(
    "path", ["parcels/items", "road/items", "parcels/download", "parcels/items/1", "zoning/queryables"]
)
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asked=ASKED)
def test_anything_is_answered_or_refused(client: TestClient, path: str, asked: dict[str, Any]) -> None:
    answer = client.get(COLLECTION.format(path), params=asked)
    client.cookies.clear()
    assert answer.status_code < 500 or answer.status_code == 503, answer.text
    if answer.status_code >= 400 and "json" in answer.headers["content-type"]:
        assert len(answer.json()["detail"]) > 5


FILTERS = st.recursive(
    st.sampled_from(
        [
            "number = '12/104'", "measured_area > 1e300", "number LIKE '%'", "valid_from < DATE('0001-01-01')", "TRUE",
            "valid_to IS NULL", "CASEI(number) = 'x'", "survey IN ('1','2')", "accuracy BETWEEN -1 AND 1",
            "S_INTERSECTS(geometry, POINT(76.4 10.6))", "S_WITHIN(geometry, BBOX(-180,-90,180,90))",
            "S_TOUCHES(geometry, LINESTRING(76 10, 77 11))", "S_OVERLAPS(geometry, geometry)", "S_EQUALS(geometry, POINT(179 89))",
            "S_CROSSES(geometry, MULTIPOINT((76.4 10.6), (0 0)))", "valid_from = TIMESTAMP('9999-12-31T23:59:59Z')",
            "S_CONTAINS(geometry, POLYGON((76 10, 77 10, 77 11, 76 10)))", "number < number", "measured_area = recorded_extent",
        ]
    ),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from([" AND ", " OR "]), inner).map("".join), inner.map(lambda text: f"NOT ({text})")
    ),
    max_leaves=6,
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=FILTERS)
def test_every_sound_filter_is_answered(client: TestClient, text: str) -> None:
    answer = client.get(COLLECTION.format("parcels/items"), params={"filter": text})
    assert answer.status_code == 200, (text, answer.text)
