"""A visit as whoever was there tells it, before anything is kept: answers, positions, photographs that are to come.

In: values from a telephone or a form.  Out: frozen values that fit the checklist's form, and the digest by which the same
visit sent twice is known.  Answers of another edition of the checklist are kept as they are: nothing that was seen is lost
because the checklist changed while a telephone was without a line.
"""

import hashlib
import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from civic.permits.checklist import OTHERWISE, SAID, STAGES
from civic.permits.nearness import Fix
from gis.errors import Invalid, TooLarge

LONGEST, LONGEST_POINT = 5000, 1000
"""Characters of the words of a visit, and of those with a point."""
MOST_PHOTOS, MOST_POINTS = 60, 100
FARTHEST_MEASURE = 10_000.0
DIGEST = re.compile(r"[0-9a-f]{64}")
POINT = re.compile(r"[a-z][a-z_]{0,39}")


@dataclass(frozen=True, kw_only=True)
class Seen:
    """The answer to one point of the checklist; the measure is in metres."""

    said: str
    measure: float | None = None
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class Announced:
    """A photograph that belongs to the visit and is sent after it."""

    sha256: str
    caption: str = ""
    taken: datetime | None = None
    fix: Fix | None = None
    """Where the telephone took itself to be when the shutter was pressed."""


@dataclass(frozen=True, kw_only=True)
class VisitSaid:
    """All that is told of one visit."""

    id: str
    stage: str
    edition: str
    begun: datetime
    ended: datetime
    answers: Mapping[str, Seen]
    words: str
    fix: Fix | None
    photos: tuple[Announced, ...]

    @property
    def digest(self) -> str:
        """SHA-256 over everything that was said."""
        plain = asdict(self) | {"answers": {key: asdict(self.answers[key]) for key in sorted(self.answers)}}
        return hashlib.sha256(json.dumps(plain, default=str, sort_keys=True).encode()).hexdigest()


def check(said: VisitSaid) -> None:
    """Refuse what cannot be a visit, in words for whoever was there."""
    visit_id(said.id)
    if said.stage not in STAGES:
        raise Invalid(f"A visit is of a stage: {', '.join(STAGES)}.")
    if said.ended < said.begun:
        raise Invalid("A visit ends after it begins; the telephone's clock may have been set back.")
    if len(said.photos) > MOST_PHOTOS or len(said.answers) > MOST_POINTS:
        raise TooLarge(f"A visit has at most {MOST_PHOTOS} photographs; begin another one for the rest.")
    if len(said.words) > LONGEST:
        raise TooLarge(f"At most {LONGEST} characters are taken for the words of a visit.")
    for name, seen in said.answers.items():
        _check_point(name, seen)
    _check_photos(said)


def _check_point(name: str, seen: Seen) -> None:
    if not POINT.fullmatch(name) or seen.said not in SAID:
        raise Invalid(f"A point of the checklist is answered with one of: {', '.join(SAID)}.")
    if seen.said == OTHERWISE and not seen.words.strip():
        raise Invalid(
            "Where something is not as it should be, say in words what you found.",
            code="finding-without-words",
        )
    if len(seen.words) > LONGEST_POINT:
        raise TooLarge(f"At most {LONGEST_POINT} characters are taken with one point.")
    if seen.measure is not None and not 0 <= seen.measure <= FARTHEST_MEASURE:
        raise Invalid("A measure is a length in metres.")


def _check_photos(said: VisitSaid) -> None:
    named = [each.sha256 for each in said.photos]
    if len(set(named)) < len(named):
        raise Invalid("One photograph is named twice.")
    for each in said.photos:
        if not DIGEST.fullmatch(each.sha256):
            raise Invalid("A photograph is named by its SHA-256.", code="wrong-checksum")
        if len(each.caption) > LONGEST_POINT:
            raise TooLarge(f"At most {LONGEST_POINT} characters are taken with one photograph.")
    for fix in (said.fix, *(each.fix for each in said.photos)):
        if fix and not (abs(fix.longitude) <= 180 and abs(fix.latitude) <= 90):
            raise Invalid("A position is longitude and latitude in degrees.", code="bad-position")


def visit_id(text: str) -> str:
    """The identifier that the telephone made: a UUID in its usual form."""
    try:
        return str(uuid.UUID(text))
    except ValueError as error:
        raise Invalid("A visit is known by a UUID that is made on the spot.") from error
