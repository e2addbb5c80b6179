"""What a search offers: every place once, and places that only share a name apart."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from gis.asof import AsOf
from gis.parcels.changes import NewParcel, correct, divide
from gis.parcels.model import ParcelNumber
from gis.recordings import last_recording
from layers.search import SearchResult, search
from layers.written import positions
from tests.builders import a_new_parcel, a_place, register
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


@pytest.mark.parametrize(
    ("words", "degrees"),
    [
        ("10.5276, 76.2144", (76.2144, 10.5276)),
        ("10°31'39.36\"N 76°12'51.84\"E", (76.2144, 10.5276)),
        ("10.5276° N, 76.2144° E", (76.2144, 10.5276)),
        ("76.2144 E 10.5276 N", (76.2144, 10.5276)),
        ("33°55′31″S, 18°25′26″E", (18.423889, -33.925278)),
        ("10°31.656'N 76°12.864'E", (76.2144, 10.5276)),
        ("N 10° 31.656' E 076° 12.864'", (76.2144, 10.5276)),
        ("E76.2144 N10.5276", (76.2144, 10.5276)),
        ("S33°55′31″ E18°25′26″", (18.423889, -33.925278)),
        ("10.5276N76.2144E", (76.2144, 10.5276)),
        ("geo:10.5276,76.2144?z=17", (76.2144, 10.5276)),
        ("https://maps.google.com/?q=10.5276,76.2144", (76.2144, 10.5276)),
        ("https://www.google.com/maps/@10.5276,76.2144,17z", (76.2144, 10.5276)),
        ("https://www.google.com/maps?q=10.5276%2C76.2144&z=17", (76.2144, 10.5276)),
    ],
)
def test_coordinates_are_read_as_maps_and_telephones_show_them(
    words: str, degrees: tuple[float, float]
) -> None:
    assert next(positions(words)) == pytest.approx(degrees, abs=1e-6)


@pytest.mark.parametrize(
    "words",
    [
        "10 N 12 N",
        "10°61'00\"N 76°12'00\"E",
        "N 10 76 E",
        "12/104",
        "Main Road 12, 14",
        "https://maps.example/Nallur",
        "",
    ],
)
def test_what_is_no_position_is_read_as_none(words: str) -> None:
    assert list(positions(words)) == []


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("12/104", ["1-12/104", "2-12/104"]),
        ("Sy. No. 12/104", ["1-12/104", "2-12/104"]),
        ("Re-survey number 12/104", ["1-12/104", "2-12/104"]),
        ("സർവേ നമ്പർ 12/104", ["1-12/104", "2-12/104"]),
        ("Nallur 12/104", ["1-12/104"]),
        ("നല്ലൂർ 12/104", ["1-12/104"]),
        ("12/104, Nallur village", ["1-12/104"]),
        ("Kizhakkara village, survey no. 12/104", ["2-12/104"]),
        ("Sy. No. 99/1", []),
        ("Edinburgh 12/104", []),
    ],
)
def test_a_survey_number_is_found_with_its_title_and_in_its_village(
    session: Session, words: str, numbers: list[str]
) -> None:
    place = a_place(session)
    villages = {"1-12/104": "Nallur Village", "2-12/104": "Kizhakkara Village"}
    plots = [
        replace(
            a_new_parcel(number, x=x * 30),
            number=ParcelNumber(whole=number, village=village, survey="12", subdivision="104"),
        )
        for x, (number, village) in enumerate(villages.items())
    ]
    register(session, place, plots)
    at = AsOf(on=date(2026, 1, 1), known=last_recording(session, place.code))
    assert [each.number for each in search(session, place, words, at=at)] == numbers


@pytest.mark.parametrize(
    ("words", "on", "kinds"),
    [
        ("12/104", 2026, {"2-12/104": "parcel", "1-12/104": "gone"}),
        ("12/104", 2019, {"1-12/104": "parcel", "2-12/104": "parcel"}),
        ("Nallur 12/104", 2026, {"1-12/104": "gone"}),
        ("1-12/104", 2026, {"1-12/104": "gone"}),
        ("KL000000000001", 2026, {"1-12/104": "gone"}),
        ("KL000000000001", 2019, {"1-12/104": "parcel"}),
        ("KL000000000002", 2026, {"2-12/104": "parcel"}),
        ("KL000000000003", 2026, {"2-12/104": "parcel"}),
        ("KL000000000003", 2019, {}),
        ("12/104-1", 2026, {"1-12/104-1": "parcel"}),
        ("Nallur 12/൧൦൪–1", 2026, {"1-12/104-1": "parcel"}),
    ],
)
def test_an_old_number_or_ulpin_finds_the_plot_that_is_gone_after_those_that_stand(
    session: Session, words: str, on: int, kinds: dict[str, str]
) -> None:
    place = a_place(session)

    def plot(village: str, whole: str, subdivision: str, ulpin: str | None, **where: float) -> NewParcel:
        number = ParcelNumber(whole=whole, village=village, survey="12", subdivision=subdivision)
        return replace(a_new_parcel(whole, **where), number=number, ulpin=ulpin)

    nallur = plot("Nallur", "1-12/104", "104", "KL000000000001")
    other = plot("Kizhakkara", "2-12/104", "104", "KL000000000002", x=90)
    register(session, place, [nallur, other])
    parts = [plot("Nallur", f"1-12/104-{n + 1}", f"104-{n + 1}", None, x=10 * n, width=10) for n in (0, 1)]
    day = date(2020, 1, 1)
    divide(session, place, "1-12/104", into=parts, on=day, instrument="order")
    renamed = replace(other, ulpin="KL000000000003")
    correct(session, place, "2-12/104", to=renamed, on=day, instrument="order")
    at = AsOf(on=date(on, 6, 1), known=last_recording(session, place.code))
    found = search(session, place, words, at=at)
    assert [(each.number, each.kind) for each in found] == list(kinds.items())
