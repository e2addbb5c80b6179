"""Where the features of a collection come from.

In: the imports that stand for it.  Out: for each its source, licence, date, accuracy and the hash of the file read.
"""

from collections.abc import Sequence

from layers.collections.model import Lineage
from layers.imports import StandingImport


def lineage_of(imports: Sequence[StandingImport]) -> tuple[Lineage, ...]:
    """The sources of some imports, oldest first."""
    return tuple(
        Lineage(
            title=each.source["title"],
            publisher=each.source.get("publisher"),
            licence=each.source["licence"],
            link=each.source.get("link"),
            date=each.source_date,
            imported=each.imported,
            accuracy=each.accuracy,
            sha256=each.sha256,
        )
        for each in sorted(imports, key=lambda each: (each.imported, each.id))
    )
