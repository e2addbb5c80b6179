"""The way to the database: the private PostGIS or the one of the settings, and its schema.

In: settings.  Out: an engine; a schema that is up to date, with names that are found by the keys of this version.
"""

from sqlalchemy import Engine, text

from api.local_postgis import ensure
from api.settings import Settings
from gis.db.migrations import upgrade
from gis.db.session import make_engine, transaction
from gis.errors import Unavailable
from layers.search_keys import Progress, are_current, remake

REMEDY = "Run `./bhumika up --no-serve`, which brings it up to date and keeps everything."


def connect(settings: Settings) -> Engine:
    """An engine on the database of the settings, or on the private one, started where it is not running."""
    url = settings.database_url or ensure(settings.state)
    return make_engine(url, pool_size=settings.pool)


def migrate(engine: Engine, progress: Progress | None = None) -> None:
    """Bring the schema up to date, and the search keys of names where their making has changed."""
    upgrade(engine)
    with transaction(engine) as session:
        remake(session, progress=progress)


def check_set_up(engine: Engine) -> None:
    """Refuse a database that is not set up for this version of the service."""
    with transaction(engine) as session:
        if session.scalar(text("SELECT to_regclass('search_key_version') IS NULL")):
            raise Unavailable(f"The database is not set up for this version of Bhumika. {REMEDY}")
        if not are_current(session):
            raise Unavailable(f"Names are kept under the search keys of another version of Bhumika. {REMEDY}")
