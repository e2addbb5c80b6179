"""Permits as open data: everyone's programs read what the register tells, on the ground of its plots, and nothing of anybody."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import geopandas
import pyogrio
import pytest
import shapely
from fastapi.testclient import TestClient
from owslib.ogcapi.features import Features
from sqlalchemy import Engine, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from civic.permits.register import Wanted, permits_in
from gis.db.session import transaction
from gis.jurisdictions import jurisdiction
from gis.parcels.changes import divide
from layers.collections.systems import EPSG
from tests.api.served import Served, served
from tests.builders import UTM_43N, a_box, a_parcel, halves
from tests.civic.builders import NOW
from tests.civic.conftest import a_body, open_on_its_land
from tests.civic.hall import Hall, a_hall
from tests.civic.permits.issued import PRIVATE, a_permit

TODAY = NOW.date()
DAY = timedelta(days=1)
BEFORE, DIVIDED = date(2024, 3, 1), date(2024, 5, 1)
TOLD = {
    "number", "plots", "kind", "route", "state", "applied", "issued", "until", "revoked", "replaced", "replaced_by", "follows",
    "local_body", "page",
}  # fmt: skip


@pytest.fixture(scope="module")
def hall(engine: Engine, service_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Hall:
    """A town hall that issued on a plot before and after it was divided, to one that runs out and one that was revoked."""
    body = a_body("published")
    with transaction(engine) as session:
        open_on_its_land(session, body)
        place = jurisdiction(session, body.jurisdiction)
        a_parcel(session, place, "12/105", x=20)
        a_parcel(session, place, "12/106", x=40)
        into = halves(a_box(40), ("12/106-1", "12/106-2"))
        divide(session, place, "12/106", into=into, on=DIVIDED, instrument="partition deed 7/2024")
    made = a_hall(service_engine, body, tmp_path_factory.mktemp("published"))
    with made.inside() as session:
        a_permit(session, body, "12/106", number="A-1", issued=BEFORE, route="earlier", until=TODAY - DAY)
        a_permit(session, body, "12/106-2", number="A-2 #7", issued=DIVIDED + DAY, route="earlier")
        a_permit(session, body, "12/105", issued=TODAY, revoked=(TODAY, "Not built as Privatha declared."))
        a_permit(session, body, "12/105", issued=TODAY, kind="well", of_permit="A-1")
        a_permit(session, body, "99/999", number="A-3", issued=TODAY, route="earlier", until=None)
    return made


@pytest.fixture
def anyone(hall: Hall) -> TestClient:
    """A program without an account."""
    return TestClient(hall.app, headers={"accept": "application/json"})


def address(hall: Hall, path: str = "items") -> str:
    return f"/ogc/{hall.body.jurisdiction}/collections/permits/{path}"


def asked(hall: Hall, anyone: TestClient, **words: object) -> dict[str, Any]:
    """Features by the number of their permit."""
    answer = anyone.get(address(hall), params={"limit": 1_000, **words})
    assert answer.status_code == 200, answer.text
    return {each["properties"]["number"]: each for each in answer.json()["features"]}


def test_the_collection_is_the_register_and_has_only_its_columns(hall: Hall, anyone: TestClient) -> None:
    found = asked(hall, anyone)
    with hall.inside() as session:
        lines = {each.number: each for each in permits_in(session, Wanted(), on=TODAY)}
    assert set(found) == set(lines)
    for number, feature in found.items():
        told, line = feature["properties"], lines[number]
        assert set(told) == TOLD
        assert (told["state"], told["kind"], told["route"]) == (line.state, line.kind, line.route)
        assert (told["issued"], told["applied"]) == (line.issued.isoformat(), line.applied.isoformat())
        assert (told["plots"], told["follows"]) == (", ".join(line.plots), line.follows)
        assert anyone.get(told["page"], headers={"accept": "text/html"}).status_code == 200
    assert {each["properties"]["state"] for each in found.values()} == {"in_force", "ended", "revoked"}


@pytest.mark.parametrize("language", ["en", "ml"])
def test_no_form_of_it_tells_of_a_person(hall: Hall, anyone: TestClient, language: str) -> None:
    place = f"/ogc/{hall.body.jurisdiction}"
    number = next(iter(asked(hall, anyone).values()))["id"]
    pages = [address(hall, path) for path in ("", "queryables", "schema", "items", f"items/{number}")]
    pages += [f"{place}/collections", f"{place}/records/permits", f"{place}/api"]
    forms = [
        f"{address(hall, 'download')}?f={form}" for form in ("csv", "geojsonl", "gpkg", "parquet", "fgb")
    ]
    for path in [
        *pages,
        *(f"{page}?f=html&lang={language}" for page in pages if "records" not in page),
        *forms,
    ]:
        answer = anyone.get(path.replace("/?", "?").rstrip("/"))
        assert answer.status_code == 200, (path, answer.text)
        assert not [mark for mark in PRIVATE if mark.encode() in answer.content], path


def test_the_service_reads_it_in_no_body_and_cannot_write_it(hall: Hall) -> None:
    with Session(hall.engine) as session:
        assert session.scalar(text("SELECT entered_body()")) is None
        assert session.scalar(text("SELECT count(*) FROM permit")) == 0, "the wall stands"
        assert session.scalar(text("SELECT count(*) FROM published_permit")) >= 5
        columns = set(
            session.scalars(
                text(
                    "SELECT attname FROM pg_attribute WHERE attrelid = 'published_permit'::regclass AND attnum > 0"
                )
            )
        )
    assert columns == (TOLD - {"state", "page"}) | {
        "feature",
        "jurisdiction",
        "srid",
        "since",
        "ended",
        "shape",
    }
    for statement in (
        "UPDATE published_permit SET number = 'X'",
        "DELETE FROM published_permit",
        "INSERT INTO published_permit (number) VALUES ('X')",
        "SELECT * FROM permit_told",
    ):
        with Session(hall.engine) as session, pytest.raises(ProgrammingError, match="permission denied"):
            session.execute(text(statement))


def test_a_permit_lies_on_its_plot_as_it_stood_when_it_was_issued(hall: Hall, anyone: TestClient) -> None:
    found = asked(hall, anyone, crs=f"{EPSG}{UTM_43N}")
    before, after = (
        shapely.from_geojson(str(found[name]["geometry"]).replace("'", '"')) for name in ("A-1", "A-2 #7")
    )
    assert before.equals(a_box(40))
    assert after.equals(halves(a_box(40), ("x", "y"))[1].boundary)
    assert found["A-3"]["geometry"] is None, "a plot that nobody recorded lies nowhere"


@pytest.mark.parametrize(
    ("on", "number", "state"),
    [
        (BEFORE - DAY, "A-1", None),
        (BEFORE, "A-1", "in_force"),
        (TODAY - DAY, "A-1", "in_force"),
        (TODAY, "A-1", "ended"),
    ],
)
def test_its_state_is_that_of_the_day_asked_about(
    hall: Hall, anyone: TestClient, on: date, number: str, state: str | None
) -> None:
    answer = anyone.get(address(hall), params={"on": on.isoformat()})
    if state is None:
        assert answer.status_code == 404, "before the first permit nothing is known"
        return
    told = {each["properties"]["number"]: each["properties"]["state"] for each in answer.json()["features"]}
    assert told[number] == state
    same = anyone.get(address(hall), params={"on": on.isoformat(), "filter": f"state = '{state}'"}).json()
    assert number in {each["properties"]["number"] for each in same["features"]}
    file = anyone.get(address(hall, "download"), params={"f": "csv", "on": on.isoformat(), "number": number})
    assert f",{state}," in file.text


def test_a_copy_holds_until_a_permit_is_issued_and_pages_stay_one_telling(
    hall: Hall, anyone: TestClient
) -> None:
    first = anyone.get(address(hall), params={"limit": 2})
    plots = f"/ogc/{hall.body.jurisdiction}/collections/parcels/items"
    held = {path: anyone.get(path).headers["etag"] for path in (address(hall), plots)}
    one = address(hall, f"items/{first.json()['features'][0]['id']}")
    held[one] = anyone.get(one).headers["etag"]
    for path, tag in held.items():
        assert anyone.get(path, headers={"if-none-match": tag}).status_code == 304
    before = asked(hall, anyone)
    with hall.inside() as session:
        new = a_permit(session, hall.body, "12/105", issued=TODAY)
        session.execute(text("UPDATE permit SET until = :day WHERE number = 'A-1'"), {"day": TODAY + DAY})
    answers = {
        path: anyone.get(path, headers={"if-none-match": tag}).status_code for path, tag in held.items()
    }
    assert answers == {address(hall): 200, plots: 304, one: 200}
    told, page = [], first.json()
    while True:
        told += [each["properties"] for each in page["features"]]
        onward = [each["href"] for each in page["links"] if each["rel"] == "next"]
        if not onward:
            break
        page = anyone.get(onward[0]).json()
    assert {each["number"]: each for each in told} == {
        name: each["properties"] for name, each in before.items()
    }
    assert len(told) == len(before)
    assert new in asked(hall, anyone)
    assert asked(hall, anyone, on=TODAY)["A-1"]["properties"]["state"] == "in_force"
    known = datetime.fromisoformat(_published(hall)[-1]) + timedelta(days=1)
    assert anyone.get(address(hall), params={"known": known.isoformat()}).status_code == 400, (
        "nothing is known later"
    )


def _published(hall: Hall) -> list[str]:
    question = "SELECT since FROM published_permit WHERE jurisdiction = :here ORDER BY since"
    with Session(hall.engine) as session:
        return [
            each.isoformat() for each in session.scalars(text(question), {"here": hall.body.jurisdiction})
        ]


@pytest.fixture(scope="module")
def service(hall: Hall, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The town hall's land, served to programs."""
    with served(hall.engine, tmp_path_factory.mktemp("served")) as running:
        yield running


