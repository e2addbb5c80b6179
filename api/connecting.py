"""The way to the database: the private PostGIS or the one of the settings, and its schema.

In: settings.  Out: an engine; a schema that is up to date.
"""

from sqlalchemy import Engine

from api.local_postgis import ensure
from api.settings import Settings
from gis.db.migrations import upgrade
from gis.db.session import make_engine


def connect(settings: Settings) -> Engine:
    """An engine on the database of the settings, or on the private one, started where it is not running."""
    url = settings.database_url or ensure(settings.state)
    return make_engine(url, pool_size=settings.pool)


def migrate(engine: Engine) -> None:
    """Bring the schema up to date."""
    upgrade(engine)
