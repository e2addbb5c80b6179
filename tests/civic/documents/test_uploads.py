"""Uploads: a document arrives whole, however often the line breaks; what is not one is refused, and says why."""

import gzip
import hashlib
import io
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody, enter, inside
from civic.core.case import Case
from civic.core.documents.announcing import MOST_OPEN
from civic.core.documents.keeping import YOUNG, Keeper
from civic.core.documents.kinds import TypeNotTaken, media_type, own_name
from civic.core.documents.records import document, read, version
from civic.core.documents.store import Store, bucket_store, folder_store
from civic.core.documents.tables import DocumentVersionRow, UploadRow
from civic.core.documents.uploads import (
    GOOD_FOR,
    LONGEST_PART,
    NoSuchUpload,
    WrongChecksum,
    WrongOffset,
    add_part,
    begin_upload,
    end_old,
    finish,
    give_up,
    upload_of,
)
from civic.core.jobs import Work
from civic.core.people import Actor
from gis.errors import Conflict, Invalid, NotFound, TooLarge
from tests.civic.builders import NOW, an_actor
from tests.civic.documents.conftest import LARGEST, a_pdf, announced, begun, send
from tests.nursery import born


def files(store: Store) -> list[str]:
    return sorted(each.place for page in store.kept("") for each in page)


def test_what_is_read_is_what_was_sent(
    town: Session, body: LocalBody, store: Store, case: Case, applicant: Actor
) -> None:
    data = a_pdf(3500)
    made = send(town, body, store, case, applicant, data)
    file = version(town, made.document_id, "full", 1, actor=applicant)
    assert b"".join(read(store, file)) == data
    assert (file.media_type, file.size, file.scan) == ("application/pdf", 3500, "unscanned")
    assert file.sha256 == hashlib.sha256(data).hexdigest()


def test_a_broken_line_goes_on_where_it_stopped(
    town: Session, body: LocalBody, store: Store, case: Case, applicant: Actor
) -> None:
    data, me = a_pdf(2500), applicant.person.id
    upload = begun(town, body, case, applicant, data)
    add_part(town, store, upload.id, data[:1000], starts=0, person_id=me, now=NOW)
    assert upload_of(town, upload.id, person_id=me, now=NOW).arrived == 1000
    with pytest.raises(WrongOffset, match="send the rest"):
        finish(town, store, upload.id, person_id=me, now=NOW)
    add_part(town, store, upload.id, data[1000:], starts=1000, person_id=me, now=NOW)
    made = finish(town, store, upload.id, person_id=me, now=NOW)
    file = version(town, made.document_id, "full", 1, actor=applicant)
    assert b"".join(read(store, file)) == data
    with pytest.raises(NoSuchUpload):
        upload_of(town, upload.id, person_id=me, now=NOW)


@pytest.mark.parametrize("starts", [0, 999, 1001, 5000, -1])
def test_a_part_begins_where_the_last_one_ended(
    town: Session, body: LocalBody, store: Store, case: Case, applicant: Actor, starts: int
) -> None:
    data, me = a_pdf(2500), applicant.person.id
    upload = begun(town, body, case, applicant, data)
    add_part(town, store, upload.id, data[:1000], starts=0, person_id=me, now=NOW)
    with pytest.raises(WrongOffset) as told:
        add_part(town, store, upload.id, data[:500], starts=starts, person_id=me, now=NOW)
    assert told.value.arrived == 1000
    assert len(files(store)) == 1


def test_no_more_comes_than_was_announced(
    town: Session, body: LocalBody, store: Store, case: Case, applicant: Actor
) -> None:
    upload = begun(town, body, case, applicant, a_pdf(1000))
    for part in (a_pdf(1001), b"", a_pdf(LONGEST_PART + 1)):
        with pytest.raises(Invalid):
            add_part(town, store, upload.id, part, starts=0, person_id=applicant.person.id, now=NOW)
    assert files(store) == []


def test_a_wrong_checksum_is_not_kept(
    town: Session, body: LocalBody, store: Store, case: Case, applicant: Actor
) -> None:
    with pytest.raises(WrongChecksum):
        send(town, body, store, case, applicant, a_pdf(2000), sha256="0" * 64)
    assert town.scalar(select(func.count()).select_from(DocumentVersionRow)) == 0


