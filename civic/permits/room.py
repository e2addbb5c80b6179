"""What the doors and jobs of permits share: who checks drawings, where they lie, who prints letters, the front address.

In: the composition root's choice.  Out: values.  A checker and a printer are ports: a test may bring its own.
"""

from dataclasses import dataclass
from typing import Protocol

from civic.core.documents.store import Store
from civic.permits.checking import PlanChecker
from civic.permits.letters import Letter


class Letters(Protocol):
    """Who prints permits, refusals and certificates."""

    def pdf(self, letter: Letter, *, language: str) -> bytes:
        """A letter as PDF, `en` or `ml`."""
        ...


@dataclass(frozen=True, kw_only=True)
class PermitRoom:
    """The room of permits of an instance."""

    checker: PlanChecker
    store: Store
    largest: int
    """Bytes of a drawing."""
    front: str
    """The address under which people reach the instance; it stands in the QR of a letter."""
    letters: Letters | None = None
