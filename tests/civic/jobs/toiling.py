"""A worker for the tests, run as a program: it may be killed at a point that the test names.

In: the address of a database and the point to stand still at.  Out: marks, rows that cannot hide a second one; and on
standard output the word that the point is reached.
"""

import sys
import time

from sqlalchemy import text
from sqlalchemy.orm import Session

from api.connecting import in_service_role
from api.working import Pace, Trade, work
from civic.core.bodies import LocalBody
from civic.core.jobs import Work, whole

MARK = text(
    "INSERT INTO sign_in_code (body, reach, sender, digest, made, ends) VALUES (:body, :reach, '', 'mark', :now, :now)"
)


def stand_still() -> None:
    """Say so, and wait to be killed."""
    sys.stdout.write("reached\n")
    sys.stdout.flush()
    time.sleep(60)


def mark(session: Session, body: LocalBody, work: Work) -> None:
    """Leave a mark that tells how often it was left."""
    session.execute(MARK, {"body": body.code, "reach": work.values["name"], "now": work.now})


def main(address: str, point: str) -> None:
    """Work on marks until killed, or until nothing is left."""

    def before_commit(session: Session, body: LocalBody, work: Work) -> None:
        mark(session, body, work)
        if point == "before the commit":
            session.flush()
            stand_still()

    kept = whole(before_commit)

    def do(work: Work) -> None:
        kept(work)
        if point == "before the queue hears of it":
            stand_still()

    work(
        in_service_role(address),
        Trade(doers={"mark": do}, repeated=()),
        pace=Pace(heartbeat=0.3, silent=1.5, look=0.3, until_empty=point == "nowhere"),
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
