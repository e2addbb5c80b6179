"""Documents and uploads as programs read and write them.

In: JSON of a request.  Out: JSON of an answer; sizes are bytes.
"""

from pydantic import BaseModel, ConfigDict, Field

from civic.core.documents.announcing import LONGEST_TITLE
from civic.core.documents.records import FULL
from civic.core.documents.uploads import LONGEST_PART

WITHOUT_NUL = r"^[^\x00]*$"


class FileOut(BaseModel):
    """One version of a document."""

    record: str
    seq: int
    name: str
    media_type: str
    size: int
    """Bytes."""
    sha256: str
    scan: str
    address: str


class DocumentOut(BaseModel):
    """A document with the versions that the reader may open, newest first."""

    id: int
    kind: str
    title: str
    versions: list[FileOut]


class AnnouncedIn(BaseModel):
    """A file that is going to be sent."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(min_length=1, max_length=LONGEST_TITLE, pattern=WITHOUT_NUL)
    name: str = Field(max_length=500, pattern=WITHOUT_NUL)
    size: int = Field(ge=1, lt=2**62)
    """Bytes."""
    kind: str = Field(default="other", max_length=40)
    sha256: str | None = Field(default=None, max_length=64)
    record: str = Field(default=FULL, max_length=20)
    document: int | None = Field(default=None, ge=1, lt=2**62)
    """The document of which it becomes a version."""


class UploadOut(BaseModel):
    """How much of a file has arrived, and what it became once it is whole."""

    id: str
    size: int
    arrived: int
    longest_part: int = LONGEST_PART
    document: int | None = None
    version: int | None = None
