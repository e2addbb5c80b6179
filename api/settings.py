"""Every setting of the service, from the environment (`BHUMIKA_…`); an unknown one is an error, not ignored.

In: environment variables.  Out: a frozen `Settings`.
"""

import os
from difflib import get_close_matches
from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from gis.errors import Invalid

PREFIX = "BHUMIKA_"
OF_SET_UP = {"BHUMIKA_PYTHON", "BHUMIKA_TEST_DATABASE_URL"}
"""Read by the set-up script and the tests, not by the service."""


class Settings(BaseSettings):
    """How this instance runs."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True)

    database_url: str | None = None
    """A PostGIS to use in place of the private one: postgresql+psycopg://user:password@host/database."""
    state: Path = Path(".bhumika")
    """Folder for the private database and imported rasters."""
    host: str = "127.0.0.1"
    """Address to listen on."""
    port: int = Field(default=8420, ge=1, le=65535)
    """Port to listen on."""
    pool: int = Field(default=8, ge=1)
    """Database connections that a process keeps."""
    longest_body: int = Field(default=1_000_000, ge=1)
    """Bytes that a request may carry."""

    @property
    def rasters(self) -> Path:
        """Where imported rasters lie."""
        return self.state / "rasters"


def read_settings() -> Settings:
    """The settings of the environment; `Invalid` names a wrong or unknown one and what may be meant."""
    known = {PREFIX + name.upper() for name in Settings.model_fields} | OF_SET_UP
    for name in sorted(os.environ):
        if name.startswith(PREFIX) and name not in known:
            meant = get_close_matches(name, known, n=1)
            hint = f" Did you mean {meant[0]}?" if meant else ""
            raise Invalid(f"There is no setting {name}.{hint} They are listed in deploy/README.md.")
    try:
        return Settings()
    except ValidationError as error:
        faults = "; ".join(
            f"{PREFIX}{str(fault['loc'][0]).upper()}: {fault['msg']}" for fault in error.errors()
        )
        raise Invalid(f"A setting is wrong. {faults}.") from error
