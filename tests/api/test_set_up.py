"""A database of another version is not served: half of the pages would break, one by one."""

import pytest
from sqlalchemy import text

from api.connecting import check_set_up, in_service_role
from gis.db.migrations import newest
from gis.db.session import transaction
from gis.errors import Unavailable
from layers.search_keys import remake
from tests.conftest import own_database


def test_the_service_starts_with_the_schema_of_its_own_version_only(server: str) -> None:
    with own_database(server) as engine:
        with transaction(engine) as session:
            remake(session)
        service = in_service_role(engine.url)
        for each in (engine, service):
            check_set_up(each)
            for other in ("0023", "9999"):
                with transaction(engine) as session:
                    session.execute(text("UPDATE alembic_version SET version_num = :other"), {"other": other})
                with pytest.raises(Unavailable, match=f"schema is {other}, and {newest()} is needed"):
                    check_set_up(each)
            with transaction(engine) as session:
                session.execute(
                    text("UPDATE alembic_version SET version_num = :newest"), {"newest": newest()}
                )
        service.dispose()
