"""Documents in a bucket: the same bytes as in a folder."""

from pathlib import Path

import pytest
from obstore.store import S3Store
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.case import Case
from civic.core.documents.records import read, version
from civic.core.documents.store import Store, StoreAway, bucket_store, folder_store
from civic.core.people import Actor
from gis.errors import Unavailable
from tests.civic.documents.bucket import bucket
from tests.civic.documents.conftest import a_pdf, send


def test_a_document_goes_into_a_bucket_and_comes_back(
    town: Session, body: LocalBody, case: Case, applicant: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with bucket() as kept:
        monkeypatch.setenv("AWS_ENDPOINT", f"http://127.0.0.1:{kept.port}")
        monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        monkeypatch.setenv("AWS_REGION", "ap-south-1")
        store = bucket_store("s3://papers/town")
        data = a_pdf(25_000)
        made = send(town, body, store, case, applicant, data, part=10_000)
        file = version(town, made.document_id, "full", 1, actor=applicant)
        assert b"".join(read(store, file)) == data
        assert kept.objects[f"town/{file.place}"] == data
        assert {each.place for page in store.kept(body.code) for each in page} >= {file.place}
        store.copy(file.place, f"{body.code}/quarantine/x")
        store.remove([file.place])
        with pytest.raises(Unavailable):
            b"".join(read(store, file))
        assert b"".join(store.read([f"{body.code}/quarantine/x"])) == data
        store.remove([file.place])


def test_a_store_that_does_not_answer_or_is_full_is_told_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """In the log stands what it said itself; to its reader nothing of where it is."""
    for name, value in {
        "ENDPOINT": "http://127.0.0.1:9",
        "ALLOW_HTTP": "true",
        "REGION": "x",
        "MAX_RETRIES": "0",
    }.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    away = Store(bucket=S3Store("papers", retry_config={"max_retries": 0}))
    (tmp_path / "file").touch()
    shut = folder_store(tmp_path / "file" / "papers")  # where no folder can be
    for fails in (
        lambda: away.put("a/b", b"x"),
        lambda: list(away.read(["a/b"])),
        lambda: list(away.kept("a")),
        lambda: shut.put("a/b", b"x"),
    ):
        with pytest.raises(StoreAway) as told:
            fails()
        assert "127.0.0.1" not in told.value.message
    assert "127.0.0.1" in caplog.text
    fine = folder_store(tmp_path / "papers")
    fine.put("a/b", b"x")
    assert list(fine.read(["a/b"])) == [b"x"]
