"""Fixtures: the pages of the made-up town served on a free port, and headless Chromium at two widths.

In: Debian's Chromium and the packages that set-up installs under web/node_modules.  Out: `open_page`, which fails a test
whose page wrote an error to the console or asked another host.
"""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

from tests.web.doors import application
from tests.web.fakes import TownAnswers

PHONE, DESK = (360, 780), (1280, 800)
AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
SERIOUS = {"serious", "critical"}

OpenPage = Callable[..., Page]


def serve(app: object) -> Iterator[str]:
    """An application on a free port of this host, until the caller is done."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", ws="none"))  # type: ignore[arg-type]
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        if not thread.is_alive():
            raise RuntimeError("The server for the browser tests did not start.")
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=10)


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """Where the pages are."""
    yield from serve(application(TownAnswers()))


@pytest.fixture
def open_page(chromium: Browser, site: str) -> Iterator[OpenPage]:
    """Opens an address of the site: `open_page(path, size=PHONE, language="ml", **context)`."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type == "error":
            faults.append(message.text)

    def asked(request: Request) -> None:
        if not request.url.startswith((site, "data:", "blob:")):
            faults.append(f"asked another host: {request.url}")

    def opened(path: str, *, size: tuple[int, int] = DESK, language: str = "en", **options: object) -> Page:
        viewport = {"width": size[0], "height": size[1]}
        context = chromium.new_context(base_url=site, viewport=viewport, locale=language, **options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("console", heard)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("request", asked)
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert faults == []


def settled(page: Page) -> None:
    """Wait until the map has drawn everything it asked for."""
    page.wait_for_selector('.map-frame[data-state="idle"]', timeout=60_000)


def serious_faults(page: Page) -> list[str]:
    """What axe finds serious or critical, with the first place of each."""
    if not page.evaluate("() => 'axe' in window"):  # once in a page, in which it takes its time to be read
        script = AXE.read_text(encoding="utf-8")
        page.evaluate(f"() => {{ {script} }}")  # a script tag would offend the page's policy
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{fault['id']}: {fault['nodes'][0]['html'][:200]}"
        for fault in found["violations"]
        if fault["impact"] in SERIOUS
    ]


def faults_at_each_size(page: Page) -> list[str]:
    """What is wrong with a page on a desk and then, as when a window is made narrow, on a phone: width, and what axe finds."""
    faults: list[str] = []
    for width, height in (DESK, PHONE):
        page.set_viewport_size({"width": width, "height": height})
        if page.evaluate("document.documentElement.scrollWidth") > width:
            faults.append(f"{page.url} is wider than {width}")
        faults += [f"{width}: {each}" for each in serious_faults(page)]
    return faults
