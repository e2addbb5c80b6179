"""Is the service well?

In: /health.  Out: a line for monitors; `Unavailable` with the remedy where the database does not answer.
"""

from fastapi import APIRouter
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from api.dependencies import LandDep
from api.errors import AWAY
from gis.errors import Unavailable

router = APIRouter(tags=["health"])


@router.get("/health")
def health(land: LandDep) -> dict[str, str]:
    """The database answers."""
    try:
        with land.engine.connect() as connection:
            version = connection.scalar(text("SELECT postgis_lib_version()"))
    except OperationalError as error:
        raise Unavailable(AWAY) from error
    return {"status": "ok", "postgis": str(version)}
