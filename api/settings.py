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
    service_database_url: str | None = None
    """The same database as a role that owns nothing, by which server and workers connect; without it they act in the
    role bhumika_service, of which the owner must be a member."""
    notebook_database_url: str | None = None
    """The same database as the role bhumika_planner, which only reads and sees nothing about persons, for notebooks."""
    backup_database_url: str | None = None
    """The same database as an account that row-level security does not bind, for backups of an own database."""
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
    base_map: str | None = Field(default=None, pattern=r"^https?://[^\s{}']+.*\{z\}")
    """Address of pictures under the map, with {z}, {x} and {y}; none unless set, and then only where a reader asks for it."""
    base_map_credit: str = ""
    """Whose pictures they are, as their licence wants it told."""
    base_map_deepest: int = Field(default=19, ge=0, le=22)
    """The deepest zoom of these pictures."""

    dask: str | None = Field(default=None, pattern=r"^(tcp|tls)://[^\s/]+:\d+$")
    """Scheduler of a Dask cluster, tcp://host:8786 or tls://…, on which `land simulate`, `simulate` and long questions of notebooks run; the processors of this machine unless set."""
    public_url: str | None = Field(default=None, pattern=r"^https?://[^\s]+$")
    """Under which address people reach the service; links in messages begin with it."""
    documents: str | None = None
    """Bucket for documents, s3://name/prefix, with the AWS_… names of the environment; a folder under the state unless set."""
    largest_document: int = Field(default=50_000_000, ge=1)
    """Bytes of one document."""
    scanner: str | None = None
    """Socket of clamd, as a path or host:port; without it documents are marked unscanned."""
    razorpay_key: str = ""
    """Key of the account at Razorpay; without it no money is taken online, but in made-up bodies, where it is play money."""
    razorpay_secret: str = Field(default="", repr=False)
    """Secret of the key."""
    razorpay_webhook_secret: str = Field(default="", repr=False)
    """Secret by which Razorpay signs its webhooks; another one than that of the key."""
    oidc_issuer: str | None = Field(default=None, pattern=r"^https?://[^\s]+$")
    """Identity provider of the staff (OpenID Connect), by its issuer; without it staff sign in with codes."""
    oidc_client: str = ""
    """Our client there."""
    oidc_secret: str = ""
    """The client's secret."""
    passkey_steps: str = ""
    """Steps that an officer confirms with a passkey, `land_records.grant,land_records.refuse`; none unless set or written in a
    workflow."""
    smtp: str | None = None
    """Mail server, smtp://user:password@host:587 or smtps://host; without it e-mail is kept in the outbox."""
    mail_from: str = ""
    """The address that e-mail comes from."""
    sms_url: str | None = None
    """Address of the provider of SMS; without it SMS is kept in the outbox."""
    sms_key: str = ""
    """Key of the provider."""
    sms_entity: str = ""
    """Identifier of the principal entity (DLT)."""
    sms_secret: str = ""
    """Secret under which the provider of SMS reports what arrived; without it no reports are taken."""
    whatsapp_url: str | None = None
    """Cloud API with its version, https://graph.facebook.com/v23.0; without it WhatsApp is kept in the outbox."""
    whatsapp_number: str = ""
    """Identifier of the sending number."""
    whatsapp_token: str = ""
    """Token of the API."""
    whatsapp_secret: str = ""
    """Secret of the app, with which Meta signs its reports."""
    whatsapp_verify: str = ""
    """The word by which Meta makes sure of the address of reports."""

    @property
    def front(self) -> str:
        """The address that links in messages begin with."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

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