def test_without_a_checksum_our_own_is_kept(
    town: Session, body: LocalBody, store: Store, case: Case, applicant: Actor
) -> None:
    made = send(town, body, store, case, applicant, a_pdf(100), sha256=None)
    file = version(town, made.document_id, "full", 1, actor=applicant)
    assert file.sha256 == hashlib.sha256(a_pdf(100)).hexdigest()


def a_bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("plan.pdf", b"0" * 20_000_000)
    return packed.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(a_bomb(), id="a zip bomb"),
        pytest.param(gzip.compress(b"0" * 1_000_000), id="gzip"),
        pytest.param(b"MZ" + b"\0" * 200, id="a program"),
        pytest.param(b"<html><script>alert(1)</script>", id="a page"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'/>", id="svg"),
        pytest.param(b"\x7fELF" + b"\0" * 200, id="another program"),
        pytest.param(b"GIF89a" + b"\0" * 200, id="a moving picture"),
        pytest.param(b"just words", id="words"),
    ],
)
def test_what_only_calls_itself_a_pdf_is_refused_with_its_first_part(
    town: Session, body: LocalBody, store: Store, case: Case, applicant: Actor, data: bytes
) -> None:
    with pytest.raises(TypeNotTaken, match="whatever its name says"):
        send(town, body, store, case, applicant, data, part=len(data))
    assert files(store) == []


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.4\n", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "image/png"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 40, "image/jpeg"),
        (b"II*\0" + b"\0" * 40, "image/tiff"),
        (b"RIFF\0\0\0\0WEBPVP8 " + b"\0" * 40, "image/webp"),
        (b"ISO-10303-21;\nHEADER;", "application/x-step"),
        (b"  0\r\nSECTION\r\n  2\r\nHEADER", "image/vnd.dxf"),
        (b"999\nwritten by a program\n0\nSECTION\n", "image/vnd.dxf"),
        (b"AutoCAD Binary DXF\r\n\x1a\0", "image/vnd.dxf"),
    ],
)
def test_a_file_is_what_its_content_says(data: bytes, kind: str) -> None:
    assert media_type(data, len(data)) == kind


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("deed.pdf", "deed.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\Ammini\\deed.PDF", "deed.PDF"),
        ("/absolute/deed.pdf", "deed.pdf"),
        ("..", "document.pdf"),
        ("", "document.pdf"),
        (".htaccess", "htaccess.pdf"),
        ("deed.pdf.exe", "deed.pdf.exe.pdf"),
        ("de\r\ned\x00\u202e.pdf", "deed.pdf"),
        ('de"ed<>|.pdf', "deed.pdf"),
        ("ആധാരം.pdf", "ആധാരം.pdf"),
        ("അ\u200dക്ഷ.pdf", "അ\u200dക്ഷ.pdf"),
        ("a" * 300 + ".pdf", "a" * 116 + ".pdf"),
    ],
)
def test_a_name_leads_nowhere(given: str, kept: str) -> None:
    assert own_name(given, "application/pdf") == kept


def test_a_path_in_the_name_leaves_the_store_alone(
    town: Session, body: LocalBody, store: Store, case: Case, applicant: Actor
) -> None:
    made = send(town, body, store, case, applicant, a_pdf(100), name="../../../escape.pdf")
    file = version(town, made.document_id, "full", 1, actor=applicant)
    assert file.name == "escape.pdf"
    assert file.place.startswith(f"{body.code}/documents/")
    assert "escape" not in "".join(files(store))


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"size": 0}, "empty"),
        ({"size": LARGEST + 1}, "at most 50 MB"),
        ({"title": "  "}, "Name the document"),
        ({"title": "x" * 201}, "Name the document"),
        ({"kind": "../deed"}, "kind"),
        ({"sha256": "abc"}, "checksum"),
        ({"record": "secret"}, "full or published"),
        ({"record": "published"}, "is there"),
    ],
)
def test_what_cannot_be_taken_is_refused_before_its_first_byte(
    town: Session, body: LocalBody, case: Case, applicant: Actor, change: dict[str, object], fault: str
) -> None:
    with pytest.raises(Invalid, match=fault):
        begun(town, body, case, applicant, a_pdf(), **change)


