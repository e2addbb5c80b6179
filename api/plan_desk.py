"""The desk where plans are handed in: each is checked once, and what was found is kept for some days under the digest of the question.

In: a plot's number and the bytes of a drawing.  Out: `KeptCheck`, whose files pages and programs read.  Who does not have the drawing cannot
know the address of its check, since the drawing's own bytes are in the digest.
"""

import hashlib
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from threading import BoundedSemaphore
from time import time

import orjson

from api.answers import LandAnswers, today
from api.envelopes import carried, of_ward
from api.plan_work import Question, steps
from gis.errors import Invalid, LandError, NotFound, TooLarge, Unavailable
from gis.site import Site
from gis.site_document import site_from_json, site_to_json
from layers.extract.model import Extract
from rules.envelopes.model import Envelope
from rules.plans.starter import starter
from rules.progress import Progress
from rules.reading import library
from web.plans_asked import KeptCheck, PlotEnvelope, WardName, WardPlot

LARGEST = 64_000_000
"""Bytes of a drawing."""
KEPT_DAYS = 7
AT_ONCE = 2
"""Checks that run side by side; each may use a processor and some gigabytes."""
WAIT = 60.0
"""Seconds that a check waits for its turn."""
FORM = 3
"""Counts the forms in which checks were kept: another form is another check."""
_KEY = re.compile(r"[0-9a-f]{64}")
_DAY = 86_400


