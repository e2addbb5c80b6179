"""Why a self-certified permit is looked at although no lot fell on it: points for what the permit itself shows.

In: the terms of a permit, how often its licensee was held to account before, `audit.yaml`.  Out: reasons with their points; pure.
Nothing here says that anything is wrong.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field

from civic.core.workflow import Title


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class ByLot(_Form):
    """How many permits of a day are drawn."""

    per_hundred: int = Field(ge=0, le=100)
    at_least: int = Field(ge=0)


class Reason(_Form):
    """What counts, and for how much."""

    points: int = Field(ge=1)
    title: Title
    at_least: int = 1
    """Of how many on it counts."""
    within_percent: Decimal = Decimal(0)
    most: int = 1
    """How often it counts at most."""


class ByRisk(_Form):
    """From how many points a permit is looked at."""

    from_: int = Field(alias="from", ge=1)
    reasons: dict[str, Reason]


class Rules(_Form):
    """All of `audit.yaml`."""

    edition: str
    source: str = Field(min_length=1)
    by_lot: ByLot
    by_risk: ByRisk


@dataclass(frozen=True, kw_only=True)
class Counted:
    """A reason that holds for a permit: how often, for how many points, by which rules."""

    name: str
    count: int
    points: int
    rules: tuple[str, ...] = ()


@lru_cache(maxsize=1)
def rules() -> Rules:
    """The rules of this version."""
    text = files("civic.permits").joinpath("audit.yaml").read_text(encoding="utf-8")
    return Rules.model_validate(yaml.load(text, Loader=yaml.BaseLoader))


def counted(terms: Mapping[str, Any], earlier: int, of: Rules) -> list[Counted]:
    """The reasons that hold for a permit; `earlier` audits of its licensee ended in a notice or a revocation."""
    near = [each for each in terms.get("measured") or () if _is_near(each, of.by_risk.reasons["near_limit"])]
    found = {
        "many_declared": (len(terms.get("declared") or ()), ()),
        "near_limit": (len(near), tuple(sorted({str(each["clause"] or each["rule"]) for each in near}))),
        "record": (earlier, ()),
    }
    reasons = []
    for name, reason in of.by_risk.reasons.items():
        count, named = found[name]
        if count >= reason.at_least:
            points = reason.points * min(count, reason.most)
            reasons.append(Counted(name=name, count=count, points=points, rules=named))
    return reasons


def is_looked_at(reasons: Sequence[Counted], of: Rules) -> bool:
    """Whether the points suffice."""
    return sum(each.points for each in reasons) >= of.by_risk.from_


def _is_near(point: Mapping[str, Any], reason: Reason) -> bool:
    """Whether a measure that passed lies within so many percent of what is asked for."""
    measured, required = _amount(point.get("measured")), _amount(point.get("required"))
    if measured is None or required is None or measured[1] != required[1] or required[0] == 0:
        return False
    return abs(measured[0] - required[0]) * 100 <= reason.within_percent * abs(required[0])


def _amount(text: Any) -> tuple[Decimal, str] | None:
    """A number with its unit, as terms are written; None where no number decides."""
    number, _, unit = str(text or "").partition(" ")
    try:
        return Decimal(number), unit
    except InvalidOperation:
        return None
