"""Whether what a client has of an answer still holds (RFC 9110, clauses 8.8 and 13).

In: a request, the question it asks.  Out: a tag and an instant for the answer, and whether the client's own are the same.  An answer
is the same while nothing of its collection is recorded, and, where no day was named, until the day is over.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256

from fastapi import Request
from fastapi.responses import Response

from api.answers import KERALA_TIME, today
from api.tile_words import has_tag
from layers.collections.question import Question
from tiles.versions import stamp

FORM = 1
"""Changes when the bytes of an answer mean something else."""
SETTLED = timedelta(seconds=1)
"""How long ago a change must be to be told as an instant: HTTP writes whole seconds, and another may come in the same one."""
Headers = dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Copy:
    """What an answer can be known again by."""

    tag: str
    modified: datetime | None
    """When it changed last, in whole seconds; None while that second is not over."""

    @property
    def headers(self) -> Headers:
        """The words that go with the answer."""
        told = {} if self.modified is None else {"Last-Modified": format_datetime(self.modified, usegmt=True)}
        return {"ETag": self.tag, **told}

    def is_held_by(self, request: Request) -> bool:
        """Whether the client has this very answer; where it names tags, the instant that it names does not count."""
        tags = request.headers.get("if-none-match")
        if tags is not None:
            return has_tag(self.tag, tags)
        since = _instant(request.headers.get("if-modified-since", ""))
        return since is not None and self.modified is not None and self.modified <= since


def copy_of(request: Request, question: Question, *, is_day_named: bool) -> Copy:
    """What the answer to a question is known by: the state of its collection, its address, its days."""
    collection, days = question.collection, question.days
    turned = today() if not is_day_named and days.last in (None, today()) else None
    asked = repr((str(request.url), days, turned, [each.name for each in collection.properties], FORM))
    tag = f'W/"{stamp(collection.changed)}-{sha256(asked.encode()).hexdigest()[:24]}"'
    changes = [collection.changed, *([_dawn(turned)] if turned else [])]
    return Copy(tag=tag, modified=_whole(max(changes)))


def unchanged(headers: Headers) -> Response:
    """The answer to a client that has it already."""
    return Response(status_code=304, headers=headers)


def _dawn(day: date) -> datetime:
    """When a day began in Kerala."""
    return datetime.combine(day, time(), KERALA_TIME)


def _whole(instant: datetime) -> datetime | None:
    """An instant in whole seconds, of which none is to come."""
    if datetime.now(UTC) - instant < SETTLED:
        return None
    return instant.astimezone(UTC).replace(microsecond=0)


def _instant(text: str) -> datetime | None:
    """An instant as HTTP writes it; None for what is none, which RFC 9110 wants to be left aside."""
    try:
        found = parsedate_to_datetime(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
