"""The notice: every personal field, why it is kept, for how long.

In: `notice.yaml`.  Out: frozen values; `Invalid` where the file cannot be read.
"""

from functools import lru_cache
from importlib.resources import files

import yaml
from pydantic import BaseModel, ConfigDict, Field

from civic.core.workflow import Title


class Kept(BaseModel):
    """How long."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    until: str = Field(pattern="^(while_person|forever_with_case|days)$")
    days: int | None = Field(default=None, ge=1)


class Personal(BaseModel):
    """One field: what it is, what it is for, how long it is kept."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Title
    purpose: Title
    kept: Kept


@lru_cache
def notice() -> dict[str, Personal]:
    """Every personal field, by table and column."""
    text = files("civic.core.privacy").joinpath("notice.yaml").read_text(encoding="utf-8")
    return {name: Personal.model_validate(field) for name, field in yaml.safe_load(text).items()}
