"""Every setting of the service, from the environment (`BHUMIKA_…`); an unknown one is an error, not ignored.

In: environment variables.  Out: a frozen `Settings`.
"""

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """How this instance runs."""

    model_config = SettingsConfigDict(env_prefix="BHUMIKA_", extra="forbid", frozen=True)

    database_url: str | None = None
    """A PostGIS to use in place of the private one."""
    test_database_url: str | None = None
    """A PostGIS on which tests may create databases."""
    state: Path = Path(".bhumika")
    """Folder for the private database, rasters and logs."""
    host: str = "127.0.0.1"
    port: int = 8420
    pool: int = 8
    """Database connections a process keeps."""
    longest_body: int = 1_000_000
    """Bytes a request may carry."""

    @property
    def rasters(self) -> Path:
        """Where imported rasters lie."""
        return self.state / "rasters"