def test_the_largest_that_is_taken_is_taken(
    town: Session, body: LocalBody, case: Case, applicant: Actor
) -> None:
    assert begun(town, body, case, applicant, a_pdf(), size=LARGEST).size == LARGEST
    with pytest.raises(TooLarge):
        begin_upload(town, body, announced(case, applicant.person.id, a_pdf(101)), largest=100, now=NOW)


def test_nobody_fills_the_store_with_beginnings(
    town: Session, body: LocalBody, case: Case, applicant: Actor
) -> None:
    for _ in range(MOST_OPEN):
        begun(town, body, case, applicant, a_pdf())
    with pytest.raises(Conflict, match="under way"):
        begun(town, body, case, applicant, a_pdf())


def test_an_upload_is_its_senders_alone(
    town: Session, body: LocalBody, other_body: LocalBody, store: Store, case: Case, applicant: Actor
) -> None:
    upload = begun(town, body, case, applicant, a_pdf())
    stranger = an_actor(town, body, "verifier")
    for identifier, who in ((upload.id, stranger), ("no-uuid", applicant)):
        with pytest.raises(NoSuchUpload):
            add_part(town, store, identifier, a_pdf(), starts=0, person_id=who.person.id, now=NOW)
    enter(town, other_body.code)
    with pytest.raises(NoSuchUpload):
        upload_of(town, upload.id, person_id=applicant.person.id, now=NOW)


def test_a_version_of_another_cases_document_is_refused(
    town: Session, body: LocalBody, case: Case, applicant: Actor
) -> None:
    with pytest.raises(NotFound, match="no such document"):
        begun(town, body, case, applicant, a_pdf(), document_id=123456789)


def test_versions_are_kept(
    town: Session, body: LocalBody, store: Store, case: Case, applicant: Actor
) -> None:
    first = send(town, body, store, case, applicant, a_pdf(100, b"one"))
    again = send(town, body, store, case, applicant, a_pdf(100, b"two"), document_id=first.document_id)
    assert (again.document_id, again.seq) == (first.document_id, 2)
    found = document(town, first.document_id, actor=applicant)
    assert [each.seq for each in found.versions] == [2, 1]
    old = version(town, first.document_id, "full", 1, actor=applicant)
    assert b"".join(read(store, old)) == a_pdf(100, b"one")


def test_an_upload_that_nobody_goes_on_with_ends(
    town: Session, body: LocalBody, store: Store, case: Case, applicant: Actor
) -> None:
    me = applicant.person.id
    upload = begun(town, body, case, applicant, a_pdf(2000))
    later = NOW + timedelta(hours=30)
    add_part(town, store, upload.id, a_pdf(1000), starts=0, person_id=me, now=later)
    assert end_old(town, now=later + GOOD_FOR - timedelta(seconds=1)) == 0
    assert end_old(town, now=later + GOOD_FOR) == 1
    with pytest.raises(NoSuchUpload):
        upload_of(town, upload.id, person_id=me, now=later)


def test_an_upload_past_its_time_is_over_before_it_is_ended(
    town: Session, body: LocalBody, store: Store, case: Case, applicant: Actor
) -> None:
    me = applicant.person.id
    upload = begun(town, body, case, applicant, a_pdf(2000))
    with pytest.raises(NoSuchUpload):
        add_part(town, store, upload.id, a_pdf(1000), starts=0, person_id=me, now=NOW + GOOD_FOR)


def test_who_gives_up_leaves_no_rows(
    town: Session, body: LocalBody, store: Store, case: Case, applicant: Actor
) -> None:
    upload = begun(town, body, case, applicant, a_pdf(2000))
    give_up(town, upload.id, person_id=applicant.person.id, now=NOW)
    assert town.scalar(select(func.count()).select_from(UploadRow)) == 0


def work_on(engine: Engine, body: LocalBody, kind: str, **values: str | int) -> Work:
    now = NOW + timedelta(days=3650)
    return Work(engine=engine, job=1, kind=kind, body=body.code, values=values, now=now)


