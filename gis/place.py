"""The value of a jurisdiction: whose law, whose coordinates, whose catalogue.

In: nothing.  Out: the frozen `Jurisdiction` that accompanies every shape in metres.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Jurisdiction:
    """A place with its own land law: its metric system (EPSG), its layer catalogue, its rule book or none."""

    code: str
    name_en: str
    name_ml: str
    metric: int
    catalogue: str
    rule_book: str | None
    synthetic: bool
