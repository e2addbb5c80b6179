"""Open data as pages: every one fits a phone and a desk, is sound for a screen reader, and leads on without JavaScript."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import Engine

from tests.api.conftest import town
from tests.api.served import Served, served
from tests.browser.conftest import faults_at_each_size

__all__ = ["town"]
PAGES = [
    "",
    "/conformance",
    "/api",
    "/collections",
    "/collections/parcels",
    "/collections/zoning",
    "/collections/parcels/queryables",
    "/collections/parcels/items",
    "/collections/parcels/items/1",
]


@pytest.fixture(scope="module")
def service(town: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The small town, served to people."""
    with served(town, tmp_path_factory.mktemp("served")) as running:
        yield running


@pytest.mark.parametrize("language", ["en", "ml"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_fits_and_is_sound(chromium: Browser, service: Served, path: str, language: str) -> None:
    context = chromium.new_context(locale=language)
    try:
        page = context.new_page()
        answer = page.goto(f"{service.root}/ogc/test-town{path}?lang={language}")
        assert answer is not None
        assert answer.ok
        assert page.get_attribute("html", "lang") == language
        assert faults_at_each_size(page) == []
    finally:
        context.close()


def test_without_javascript_one_comes_from_the_service_to_a_plot(chromium: Browser, service: Served) -> None:
    context = chromium.new_context(java_script_enabled=False, locale="en")
    try:
        page = context.new_page()
        page.goto(f"{service.root}/ogc/test-town")
        page.get_by_role("link", name="Collections").click()
        page.get_by_role("link", name="Plots", exact=True).click()
        page.get_by_role("link", name="Features", exact=True).click()
        page.get_by_role("row").nth(1).get_by_role("link").click()
        page.get_by_role("link", name="What is recorded on this plot").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Plot 12/104")
    finally:
        context.close()
