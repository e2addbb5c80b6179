"""The law as the book holds it, on pages and for programs."""

import pytest
from fastapi.testclient import TestClient

from rules.history import changes, list_parameters
from rules.reading import library


def test_every_parameter_is_listed_with_the_digest_of_the_book(client: TestClient) -> None:
    book = client.get("/api/rules/parameters").json()
    assert book["digest"] == library().digest
    assert len(book["parameters"]) == len(list_parameters(library())) > 300


def test_every_parameter_tells_its_history_with_a_source_for_each_value(client: TestClient) -> None:
    for each in client.get("/api/rules/parameters").json()["parameters"]:
        lines = client.get(f"/api/rules/parameters/{each['key']}").json()["lines"]
        assert lines
        assert all(line["number"] and line["clause"] and line["rows"] for line in lines)


@pytest.mark.parametrize(("since", "some"), [("2026-08-04", True), ("2026-08-05", False)])
def test_changes_can_be_asked_from_a_day_on(client: TestClient, since: str, some: bool) -> None:
    answer = client.get(f"/api/rules/changes?since={since}").json()
    assert bool(answer) is some
    assert len(answer) < len(changes(library()))


def test_an_unknown_parameter_is_told_so(client: TestClient) -> None:
    answer = client.get("/api/rules/parameters/no.such")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.status_code == 404


@pytest.mark.parametrize("language", ["en", "ml"])
def test_the_pages_show_them_in_both_languages(client: TestClient, language: str) -> None:
    cards = list_parameters(library())
    listed = client.get(f"/law?lang={language}").text
    assert all(f'href="/law/{card.key}"' in listed for card in cards)
    for card in cards[::25]:
        page = client.get(f"/law/{card.key}?lang={language}")
        assert page.status_code == 200
        assert f'<html lang="{language}"' in page.text
    assert client.get(f"/law/changes?lang={language}").status_code == 200
    client.cookies.clear()


@pytest.mark.parametrize(
    ("language", "whom", "advice"), [("en", "panchayat", "advises only"), ("ml", "പഞ്ചായത്ത്", "ഉപദേശം മാത്രം")]
)
def test_officers_see_whom_a_change_binds_and_what_only_advises(
    client: TestClient, language: str, whom: str, advice: str
) -> None:
    page = client.get("/law/changes", headers={"accept-language": language}).text
    latest = page[page.index('id="d2026-08-04"') :].split("</section>", 1)[0]
    assert latest.lower().count(whom) == 4
    assert latest.count(advice) == 4
    assert latest.count("S.R.O. 682/2026") == 4


def test_a_malayalam_reader_sees_chapters_and_titles_in_malayalam(client: TestClient) -> None:
    page = client.get("/law", headers={"accept-language": "ml"}).text
    assert "<h2>പാർക്കിംഗ്</h2>" in page
    assert page.count("<li>") >= len(list_parameters(library()))
    assert '" lang="en">' not in page.split('<ul class="plain">', 1)[1].split("</main>", 1)[0]
