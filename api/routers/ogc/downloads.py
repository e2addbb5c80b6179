"""All features of a question at once, in the form of a file.

In: the words that items take, without a size.  Out: GeoJSON and CSV as PostgreSQL writes them; GeoPackage, FlatGeobuf and
GeoParquet from a temporary file that is gone before the answer begins.  Few are made at a time: they keep a core busy.
"""

import os
import tempfile
from collections.abc import Generator
from contextlib import ExitStack, closing
from pathlib import Path
from threading import BoundedSemaphore
from typing import IO, Annotated

import orjson
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.dependencies import LandDep
from api.documented import sent_as
from api.routers.ogc.asked import Asked, asking, further_words
from api.routers.ogc.described import DOWNLOADS
from api.routers.ogc.fresh import copy_of, unchanged
from api.routers.ogc.streaming import Streamed, sent
from api.routers.ogc.wanted import DownloadIn, words_of
from gis.errors import Unavailable
from layers.collections.features import features
from layers.collections.files import as_csv, write
from layers.collections.page import lines, page
from layers.collections.question import Question

router = APIRouter(prefix="/ogc", tags=["ogc"])

AT_ONCE = 2
"""Downloads that a process makes at a time."""
PIECE = 256 * 1024
_desks = BoundedSemaphore(AT_ONCE)
OWN_WORDS = words_of(DownloadIn)


@router.get(
    "/{code}/collections/{collection}/download",
    response_class=Response,
    responses=sent_as(*(media for media, _ in DOWNLOADS.values())),
)
def download(
    code: str,
    collection: str,
    request: Request,
    land: LandDep,
    asks: Annotated[DownloadIn, Query()],
) -> Response:
    """Every feature of a question as a file: GeoJSON (whole, or a feature a line), CSV, GeoPackage, FlatGeobuf, GeoParquet."""
    properties, f = further_words(request, OWN_WORDS), asks.f
    with ExitStack() as stack:
        asked = stack.enter_context(asking(land, code, on=asks.on, known=asks.known))
        question = asks.question(asked, asked.collection(collection), properties, after=None, limit=None)
        copy = copy_of(request, question, is_day_named=asks.on is not None)
        headers = _headers(asked, question, f) | copy.headers
        if copy.is_held_by(request):
            return unchanged(headers)
        if not _desks.acquire(blocking=False):
            raise Unavailable(
                f"{AT_ONCE} downloads are being made already. Try again in a minute, or take the features page by page.",
                retry_after=60,
            )
        stack.callback(_desks.release)
        if f in ("gpkg", "fgb", "parquet"):
            file = _file(asked, question, f)
        else:
            found = stack.enter_context(closing(_as_it_comes(asked, question, f)))
            held = stack.pop_all()
            return sent(request, found, held, asked.session, media=DOWNLOADS[f][0], headers=headers)
    return _sent_file(file, DOWNLOADS[f][0], headers)


def _headers(asked: Asked, question: Question, form: str) -> dict[str, str]:
    name = f"{asked.place.code}-{question.collection.id}-{question.days.last}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-cache"}
    if form in ("gpkg", "fgb", "parquet"):
        return headers
    return headers | {"Content-Crs": f"<{question.system.uri}>", "Vary": "Accept-Encoding"}


def _as_it_comes(asked: Asked, question: Question, form: str) -> Generator[bytes]:
    if form == "csv":
        yield from as_csv(asked.session, question)
        return
    with closing(features(asked.session, question, patience=None)) as found:
        if form == "geojsonl":
            yield from lines(found)
        else:
            yield from page(found, limit=None, rest=_count)


def _count(count: int, _last: int | None) -> bytes:
    return orjson.dumps({"numberReturned": count, "numberMatched": count})[1:]


def _file(asked: Asked, question: Question, form: str) -> IO[bytes]:
    """A file that nobody else can find, and that is gone when it is closed."""
    with tempfile.TemporaryDirectory(prefix="bhumika-download-") as folder:
        path = Path(folder) / f"{question.collection.id}.{form}"
        write(asked.session, question, form, path)
        return path.open("rb")


def _sent_file(file: IO[bytes], media: str, headers: dict[str, str]) -> Response:
    held = ExitStack()
    held.enter_context(file)
    length = {"Content-Length": str(os.fstat(file.fileno()).st_size)}
    return Streamed(
        b"",
        iter(lambda: file.read(PIECE) or None, None),
        held,
        _nothing,
        media=media,
        headers=headers | length,
    )


def _nothing() -> None:
    """A file has no statement that could be ended."""
