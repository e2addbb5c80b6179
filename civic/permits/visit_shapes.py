"""A visit as a telephone sends it and reads back how much has arrived.

In: JSON of a request, or the fields of a form.  Out: `VisitSaid`; JSON of an answer.  Positions are degrees (EPSG:4326), lengths metres.
"""

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from civic.core.documents.shapes import WITHOUT_NUL
from civic.permits.checklist import Stage, checklist
from civic.permits.nearness import Fix
from civic.permits.visit_said import LONGEST, LONGEST_POINT, MOST_PHOTOS, Announced, Seen, VisitSaid
from civic.permits.visits import Visit
from gis.errors import Invalid

Said = Annotated[str, Field(max_length=LONGEST_POINT, pattern=WITHOUT_NUL)]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class FixIn(_In):
    """Where a device took itself to be."""

    longitude: float = Field(ge=-180, le=180)
    latitude: float = Field(ge=-90, le=90)
    accuracy: float | None = Field(default=None, ge=0, lt=1e7)
    """Metres."""

    def fix(self) -> Fix:
        """As the core knows it."""
        return Fix(longitude=self.longitude, latitude=self.latitude, accuracy=self.accuracy)


class SeenIn(_In):
    """The answer to a point."""

    said: str = Field(max_length=20)
    measure: float | None = None
    """Metres."""
    words: Said = ""


class PhotoIn(_In):
    """A photograph that is going to be sent."""

    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    caption: Said = ""
    taken: AwareDatetime | None = None
    fix: FixIn | None = None


class VisitIn(_In):
    """A visit; its photographs are sent after it as documents of the case."""

    person: int | None = None
    """Who was there, as the telephone knows it: a visit is not sent as another person's."""
    stage: str = Field(max_length=20)
    edition: str = Field(max_length=20, pattern=WITHOUT_NUL)
    begun: AwareDatetime
    ended: AwareDatetime
    answers: dict[Annotated[str, Field(max_length=40)], SeenIn]
    words: str = Field(default="", max_length=LONGEST, pattern=WITHOUT_NUL)
    fix: FixIn | None = None
    photos: list[PhotoIn] = Field(default=[], max_length=MOST_PHOTOS)

    def said(self, identifier: str) -> VisitSaid:
        """As the core knows it."""
        return VisitSaid(
            id=identifier,
            stage=self.stage,
            edition=self.edition,
            begun=self.begun,
            ended=self.ended,
            answers={key: Seen(**dict(each)) for key, each in self.answers.items()},
            words=self.words,
            fix=self.fix.fix() if self.fix else None,
            photos=tuple(
                Announced(
                    sha256=each.sha256,
                    caption=each.caption,
                    taken=each.taken,
                    fix=each.fix.fix() if each.fix else None,
                )
                for each in self.photos
            ),
        )


class PhotoOut(BaseModel):
    """A photograph of a visit, and whether it has arrived."""

    sha256: str
    arrived: bool
    distance: float | None
    """Ground metres to the plot."""
    verdict: str | None
    remarks: list[str]


class VisitOut(BaseModel):
    """How much of a visit has arrived."""

    id: str
    whole: bool
    received: datetime
    photos: list[PhotoOut]

    @classmethod
    def of(cls, visit: Visit) -> "VisitOut":
        """A kept visit as it is answered."""
        photos = [
            PhotoOut(
                sha256=each.sha256,
                arrived=each.document_id is not None,
                distance=each.distance,
                verdict=None if each.document_id is None else str(each.verdict),
                remarks=list(each.remarks),
            )
            for each in visit.photos
        ]
        return cls(id=visit.id, whole=visit.is_whole, received=visit.received, photos=photos)


def answers_of(form: Mapping[str, str], stage: Stage) -> dict[str, Seen]:
    """The points of a stage out of a form, each of which must be answered."""
    found = {}
    for point in stage.points:
        said = form.get(f"said-{point.id}", "")
        if not said:
            raise Invalid(f"Answer every point; this one is open: {point.title.en}.", code="field-missing")
        found[point.id] = Seen(
            said=said,
            measure=_metres(form.get(f"measure-{point.id}", "")),
            words=form.get(f"words-{point.id}", "").strip(),
        )
    return found


def said_in(
    form: Mapping[str, str], stage: Stage, photos: tuple[Announced, ...], *, now: datetime
) -> VisitSaid:
    """A visit out of the plain form: it is told on the spot, and its photographs come with it."""
    return VisitSaid(
        id=form.get("visit", ""),
        stage=form.get("stage", ""),
        edition=checklist().edition,
        begun=_instant(form.get("begun", "")) or now,
        ended=now,
        answers=answers_of(form, stage),
        words=form.get("words", "").strip(),
        fix=None,
        photos=photos,
    )


def _metres(text: str) -> float | None:
    """A length in metres, with a point or a comma."""
    if not text.strip():
        return None
    try:
        length = float(text.strip().replace(",", "."))
    except ValueError as error:
        raise Invalid("A measure is a length in metres, such as 3.25.") from error
    if not math.isfinite(length):
        raise Invalid("A measure is a length in metres, such as 3.25.")
    return length


def _instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None
