"""A whole file in one go: all its parts in one transaction, for forms that work without JavaScript.

In: what the file is, and a stream of its bytes.  Out: the version that it became.
"""

from datetime import datetime
from typing import BinaryIO

from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.documents.announcing import Announced
from civic.core.documents.room import DocumentRoom
from civic.core.documents.uploads import LONGEST_PART, Version, add_part, begin_upload, finish


def send_whole(
    session: Session,
    body: LocalBody,
    room: DocumentRoom,
    announced: Announced,
    file: BinaryIO,
    *,
    now: datetime,
) -> Version:
    """All of a file, part after part."""
    begun = begin_upload(session, body, announced, largest=room.largest, now=now)
    arrived, me = 0, announced.person_id
    while part := file.read(LONGEST_PART):
        add_part(session, room.store, begun.id, part, starts=arrived, person_id=me, now=now)
        arrived += len(part)
    return finish(session, room.store, begun.id, person_id=me, now=now)
