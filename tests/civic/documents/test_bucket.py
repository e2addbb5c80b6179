"""Documents in a bucket: the same bytes as in a folder."""

import pytest
from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.case import Case
from civic.core.documents.records import read, version
from civic.core.documents.store import bucket_store
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
