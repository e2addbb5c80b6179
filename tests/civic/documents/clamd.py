"""A scanner as clamd behaves on its socket: INSTREAM, its limits, its words.

In: what it shall do next.  Out: a real socket.  It knows one thing that is harmful: the test file of the industry.
"""

import socketserver
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + rb"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


@dataclass
class Clamd:
    """A scanner and what it was shown."""

    longest: int = 25_000_000
    """StreamMaxLength."""
    hangs_up: bool = False
    seen: list[bytes] = field(default_factory=list)


@contextmanager
def clamd(path: Path) -> Iterator[Clamd]:
    """A scanner at a socket of this machine."""
    kept = Clamd()

    class Line(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            if kept.hangs_up:
                return
            command = b""
            while not command.endswith(b"\0"):
                command += self.rfile.read(1)
            if command != b"zINSTREAM\0":
                self.wfile.write(b"UNKNOWN COMMAND\0")
                return
            whole = b""
            while length := struct.unpack("!L", self.rfile.read(4))[0]:
                if len(whole) + length > kept.longest:
                    self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
                    return
                whole += self.rfile.read(length)
            kept.seen.append(whole)
            self.wfile.write(b"stream: Win.Test.EICAR_HDB-1 FOUND\0" if EICAR in whole else b"stream: OK\0")

    server = socketserver.ThreadingUnixStreamServer(str(path), Line)
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield kept
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
