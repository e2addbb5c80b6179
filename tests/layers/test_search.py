"""What a search offers: every place once, and places that only share a name apart."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from gis.asof import AsOf
from gis.recordings import last_recording
from layers.search import SearchResult, search
from tests.layers.importers.writing import PLACE, bring, entry

NAMES = {"name_en": "name", "name_ml": "malayalam", "place_kind": "sort"}
A_KILOMETRE_NORTH = 0.00904
"""Degrees of latitude in Kerala."""


def found(session: Session, tmp_path: Path, rows: str, words: str) -> list[SearchResult]:
    """What is offered for some words among some places."""
    (tmp_path / "names.csv").write_text(f"name,malayalam,sort,lon,lat\n{rows}", encoding="utf-8")
    bring(session, tmp_path, entry("places", "names.csv", **NAMES))
    at = AsOf(on=date(2026, 1, 1), known=last_recording(session, PLACE.code))
    return search(session, PLACE, words, at=at)


@pytest.mark.parametrize(("kilometres", "number"), [(0.0, 1), (0.9, 1), (1.1, 2), (20.0, 2)])
def test_pieces_of_one_road_are_one_and_two_towns_of_one_name_are_two(
    session: Session, tmp_path: Path, kilometres: float, number: int
) -> None:
    north = 10.77 + kilometres * A_KILOMETRE_NORTH
    rows = f"Coast Road,തീരദേശ റോഡ്,road,76.65,10.77\nCoast Road,തീരദേശ റോഡ്,road,76.65,{north}\n"
    assert len(found(session, tmp_path, rows, "Coast Road")) == number


@pytest.mark.parametrize(
    "other", ["coast road,തീരദേശ റോഡ്,road", "Coast Road,തീരദേശ റോഡ്‌,road", "COAST  ROAD,തീരദേശ റോഡ്,road"]
)
def test_another_way_of_writing_is_no_other_place(session: Session, tmp_path: Path, other: str) -> None:
    rows = f"Coast Road,തീരദേശ റോഡ്,road,76.65,10.77\n{other},76.651,10.77\n"
    assert len(found(session, tmp_path, rows, "Coast Road")) == 1


@pytest.mark.parametrize("other", ["Coast Road,തീരദേശ റോഡ്,ward", "Coast Lane,തീരദേശ റോഡ്,road"])
def test_another_kind_or_name_is_another_place(session: Session, tmp_path: Path, other: str) -> None:
    rows = f"Coast Road,തീരദേശ റോഡ്,road,76.65,10.77\n{other},76.65,10.77\n"
    assert len(found(session, tmp_path, rows, "Coast Road")) == 2


ADDRESS = (
    '"4/93 Puthanillam, Manjadithara Lane 2, Kunnumpuram Ward, Maathrukapuram",'
    '"4/93 പുത്തൻഇല്ലം, മഞ്ചാടിത്തറ ഇടവഴി 2, കുന്നുംപുറം വാർഡ്, മാതൃകാപുരം",address,76.65,10.77\n'
)


@pytest.mark.parametrize(
    ("word", "is_found"),
    [
        ("Puthanillam", True),
        ("Puttanillam", True),
        ("പുത്തൻഇല്ലം", True),
        ("Manjadithara", True),
        ("മഞ്ചാടിത്തറ", True),
        ("Vadakkepurakkal", False),
        ("വടക്കേപുരക്കൽ", False),
        ("Edinburgh", False),
    ],
)
def test_a_house_or_a_lane_is_found_by_its_name_alone(
    session: Session, tmp_path: Path, word: str, is_found: bool
) -> None:
    assert [each.kind for each in found(session, tmp_path, ADDRESS, word)] == ["address"] * is_found


def test_a_word_inside_a_name_is_offered_only_where_no_whole_name_is_alike(
    session: Session, tmp_path: Path
) -> None:
    rows = ADDRESS + "Manjadithara,മഞ്ചാടിത്തറ,locality,76.66,10.77\n"
    assert [each.kind for each in found(session, tmp_path, rows, "Manjadithara")] == ["locality"]
