"""A server that may be killed at any moment; the tests start it, pay at it, and kill it.

In: its arguments as JSON: the database, the state folder, the port.  Out: the service on the loopback.
"""

import json
import sys
from pathlib import Path

import uvicorn
from sqlalchemy import make_url

from api.app import create_app
from api.connecting import in_service_role
from api.settings import Settings

if __name__ == "__main__":
    told = json.loads(sys.argv[1])
    settings = Settings(state=Path(told["state"]), port=told["port"])
    app = create_app(settings, in_service_role(make_url(told["url"])))
    uvicorn.run(app, port=settings.port, log_level="error", ws="none")
