"""The register, a permit, open data and the draws fit a phone and a desk, and are sound for a screen reader."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import Engine

from civic.core.bodies import LocalBody
from civic.permits.audits import nightly
from tests.browser.conftest import DESK, PHONE, serious_faults, serve
from tests.civic.builders import NOW
from tests.civic.hall import Hall, a_hall
from tests.civic.permits.issued import a_permit
from tests.civic.permits.test_register import MEASURES
from tests.civic.permits.visiting import a_plot


@pytest.fixture
def hall(service_engine: Engine, engine: Engine, own_body: LocalBody, tmp_path: Path) -> Hall:
    """A town hall with permits and a draw."""
    plot = a_plot(engine, own_body)
    made = a_hall(service_engine, own_body, tmp_path)
    with made.inside() as session:
        a_permit(session, own_body, plot, number="P-2026-90001", found={"measures": MEASURES})
        a_permit(session, own_body, plot, route="officer", revoked=(NOW.date(), "Not built as declared."))
        for day in (1, 2):
            nightly(session, own_body, now=NOW + timedelta(days=day))
    return made


@pytest.fixture
def site(hall: Hall) -> Iterator[str]:
    """Where it is served."""
    yield from serve(hall.app)


@pytest.mark.parametrize("language", ["en", "ml"])
@pytest.mark.parametrize("size", [pytest.param(PHONE, id="phone"), pytest.param(DESK, id="desk")])
def test_the_pages_fit_and_are_sound(
    hall: Hall, site: str, chromium: Browser, size: tuple[int, int], language: str
) -> None:
    context = chromium.new_context(
        base_url=site, viewport={"width": size[0], "height": size[1]}, locale=language
    )
    page = context.new_page()
    for path in ("register", "register/P-2026-90001", "open-data", "post-audit", f"post-audit/{NOW.date()}"):
        answer = page.goto(f"{hall.path}/{path}")
        assert answer is not None
        assert answer.status == 200, path
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], path
        assert page.get_attribute("html", "lang") == language
        assert serious_faults(page) == [], path
    context.close()


def test_a_permit_is_found_by_its_plot_without_javascript(hall: Hall, site: str, chromium: Browser) -> None:
    context = chromium.new_context(base_url=site, locale="en", java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{hall.path}/register")
    page.get_by_label("State").select_option("revoked")
    page.get_by_role("button", name="Search").click()
    expect(page.locator(".results > li")).to_have_count(1)
    page.goto(f"{hall.path}/register?q=P-2026-90001")
    page.get_by_role("link", name="P-2026-90001").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("P-2026-90001")
    expect(page.get_by_text("Overruled by an officer, with the reason")).to_be_visible()
    context.close()
