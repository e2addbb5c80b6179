"""The pages of a study fit a phone and a desk, are sound for a screen reader, and go on by themselves when it is done."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, expect
from sqlalchemy import Engine

from civic.core.bodies import LocalBody
from civic.reforms.studies import begin_study
from tests.browser.conftest import DESK, PHONE, serious_faults, serve
from tests.civic.builders import NOW, an_actor
from tests.civic.hall import Hall
from tests.civic.reforms.test_studies import a_wish, app, reckon

__all__ = ["app"]


@pytest.fixture(scope="module")
def site(app: FastAPI) -> Iterator[str]:
    """Where the doors are served."""
    yield from serve(app)


@pytest.fixture
def hall(app: FastAPI, service_engine: Engine, own_body: LocalBody) -> Hall:
    """A body's own town hall."""
    return Hall(app=app, engine=service_engine, body=own_body)


@pytest.mark.parametrize(("language", "size"), [("en", DESK), ("ml", PHONE)])
def test_a_study_is_followed_to_its_report(
    hall: Hall, site: str, chromium: Browser, language: str, size: tuple[int, int]
) -> None:
    with hall.inside() as session:
        who = an_actor(session, hall.body, "secretary")
        study = begin_study(session, hall.body, a_wish(is_open=True), actor=who, now=NOW)
    context = chromium.new_context(
        base_url=site, viewport={"width": size[0], "height": size[1]}, locale=language
    )
    cookies = hall.client(who).cookies
    context.add_cookies([{"name": name, "value": value, "url": site} for name, value in cookies.items()])
    page = context.new_page()

    def is_sound() -> None:
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], page.url
        assert page.get_attribute("html", "lang") == language
        assert serious_faults(page) == [], page.url

    for path in ("reforms", "reforms/new", f"reforms/{study.key}"):
        page.goto(f"{hall.path}/{path}")
        is_sound()
    expect(page.locator("progress")).to_be_visible()
    reckon(hall)
    expect(page.locator("#effects")).to_be_visible(timeout=15_000)
    is_sound()
    assert page.locator("svg.reform-sketch path").count() == 2
    context.close()
