"""The pages of messages in a browser: each fits, is sound for a screen reader, and can be touched with a thumb."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from sqlalchemy import Engine, text

from civic.core.bodies import LocalBody
from civic.core.http import cookie_of
from civic.core.jobs import later
from civic.core.messages.outbox import tell
from tests.browser.conftest import DESK, PHONE, serious_faults, serve
from tests.civic.hall import a_hall

PAGES = ("outbox", "messages", "watch", "watches", "wordings", "wordings/case_moved/ml", "jobs")
MOVED = {"body": "B", "number": "LR-1", "service": "S", "state": "Filed", "link": f"https://x/{'y' * 90}"}
SMALL = """() => [...document.querySelectorAll("button, .button, summary, input:not([type=hidden]), select")]
    .filter((each) => each.checkVisibility() && each.getBoundingClientRect().height < 44)
    .map((each) => each.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize(("size", "language"), [(PHONE, "ml"), (DESK, "en")])
def test_every_page_of_messages_fits_and_is_sound(
    service_engine: Engine,
    own_body: LocalBody,
    chromium: Browser,
    tmp_path: Path,
    size: tuple[int, int],
    language: str,
) -> None:
    hall = a_hall(service_engine, own_body, tmp_path)
    admin = hall.person("admin", "front_office")
    with hall.inside() as session:
        now = datetime.now(UTC)
        tell(session, case_id=None, person_id=admin.person.id, template="case_moved", values=MOVED, now=now)
        failed = later(session, "documents.scan", document=1)
        session.execute(
            text("UPDATE jobs.procrastinate_jobs SET status = 'failed' WHERE id = :id"), {"id": failed}
        )
    name = cookie_of(own_body.code)
    secret = hall.client(admin).cookies[name]
    served = serve(hall.app)
    site = next(served)
    context = chromium.new_context(
        base_url=site, viewport={"width": size[0], "height": size[1]}, locale=language
    )
    context.add_cookies([{"name": name, "value": secret, "url": site}])
    page = context.new_page()
    faults = []
    for path in PAGES:
        answer = page.goto(f"{hall.path}/{path}")
        assert answer is not None
        wide = page.evaluate("() => document.documentElement.scrollWidth") > size[0]
        found = [*serious_faults(page), *page.evaluate(SMALL)]
        if answer.status != 200 or wide or found:
            faults.append((path, answer.status, wide, found))
    context.close()
    next(served, None)
    assert faults == []
