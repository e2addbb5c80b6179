"""A form that opens a case opens one: sent again, by a second click or by a browser that tries again, it shows the first.

In: a person, the fields of a form with the mark that its page gave it.  Out: the case that the very same form opened already;
of two at the same moment the second waits for the first.  Another wish written into the same page is another form.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.case import Case
from civic.core.side_tables import SentFormRow
from civic.core.tables import CaseRow

MARK = "mark"
"""The hidden field by which a page's form is known."""


def new_mark() -> str:
    """A mark for a form that is shown."""
    return secrets.token_urlsafe(12)


def opened_by_form(session: Session, body: LocalBody, person_id: int, form: Mapping[str, str]) -> str | None:
    """The number of the case that this form opened already; a form without a mark is always a new one."""
    if not form.get(MARK):
        return None
    digest = _digest(form)
    key = func.hashtextextended(f"form:{body.code}:{person_id}:{digest}", 0)
    session.execute(select(func.pg_advisory_xact_lock(key)))
    found: str | None = session.scalar(
        select(CaseRow.number)
        .join(SentFormRow, SentFormRow.case_id == CaseRow.id)
        .where(SentFormRow.person_id == person_id, SentFormRow.digest == digest)
    )
    return found


def keep_form(
    session: Session, opened: Case, person_id: int, form: Mapping[str, str], *, now: datetime
) -> None:
    """Keep that a form opened a case."""
    if form.get(MARK):
        row = {
            "body": opened.body,
            "person_id": person_id,
            "digest": _digest(form),
            "case_id": opened.id,
            "sent": now,
        }
        session.execute(insert(SentFormRow), row)


def _digest(form: Mapping[str, str]) -> str:
    return hashlib.sha256(json.dumps(sorted(form.items())).encode()).hexdigest()
