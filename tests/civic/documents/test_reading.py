"""Who reads what: parties and officers the full record, everyone the published one; what is harmful, nobody."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody, enter, inside
from civic.core.case import Case
from civic.core.documents.keeping import Keeper, Quarantined
from civic.core.documents.records import (
    NoSuchDocument,
    ShutAway,
    document,
    documents_of,
    may_read_full,
    version,
)
from civic.core.documents.scanner import Scanner, ScannerAway, scanner_at
from civic.core.documents.store import Store
from civic.core.documents.uploads import Version
from civic.core.events import listening
from civic.core.jobs import Work
from civic.core.people import Actor
from gis.errors import Invalid, Unavailable
from tests.civic.builders import NOW, an_actor
from tests.civic.documents.clamd import EICAR, clamd
from tests.civic.documents.conftest import a_pdf, send

HARMFUL = a_pdf(3000, EICAR)


def test_parties_and_officers_read_the_full_record_and_nobody_else(
    town: Session, body: LocalBody, store: Store, case: Case, applicant: Actor
) -> None:
    made = send(town, body, store, case, applicant, a_pdf())
    officer, stranger = an_actor(town, body, "verifier"), an_actor(town, body)
    for who in (applicant, officer):
        assert may_read_full(town, case.id, who)
        assert version(town, made.document_id, "full", 1, actor=who).seq == 1
    for nobody in (stranger, None):
        assert not may_read_full(town, case.id, nobody)
        with pytest.raises(NoSuchDocument):
            version(town, made.document_id, "full", 1, actor=nobody)


def test_everyone_reads_what_is_published_and_only_that(
    town: Session, body: LocalBody, store: Store, case: Case, applicant: Actor
) -> None:
    made = send(town, body, store, case, applicant, a_pdf(500, b"with names"))
    send(town, body, store, case, applicant, a_pdf(600, b"another"))
    officer = an_actor(town, body, "verifier")
    send(
        town,
        body,
        store,
        case,
        officer,
        a_pdf(500, b"without names"),
        record="published",
        document_id=made.document_id,
    )
    (seen,) = documents_of(town, case.id, full=False)
    assert [(each.record, each.seq) for each in seen.versions] == [("published", 1)]
    assert version(town, made.document_id, "published", 1, actor=None).size == 500
    with pytest.raises(NoSuchDocument):
        version(town, made.document_id, "full", 1, actor=None)
    assert len(documents_of(town, case.id, full=True)) == 2
    both = document(town, made.document_id, actor=applicant)
    assert {each.record for each in both.versions} == {"full", "published"}
    newest = both.newest("published")
    assert newest is not None
    assert newest.record == "published"


def test_a_document_of_another_body_is_not_there(
    town: Session, body: LocalBody, other_body: LocalBody, store: Store, case: Case, applicant: Actor
) -> None:
    made = send(town, body, store, case, applicant, a_pdf())
    enter(town, other_body.code)
    with pytest.raises(NoSuchDocument):
        version(town, made.document_id, "full", 1, actor=replace(applicant, roles=frozenset({"auditor"})))


def test_a_file_that_the_store_lost_is_told(
    town: Session, body: LocalBody, store: Store, case: Case, applicant: Actor
) -> None:
    made = send(town, body, store, case, applicant, a_pdf())
    file = version(town, made.document_id, "full", 1, actor=applicant)
    store.remove([file.place])
    with pytest.raises(Unavailable, match="backup"):
        b"".join(store.read([file.place]))


def kept(engine: Engine, body: LocalBody, store: Store, case: Case, who: Actor, data: bytes) -> Version:
    with inside(engine, body.code) as (session, here):
        return send(session, here, store, case, who, data)


def scan_of(engine: Engine, body: LocalBody, made: Version) -> Work:
    values = {"document": made.document_id, "record": made.record, "seq": made.seq}
    return Work(engine=engine, job=1, kind="documents.scan", body=body.code, values=values, now=NOW)


def state_of(engine: Engine, body: LocalBody, made: Version, who: Actor) -> str:
    with inside(engine, body.code) as (session, _):
        return document(session, made.document_id, actor=who).versions[0].scan


def test_a_clean_file_is_marked_clean(
    service_engine: Engine,
    own_body: LocalBody,
    store: Store,
    kept_case: tuple[Case, Actor],
    tmp_path: Path,
) -> None:
    case, who = kept_case
    made = kept(service_engine, own_body, store, case, who, a_pdf(200_000))
    with clamd(tmp_path / "clamd.ctl") as scanner:
        Keeper(store=store, scanner=Scanner(address=tmp_path / "clamd.ctl")).scan(
            scan_of(service_engine, own_body, made)
        )
        assert scanner.seen == [a_pdf(200_000)]
    assert state_of(service_engine, own_body, made, who) == "clean"


def test_a_harmful_file_is_shut_away_and_told(
    service_engine: Engine,
    own_body: LocalBody,
    store: Store,
    kept_case: tuple[Case, Actor],
    tmp_path: Path,
) -> None:
    case, who = kept_case
    made = kept(service_engine, own_body, store, case, who, HARMFUL)
    with inside(service_engine, own_body.code) as (session, _):
        before = version(session, made.document_id, "full", 1, actor=who).place
    keeper = Keeper(store=store, scanner=Scanner(address=tmp_path / "clamd.ctl"))
    heard: list[Quarantined] = []
    with clamd(tmp_path / "clamd.ctl"), listening(Quarantined, lambda _, event: heard.append(event)):
        keeper.scan(scan_of(service_engine, own_body, made))
        keeper.scan(scan_of(service_engine, own_body, made))
    assert [(each.case_id, each.sent_by, each.found) for each in heard] == [
        (case.id, who.person.id, "Win.Test.EICAR_HDB-1")
    ]
    assert state_of(service_engine, own_body, made, who) == "infected"
    with inside(service_engine, own_body.code) as (session, _), pytest.raises(ShutAway):
        version(session, made.document_id, "full", 1, actor=who)
    clearing = replace(scan_of(service_engine, own_body, made), values={"place": before})
    keeper.clear(clearing)
    places = [each.place for page in store.kept(f"{own_body.code}/documents") for each in page]
    assert places == []
    assert len([each for page in store.kept(f"{own_body.code}/quarantine") for each in page]) == 1


def test_two_scans_of_a_harmful_file_at_once_shut_away_one_copy(
    service_engine: Engine, own_body: LocalBody, store: Store, kept_case: tuple[Case, Actor], tmp_path: Path
) -> None:
    """The scan that came with the file, and the nightly one of what is not scanned yet."""
    case, who = kept_case
    made = kept(service_engine, own_body, store, case, who, HARMFUL)
    both = Barrier(2)

    class Together(Scanner):
        def found_in(self, chunks: Iterable[bytes]) -> str | None:
            found = super().found_in(chunks)
            both.wait(20)
            return found

    keeper = Keeper(store=store, scanner=Together(address=tmp_path / "clamd.ctl"))
    work = scan_of(service_engine, own_body, made)
    heard: list[Quarantined] = []
    with (
        clamd(tmp_path / "clamd.ctl"),
        listening(Quarantined, lambda _, event: heard.append(event)),
        ThreadPoolExecutor(2) as pool,
    ):
        for done in [pool.submit(keeper.scan, work) for _ in range(2)]:
            done.result()
    assert len(heard) == 1
    assert len([each for page in store.kept(f"{own_body.code}/quarantine") for each in page]) == 1


def test_without_a_scanner_a_file_stays_unscanned_and_readable(
    service_engine: Engine, own_body: LocalBody, store: Store, kept_case: tuple[Case, Actor]
) -> None:
    case, who = kept_case
    made = kept(service_engine, own_body, store, case, who, a_pdf())
    Keeper(store=store).scan(scan_of(service_engine, own_body, made))
    assert state_of(service_engine, own_body, made, who) == "unscanned"
    with inside(service_engine, own_body.code) as (session, _):
        assert version(session, made.document_id, "full", 1, actor=who).is_open


def test_while_the_scanner_is_away_the_job_waits(
    service_engine: Engine,
    own_body: LocalBody,
    store: Store,
    kept_case: tuple[Case, Actor],
    tmp_path: Path,
) -> None:
    case, who = kept_case
    made = kept(service_engine, own_body, store, case, who, a_pdf(300_000))
    keeper = Keeper(store=store, scanner=Scanner(address=tmp_path / "clamd.ctl"))
    with pytest.raises(ScannerAway, match="does not answer"):
        keeper.scan(scan_of(service_engine, own_body, made))
    with clamd(tmp_path / "clamd.ctl") as scanner:
        scanner.longest = 100_000
        with pytest.raises(ScannerAway, match="size limit"):
            keeper.scan(scan_of(service_engine, own_body, made))
        scanner.longest, scanner.hangs_up = 1_000_000, True
        with pytest.raises(ScannerAway):
            keeper.scan(scan_of(service_engine, own_body, made))
        assert state_of(service_engine, own_body, made, who) == "unscanned"
        scanner.hangs_up = False
        keeper.scan(scan_of(service_engine, own_body, made))
    assert state_of(service_engine, own_body, made, who) == "clean"


@pytest.mark.parametrize(
    ("setting", "address"),
    [("/run/clamav/clamd.ctl", Path("/run/clamav/clamd.ctl")), ("localhost:3310", ("localhost", 3310))],
)
def test_a_scanner_is_named_by_its_socket(setting: str, address: object) -> None:
    assert scanner_at(setting).address == address


@pytest.mark.parametrize("setting", ["clamd", "localhost", ":3310", "localhost:port"])
def test_what_is_no_scanner_is_refused_at_start(setting: str) -> None:
    with pytest.raises(Invalid, match="BHUMIKA_SCANNER"):
        scanner_at(setting)
