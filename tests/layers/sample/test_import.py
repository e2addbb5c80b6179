"""The sample enters through the same import as a real town, and nothing of it is refused or mended."""

from pathlib import Path

from sqlalchemy import Engine, text

from gis.db.session import transaction
from gis.jurisdictions import jurisdiction
from layers.importers.changes import apply_change, read_changes
from layers.importers.run import run_mapping
from layers.sample import generate


def test_the_sample_comes_in_whole_and_its_changes_apply(fresh_engine: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "sample"
    summary = generate(folder, parcels=600)

    reports = run_mapping(fresh_engine, folder / "mapping.yaml", folder, state=tmp_path / "state")
    with transaction(fresh_engine) as session:
        place = jurisdiction(session, "kl-sample")
        begun = [apply_change(session, place, entry) for entry in read_changes(folder / "changes.yaml")]
    with fresh_engine.connect() as connection:
        brought = connection.execute(
            text("SELECT count(DISTINCT number) FROM parcel WHERE import_id IS NOT NULL")
        )

    assert place.synthetic
    assert brought.scalar_one() == summary.parcels
    assert [report.target for report in reports if report.kept != report.read or report.notes] == []
    assert [len(new) for new in begun] == [1, 2, 1, 1]
