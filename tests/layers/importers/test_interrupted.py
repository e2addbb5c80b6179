"""An import that is cut off leaves the version before it whole, and the next one goes in as if nothing had been."""

import signal
import time
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from gis.db.session import transaction
from gis.place import Jurisdiction
from gis.recordings import record
from layers.importers.mapping import DatasetEntry
from layers.importers.report import Kind, ParcelCounts, Progress
from layers.importers.run import run_dataset, run_mapping
from tests.builders import a_box, a_new_parcel
from tests.layers.importers.writing import PLACE, SOURCE, bring, entry, in_degrees, write
from tests.nursery import born

COUNTS = (
    "SELECT (SELECT count(*) FROM parcel WHERE upper_inf(recorded)), (SELECT count(*) FROM parcel),"
    " (SELECT count(*) FROM layer_feature), (SELECT count(*) FROM dataset_import), (SELECT count(*) FROM recording)"
)
MAPPING = """
jurisdiction: {code: test, name_en: Test, name_ml: പരീക്ഷണം, metric: 32643, catalogue: kerala, synthetic: 'true'}
source: {title: Survey, publisher: Office, licence: CC0 1.0, date: 2020-01-01}
datasets:
  - kind: parcels
    file: plots.fgb
    accuracy: 1
    accuracy_basis: assumed
    valid_from: 2010-01-01
    fields: {number: number}
  - kind: layer
    layer: flood
    file: flood.fgb
    accuracy: 1
    accuracy_basis: assumed
    valid_from: 2010-01-01
    holds: polygon
"""
CUT_OFF = """
import os, sys
from pathlib import Path
from gis.db.session import make_engine
from layers.importers.run import run_mapping

def watch(progress):
    if progress.step == sys.argv[3]:
        print("there", flush=True)
        os.kill(os.getpid(), 9)

run_mapping(make_engine(sys.argv[1]), Path(sys.argv[2]) / "mapping.yaml", Path(sys.argv[2]), state=Path(sys.argv[2]), progress=watch)
"""


def town(folder: Path, *, plots: int, width: float = 20.0) -> Path:
    """A mapping with plots and one layer, and their files."""
    (folder / "plots.fgb").unlink(missing_ok=True)
    (folder / "flood.fgb").unlink(missing_ok=True)
    shapes = [in_degrees(a_box(x=25 * number, width=width)) for number in range(plots)]
    write(folder / "plots.fgb", shapes, number=[str(number) for number in range(plots)])
    write(folder / "flood.fgb", shapes, number=[str(number) for number in range(plots)])
    (folder / "mapping.yaml").write_text(MAPPING, encoding="utf-8")
    return folder / "mapping.yaml"


def counts(engine: Engine) -> tuple[int, ...]:
    """How much of everything there is."""
    with engine.connect() as connection:
        return tuple(connection.execute(text(COUNTS)).one())


def killed_at(engine: Engine, folder: Path, step: str) -> None:
    """Run the import in another process that is killed at a step."""
    url = engine.url.render_as_string(hide_password=False)
    with born(CUT_OFF, url, str(folder), step, loads=("layers.importers.run",)) as process:
        assert process.stdout.read() == "there\n"
        assert process.wait() == -signal.SIGKILL


@pytest.mark.parametrize("step", ["parcels: checking", "parcels: comparing", "parcels: storing"])
def test_a_killed_import_of_parcels_leaves_the_old_ones_whole(
    fresh_engine: Engine, tmp_path: Path, step: str
) -> None:
    mapping = town(tmp_path, plots=30)
    run_mapping(fresh_engine, mapping, tmp_path, state=tmp_path)
    before = counts(fresh_engine)
    assert before == (30, 30, 30, 2, 2)
    town(tmp_path, plots=40, width=21)
    killed_at(fresh_engine, tmp_path, step)
    _wait_for_the_server(fresh_engine)
    assert counts(fresh_engine) == before
    parcels, flood = run_mapping(fresh_engine, mapping, tmp_path, state=tmp_path)
    assert parcels.parcels == ParcelCounts(new=10, changed=30)
    assert flood.kept == 40
    assert counts(fresh_engine)[:3] == (40, 70, 70)


def test_what_came_in_before_the_cut_stays_and_the_rest_is_made_up(
    fresh_engine: Engine, tmp_path: Path
) -> None:
    mapping = town(tmp_path, plots=5)
    killed_at(fresh_engine, tmp_path, "flood: storing")
    _wait_for_the_server(fresh_engine)
    assert counts(fresh_engine) == (5, 5, 0, 1, 1)
    parcels, flood = run_mapping(fresh_engine, mapping, tmp_path, state=tmp_path)
    assert (parcels.unchanged, flood.unchanged) == (True, False)
    assert counts(fresh_engine) == (5, 5, 5, 2, 2)


