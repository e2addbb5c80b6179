"""What the doors of documents share: the store, the limits, whether files are scanned.

In: the composition root's choice.  Out: values.
"""

from dataclasses import dataclass

from civic.core.documents.store import Store


@dataclass(frozen=True, kw_only=True)
class DocumentRoom:
    """The document room of an instance."""

    store: Store
    largest: int
    """Bytes of one document."""
    is_scanned: bool
