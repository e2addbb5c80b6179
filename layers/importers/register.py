"""Staged parcels into the register: what is new begins, what changed or vanished ends, what is the same is left alone.

In: the staged parcels, each number once.  Out: states of the register at one recording instant, with the report.
A state that a later change of the register began (divide, merge, correct, resurvey) is newer than the file and stays.
"""

from typing import Any

from sqlalchemy import insert, text

from gis.db.sql import statement
from gis.errors import Conflict
from gis.parcels.tables import ParcelChangeRow
from gis.recordings import Recording
from layers.importers.job import Earlier, Job
from layers.importers.mapping import ParcelsEntry
from layers.importers.report import ImportReport, Kind, ParcelCounts
from layers.importers.same_ulpins import refuse_standing_ulpins

_NAMED = 5
_NOT_BEFORE = """
UPDATE stage_parcel AS staged SET valid_from = begun.on_date
FROM (
    SELECT number, max(lower(valid)) AS on_date FROM stage_believed WHERE kind <> 'import' GROUP BY number
) AS begun
WHERE begun.number = staged.number AND begun.on_date > staged.valid_from AND begun.on_date <= :source_date
    AND (staged.valid_to IS NULL OR begun.on_date < staged.valid_to)
"""
"""A parcel that a change of the register began is not carried back by a later file to before that change."""


def put_in_register(
    job: Job, entry: ParcelsEntry, earlier: Earlier | None, refused_numbers: set[str]
) -> ImportReport:
    """Compare, then swap; in a dry run only compare."""
    job.stage("stage_refused", [("number", "text")])
    job.copy("stage_refused", [("number", "text")], ((number,) for number in sorted(refused_numbers)))
    job.execute("ANALYZE stage_parcel")
    seen = job.last_instant()
    counts = _settled(job, entry)
    _note_held(job)
    if job.dry_run:
        return job.report(parcels=counts)
    recording = job.record()
    if _others_recorded(job, recording, seen):
        counts = _settled(job, entry)
        job.tally.forget(Kind.HELD)
        _note_held(job)
    report = job.report(parcels=counts)
    import_id = job.swap(recording, earlier, report, "polygon")
    change_id = _open_change(job, entry, recording)
    _end(job, recording)
    _begin(job, entry, recording, import_id, change_id, counts)
    _name_addresses(job, import_id, earlier)
    return report


def _values(job: Job, entry: ParcelsEntry) -> dict[str, Any]:
    return {
        "j": job.place.code,
        "series": job.series,
        "source_date": job.source.date,
        "begins": entry.valid_from,
        "accuracy": entry.accuracy,
    }


def _others_recorded(job: Job, recording: Recording, seen: Any) -> bool:
    """Whether someone recorded in this jurisdiction after we compared and before we held the lock."""
    latest = job.execute(
        "SELECT max(instant) FROM recording WHERE jurisdiction = :j AND id <> :own",
        j=job.place.code,
        own=recording.id,
    ).scalar_one()
    return bool(latest != seen)


def _settled(job: Job, entry: ParcelsEntry) -> ParcelCounts:
    """The comparison, once no staged parcel has the ULPIN of one that stays."""
    counts = _compare(job, entry)
    while refuse_standing_ulpins(job):
        job.check_share()
        counts = _compare(job, entry)
    return counts


def _compare(job: Job, entry: ParcelsEntry) -> ParcelCounts:
    """What each staged parcel means for the register; `Conflict` where another series has its number."""
    values = _values(job, entry)
    for table in ("stage_believed", "stage_fate", "stage_closed"):
        job.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")
    job.session.execute(statement(__package__, "register_believed"), values)
    job.execute("ANALYZE stage_believed")
    _refuse_numbers_of_others(job)
    job.execute(_NOT_BEFORE, source_date=job.source.date)
    job.session.execute(statement(__package__, "register_fate"), values)
    job.execute("ANALYZE stage_fate")
    job.session.execute(statement(__package__, "register_closed"), values)
    found = {row[0]: row[1] for row in job.execute("SELECT fate, count(*) FROM stage_fate GROUP BY fate")}
    vanished = job.execute("SELECT count(DISTINCT number) FROM stage_closed WHERE gone").scalar_one()
    standing = job.execute(
        "SELECT count(DISTINCT number) FROM stage_believed AS b JOIN stage_refused USING (number)"
        " WHERE b.series = :series AND upper_inf(b.valid) AND number NOT IN (SELECT number FROM stage_parcel)",
        series=job.series,
    ).scalar_one()
    counts = {name: int(found.get(name, 0)) for name in ("new", "changed", "unchanged")}
    return ParcelCounts(ended=vanished, standing=standing, **counts)