class PlanDesk:
    """Checks drawings and keeps what was found in a folder."""

    def __init__(self, land: LandAnswers, folder: Path) -> None:
        self.land = land
        self.folder = folder
        self._turns = BoundedSemaphore(AT_ONCE)
        self._wards = BoundedSemaphore(AT_ONCE)

    def check(
        self,
        code: str,
        number: str,
        content: bytes,
        *,
        on: date | None,
        turn: float | None,
        answers: bytes = b"",
    ) -> str:
        """Check a drawing; the key of what was found."""
        *_, key = self.steps(code, number, content, on=on, turn=turn, answers=answers)
        return str(key)

    def steps(
        self,
        code: str,
        number: str,
        content: bytes,
        *,
        on: date | None,
        turn: float | None,
        answers: bytes = b"",
    ) -> Iterator[Progress | str]:
        """Check a drawing, telling how far it is; the last word is the key of what was found."""
        if not content:
            raise Invalid("No drawing came with the question; choose a DXF or IFC file.", code="no-drawing")
        if len(content) > LARGEST:
            much = f"The drawing has more than {LARGEST // 1_000_000} MB; send it without pictures."
            raise TooLarge(much, code="drawing-too-large")
        day = on or today()
        site = self._site(code, number, day)
        question = Question(folder=self.folder, on=day, turn=turn, answers=answers)
        key = _key(content, site, question)
        if not (self.folder / key / "check.json").exists():
            yield from self._done(key, content, site, question)
        yield key

    def again(self, code: str, key: str, answers: bytes, *, turn: float | None) -> str:
        """Check a kept drawing again, on its plot and by the rules of its day, with what persons said (JSON)."""
        found, folder = self.kept(code, key).found, self.folder / key
        turned = _turn_of(folder) if turn is None else turn
        content = _if_there(folder / "drawing.dxf")
        day = date.fromisoformat(found["on"])
        return self.check(code, found["site"]["number"], content, on=day, turn=turned, answers=answers)

    def _site(self, code: str, number: str, day: date) -> bytes:
        extract = self.land.extract(code, number=number, on=day if day < today() else None, known=None)
        return site_to_json(self.land.site(extract))

    def _done(self, key: str, content: bytes, site: bytes, question: Question) -> Iterator[Progress]:
        """Do the work in a folder of its own that takes its name only when everything is in it."""
        self._forget_old()
        self.folder.mkdir(parents=True, exist_ok=True)
        if not self._turns.acquire(timeout=WAIT):
            raise Unavailable("Other plans are being checked; try again in a minute.")
        work = Path(tempfile.mkdtemp(prefix="new-", dir=self.folder))
        try:
            (work / "drawing.dxf").write_bytes(content)
            (work / "site.json").write_bytes(site)
            (work / "asked.json").write_bytes(orjson.dumps({"turn": question.turn}))
            yield from steps(replace(question, folder=work))
            if not (self.folder / key).exists():
                work.rename(self.folder / key)
        finally:
            shutil.rmtree(work, ignore_errors=True)
            self._turns.release()

    def starter(self, code: str, number: str, *, set_back: float | None) -> bytes:
        """A drawing to begin with, with the plot in it."""
        extract = self.land.extract(code, number=number, on=None, known=None)
        return starter(self.land.site(extract), set_back=set_back)

    def envelope(
        self,
        code: str,
        number: str,
        *,
        occupancy: str,
        storey_height: Decimal,
        front: str | None,
        on: date | None,
    ) -> tuple[Envelope, Site]:
        """What a plot can carry by the rules of a day, and the plot."""
        day = on or today()
        site = site_from_json(self._site(code, number, day))
        return carried(site, day, occupancy=occupancy, storey_height=storey_height, front=front), site

    def carries(self, extract: Extract, *, occupancy: str, storey_height: Decimal) -> PlotEnvelope:
        """What the plot of an extract can carry by the rules of its day; the reason where that cannot be reckoned."""
        try:
            site = self.land.site(extract)
            found = carried(site, extract.at.on, occupancy=occupancy, storey_height=storey_height, front=None)
        except LandError as error:
            return PlotEnvelope(envelope=None, site=None, reason=error.message)
        return PlotEnvelope(envelope=found, site=site, reason=None)

    def wards(self, code: str) -> list[WardName]:
        """The wards of a place as they are today."""
        return [WardName(ref=ref, name=name, name_ml=name_ml) for ref, name, name_ml in self.land.wards(code)]

    def of_ward(
        self, code: str, ward: str, *, occupancy: str, storey_height: Decimal, on: date | None, start: int = 0
    ) -> tuple[int, Iterator[WardPlot]]:
        """How many plots a ward has, and what each can carry, from the `start`-th on; `Unavailable` while two wards are asked."""
        count, plots = of_ward(
            self.land,
            code,
            ward,
            on or today(),
            occupancy=occupancy,
            storey_height=storey_height,
            start=start,
        )
        return count, self._in_turn(plots)

    def _in_turn(self, plots: Iterator[WardPlot]) -> Iterator[WardPlot]:
        """The plots, while no more than `AT_ONCE` wards are being told."""
        if not self._wards.acquire(timeout=WAIT):
            raise Unavailable("Other wards are being reckoned; try again in a minute.")
        try:
            yield from plots
        finally:
            self._wards.release()

    def kept(self, code: str, key: str) -> KeptCheck:
        """What was found; `NotFound` where it was never asked, or is no longer kept."""
        folder = self.folder / key
        missing = NotFound(
            f"This check is not kept; checks are kept for {KEPT_DAYS} days. Hand the drawing in again.",
            code="no-check",
        )
        if not _KEY.fullmatch(key):
            raise missing
        try:
            document = (folder / "check.json").read_bytes()
            svg = (folder / "plan.svg").read_text(encoding="utf-8")
            drawing, ground = (_if_there(folder / name) for name in ("marked.dxf", "plan.geojson"))
        except OSError as error:
            raise missing from error
        found = orjson.loads(document)
        if found["site"]["jurisdiction"] != code:
            raise missing
        return KeptCheck(key=key, found=found, document=document, svg=svg, marked=drawing, ground=ground)

    def _forget_old(self) -> None:
        """Take away what is older than the days for which checks are kept, and what was left half-done."""
        for each in self.folder.glob("*"):
            try:
                age = time() - each.stat().st_mtime
            except OSError:
                continue
            if age > KEPT_DAYS * _DAY or (each.name.startswith("new-") and age > _DAY):
                shutil.rmtree(each, ignore_errors=True)


def _if_there(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""


def _turn_of(folder: Path) -> float | None:
    """How a kept drawing was said to be turned, in radians."""
    said = orjson.loads(_if_there(folder / "asked.json") or b"{}")
    return None if said.get("turn") is None else float(said["turn"])


def _key(content: bytes, site: bytes, question: Question) -> str:
    """The digest of the question: the drawing, the plot, what was said, the day, the edition of the book and the form of the answer."""
    asked = f"{question.on} {question.turn} {library().digest} {FORM}".encode()
    parts = (content, site, question.answers, asked)
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()
