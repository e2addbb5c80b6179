"""A local body and a ward are where a plot lies: a fact, not a restriction, on every page that names them."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

import pytest
from starlette.testclient import TestClient

from gis.site import Status
from layers.extract.model import Extract, ThemeAnswer
from tests.web import town
from tests.web.doors import application
from tests.web.fakes import TownAnswers
from web.answers import Pair, Place, SearchResult, Side

OLD, NEW = ("7 Temple", "7 ക്ഷേത്രം"), ("12 Market", "12 ചന്ത")


def in_ward(extract: Extract, ward: tuple[str, str] | None) -> Extract:
    """The extract with another ward, or with a ward that nobody has told us."""

    def changed(theme: ThemeAnswer) -> ThemeAnswer:
        if theme.layer != "ward":
            return theme
        if ward is None:
            return replace(theme, status=Status.NO_DATA, hits=())
        hit = replace(theme.hits[0], ref=ward[0], label=ward[0], label_ml=ward[1])
        return replace(theme, hits=(hit,))

    return replace(extract, themes=tuple(changed(theme) for theme in extract.themes))


class Redrawn(TownAnswers):
    """The town before and after its wards were drawn anew."""

    def __init__(self, before: tuple[str, str] | None = OLD) -> None:
        self.before = before

    def compare(self, code: str, *, number: str, on: date, on2: date, known: datetime | None) -> Pair:
        """The same plot, in another ward."""
        extract = self.extract(code, number=number, on=on2, known=known)
        before, after = (
            Side(on=day, extract=in_ward(extract, ward)) for day, ward in ((on, self.before), (on2, NEW))
        )
        return Pair(number=number, before=before, after=after)


def change_of_ward(land: TownAnswers, language: str = "en") -> str:
    """The card of the ward on the page of a comparison."""
    client = TestClient(application(land))
    address = f"/kl-sample/compare?number={town.MAIN}&on=2024-01-01&on2=2026-01-01"
    page = client.get(address, headers={"accept-language": language}).text
    (card,) = re.findall(r'<li class="card">.*?</dl></li>', page, re.DOTALL)
    return str(card)


@pytest.mark.parametrize(("language", "names"), [("en", (OLD[0], NEW[0])), ("ml", (OLD[1], NEW[1]))])
def test_a_change_of_ward_is_no_warning(language: str, names: tuple[str, str]) -> None:
    card = change_of_ward(Redrawn(), language)
    assert all(name in card for name in names)
    assert "status" not in card


def test_a_ward_that_nobody_told_is_still_marked() -> None:
    assert "status-no_data" in change_of_ward(Redrawn(before=None))


class TwoTowns(TownAnswers):
    """A place elsewhere, whose code comes first, and one in Kerala."""

    def jurisdictions(self) -> Sequence[Place]:
        """By code, as the register tells them."""
        (kerala,) = super().jurisdictions()
        other = replace(kerala.jurisdiction, code="cambridge-ma", catalogue="cambridge_ma")
        return [Place(jurisdiction=other, bounds=None), kerala]


def test_kerala_is_offered_first() -> None:
    page = TestClient(application(TwoTowns())).get("/").text
    assert re.findall(r'<option value="([^"]+)"', page) == ["kl-sample", "cambridge-ma"]
    assert re.findall(r'href="/([^"/]+)/map"', page)[-2:] == ["kl-sample", "cambridge-ma"]


class Shared(TownAnswers):
    """Two plots of one address."""

    def search(
        self, code: str, text: str, *, on: date | None, known: datetime | None
    ) -> Sequence[SearchResult]:
        """The address, once for each plot."""
        (found,) = super().search(code, town.MAIN, on=on, known=known)
        numbers = (town.MAIN, town.number_of(0, 0))
        return [replace(found, kind="address", title_en=text, number=number) for number in numbers]


def test_two_plots_of_one_address_are_told_apart_by_their_numbers() -> None:
    client = TestClient(application(Shared()))
    page = client.get("/kl-sample/search?q=12 Temple Road", headers={"accept-language": "en"}).text
    assert page.count("12 Temple Road</a>") == 2
    for number in (town.MAIN, town.number_of(0, 0)):
        assert f'<p class="small">Plot {number}</p>' in page


def test_a_number_that_is_the_title_is_not_said_twice() -> None:
    client = TestClient(application(TownAnswers()))
    page = client.get(f"/kl-sample/search?q={town.MAIN}", headers={"accept-language": "en"}).text
    assert f"Plot {town.MAIN}" not in page
