"""The programs that dump and restore reach the database exactly as the service does."""

from pathlib import Path

import pytest
from sqlalchemy import make_url

from api.postgres_programs import VARIABLES, Way
from gis.errors import Invalid

TOLD = "#!/bin/sh\n/usr/bin/env > {to}\n"


def told(tmp_path: Path, address: str) -> dict[str, str]:
    """What a program is told of an address."""
    program, to = tmp_path / "pg_dump", tmp_path / "told"
    program.write_text(TOLD.format(to=to))
    program.chmod(0o755)
    Way(url=make_url(address), programs=tmp_path).run("pg_dump", "--format=custom")
    lines = [line.partition("=") for line in to.read_text().splitlines()]
    return {name: value for name, _, value in lines if name.startswith("PG")}


def test_an_address_is_told_whole(tmp_path: Path) -> None:
    address = (
        "postgresql+psycopg://keeper:se%20cret@db.example.org:6432/land"
        "?sslmode=verify-full&sslrootcert=/etc/ca.pem&channel_binding=require&connect_timeout=9"
        "&options=-c%20lock_timeout%3D5s&keepalives_idle=30"
    )
    assert told(tmp_path, address) == {
        "PGHOST": "db.example.org",
        "PGPORT": "6432",
        "PGUSER": "keeper",
        "PGPASSWORD": "se cret",
        "PGDATABASE": "land",
        "PGSSLMODE": "verify-full",
        "PGSSLROOTCERT": "/etc/ca.pem",
        "PGCHANNELBINDING": "require",
        "PGCONNECT_TIMEOUT": "9",
        "PGOPTIONS": "-c lock_timeout=5s",
    }


def test_a_socket_and_several_hosts_are_told(tmp_path: Path) -> None:
    socket = told(tmp_path, "postgresql+psycopg://postgres@/land?host=/run/pg&port=5433")
    assert (socket["PGHOST"], socket["PGPORT"]) == ("/run/pg", "5433")
    two = told(tmp_path, "postgresql+psycopg://postgres@/land?host=one&host=two")
    assert two["PGHOST"] == "one,two"


def test_what_cannot_be_told_is_refused_and_not_left_out(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="sslpassword"):
        told(tmp_path, "postgresql+psycopg://postgres@h/land?sslpassword=x")
    assert not (tmp_path / "told").exists()


def test_every_variable_is_one_of_its_own() -> None:
    assert len(set(VARIABLES.values())) == len(VARIABLES)
