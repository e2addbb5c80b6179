"""An extract as JSON and GeoJSON: true to its schema, the same bytes every time."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
import shapely
from pyproj import Geod
from sqlalchemy.orm import Session

from gis.asof import AsOf
from layers.extract.assemble import extract_of_area, extract_of_parcel
from layers.extract.document import to_geojson, to_json
from layers.extract.model import Extract, Words
from layers.extract.schema import extract_schema
from tests.builders import a_box, a_parcel, a_place, now
from tests.layers.ground import bring_in


@pytest.fixture
def extract(session: Session) -> Extract:
    place = a_place(session)
    plot = a_parcel(session, place)
    a_parcel(session, place, "12/105", x=20)
    bring_in(
        session,
        place,
        "zoning",
        [a_box(-50, -50, 60, 100)],
        labels=["R1"],
        attributes=[{"uses": "A1", "max_storeys": 3, "note": None, "OWNERNAME": "Meera"}],
        coverage=a_box(-90, -90, 200, 200),
    )
    bring_in(
        session, place, "road", [a_box(-50, -8, 200, 8)], labels=["Temple road"], widths=[8.0], coverage=None
    )
    return extract_of_parcel(session, place, plot, at=now(session, place), rasters=Path("nowhere"))


def test_it_follows_its_published_schema(extract: Extract) -> None:
    jsonschema.Draft202012Validator.check_schema(extract_schema())
    jsonschema.validate(json.loads(to_json(extract)), extract_schema())


def test_what_a_source_says_of_people_is_not_told(extract: Extract) -> None:
    [zone] = next(each.hits for each in extract.themes if each.layer == "zoning")
    assert [each.name for each in zone.attributes] == ["max_storeys", "note", "uses"]
    assert b"Meera" not in to_json(extract) + to_geojson(extract)


def test_a_missing_field_breaks_the_schema(extract: Extract) -> None:
    content = json.loads(to_json(extract))
    del content["themes"][0]["reason"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(content, extract_schema())


def test_a_drawn_area_follows_the_schema_too(session: Session, extract: Extract) -> None:
    place = extract.jurisdiction
    at = AsOf(on=extract.at.on, known=extract.at.known)
    area = extract_of_area(session, place, a_box(3, 3, 10, 10), at=at, rasters=Path("nowhere"))
    jsonschema.validate(json.loads(to_json(area)), extract_schema())
    assert [each.number for each in area.neighbours] == ["12/104"]


def test_the_digest_covers_everything_else(extract: Extract) -> None:
    text = to_json(extract)
    content = json.loads(text)
    rest = text.rstrip(b"\n").replace(
        b'"schema":"bhumika-extract-1","digest":"' + content["digest"].encode() + b'",', b""
    )
    assert hashlib.sha256(rest).hexdigest() == content["digest"]


def test_asked_twice_the_bytes_are_the_same(session: Session, extract: Extract) -> None:
    parcel = extract.subject.parcel
    assert parcel is not None
    again = extract_of_parcel(session, extract.jurisdiction, parcel, at=extract.at, rasters=Path("nowhere"))
    assert to_json(again) == to_json(extract)
    assert to_geojson(again) == to_geojson(extract)


def test_what_plots_have_in_common_is_never_written_for_something_else(extract: Extract) -> None:
    before = to_json(extract)
    quiet = next(each for each in extract.themes if not each.hits)
    other = replace(quiet, reason=Words(en="Another reason.", ml="മറ്റൊരു കാരണം."))
    themes = tuple(other if each is quiet else each for each in extract.themes)
    answers = json.loads(to_json(replace(extract, themes=themes)))["themes"]
    assert answers[extract.themes.index(quiet)]["reason"]["en"] == "Another reason."
    assert to_json(extract) == before


def test_geometry_goes_out_in_degrees_with_the_measured_ground_area(extract: Extract) -> None:
    plot = json.loads(to_geojson(extract))["features"][0]
    shape = shapely.from_geojson(json.dumps(plot["geometry"]))
    geodesic = abs(Geod(ellps="WGS84").geometry_area_perimeter(shape)[0])
    assert geodesic == pytest.approx(plot["properties"]["measured_area"], abs=0.6)
    assert shape.exterior.is_ccw


def test_the_frontage_is_the_side_along_the_street(extract: Extract) -> None:
    (frontage,) = extract.frontages
    assert (frontage.label, frontage.width) == ("Temple road", 8.0)
    assert frontage.length == pytest.approx(20 + 2 * 1.0, abs=0.1)
