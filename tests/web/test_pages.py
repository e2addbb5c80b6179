"""The pages say what is known of a plot, in both languages, without JavaScript, and never hide what is not known."""

import html
import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from layers.catalogue import load
from tests.web import town
from tests.web.doors import POLICY, application
from tests.web.fakes import DIVIDED, TownAnswers
from web.languages import Language, Wording

PLOT = f"/kl-sample/plot?number={town.MAIN}"
PAGES = [
    "/",
    "/kl-sample/map",
    "/kl-sample/search?q=12/10",
    "/kl-sample/search?q=nowhere",
    "/kl-sample/search",
    PLOT,
    f"{PLOT}&on=2021-05-03&known=2026-11-01T00:00:00Z",
    f"/kl-sample/compare?number={town.MAIN}&on=2015-01-01&on2=2026-01-01",
    f"/kl-sample/compare?number={DIVIDED}&on=2015-01-01&on2=2026-01-01",
    "/kl-sample/area?corners=76.2412,9.9852~76.2417,9.9852~76.2415,9.9857",
    f"/kl-sample/plot/summary?number={town.MAIN}",
]
REFUSED = [
    ("/kl-sample/plot?number=99/99", 404),
    (f"/kl-sample/plot?number={DIVIDED}", 410),
    ("/kl-sample/plot", 422),
    ("/kl-sample/plot?at=east", 422),
    ("/kl-sample/plot?at=999,3", 422),
    (f"{PLOT}&on=2026-13-01", 422),
    ("/kl-sample/area?corners=76,9~76.1,9", 422),
    ("/kl-sample/area?corners=76.241,9.985~76.242,9.986~76.241,9.986~76.242,9.985", 422),
    ("/kl-sample/compare?number=1", 422),
    ("/nowhere/map", 404),
    ("/favicon.ico", 404),
]


@pytest.fixture
def reader() -> Iterator[TestClient]:
    with TestClient(application(TownAnswers()), follow_redirects=False) as client:
        yield client


def words(language: str) -> Wording:
    return Wording(language=Language(language))


def text_of(page: str) -> str:
    """What a person reads: no tags, single spaces."""
    plain = re.sub(r"<script.*?</script>|<[^>]+>", " ", page, flags=re.DOTALL)
    return " ".join(html.unescape(plain).split())


@pytest.mark.parametrize("language", ["en", "ml"])
@pytest.mark.parametrize("path", PAGES)
def test_every_page_opens_in_both_languages(reader: TestClient, path: str, language: str) -> None:
    answer = reader.get(path, headers={"accept-language": language})
    assert answer.status_code == 200
    assert answer.headers["content-language"] == language
    assert f'lang="{language}"' in answer.text
    assert not re.search(r"\bNone\b(?! is left out)", text_of(answer.text))


def test_a_question_that_was_not_understood_shows_no_day_and_leads_on_with_none(reader: TestClient) -> None:
    asked = "/kl-sample/area?corners=76,9~76.1,9&on=2021-05-03"
    page = reader.get(asked, headers={"accept-language": "en"})
    assert page.status_code == 422
    assert "banner-moment" not in page.text
    assert 'href="/kl-sample/map"' in page.text


@pytest.mark.parametrize(("path", "status"), REFUSED)
def test_what_cannot_be_answered_is_a_page_with_a_way_on(reader: TestClient, path: str, status: int) -> None:
    answer = reader.get(path, headers={"accept-language": "en"})
    assert answer.status_code == status
    assert words("en")("error.what_to_do") in answer.text
    assert 'href="/"' in answer.text


def test_a_divided_plot_leads_to_its_successors(reader: TestClient) -> None:
    page = reader.get(f"/kl-sample/plot?number={DIVIDED}").text
    for number in (town.number_of(0, 0), town.number_of(0, 1)):
        assert f'href="/kl-sample/plot?number={number}"' in page


@pytest.mark.parametrize("language", ["en", "ml"])
def test_every_theme_of_the_catalogue_is_listed_with_its_status(reader: TestClient, language: str) -> None:
    page = reader.get(PLOT, headers={"accept-language": language}).text
    for layer in load("kerala").layers:
        if not layer.shows:
            continue
        card = re.search(
            rf'<details class="theme edge-(\w+)" id="theme-{layer.id}".*?</summary>', page, re.DOTALL
        )
        assert card, layer.id
        told = text_of(card[0])
        assert layer.title.said(language) in told  # type: ignore[arg-type]
        assert words(language)(f"status.{card[1]}") in told


def test_counts_add_up_to_all_themes(reader: TestClient) -> None:
    page = reader.get(PLOT).text
    counts = [int(text) for text in re.findall(r'class="counter-number">(\d+)<', page)]
    assert len(counts) == 4
    assert sum(counts) == sum(layer.shows for layer in load("kerala").layers)