def _refuse_numbers_of_others(job: Job) -> None:
    rows = job.execute(
        "SELECT number, series, count(*) OVER () AS number_of FROM (SELECT DISTINCT s.number, b.series FROM stage_parcel s"
        " JOIN stage_believed b USING (number) WHERE b.series <> :series"
        " AND b.valid && daterange(s.valid_from, s.valid_to)) AS taken ORDER BY number LIMIT :most",
        series=job.series,
        most=_NAMED,
    ).all()
    if rows:
        names = ", ".join(f"{row.number} (from {row.series})" for row in rows)
        more = f" and {rows[0].number_of - len(rows)} more" if rows[0].number_of > len(rows) else ""
        raise Conflict(
            f"{job.entry.file}: these numbers already stand in {job.place.name_en} from another file: {names}{more}."
            " If this file takes that one's place, give both the same `series` in the mapping; otherwise correct the numbers."
        )


def _note_held(job: Job) -> None:
    """The register's own later knowledge stays; the report names each such parcel."""
    rows = job.execute(
        "SELECT position, number, held_by, held_on FROM stage_fate WHERE fate = 'held' ORDER BY position"
    )
    for row in rows:
        job.tally.add(
            Kind.HELD,
            [(row.position, row.number)],
            "the register has a later change, which stays",
            "If the file is right, record that as a change of its own.",
            [f"{row.held_by} on {row.held_on}"],
        )


def _open_change(job: Job, entry: ParcelsEntry, recording: Recording) -> int:
    row = insert(ParcelChangeRow).values(
        jurisdiction=job.place.code,
        recording_id=recording.id,
        kind="import",
        on_date=entry.valid_from,
        instrument=f"{job.source.title}, {job.source.date}, file {entry.file}",
    )
    return int(job.session.execute(row.returning(ParcelChangeRow.id)).scalar_one())


def _end(job: Job, recording: Recording) -> None:
    """Stop believing what the file contradicts; believe again what of it lies before and after."""
    job.execute(
        "UPDATE parcel SET recorded = tstzrange(lower(recorded), :instant)"
        " FROM stage_closed AS closed WHERE parcel.id = closed.id",
        instant=recording.instant,
    )
    job.session.execute(statement(__package__, "register_copies"), {"instant": recording.instant})


def _begin(
    job: Job, entry: ParcelsEntry, recording: Recording, import_id: int, change_id: int, counts: ParcelCounts
) -> None:
    job.in_slices(
        "stage_parcel",
        statement(__package__, "register_begin").text,
        counts.new + counts.changed,
        j=job.place.code,
        srid=job.place.metric,
        accuracy=entry.accuracy,
        change=change_id,
        import_id=import_id,
        instant=recording.instant,
        everything=counts.unchanged == 0 and not job.tally.counts[Kind.HELD],
    )


def _name_addresses(job: Job, import_id: int, earlier: Earlier | None) -> None:
    """Addresses can be searched; those of parcels whose feature was refused now are taken over from before."""
    job.session.execute(
        statement(__package__, "register_addresses"), {"import_id": import_id, "srid": job.place.metric}
    )
    if earlier is not None:
        job.session.execute(
            text(
                "INSERT INTO place_name (import_id, srid, kind, name_en, name_ml, folded, sound_key, parcel_number, position)"
                " SELECT :new, srid, kind, name_en, name_ml, folded, sound_key, parcel_number, position FROM place_name"
                " WHERE import_id = :old AND parcel_number IN (SELECT number FROM stage_refused)"
                " AND parcel_number NOT IN (SELECT number FROM stage_parcel) ORDER BY id"
            ),
            {"new": import_id, "old": earlier.id},
        )