def test_what_is_left_over_is_cleared_and_what_is_needed_stays(
    service_engine: Engine, own_body: LocalBody, store: Store, kept_case: tuple[Case, Actor]
) -> None:
    case, who = kept_case
    keeper = Keeper(store=store)
    with inside(service_engine, own_body.code) as (session, body):
        made = send(session, body, store, case, who, a_pdf(2500))
        half = begun(session, body, case, who, a_pdf(2000))
        add_part(session, store, half.id, a_pdf(900), starts=0, person_id=who.person.id, now=NOW)
    store.put(f"{own_body.code}/documents/nobodys", b"left by a transaction that failed")
    store.put("elsewhere/documents/theirs", b"of another body")
    assert len(files(store)) == 1 + 3 + 1 + 2
    with inside(service_engine, own_body.code) as (session, _):
        file = version(session, made.document_id, "full", 1, actor=who)
    keeper.sweep(work_on(service_engine, own_body, "documents.sweep"))
    left = files(store)
    assert len(left) == 3
    assert {file.place, "elsewhere/documents/theirs"} < set(left)
    assert b"".join(store.read([file.place])) == a_pdf(2500)


def test_a_young_file_without_a_row_is_left_alone(
    service_engine: Engine, own_body: LocalBody, store: Store
) -> None:
    """It may belong to a transaction that has not committed yet."""
    from dataclasses import replace
    from datetime import UTC, datetime

    store.put(f"{own_body.code}/documents/young", b"just now")
    work = work_on(service_engine, own_body, "documents.sweep")
    Keeper(store=store).sweep(replace(work, now=datetime.now(UTC) + YOUNG - timedelta(minutes=1)))
    assert len(files(store)) == 1
    Keeper(store=store).sweep(replace(work, now=datetime.now(UTC) + YOUNG + timedelta(minutes=1)))
    assert files(store) == []


def test_parts_are_cleared_once_their_upload_is_over(
    service_engine: Engine, own_body: LocalBody, store: Store, kept_case: tuple[Case, Actor]
) -> None:
    case, who = kept_case
    keeper = Keeper(store=store)
    with inside(service_engine, own_body.code) as (session, body):
        half = begun(session, body, case, who, a_pdf(2000))
        add_part(session, store, half.id, a_pdf(900), starts=0, person_id=who.person.id, now=NOW)
    keeper.clear(work_on(service_engine, own_body, "documents.clear", upload=half.id))
    assert len(files(store)) == 1, "it is still under way"
    with inside(service_engine, own_body.code) as (session, _):
        give_up(session, half.id, person_id=who.person.id, now=NOW)
    keeper.clear(work_on(service_engine, own_body, "documents.clear", upload=half.id))
    keeper.clear(work_on(service_engine, own_body, "documents.clear", upload=half.id))
    assert files(store) == []


@pytest.mark.parametrize("point", ["after the file", "after the row"])
def test_a_server_killed_while_a_part_arrives_loses_no_earlier_part(
    service_engine: Engine, own_body: LocalBody, store: Store, kept_case: tuple[Case, Actor], point: str
) -> None:
    case, who = kept_case
    data = a_pdf(3000)
    with inside(service_engine, own_body.code) as (session, body):
        upload = begun(session, body, case, who, data)
    url = service_engine.url.render_as_string(hide_password=False)
    told = (url, own_body.code, str(store.folder), upload.id, str(who.person.id), point)
    with born("tests.civic.documents.dying", *told) as killed:
        killed.wait()
    assert killed.returncode == -9
    me = who.person.id
    with inside(service_engine, own_body.code) as (session, _):
        arrived = upload_of(session, upload.id, person_id=me, now=NOW).arrived
        assert arrived == 1000, "the first part was committed, the second was not"
        assert len(files(store)) == 2
        add_part(session, store, upload.id, data[arrived:], starts=arrived, person_id=me, now=NOW)
        made = finish(session, store, upload.id, person_id=me, now=NOW)
        file = version(session, made.document_id, "full", 1, actor=who)
        assert b"".join(read(store, file)) == data
    keeper = Keeper(store=store)
    keeper.sweep(work_on(service_engine, own_body, "documents.sweep"))
    assert files(store) == [file.place]


def test_a_bucket_has_an_address() -> None:
    for address in ("bucket", "file:///etc", "https://example.org/"):
        with pytest.raises(Invalid, match="BHUMIKA_DOCUMENTS"):
            bucket_store(address)


def test_a_store_makes_its_folder(tmp_path: Path) -> None:
    store = folder_store(tmp_path / "a" / "b")
    store.put("body/documents/x", b"1")
    assert (tmp_path / "a" / "b" / "body" / "documents" / "x").read_bytes() == b"1"
    with pytest.raises(ValueError, match="illegal"):
        store.put("../outside", b"1")
