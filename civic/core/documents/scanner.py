"""The scanner for harmful software: clamd, spoken to over its socket.

In: bytes, a piece at a time.  Out: the name of what was found, or None.  `ScannerAway` where it cannot tell: the file stays
unscanned, and is offered again.
"""

import socket
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from gis.errors import Invalid

WAIT = 60.0
"""Seconds that the scanner may take."""
PIECE = 64_000
LONGEST_ANSWER = 4096


class ScannerAway(Exception):
    """The scanner does not answer, or cannot judge."""


@dataclass(frozen=True, kw_only=True)
class Scanner:
    """A clamd: the path of its socket, or host and port."""

    address: Path | tuple[str, int]

    def found_in(self, pieces: Iterable[bytes]) -> str | None:
        """What the scanner calls what it found, None where a file is clean."""
        try:
            with self._open() as wire:
                wire.sendall(b"zINSTREAM\0")
                self._stream(wire, pieces)
                answer = _answer(wire)
        except OSError as error:
            raise ScannerAway(f"The scanner does not answer: {error}") from error
        if answer == "stream: OK":
            return None
        if answer.startswith("stream: ") and answer.endswith(" FOUND"):
            return answer.removeprefix("stream: ").removesuffix(" FOUND")
        raise ScannerAway(f"The scanner cannot judge: {answer or 'it closed the line'}")

    def _open(self) -> socket.socket:
        if isinstance(self.address, tuple):
            return socket.create_connection(self.address, timeout=WAIT)
        wire = socket.socket(socket.AF_UNIX)
        try:
            wire.settimeout(WAIT)
            wire.connect(str(self.address))
        except BaseException:
            wire.close()
            raise
        return wire

    def _stream(self, wire: socket.socket, pieces: Iterable[bytes]) -> None:
        try:
            for piece in pieces:
                for start in range(0, len(piece), PIECE):
                    part = piece[start : start + PIECE]
                    wire.sendall(struct.pack("!L", len(part)) + part)
            wire.sendall(struct.pack("!L", 0))
        except (BrokenPipeError, ConnectionResetError):
            return  # it has said why before it hung up: the answer is still to be read


def _answer(wire: socket.socket) -> str:
    said = b""
    while not said.endswith(b"\0") and len(said) < LONGEST_ANSWER:
        more = wire.recv(LONGEST_ANSWER)
        if not more:
            break
        said += more
    return said.rstrip(b"\0").decode("utf-8", "replace").strip()


def scanner_at(address: str) -> Scanner:
    """The scanner of a setting: /run/clamav/clamd.ctl, or host:port."""
    if address.startswith("/"):
        return Scanner(address=Path(address))
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit():
        raise Invalid("BHUMIKA_SCANNER is neither the path of clamd's socket nor its host:port.")
    return Scanner(address=(host, int(port)))
