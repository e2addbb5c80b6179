"""Where the documents of an instance lie.

In: settings.  Out: the `Store` that doors, workers and notebooks share.
"""

from api.settings import Settings
from civic.core.documents.store import Store, bucket_store, folder_store


def store_of(settings: Settings) -> Store:
    """Where documents lie: the bucket of the settings, else a folder of the state."""
    if settings.documents:
        return bucket_store(settings.documents)
    return folder_store((settings.state / "documents").resolve())
