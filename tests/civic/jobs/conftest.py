"""A town hall whose jobs are committed, and workers beside it.

In: a migrated database of its own.  Out: `hall` (its engine in the service's role, and its local body).
"""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, make_url

from api.connecting import in_service_role
from civic.core.bodies import LocalBody
from gis.db.session import transaction
from tests.civic.conftest import a_body, open_on_its_land


@pytest.fixture
def hall(fresh_engine: Engine) -> Iterator[tuple[Engine, LocalBody]]:
    """A town hall of its own: what is committed here meets nobody else."""
    body = a_body("hall")
    with transaction(fresh_engine) as session:
        open_on_its_land(session, body)
    engine = in_service_role(make_url(fresh_engine.url))
    yield engine, body
    engine.dispose()
