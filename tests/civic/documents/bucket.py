"""A bucket as S3 speaks: put, get, copy, delete, list, uploads in parts; on this machine, with its checks of form.

In: requests of a real client.  Out: what they ask for, from memory.
"""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

BEGUN = datetime(2026, 11, 1, tzinfo=UTC)


@dataclass
class Bucket:
    """What lies in it."""

    port: int = 0
    objects: dict[str, bytes] = field(default_factory=dict)
    parts: dict[str, dict[int, bytes]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)


def _tag(data: bytes) -> str:
    return f'"{hashlib.md5(data).hexdigest()}"'


class _Door(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    bucket: Bucket

    def _key(self) -> tuple[str, dict[str, list[str]]]:
        parts = urlsplit(self.path)
        query = parse_qs(parts.query, keep_blank_values=True)
        self.bucket.asked.append(f"{self.command} {sorted(query)}")
        return unquote(parts.path).removeprefix("/papers").lstrip("/"), query

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _answer(self, status: int, data: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def _missing(self) -> None:
        self._answer(404, b"<Error><Code>NoSuchKey</Code><Message>gone</Message></Error>")

    def do_PUT(self) -> None:
        key, query = self._key()
        data = self._body()
        if source := self.headers.get("x-amz-copy-source"):
            data = self.bucket.objects[unquote(source).removeprefix("/").removeprefix("papers/")]
            self.bucket.objects[key] = data
            self._answer(200, f"<CopyObjectResult><ETag>{_tag(data)}</ETag></CopyObjectResult>".encode())
        elif "uploadId" in query:
            self.bucket.parts[query["uploadId"][0]][int(query["partNumber"][0])] = data
            self._answer(200, ETag=_tag(data))
        else:
            self.bucket.objects[key] = data
            self._answer(200, ETag=_tag(data))

    def do_POST(self) -> None:
        key, query = self._key()
        body = self._body()
        if "uploads" in query:
            name = f"upload-{len(self.bucket.parts)}"
            self.bucket.parts[name] = {}
            told = (
                f"<InitiateMultipartUploadResult><UploadId>{name}</UploadId></InitiateMultipartUploadResult>"
            )
            self._answer(200, told.encode())
        elif "delete" in query:
            gone = [each.decode() for each in re.findall(rb"<Key>(.*?)</Key>", body)]
            for name in gone:
                self.bucket.objects.pop(name, None)
            told = "".join(f"<Deleted><Key>{escape(name)}</Key></Deleted>" for name in gone)
            self._answer(200, f"<DeleteResult>{told}</DeleteResult>".encode())
        else:
            parts = self.bucket.parts.pop(query["uploadId"][0])
            self.bucket.objects[key] = b"".join(parts[number] for number in sorted(parts))
            tag = _tag(self.bucket.objects[key])
            told = (
                f"<CompleteMultipartUploadResult><ETag>{escape(tag)}</ETag></CompleteMultipartUploadResult>"
            )
            self._answer(200, told.encode())

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        key, query = self._key()
        if "list-type" in query:
            self._list(query.get("prefix", [""])[0])
        elif key in self.bucket.objects:
            data = self.bucket.objects[key]
            self._answer(200, data, ETag=_tag(data), Last_Modified=format_datetime(BEGUN, usegmt=True))
        else:
            self._missing()

    def _list(self, prefix: str) -> None:
        lines = [
            f"<Contents><Key>{escape(key)}</Key><LastModified>2026-11-01T00:00:00.000Z</LastModified>"
            f"<ETag>{escape(_tag(data))}</ETag><Size>{len(data)}</Size></Contents>"
            for key, data in sorted(self.bucket.objects.items())
            if key.startswith(prefix)
        ]
        told = f"<ListBucketResult><IsTruncated>false</IsTruncated>{''.join(lines)}</ListBucketResult>"
        self._answer(200, told.encode())

    def do_DELETE(self) -> None:
        key, _ = self._key()
        self.bucket.objects.pop(key, None)
        self._answer(204)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def bucket() -> Iterator[Bucket]:
    """A bucket called `papers` on a free port."""
    kept = Bucket()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Door", (_Door,), {"bucket": kept}))
    server.daemon_threads = True
    kept.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield kept
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
