"""The page of a case's papers in a browser: it fits a phone, is sound, and goes on after a broken line."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from sqlalchemy import Engine

from api.town import SERVICES
from civic.core.bodies import LocalBody
from civic.core.http import cookie_of
from civic.core.steps import open_case
from tests.browser.conftest import DESK, PHONE, serious_faults, serve
from tests.civic.documents.conftest import a_pdf
from tests.civic.hall import Hall, a_hall

LARGE = a_pdf(2_600_000)
"""Three parts of a browser's."""


@pytest.fixture
def hall(service_engine: Engine, own_body: LocalBody, tmp_path: Path) -> Hall:
    """A town hall."""
    return a_hall(service_engine, own_body, tmp_path)


@pytest.fixture
def open_papers(hall: Hall, chromium: Browser) -> Iterator[object]:
    """Opens the papers of a case as its party."""
    who = hall.person()
    with hall.inside() as session:
        desk = next(iter(SERVICES.values())).desk(session, hall.body, now=datetime.now(UTC))
        case = open_case(desk, parcels=["12/104"], actor=who, told={})
    name = cookie_of(hall.body.code)
    secret = hall.client(who).cookies[name]
    contexts = []

    def opened(size: tuple[int, int] = PHONE, language: str = "en", **options: object) -> Page:
        context = chromium.new_context(
            base_url=site, viewport={"width": size[0], "height": size[1]}, locale=language, **options
        )
        contexts.append(context)
        context.add_cookies([{"name": name, "value": secret, "url": site}])
        page = context.new_page()
        page.goto(f"{hall.path}/cases/{case.number}/documents")
        return page

    served = serve(hall.app)
    site = next(served)
    yield opened
    for context in contexts:
        context.close()
    next(served, None)


def choose(page: Page, file: bytes | Path, title: str = "Deed") -> None:
    form = page.locator("form.column")
    form.get_by_label("What is it?").fill(title)
    sent = {"name": "deed.pdf", "mimeType": "application/pdf", "buffer": file}
    form.locator("#file").set_input_files(file if isinstance(file, Path) else sent)  # type: ignore[arg-type]
    form.get_by_role("button", name="Send").click()


def test_a_broken_line_does_no_harm(open_papers) -> None:  # type: ignore[no-untyped-def]
    page = open_papers()
    asked: list[str] = []

    def breaking(route: Route) -> None:
        asked.append(route.request.method)
        if route.request.method == "PATCH" and asked.count("PATCH") == 2:
            route.abort()
        else:
            route.continue_()

    page.route("**/uploads/*", breaking)
    choose(page, LARGE)
    expect(page.locator(".files li")).to_have_count(1, timeout=30_000)
    expect(page.locator(".files li")).to_contain_text("2.6 MB")
    assert asked.count("PATCH") == 4, "three parts, one of them twice"


def test_a_page_that_was_closed_goes_on_where_it_stopped(open_papers, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    file = tmp_path / "deed.pdf"
    file.write_bytes(LARGE)
    page = open_papers()
    asked: list[tuple[str, str | None]] = []

    def down_after_the_first_part(route: Route) -> None:
        offset = route.request.headers.get("upload-offset")
        if offset == "0":
            route.continue_()
        else:
            route.abort()

    def counted(route: Route) -> None:
        asked.append((route.request.method, route.request.headers.get("upload-offset")))
        route.continue_()

    page.route("**/uploads/*", down_after_the_first_part)
    choose(page, file)
    expect(page.locator("form.column [data-said]")).to_contain_text("The line is down", timeout=30_000)
    papers = page.url
    page.goto("about:blank")
    page.unroute("**/uploads/*")
    page.route("**/uploads/*", counted)
    page.goto(papers)
    choose(page, file)
    expect(page.locator(".files li")).to_have_count(1, timeout=30_000)
    assert asked == [("GET", None), ("PATCH", "1000000"), ("PATCH", "2000000")]


def test_what_is_refused_is_told_on_the_spot(open_papers) -> None:  # type: ignore[no-untyped-def]
    page = open_papers()
    choose(page, b"PK\x03\x04" + b"0" * 5000)
    expect(page.locator("form.column [data-said]")).to_contain_text("whatever its name says")
    expect(page.locator("form.column button")).to_be_enabled()


@pytest.mark.parametrize("language", ["en", "ml"])
@pytest.mark.parametrize("size", [PHONE, DESK])
def test_the_page_fits_and_is_sound(open_papers, size: tuple[int, int], language: str) -> None:  # type: ignore[no-untyped-def]
    without = open_papers(size, "en", java_script_enabled=False)
    choose(without, a_pdf(), "A deed with a rather long name that a clerk has typed in a hurry " * 2)
    expect(without.locator(".files li")).to_have_count(1)
    page = open_papers(size, language)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= size[0]
    assert serious_faults(page) == []
    page.locator("summary").click()
    small = page.evaluate(
        """() => [...document.querySelectorAll("button, .button, summary, input:not([type=hidden]), select")]
            .filter((each) => each.checkVisibility() && each.getBoundingClientRect().height < 44)
            .map((each) => each.outerHTML.slice(0, 120))"""
    )
    assert small == []
