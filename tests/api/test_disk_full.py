"""A disk that is full ends a command with a sentence; another fault of the system is not called that."""

import errno
import shutil

import pytest
import typer
from psycopg.errors import DiskFull
from sqlalchemy.exc import OperationalError

from api.terminal import told


@pytest.mark.parametrize(
    "fault",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EDQUOT, "Disk quota exceeded"),
        shutil.Error([("a.tif", "b.tif", "[Errno 28] No space left on device: 'b.tif'")]),
        DiskFull("could not write to file"),
        OperationalError("INSERT", {}, DiskFull("could not extend file")),
    ],
)
def test_a_full_disk_is_told_in_a_sentence(fault: Exception, capsys: pytest.CaptureFixture[str]) -> None:
    def command() -> None:
        raise fault

    with pytest.raises(typer.Exit) as ended:
        told(command)()
    assert ended.value.exit_code == 1
    assert "A disk is full" in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize(
    "fault", [PermissionError(errno.EACCES, "denied"), OperationalError("x", {}, Exception("no"))]
)
def test_another_fault_is_told_as_it_is(fault: Exception) -> None:
    def command() -> None:
        raise fault

    with pytest.raises(type(fault)):
        told(command)()
