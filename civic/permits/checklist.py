"""What an inspector looks at on the plot: the checklist as data, each point with the clause of the rule that it serves.

In: `checklist.yaml`, the rules' catalogue.  Out: frozen stages and points.  A point is answered as the plan says, otherwise,
or not seen; “otherwise” needs words.
"""

from functools import lru_cache
from importlib.resources import files
from typing import Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from civic.core.workflow import Title
from gis.errors import Invalid
from rules.coverage import catalogue

AS_PLANNED, OTHERWISE, NOT_SEEN = "yes", "no", "not_seen"
SAID = (AS_PLANNED, OTHERWISE, NOT_SEEN)
"""How a point may be answered."""
STAGES = ("site", "plinth", "completion", "audit")


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Point(_Form):
    """One thing to look at."""

    id: str = Field(pattern="^[a-z][a-z_]*$")
    title: Title
    rule: str | None = None
    measure: bool = False
    """Whether a length in metres may be given with it."""

    @property
    def clause(self) -> str | None:
        """The clause of the rule that it serves; None where it serves none."""
        return None if self.rule is None else _clauses()[self.rule]


class Stage(_Form):
    """What is looked at at one time of the work."""

    title: Title
    points: tuple[Point, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _tells_points_apart(self) -> Self:
        names = [each.id for each in self.points]
        if len(set(names)) < len(names):
            raise ValueError(f"Two points of one stage have one name: {names}")
        return self


class Checklist(_Form):
    """Every stage, by its name."""

    edition: str
    stages: dict[str, Stage]

    @model_validator(mode="after")
    def _knows_its_rules(self) -> Self:
        if tuple(self.stages) != STAGES:
            raise ValueError(f"The stages are {', '.join(STAGES)}, in this order")
        named = {each.rule for stage in self.stages.values() for each in stage.points if each.rule}
        if unknown := named - set(_clauses()):
            raise ValueError(f"No rule of the catalogue is called {', '.join(sorted(unknown))}")
        return self


@lru_cache(maxsize=1)
def _clauses() -> dict[str, str]:
    return {each.id: each.clause for each in catalogue()}


def read_checklist(text: str) -> Checklist:
    """A checklist out of YAML; raises what pydantic raises where it is none."""
    return Checklist.model_validate(yaml.load(text, Loader=yaml.BaseLoader))


@lru_cache(maxsize=1)
def checklist() -> Checklist:
    """The checklist of this version."""
    return read_checklist(files("civic.permits").joinpath("checklist.yaml").read_text(encoding="utf-8"))


def stage_named(name: str) -> Stage:
    """A stage; `Invalid` names those there are."""
    try:
        return checklist().stages[name]
    except KeyError as error:
        raise Invalid(f"A visit is of a stage: {', '.join(STAGES)}.") from error


def stage_of(kind: str) -> str:
    """The stage at which a matter of a kind is visited, where nobody chooses another."""
    return {"plinth": "plinth", "occupancy": "completion"}.get(kind, "site")