def test_no_data_is_never_told_as_free(reader: TestClient) -> None:
    page = reader.get(PLOT, headers={"accept-language": "en"}).text
    quarry = re.search(r'<details class="theme edge-no_data" id="theme-quarry".*?</details>', page, re.DOTALL)
    assert quarry
    assert "Not affected" not in quarry[0]
    assert "No data" in quarry[0]
    assert "there are no data here" in text_of(page)


def test_both_areas_stand_apart_in_several_units(reader: TestClient) -> None:
    plot = town.PARCELS[town.MAIN]
    told = text_of(reader.get(PLOT, headers={"accept-language": "en"}).text)
    assert f"Recorded {plot.recorded_area.value} are" in told  # type: ignore[union-attr]
    assert f"Measured {plot.measured_area:,.2f} m²" in told
    assert "Unit Recorded Measured m²" in told
    assert "cent" in told


def test_a_plot_without_recorded_area_says_so(reader: TestClient) -> None:
    answer = reader.get(f"/kl-sample/plot?number={town.number_of(0, 7)}", headers={"accept-language": "en"})
    assert "No area is recorded for this plot." in answer.text


@pytest.mark.parametrize(("language", "word"), [("en", "unknown"), ("ml", "അറിയില്ല")])
def test_an_unknown_road_width_is_said(reader: TestClient, language: str, word: str) -> None:
    path = f"/kl-sample/plot?number={town.number_of(3, 2)}"
    page = reader.get(path, headers={"accept-language": language}).text
    assert "School Lane" in page or "സ്കൂൾ ലെയിൻ" in page
    assert f'<strong class="unknown">{word}</strong>' in page


def test_shares_of_zones_add_up_to_a_hundred(reader: TestClient) -> None:
    page = reader.get(PLOT, headers={"accept-language": "en"}).text
    table = re.search(r'<table class="shares">.*?</table>', page, re.DOTALL)
    assert table
    told = text_of(table[0])
    shares = [float(text) for text in re.findall(r"(-?[\d.]+) %", told)]
    assert shares[-1] == 100.0
    assert sum(shares[:-1]) == pytest.approx(100.0)
    assert "No zone mapped" in told


def test_slivers_are_listed_as_left_out(reader: TestClient) -> None:
    page = reader.get(PLOT, headers={"accept-language": "en"}).text
    card = re.search(r'id="theme-paddy_data_bank".*?</details>', page, re.DOTALL)
    assert card
    assert "Left out as slivers" in card[0]
    assert "1.13 m²" in card[0]


def test_a_law_that_was_not_read_is_marked_advisory(reader: TestClient) -> None:
    page = reader.get(PLOT, headers={"accept-language": "en"}).text
    paddy = re.search(r'id="theme-paddy_data_bank".*?</details>', page, re.DOTALL)
    flood = re.search(r'id="theme-flood".*?</details>', page, re.DOTALL)
    assert paddy
    assert flood
    assert "Advisory" in paddy[0]
    assert "Advisory" not in flood[0]
    assert "Read in the text of the law" in flood[0]


def test_a_draft_is_marked_as_not_in_force(reader: TestClient) -> None:
    page = reader.get(PLOT, headers={"accept-language": "en"}).text
    card = re.search(r'id="theme-wg_esa".*?</details>', page, re.DOTALL)
    assert card
    assert "Draft, not in force" in card[0]


def test_neighbours_are_links_and_overlaps_are_explained(reader: TestClient) -> None:
    page = reader.get(PLOT, headers={"accept-language": "en"}).text
    assert '<a href="/kl-sample/plot?number=12/106-1">12/106-1</a>' in page
    assert "0.84 m²" in page
    assert "Ask the survey office" in page


def test_sources_are_named_with_licence_and_date(reader: TestClient) -> None:
    told = text_of(reader.get(PLOT, headers={"accept-language": "en"}).text)
    for part in ("CC0 1.0", "Bhumika sample generator", "Data of 1 January 2026", "4f1a09c2d7e3"):
        assert part in told


@pytest.mark.parametrize(
    "path", [path for path in PAGES if path.startswith("/kl-sample") and "summary" not in path]
)
def test_made_up_land_says_so_on_every_page(reader: TestClient, path: str) -> None:
    assert "Synthetic data" in reader.get(path, headers={"accept-language": "en"}).text


@pytest.mark.parametrize(("path", "status"), [case for case in REFUSED if case[0].startswith("/kl-sample")])
def test_made_up_land_says_so_on_errors_too(reader: TestClient, path: str, status: int) -> None:
    assert "Synthetic data" in reader.get(path, headers={"accept-language": "en"}).text


def test_another_date_is_told_in_a_banner_and_kept_in_links(reader: TestClient) -> None:
    page = reader.get(f"{PLOT}&on=2021-05-03", headers={"accept-language": "en"}).text
    assert "You see the plot as of 3 May 2021." in page
    assert 'href="/kl-sample/plot?number=12/106-1&amp;on=2021-05-03"' in page
    assert f'href="/kl-sample/plot?number={town.MAIN}"' in page
    assert "You see the plot as of" not in reader.get(PLOT, headers={"accept-language": "en"}).text


