"""The way to the database: the private PostGIS or the one of the settings, and its schema.

In: settings.  Out: an engine; a schema that is up to date, with names that are found by the keys of this version.
"""

from typing import Any

from sqlalchemy import URL, Engine, make_url, text

from api.local_postgis import PLANNER, SERVICE, ensure
from api.settings import Settings
from gis.db.migrations import newest, upgrade
from gis.db.session import in_role, make_engine, transaction
from gis.errors import Invalid, Unavailable
from layers.search_keys import Progress, are_current, remake

REMEDY = "Run `./bhumika up --no-serve`, which brings it up to date and keeps everything."


def connect(settings: Settings) -> Engine:
    """An engine on the database of the settings, or on the private one, started where it is not running."""
    url = settings.database_url or ensure(settings.state)
    return make_engine(url, pool_size=settings.pool)


def connect_service(settings: Settings) -> Engine:
    """An engine for server and workers: in a role that owns nothing and that row-level security binds.

    The private database is entered as that role.  With an own database it is `service_database_url`; where only the
    owner's address is known, each connection begins in the role.
    """
    if settings.database_url is None:
        own = make_url(ensure(settings.state)).set(username=SERVICE)
        return make_engine(own, pool_size=settings.pool)
    if settings.service_database_url:
        return make_engine(settings.service_database_url, pool_size=settings.pool)
    return in_service_role(settings.database_url, pool_size=settings.pool)


def connect_planner(settings: Settings) -> Engine:
    """An engine for notebooks: in a role that only reads, and sees nothing about persons."""
    if settings.database_url is None:
        return make_engine(make_url(ensure(settings.state)).set(username=PLANNER), pool_size=2)
    if settings.notebook_database_url is None:
        raise Invalid(
            f"Set BHUMIKA_NOTEBOOK_DATABASE_URL to the database as the role {PLANNER}, which only reads (deploy/README.md)."
        )
    return make_engine(settings.notebook_database_url, pool_size=2)


def in_service_role(url: str | URL, **options: Any) -> Engine:
    """An engine whose connections begin, and are reset to, the role that owns nothing."""
    return make_engine(in_role(url, SERVICE), **options)


_MIGHT = text(
    "SELECT current_user AS name, r.rolsuper OR r.rolbypassrls AS unbound,"
    " EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE c.relowner = r.oid AND n.nspname = 'public') AS owns FROM pg_roles r WHERE r.rolname = current_user"
)


def check_service(engine: Engine) -> None:
    """Refuse to serve in a role that sees past the walls between local bodies."""
    with transaction(engine) as session:
        role = session.execute(_MIGHT).one()
    if role.unbound or role.owns:
        raise Unavailable(
            f"The service may not run as {role.name}: it owns tables or is not bound by row-level security. Set"
            " BHUMIKA_SERVICE_DATABASE_URL to the same database as the role bhumika_service (deploy/README.md)."
        )


def migrate(engine: Engine, progress: Progress | None = None) -> None:
    """Bring the schema up to date, and the search keys of names where their making has changed."""
    upgrade(engine)
    with transaction(engine) as session:
        remake(session, progress=progress)


_MAY_ASK = text("SELECT has_table_privilege('alembic_version', 'SELECT')")


def check_set_up(engine: Engine) -> None:
    """Refuse a database that is not set up for this version of the service."""
    with transaction(engine) as session:
        if session.scalar(text("SELECT to_regclass('search_key_version') IS NULL")):
            raise Unavailable(f"The database is not set up for this version of Bhumika. {REMEDY}")
        if session.scalar(_MAY_ASK):  # the role of notebooks may not
            stands = session.scalar(text("SELECT max(version_num) FROM alembic_version"))
            if stands != newest():
                raise Unavailable(
                    f"The database is not set up for this version of Bhumika: its schema is {stands}, and {newest()} is needed. {REMEDY}"
                )
        if not are_current(session):
            raise Unavailable(f"Names are kept under the search keys of another version of Bhumika. {REMEDY}")