def stored(hall: Hall) -> dict[str, Any]:
    question = "SELECT number, ST_AsBinary(shape) FROM published_permit WHERE jurisdiction = :here AND ended IS NULL AND shape IS NOT NULL"
    with Session(hall.engine) as session:
        rows = session.execute(text(question), {"here": hall.body.jurisdiction})
        return {number: shapely.from_wkb(bytes(shape)) for number, shape in rows}


@pytest.mark.parametrize("system", [f"EPSG:{UTM_43N}", "OGC:CRS84", "EPSG:4326"])
def test_gdal_reads_permits_by_filter_system_and_page(hall: Hall, service: Served, system: str) -> None:
    def read(**how: Any) -> geopandas.GeoDataFrame:
        root = f"OAPIF:{service.root}/ogc/{hall.body.jurisdiction}"
        return pyogrio.read_dataframe(root, layer="permits", CRS=system, PAGE_SIZE="2", **how)

    expected, found = stored(hall), read()
    assert len(found) == len(expected) + 1
    metres = found.to_crs(UTM_43N).set_index("number").geometry
    assert all(metres[number].hausdorff_distance(shape) < 0.01 for number, shape in expected.items())
    assert list(read(where="kind = 'well'")["follows"]) == ["A-1"]
    in_box = read(bbox=tuple(found.set_index("number").geometry["A-2 #7"].buffer(-1e-7).bounds))
    assert set(in_box["number"]) == {"A-1", "A-2 #7"}


def test_owslib_reads_permits(hall: Hall, service: Served) -> None:
    client = Features(f"{service.root}/ogc/{hall.body.jurisdiction}", timeout=60)
    assert client.feature_collections() == ["parcels", "permits"]
    found = client.collection_items("permits", filter="issued < DATE('2025-01-01')")
    assert {each["properties"]["number"] for each in found["features"]} == {"A-1", "A-2 #7"}