def test_a_shared_link_pins_both_times(reader: TestClient) -> None:
    page = html.unescape(reader.get(PLOT).text)
    shared = re.search(r'data-share="([^"]+)"', page)
    assert shared
    assert "on=2026-11-22" in shared[1]
    assert "known=2026-11-20T06:30:00Z" in shared[1]


def test_the_chosen_language_is_kept(reader: TestClient) -> None:
    reader.get(f"{PLOT}&lang=ml", headers={"accept-language": "en"})
    answer = reader.get("/", headers={"accept-language": "en"})
    assert answer.headers["content-language"] == "ml"
    assert answer.headers["vary"] == "Accept-Language, Cookie"


def test_the_language_switch_stays_on_the_page(reader: TestClient) -> None:
    page = html.unescape(reader.get(f"{PLOT}&lang=en").text)
    assert f'href="/kl-sample/plot?number={town.MAIN}&lang=ml" hreflang="ml" lang="ml"' in page


def test_a_tap_leads_to_the_plot_there(reader: TestClient) -> None:
    spot = town.degrees(town.PARCELS[town.MAIN].boundary.representative_point())
    answer = reader.get(f"/kl-sample/plot?at={spot.x:.7f},{spot.y:.7f}")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/kl-sample/plot?number={town.MAIN}"


def test_a_tap_between_two_plots_offers_both(reader: TestClient) -> None:
    left, right = (town.PARCELS[town.number_of(0, column)].boundary for column in (0, 1))
    seam = town.degrees(left.intersection(right.buffer(0.01)).centroid)
    answer = reader.get(f"/kl-sample/plot?at={seam.x:.7f},{seam.y:.7f}")
    assert answer.status_code == 200
    for column in (0, 1):
        assert f"/kl-sample/plot?number={town.number_of(0, column)}" in answer.text


def test_a_tap_on_no_plot_says_so(reader: TestClient) -> None:
    answer = reader.get("/kl-sample/plot?at=76.2,10.0", headers={"accept-language": "en"})
    assert answer.status_code == 404
    assert "No plot here" in answer.text


def test_search_leads_to_plots_and_places(reader: TestClient) -> None:
    page = reader.get(f"/kl-sample/search?q={town.MAIN}").text
    assert f'href="/kl-sample/plot?number={town.MAIN}"' in page
    place = reader.get("/kl-sample/search?q=temple", headers={"accept-language": "ml"}).text
    assert "ക്ഷേത്രം റോഡ്" in place
    assert "/kl-sample/plot?at=" in place


def test_a_place_begins_with_its_map(reader: TestClient) -> None:
    answer = reader.get("/kl-sample")
    assert answer.status_code == 307
    assert answer.headers["location"] == "/kl-sample/map"


def test_the_first_page_searches_a_place(reader: TestClient) -> None:
    answer = reader.get("/search?place=kl-sample&q=12/10")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/kl-sample/search?q=12/10"


def test_the_map_lists_layers_without_data_too(reader: TestClient) -> None:
    page = reader.get("/kl-sample/map", headers={"accept-language": "en"}).text
    assert re.search(r'value="quarry" disabled', page)
    assert not re.search(r'value="flood" disabled', page)


def test_the_printed_extract_is_a_pdf_with_a_safe_name(reader: TestClient) -> None:
    answer = reader.get(f"/kl-sample/plot.pdf?number={town.MAIN}&lang=ml")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == 'inline; filename="kl-sample-12-106-2.pdf"'


def test_what_a_person_types_is_escaped(reader: TestClient) -> None:
    page = reader.get("/kl-sample/search", params={"q": '"><script>alert(1)</script>'}).text
    assert "<script>alert" not in page


@pytest.mark.parametrize("path", PAGES)
def test_pages_need_no_inline_script_or_style(reader: TestClient, path: str) -> None:
    answer = reader.get(path)
    assert answer.headers["content-security-policy"] == POLICY
    assert not re.search(r"\son[a-z]+=|\sstyle=|<style|javascript:", answer.text)
    scripts = re.findall(r"<script([^>]*)>", answer.text)
    assert all("src=" in script or 'type="application/json"' in script for script in scripts)


@pytest.mark.parametrize("path", PAGES)
def test_pages_ask_no_other_host(reader: TestClient, path: str) -> None:
    loaded = re.findall(r'(?:<script|<link|<img|<use)[^>]*?(?:src|href)="([^"]+)"', reader.get(path).text)
    assert all(address.startswith("/") and not address.startswith("//") for address in loaded)


def test_the_same_question_gives_the_same_page(reader: TestClient) -> None:
    assert reader.get(PLOT).content == reader.get(PLOT).content