def _wait_for_the_server(engine: Engine) -> None:
    """Until the server has noticed that its client is gone."""
    for _ in range(100):
        with engine.connect() as connection:
            others = connection.execute(
                text(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
                    " AND state <> 'idle'"
                )
            ).scalar_one()
        if not others:
            return
        time.sleep(0.1)


class Stopped(Exception):
    """Something else went wrong in the middle."""


@pytest.mark.parametrize("stage", ["reading", "checking", "comparing", "storing"])
def test_an_error_in_the_middle_leaves_the_session_as_it_was(
    session: Session, tmp_path: Path, stage: str
) -> None:
    town(tmp_path, plots=3)
    wanted = entry("parcels", "plots.fgb", series="plots")
    bring(session, tmp_path, wanted)
    before = tuple(session.execute(text(COUNTS)).one())
    town(tmp_path, plots=4)

    def stop(progress: Progress) -> None:
        if progress.stage == stage:
            raise Stopped

    with pytest.raises(Stopped):
        bring(session, tmp_path, wanted, progress=stop)
    assert tuple(session.execute(text(COUNTS)).one()) == before
    assert bring(session, tmp_path, wanted).parcels == ParcelCounts(new=1, unchanged=3)


def test_the_first_dataset_that_fails_ends_the_mapping_and_the_reports_before_it_are_told(
    fresh_engine: Engine, tmp_path: Path
) -> None:
    mapping = town(tmp_path, plots=2)
    (tmp_path / "flood.fgb").write_bytes(b"fgb")
    told: list[str] = []
    with pytest.raises(Exception, match=r"flood\.fgb"):
        run_mapping(
            fresh_engine,
            mapping,
            tmp_path,
            state=tmp_path,
            reported=lambda report: told.append(report.target),
        )
    assert told == ["parcels"]
    assert counts(fresh_engine) == (2, 2, 0, 1, 1)


def test_a_mapping_with_an_unknown_layer_brings_nothing_in(fresh_engine: Engine, tmp_path: Path) -> None:
    mapping = town(tmp_path, plots=2)
    mapping.write_text(MAPPING.replace("layer: flood", "layer: floods"), encoding="utf-8")
    with pytest.raises(Exception, match="no layer “floods”"):
        run_mapping(fresh_engine, mapping, tmp_path, state=tmp_path)
    assert counts(fresh_engine) == (0, 0, 0, 0, 0)


def test_a_change_made_while_a_file_is_read_is_not_lost(fresh_engine: Engine, tmp_path: Path) -> None:
    """A parcel is corrected between the import's comparison and its recording: the correction stays."""
    from gis.parcels.changes import correct

    town(tmp_path, plots=2)
    wanted: DatasetEntry = entry("parcels", "plots.fgb", series="plots")

    def run(progress: object = None) -> object:
        watch = {"progress": progress} if progress else {}
        with transaction(fresh_engine) as session:
            return run_dataset(
                session, PLACE, wanted, source=SOURCE, folder=tmp_path, state=tmp_path, **watch
            )

    run()
    town(tmp_path, plots=2, width=22)
    made: list[Jurisdiction] = []

    def meddle(progress: Progress) -> None:
        if progress.stage == "storing" and not made:
            made.append(PLACE)
            with transaction(fresh_engine) as other:
                new = a_new_parcel("1", width=19)
                correct(other, PLACE, "1", to=new, on=SOURCE.date.replace(year=2022), instrument="Order 3")

    report = run(meddle)
    assert (report.parcels.changed, report.count(Kind.HELD)) == (1, 1)
    with fresh_engine.connect() as connection:
        kinds = connection.execute(
            text(
                "SELECT p.number, c.kind FROM parcel p JOIN parcel_change c ON c.id = change_id"
                " WHERE upper_inf(valid) AND upper_inf(recorded) ORDER BY number"
            )
        ).all()
    assert [tuple(kind) for kind in kinds] == [("0", "import"), ("1", "correct")]


def test_an_import_does_not_hold_up_other_writers_while_it_reads(
    fresh_engine: Engine, tmp_path: Path
) -> None:
    town(tmp_path, plots=2)
    wanted = entry("parcels", "plots.fgb")
    with transaction(fresh_engine) as session:
        bring(session, tmp_path, entry("layer", "flood.fgb"))
    recorded: list[str] = []

    def meanwhile(progress: Progress) -> None:
        if progress.stage in ("checking", "comparing") and progress.stage not in recorded:
            with transaction(fresh_engine) as other:
                other.execute(text("SET LOCAL lock_timeout = '2s'"))
                record(other, PLACE.code, what="something else")
            recorded.append(progress.stage)

    with transaction(fresh_engine) as session:
        bring(session, tmp_path, wanted, progress=meanwhile)
    assert recorded == ["checking", "comparing"]
