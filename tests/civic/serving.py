"""The service as a program, for tests that kill it: `python -m tests.civic.serving URL PORT`.

In: the address of a migrated database, a port.  Out: a server until it is killed.
"""

import sys
import tempfile
from pathlib import Path

import uvicorn

from api.app import create_app
from api.connecting import in_service_role
from api.settings import Settings

if __name__ == "__main__":
    url, port = sys.argv[1:]
    uvicorn.run(
        create_app(Settings(state=Path(tempfile.mkdtemp())), in_service_role(url)),
        port=int(port),
        log_level="error",
    )
