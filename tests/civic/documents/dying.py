"""A server for the tests that is killed while a part arrives.

In: the address of a database, a body, a folder, an upload, its sender, and the point at which it dies.  Out: one part that
is committed, a second one that is not.
"""

import os
import signal
import sys
from pathlib import Path

from api.connecting import in_service_role
from civic.core.bodies import inside
from civic.core.documents.store import Store, folder_store
from civic.core.documents.uploads import add_part
from tests.civic.builders import NOW
from tests.civic.documents.conftest import a_pdf


class Fatal(Store):
    """A store whose machine dies when the file is written and its row is not."""

    def put(self, place: str, data: bytes) -> None:
        """Keep, and die."""
        super().put(place, data)
        os.kill(os.getpid(), signal.SIGKILL)


def main(address: str, body: str, folder: str, upload: str, person: str, point: str) -> None:
    """Add two parts."""
    engine = in_service_role(address)
    store = folder_store(Path(folder))
    data = a_pdf(3000)
    with inside(engine, body) as (session, _):
        add_part(session, store, upload, data[:1000], starts=0, person_id=int(person), now=NOW)
    fatal = Fatal(folder=store.folder) if point == "after the file" else store
    with inside(engine, body) as (session, _):
        add_part(session, fatal, upload, data[1000:2000], starts=1000, person_id=int(person), now=NOW)
        session.flush()
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(*sys.argv[1:])
