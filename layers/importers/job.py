"""One import of one dataset: what it works on, and the moment in which it takes the place of the one before.

In: a session, a jurisdiction, a mapping entry.  Out: rows of `dataset_import`, the earlier one closed at the same instant.
The recording is opened as late as possible: until then nobody waits for the import.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import insert, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from gis.db.tables import ImportRow
from gis.errors import Invalid
from gis.place import Jurisdiction
from gis.recordings import Recording, record
from layers.importers.archives import Limits
from layers.importers.files import Hints, digest_of, file_in
from layers.importers.mapping import DatasetEntry, SourceEntry
from layers.importers.report import ImportRefused, ImportReport, Kind, ParcelCounts, Progress, Tally, Watch

WAYS = 2
"""Grows when a new version of the importers makes something else of the same file."""
Box = tuple[float, float, float, float]
Columns = Sequence[tuple[str, str]]
"""Names and types of a staging table."""
_PAGES = 4_000


@dataclass(frozen=True, kw_only=True)
class Earlier:
    """The import of the same series that stands now."""

    id: int
    sha256: str
    entry: str


@dataclass(kw_only=True)
class Job:
    """A dataset on its way in."""

    session: Session
    place: Jurisdiction
    entry: DatasetEntry
    source: SourceEntry
    folder: Path
    state: Path
    dry_run: bool
    watch: Watch
    limits: Limits
    target: str
    table: str = ""
    reach: float | None = None
    """Metres around a feature within which a plot has to be told of it; layers only."""
    tally: Tally = field(default_factory=Tally)
    extent: Box | None = None
    sha256: str = ""
    entry_hash: str = ""

    @property
    def series(self) -> str:
        """The name under which a later file takes this one's place."""
        return self.entry.series or f"{self.entry.file}#{self.entry.table or ''}"

    @property
    def hints(self) -> Hints:
        """What the mapping says of the file."""
        entry = self.entry
        return Hints(
            encoding=entry.encoding,
            geometry=entry.geometry,
            longitude=entry.longitude,
            latitude=entry.latitude,
        )

    def say(self, stage: str, done: int, total: int | None = None) -> None:
        """Tell whoever watches how far we are."""
        self.watch(Progress(dataset=self.target, stage=stage, done=done, total=max(done, total or 0)))

    def execute(self, sql: str, **values: Any) -> Any:
        """Run a statement in the import's transaction."""
        return self.session.execute(text(sql), values)

    def identify(self, *beside: str) -> None:
        """Hash the file, and the entry with everything else that decides what is made of it."""
        self.say("reading", 0)
        self.sha256 = digest_of(file_in(self.folder, self.entry.file), self.limits)
        content = {
            "ways": WAYS,
            "entry": self.entry.model_dump(mode="json"),
            "source": self.source.model_dump(mode="json"),
            "place": [self.place.code, self.place.metric],
            "reach": self.reach,
            "beside": [digest_of(file_in(self.folder, file), self.limits) for file in beside],
        }
        canonical = json.dumps(content, sort_keys=True, ensure_ascii=False)
        self.entry_hash = hashlib.sha256(canonical.encode()).hexdigest()

    def alone(self) -> None:
        """Wait until no other import of the same target runs; changes of the register go on meanwhile."""
        self.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('import:' || :j || ':' || :target, 0))",
            j=self.place.code,
            target=self.target,
        )

    def earlier(self) -> Earlier | None:
        """The import of this series that stands now."""
        row = self.execute(
            "SELECT id, sha256, report ->> 'entry' AS entry FROM dataset_import"
            " WHERE jurisdiction = :j AND target = :target AND series = :series AND upper_inf(recorded)",
            j=self.place.code,
            target=self.target,
            series=self.series,
        ).one_or_none()
        return None if row is None else Earlier(id=row.id, sha256=row.sha256, entry=row.entry or "")

    def earlier_extent(self) -> Box | None:
        """The box of everything that the jurisdiction has now, apart from this series."""
        row = self.execute(
            "SELECT min((e ->> 0)::float8), min((e ->> 1)::float8), max((e ->> 2)::float8), max((e ->> 3)::float8)"
            " FROM dataset_import, LATERAL (SELECT report -> 'extent' AS e) AS box"
            " WHERE jurisdiction = :j AND upper_inf(recorded) AND jsonb_typeof(e) = 'array'"
            " AND (target, series) <> (:target, :series)",
            j=self.place.code,
            target=self.target,
            series=self.series,
        ).one()
        return None if row[0] is None else (row[0], row[1], row[2], row[3])

    def report(self, *, parcels: ParcelCounts | None = None, unchanged: bool = False) -> ImportReport:
        """The report as things stand."""
        tally = self.tally
        return ImportReport(
            jurisdiction=self.place.code,
            target=self.target,
            series=self.series,
            file=self.entry.file,
            table=self.table,
            sha256=self.sha256,
            entry=self.entry_hash,
            dry_run=self.dry_run,
            unchanged=unchanged,
            read=tally.read,
            kept=tally.kept,
            counts={kind.value: number for kind, number in sorted(tally.counts.items()) if number},
            reasons={
                kind.value: dict(sorted(found.items())) for kind, found in sorted(tally.reasons.items())
            },
            remarks=tally.sentences(),
            notes=tally.listed(),
            parcels=parcels,
            extent=self.extent,
        )

    def check_share(self) -> None:
        """Refuse the whole dataset if nothing, or too little of it, can go in."""
        tally, most = self.tally, self.entry.refuse_at_most
        where = f"{self.entry.file}, table {self.table}"
        if tally.read == 0:
            raise Invalid(f"{where}: the table is empty. Export it again, or name another `table`.")
        share = tally.refused_share()
        if share > most or tally.kept <= 0:
            refused = tally.counts[Kind.REFUSED]
            cause = (
                f" Most often: {tally.chief_reason()}. {tally.chief_remedy()}"
                if refused
                else " `where` keeps none."
            )
            raise ImportRefused(
                f"{where}: {refused} of {tally.read} features had to be refused ({share:.1%}; at most {most:.1%} may be),"
                f" so none was brought in.{cause}",
                report=self.report(),
            )

    def swap(
        self, recording: Recording, earlier: Earlier | None, report: ImportReport, holds: str | None
    ) -> int:
        """Close the earlier import and begin this one at the recording's instant; the new import's number."""
        if earlier is not None:
            self.execute(
                "UPDATE dataset_import SET recorded = tstzrange(lower(recorded), :instant) WHERE id = :id",
                instant=recording.instant,
                id=earlier.id,
            )
        entry = self.entry
        source = self.source.model_dump(mode="json") | {"valid_from": entry.valid_from.isoformat()}
        row = insert(ImportRow).values(
            jurisdiction=self.place.code,
            srid=self.place.metric,
            recording_id=recording.id,
            target=self.target,
            series=self.series,
            file=entry.file,
            sha256=self.sha256,
            source=source,
            source_date=self.source.date,
            holds=holds,
            accuracy=entry.accuracy,
            accuracy_basis=entry.accuracy_basis,
            report=report.to_json(),
            recorded=Range(recording.instant, None),
        )
        return int(self.session.execute(row.returning(ImportRow.id)).scalar_one())

    def record(self) -> Recording:
        """Open the recording; from here to the commit other writers of the jurisdiction wait."""
        self.say("storing", 0)
        return record(self.session, self.place.code, what=f"import {self.target}: {self.entry.file}")

    def last_instant(self) -> datetime | None:
        """The newest recording of the jurisdiction."""
        found = self.execute("SELECT max(instant) FROM recording WHERE jurisdiction = :j", j=self.place.code)
        instant: datetime | None = found.scalar_one()
        return instant

    # --- staging -----------------------------------------------------------------------------------------

    def stage(self, table: str, columns: Columns) -> None:
        """An empty staging table of our own, gone with the transaction; shapes in the metric system."""
        kinds = {"geometry": f"geometry(Geometry, {self.place.metric})"}
        listed = ", ".join(f"{name} {kinds.get(kind, kind)}" for name, kind in columns)
        self.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")
        self.execute(f"CREATE TEMPORARY TABLE {table} ({listed}) ON COMMIT DROP")

    def copy(self, table: str, columns: Columns, rows: Iterable[tuple[Any, ...]]) -> int:
        """Stream rows into a staging table in binary, shapes as well-known binary; how many there were."""
        connection = self.session.connection().connection.driver_connection
        assert isinstance(connection, psycopg.Connection)
        names = ", ".join(name for name, _ in columns)
        number = 0
        with (
            closing(connection.cursor()) as cursor,
            cursor.copy(f"COPY {table} ({names}) FROM STDIN (FORMAT binary)".encode()) as copy,
        ):
            copy.set_types(["bytea" if kind == "geometry" else kind for _, kind in columns])
            for row in rows:
                copy.write_row(row)
                number += 1
        return number

    def in_slices(self, table: str, sql: str, total: int, **values: Any) -> int:
        """Run a statement over a staging table slice by slice (`:from_page`, `:to_page`), telling how far it is."""
        pages = int(
            self.execute("SELECT pg_relation_size(CAST(:t AS regclass)) / 8192", t=table).scalar_one()
        )
        done = 0
        for first in range(0, max(pages, 1), _PAGES):
            span = {"from_page": f"({first},0)", "to_page": f"({first + _PAGES},0)"}
            done += self.execute(sql, **values, **span).rowcount
            self.say("storing", min(done, total), total)
        return done
