"""An extract as it comes from the database, printed."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from layers.extract.assemble import extract_of_area, extract_of_parcel
from layers.extract.document import digest_of
from layers.extract.model import Extract
from tests.builders import a_box, a_parcel, a_place, now
from tests.layers.ground import bring_in
from tests.web.print.plots import Beside
from tests.web.print.reading import pages, whole
from web.print import extract_pdf
from web.print.words import Language


@pytest.fixture
def extract(session: Session) -> Extract:
    place = a_place(session)
    plot = a_parcel(session, place)
    a_parcel(session, place, "12/105", x=20)
    everywhere = a_box(-90, -90, 300, 300)
    bring_in(session, place, "zoning", [a_box(-50, -50, 60, 100)], labels=["R1"], coverage=everywhere)
    bring_in(session, place, "flood", [a_box(5, 5, 8, 8)], labels=["Flood of 2018"], coverage=everywhere)
    bring_in(
        session, place, "road", [a_box(-50, -8, 200, 8)], labels=["Temple road"], widths=[8.0], coverage=None
    )
    return extract_of_parcel(session, place, plot, at=now(session, place), rasters=Path("nowhere"))


@pytest.mark.parametrize("language", ["en", "ml"])
def test_every_theme_of_an_assembled_extract_is_printed(extract: Extract, language: Language) -> None:
    around = [
        Beside(kind="parcel", label="12/105", shape=a_box(20)),
        Beside(kind="street", label=None, shape=a_box(0, -8, 60, 8)),
    ]
    pdf = extract_pdf(extract, language=language, surroundings=around)
    text = whole(pdf)
    for theme in extract.themes:
        assert (theme.title.en if language == "en" else theme.title.ml) in text
    assert "Flood of 2018" in text
    flood = next(theme for theme in extract.themes if theme.layer == "flood")
    assert flood.area == pytest.approx(64.0, abs=0.1)
    assert f"{flood.area:.2f}" in text
    assert digest_of(extract) in pages(pdf)[0]


def test_the_map_numbers_a_rectangle_of_twenty_by_thirty_metres(extract: Extract) -> None:
    text = whole(extract_pdf(extract, language="en"))
    assert "Scale 1 : 250" in text
    for side in ("1–2", "2–3", "3–4", "4–1"):
        assert side in text


def test_a_drawn_area_is_printed_as_such(session: Session, extract: Extract) -> None:
    area = extract_of_area(
        session, extract.jurisdiction, a_box(3, 3, 10, 10), at=extract.at, rasters=Path("nowhere")
    )
    text = whole(extract_pdf(area, language="en"))
    assert "This area was drawn by hand; it is not a registered plot." in text
    assert "12/104" in text
