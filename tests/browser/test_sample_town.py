"""From the first page to the whole answer on the sample local body: real PostGIS, the real service, a real browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from rich.console import Console
from sqlalchemy import Engine, text

from api.app import create_app
from api.running import load_sample
from api.settings import Settings
from tests.browser.conftest import PHONE, serious_faults, serve, settled
from tests.conftest import own_database

pytestmark = pytest.mark.filterwarnings("ignore:Use `@` matmul:PendingDeprecationWarning")  # rasterio's own
NUMBER = "SELECT number FROM parcel WHERE upper_inf(valid) AND upper_inf(recorded) AND land_type = 'purayidam' ORDER BY id LIMIT 1"
DIVIDED = "SELECT predecessor FROM parcel_lineage GROUP BY 1 HAVING count(*) > 1 ORDER BY 1 LIMIT 1"


@pytest.fixture(scope="module")
def sample(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, Settings]]:
    """A database with the sample in it, and the folder of its rasters."""
    with own_database(server) as engine:
        settings = Settings(state=Path(tmp_path_factory.mktemp("state")))
        load_sample(engine, settings, Console(quiet=True))
        yield engine, settings


@pytest.fixture(scope="module")
def service(sample: tuple[Engine, Settings]) -> Iterator[str]:
    """Where the service is."""
    engine, settings = sample
    yield from serve(create_app(settings, engine))


@pytest.fixture
def phone(chromium: Browser, service: str) -> Iterator[Page]:
    """A phone on the service; a fault in the console fails the test."""
    faults: list[str] = []
    context = chromium.new_context(base_url=service, viewport={"width": 360, "height": 780}, locale="en")
    page = context.new_page()
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    context.close()
    assert [fault for fault in faults if "410" not in fault] == []


def one(sample: tuple[Engine, Settings], query: str) -> str:
    """A single value of the database."""
    with sample[0].connect() as connection:
        return str(connection.scalar(text(query)))


def test_a_person_finds_a_plot_and_reads_what_lies_on_it(
    phone: Page, sample: tuple[Engine, Settings]
) -> None:
    number = one(sample, NUMBER)
    phone.goto("/")
    phone.get_by_role("combobox").press_sequentially(number)
    option = phone.get_by_role("option").filter(has_text=number).first
    option.wait_for()
    phone.keyboard.press("ArrowDown")
    phone.keyboard.press("Enter")
    expect(phone.get_by_role("heading", level=1)).to_have_text(f"Plot {number}")
    expect(phone.locator(".banner-synthetic")).to_be_visible()
    expect(phone.get_by_role("table", name="Shares of the plot").first).to_contain_text("100.0 %")
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    assert serious_faults(phone) == []
    phone.get_by_role("link", name="മലയാളം").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text(f"പ്ലോട്ട് {number}")


def test_the_map_draws_plots_and_answers(phone: Page, sample: tuple[Engine, Settings]) -> None:
    number = one(sample, NUMBER)
    phone.goto(f"/kl-sample/map?number={number}")
    expect(phone.locator("#answer h2")).to_have_text(f"Plot {number}")
    settled(phone)
    drawn = """() => document.querySelector(".map-frame").groundMap
        .queryRenderedFeatures({layers: ["parcels-fill"]}).map((each) => each.properties.number)"""
    phone.wait_for_function(f"number => ({drawn})().includes(number)", arg=number)
    assert serious_faults(phone) == []
    phone.get_by_role("link", name="Whole answer").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text(f"Plot {number}")


def test_a_divided_plot_leads_to_what_became_of_it(phone: Page, sample: tuple[Engine, Settings]) -> None:
    number = one(sample, DIVIDED)
    phone.goto(f"/kl-sample/plot?number={number}")
    expect(phone.get_by_role("heading", level=1)).to_have_text("This plot no longer exists")
    phone.locator(".onward a").first.click()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("Plot ")


def test_the_printed_extract_is_one_tap_away(phone: Page, sample: tuple[Engine, Settings]) -> None:
    phone.goto(f"/kl-sample/plot?number={one(sample, NUMBER)}")
    address = phone.get_by_role("link", name="PDF").first.get_attribute("href")
    assert address is not None
    printed = phone.request.get(address)
    assert printed.status == 200
    assert printed.body().startswith(b"%PDF-")
