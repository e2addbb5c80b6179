"""Names come in so that either script finds them."""

from datetime import date
from pathlib import Path

import pytest
from pydantic import ValidationError
from sqlalchemy import text
from sqlalchemy.orm import Session

from gis.asof import AsOf
from gis.recordings import last_recording
from layers.importers.report import Kind
from layers.search import search
from tests.builders import a_box
from tests.layers.importers.writing import PLACE, bring, entry, in_degrees, write

CSV = """name,malayalam,sort,lon,lat
Palakkad,പാലക്കാട്,city,76.65,10.77
Olavakkode,,town,76.63,10.80
,ഒറ്റപ്പാലം,town,76.38,10.77
Beypore Fort,ബേപ്പൂർ കോട്ട,,76.40,10.90
,,hamlet,76.40,10.90
Nowhere,,hamlet,96.40,10.90
No point,,hamlet,,
"""
NAMES = {"name_en": "name", "name_ml": "malayalam", "place_kind": "sort", "refuse_at_most": "0.5"}


def titles(session: Session, words: str) -> list[str]:
    """What a search offers, best first."""
    at = AsOf(on=date(2026, 1, 1), known=last_recording(session, PLACE.code))
    return [found.title_en for found in search(session, PLACE, words, at=at)]


def test_names_in_either_script_find_the_place(session: Session, tmp_path: Path) -> None:
    (tmp_path / "names.csv").write_text(CSV, encoding="utf-8")
    report = bring(session, tmp_path, entry("places", "names.csv", **NAMES))
    assert (report.read, report.kept) == (7, 4)
    assert titles(session, "palakkad")[0] == titles(session, "പാലക്കാട്")[0] == "Palakkad"
    assert titles(session, "Ottappalam")[0] == "ഒറ്റപ്പാലം"
    assert titles(session, "ബേപ്പൂർ കോട്ട")[0] == "Beypore Fort"


def test_what_has_no_name_is_left_out_and_what_has_no_place_is_refused(
    session: Session, tmp_path: Path
) -> None:
    (tmp_path / "names.csv").write_text(CSV, encoding="utf-8")
    report = bring(session, tmp_path, entry("places", "names.csv", **NAMES))
    assert [(note.position, note.reason) for note in report.of(Kind.FILTERED)] == [
        (5, "it has no name to be found by")
    ]
    assert [(note.ref, note.reason) for note in report.of(Kind.REFUSED)] == [
        ("Nowhere", "it lies outside the ground of the jurisdiction's coordinate system"),
        ("No point", "it has no shape"),
    ]


def test_a_place_has_a_second_row_only_where_its_names_sound_apart(session: Session, tmp_path: Path) -> None:
    (tmp_path / "names.csv").write_text(CSV, encoding="utf-8")
    bring(session, tmp_path, entry("places", "names.csv", **NAMES))
    found = session.execute(
        text(
            "SELECT kind, name_en, count(DISTINCT sound_key), count(*) FROM place_name GROUP BY 1, 2 ORDER BY 2"
        )
    ).all()
    assert all(keys == number for _, _, keys, number in found)
    assert {kind for kind, *_ in found} == {"city", "town", "place"}


def test_of_an_area_a_point_inside_is_taken(session: Session, tmp_path: Path) -> None:
    write(tmp_path / "parks.gpkg", [in_degrees(a_box())], name=["Rock Garden"])
    bring(session, tmp_path, entry("places", "parks.gpkg", name_en="name"))
    ((inside, kind),) = session.execute(
        text("SELECT ST_Within(position, ST_GeomFromWKB(:box, 32643)), kind FROM place_name"),
        {"box": a_box().wkb},
    )
    assert (inside, kind) == (True, "place")


def test_a_newer_list_of_names_stands_in_for_the_old(session: Session, tmp_path: Path) -> None:
    for name in ("Oldtown", "Newtown"):
        (tmp_path / "names.csv").write_text(f"name,lon,lat\n{name},76.5,10.5\n", encoding="utf-8")
        bring(session, tmp_path, entry("places", "names.csv", name_en="name"))
    assert titles(session, "Newtown") == ["Newtown"]
    assert "Oldtown" not in titles(session, "Oldtown")


def test_a_mapping_of_places_names_a_name() -> None:
    with pytest.raises(ValidationError, match="name the field of `name_en` or of `name_ml`"):
        entry("places", "names.csv")
