"""Files that are not what they seem, or not whole, are named with fault and remedy; nothing of them stays behind."""

import os
import shutil
import stat
import struct
import zipfile
from pathlib import Path

import pytest

from gis.errors import Invalid, NotFound, TooLarge
from layers.importers import files
from layers.importers.archives import LIMITS, Limits
from layers.importers.files import Hints, check_fields, open_table
from tests.builders import a_box
from tests.layers.importers.writing import in_degrees, write

KILOBYTE = 1024
TIGHT = Limits(file=50 * KILOBYTE, unpacked=100 * KILOBYTE, harmless=10 * KILOBYTE, ratio=20)


def read_all(folder: Path, file: str, table: str | None = None, limits: Limits = LIMITS) -> int:
    """How many features a file gives."""
    with open_table(folder, file, table, Hints(), limits) as opened:
        return sum(len(batch) for batch in opened.batches([]))


@pytest.fixture
def space(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which archives are taken apart; it must be empty afterwards."""
    folder = tmp_path / "space"
    folder.mkdir()
    monkeypatch.setattr(files.tempfile, "tempdir", str(folder))
    return folder


def archive(folder: Path, entries: dict[str, bytes], name: str = "town.zip") -> str:
    """An archive with these entries."""
    with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as packed:
        for entry, content in entries.items():
            packed.writestr(entry, content)
    return name


@pytest.fixture
def plots(tmp_path: Path) -> bytes:
    """A GeoPackage of one plot."""
    return write(tmp_path / "made.gpkg", [in_degrees(a_box())], number=["1"]).read_bytes()


def test_a_map_in_an_archive_is_read_and_nothing_of_it_stays(
    tmp_path: Path, space: Path, plots: bytes
) -> None:
    name = archive(tmp_path, {"town/plots.gpkg": plots, "town/readme.txt": b"hello"})
    assert read_all(tmp_path, name) == 1
    assert list(space.iterdir()) == []


@pytest.mark.parametrize(
    "entry",
    [
        "../plots.gpkg",
        "a/../../plots.gpkg",
        "/etc/plots.gpkg",
        "..\\plots.gpkg",
        "C:\\plots.gpkg",
        "C:/plots.gpkg",
    ],
)
def test_a_path_that_climbs_out_of_an_archive_is_refused(
    tmp_path: Path, space: Path, plots: bytes, entry: str
) -> None:
    name = archive(tmp_path, {entry: plots})
    before = sorted(path for path in tmp_path.parent.rglob("*"))
    with pytest.raises(Invalid, match=r"town\.zip.*leads out of the archive"):
        read_all(tmp_path, name)
    assert sorted(path for path in tmp_path.parent.rglob("*")) == before


def test_a_link_in_an_archive_is_refused(tmp_path: Path, space: Path) -> None:
    link = zipfile.ZipInfo("plots.gpkg")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "town.zip", "w") as packed:
        packed.writestr(link, "/etc/passwd")
    with pytest.raises(Invalid, match=r"“plots\.gpkg” is a link"):
        read_all(tmp_path, "town.zip")


@pytest.mark.parametrize("inner", ["more.zip", "plots.kmz", "plots.tar"])
def test_an_archive_in_an_archive_is_refused(tmp_path: Path, space: Path, inner: str) -> None:
    with pytest.raises(Invalid, match="an archive inside the archive"):
        read_all(tmp_path, archive(tmp_path, {inner: b"PK\x03\x04"}))


def test_an_encrypted_archive_is_refused(tmp_path: Path, space: Path, plots: bytes) -> None:
    path = tmp_path / archive(tmp_path, {"plots.gpkg": plots})
    content = bytearray(path.read_bytes())
    central = content.rindex(b"PK\x01\x02")
    content[central + 8] |= 1
    path.write_bytes(bytes(content))
    with pytest.raises(Invalid, match=r"encrypted.*without a password"):
        read_all(tmp_path, "town.zip")


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, space: Path) -> None:
    name = archive(tmp_path, {"plots.gpkg": b"\0" * (90 * KILOBYTE)})
    with pytest.raises(TooLarge, match="looks like a zip bomb"):
        read_all(tmp_path, name, limits=TIGHT)
    assert list(space.iterdir()) == []


@pytest.mark.parametrize(("size", "message"), [(100, "looks like a zip bomb"), (101, "would unpack to")])
def test_an_archive_may_not_unpack_to_more_than_the_limit(
    tmp_path: Path, space: Path, size: int, message: str
) -> None:
    name = archive(tmp_path, {"plots.gpkg": b"\0" * (size * KILOBYTE)})
    with pytest.raises(TooLarge, match=message):
        read_all(tmp_path, name, limits=TIGHT)


def test_an_archive_that_lies_about_its_size_is_caught_while_reading(tmp_path: Path, space: Path) -> None:
    path = tmp_path / archive(tmp_path, {"plots.gpkg": b"\0" * (90 * KILOBYTE)})
    content = bytearray(path.read_bytes())
    for header, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = content.index(header) + at
        content[start : start + 4] = struct.pack("<I", 5 * KILOBYTE)
    path.write_bytes(bytes(content))
    with pytest.raises(Invalid, match=r"town\.zip"):
        read_all(tmp_path, "town.zip", limits=TIGHT)
    assert list(space.iterdir()) == []


def test_many_small_files_in_an_archive_are_too_many(tmp_path: Path, space: Path) -> None:
    entries = {f"{number}.txt": b"" for number in range(11)}
    with pytest.raises(TooLarge, match="11 files, more than 10"):
        read_all(tmp_path, archive(tmp_path, entries), limits=Limits(entries=10))
    with pytest.raises(Invalid, match="holds no map file"):
        read_all(tmp_path, "town.zip", limits=Limits(entries=11))


def test_a_damaged_archive_is_named(tmp_path: Path, space: Path, plots: bytes) -> None:
    path = tmp_path / archive(tmp_path, {"plots.gpkg": plots})
    os.truncate(path, path.stat().st_size // 2)
    with pytest.raises(Invalid, match=r"town\.zip cannot be unpacked"):
        read_all(tmp_path, "town.zip")


def test_an_empty_archive_and_one_without_a_map_say_so(tmp_path: Path, space: Path) -> None:
    with pytest.raises(Invalid, match="empty archive"):
        read_all(tmp_path, archive(tmp_path, {}))
    with pytest.raises(Invalid, match="holds no map file"):
        read_all(tmp_path, archive(tmp_path, {"notes.txt": b"x"}))


def test_among_several_maps_of_an_archive_the_table_chooses(
    tmp_path: Path, space: Path, plots: bytes
) -> None:
    name = archive(tmp_path, {"made.gpkg": plots, "other.gpkg": plots})
    with pytest.raises(Invalid, match=r"several map files \(made\.gpkg, other\.gpkg\)"):
        read_all(tmp_path, name)
    assert read_all(tmp_path, name, table="made") == 1


def test_a_file_of_five_gigabytes_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "huge.gpkg"
    with path.open("wb") as file:
        file.truncate(5 << 30)
    with pytest.raises(TooLarge, match=r"huge\.gpkg has 5 368\.7 MB.*Cut it into smaller files"):
        read_all(tmp_path, "huge.gpkg")


def test_the_limit_of_a_file_counts_to_the_byte(tmp_path: Path, plots: bytes) -> None:
    size = len(plots)
    assert read_all(tmp_path, "made.gpkg", limits=Limits(file=size)) == 1
    with pytest.raises(TooLarge):
        read_all(tmp_path, "made.gpkg", limits=Limits(file=size - 1))


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"%PDF-1.7\n", "a PDF document"),
        (b"  0\r\nSECTION\r\n  2\r\nHEADER\r\n", "a DXF drawing"),
        (b"AC1032", "a DWG drawing"),
        (b"PK\x03\x04", "a ZIP archive"),
        (b"<!DOCTYPE html><html>", "a web page"),
        (b"nothing in particular", "something else"),
    ],
)
@pytest.mark.parametrize("ending", [".gpkg", ".shp", ".fgb", ".geojson", ".parquet", ".kml"])
def test_a_file_with_the_wrong_ending_is_called_by_its_name(
    tmp_path: Path, content: bytes, what: str, ending: str
) -> None:
    (tmp_path / f"plan{ending}").write_bytes(content + b"\n" * 200)
    with pytest.raises(Invalid, match=rf"plan\{ending} is named like a .* but is {what}.*Export it as"):
        read_all(tmp_path, f"plan{ending}")


def test_a_database_that_is_no_geopackage_is_refused(tmp_path: Path) -> None:
    import sqlite3

    database = sqlite3.connect(tmp_path / "notes.gpkg")
    database.execute("CREATE TABLE notes (text)")
    database.commit()
    database.close()
    with pytest.raises(Invalid, match="an SQLite database but not a GeoPackage"):
        read_all(tmp_path, "notes.gpkg")


def test_an_unknown_ending_and_an_empty_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "plan.dxf").write_bytes(b"0\nSECTION")
    (tmp_path / "plan.gpkg").write_bytes(b"")
    with pytest.raises(Invalid, match=r"files with this ending are not read.*GeoPackage"):
        read_all(tmp_path, "plan.dxf")
    with pytest.raises(Invalid, match=r"plan\.gpkg is empty"):
        read_all(tmp_path, "plan.gpkg")


@pytest.mark.parametrize("share", [0.02, 0.5, 0.97])
@pytest.mark.parametrize("ending", [".gpkg", ".shp", ".fgb", ".geojson", ".parquet", ".kml"])
def test_a_truncated_file_is_named_and_nothing_of_it_is_used(
    tmp_path: Path, ending: str, share: float
) -> None:
    shapes = [in_degrees(a_box(x=25 * number)) for number in range(400)]
    path = write(tmp_path / f"plots{ending}", shapes, number=[str(number) for number in range(400)])
    assert read_all(tmp_path, path.name) == 400
    os.truncate(path, max(int(path.stat().st_size * share), 20))
    with pytest.raises(Invalid, match=rf"plots\{ending}") as caught:
        read_all(tmp_path, path.name)
    assert "again" in caught.value.message or "Export" in caught.value.message


def test_a_shapefile_needs_its_parts(tmp_path: Path) -> None:
    write(tmp_path / "plots.shp", [in_degrees(a_box(x=25 * number)) for number in range(9)], number=["1"] * 9)
    os.truncate(tmp_path / "plots.dbf", 200)
    with pytest.raises(Invalid, match=r"plots\.dbf is not whole"):
        read_all(tmp_path, "plots.shp")
    (tmp_path / "plots.dbf").unlink()
    with pytest.raises(Invalid, match=r"plots\.dbf is missing beside it"):
        read_all(tmp_path, "plots.shp")


def test_a_shapefile_comes_as_a_folder_or_packed(tmp_path: Path, space: Path) -> None:
    folder = tmp_path / "sheet"
    folder.mkdir()
    write(folder / "plots.shp", [in_degrees(a_box())], number=["1"])
    shutil.make_archive(str(tmp_path / "sheet"), "zip", folder)
    assert (
        read_all(tmp_path, "sheet")
        == read_all(tmp_path, "sheet.zip")
        == read_all(tmp_path, "sheet/plots.shp")
        == 1
    )


def test_what_a_mac_packs_beside_a_map_is_no_map(tmp_path: Path, space: Path, plots: bytes) -> None:
    archive(tmp_path, {"plots.gpkg": plots, "__MACOSX/._plots.gpkg": b"x", ".hidden.csv": b"x"})
    assert read_all(tmp_path, "town.zip") == 1


def test_a_missing_file_is_named_with_the_nearest_there_is(tmp_path: Path, plots: bytes) -> None:
    with pytest.raises(NotFound, match=r"no file “maed\.gpkg”.*Did you mean “made\.gpkg”"):
        read_all(tmp_path, "maed.gpkg")


@pytest.mark.parametrize("file", ["../made.gpkg", "/etc/passwd", "a/../../made.gpkg"])
def test_a_mapping_cannot_reach_outside_its_folder(tmp_path: Path, plots: bytes, file: str) -> None:
    (tmp_path / "in").mkdir()
    with pytest.raises(Invalid, match="leads out of the folder"):
        read_all(tmp_path / "in", file)


def test_the_table_has_to_be_named_where_there_are_several(tmp_path: Path) -> None:
    for table in ("plots", "roads"):
        write(tmp_path / "town.gpkg", [in_degrees(a_box())], table=table, number=["1"])
    with pytest.raises(Invalid, match=r"several tables \(plots, roads\)"):
        read_all(tmp_path, "town.gpkg")
    with pytest.raises(Invalid, match=r"no table “lanes”. It has: plots, roads"):
        read_all(tmp_path, "town.gpkg", table="lanes")
    assert read_all(tmp_path, "town.gpkg", table="roads") == 1


def test_a_field_that_is_not_there_is_answered_with_the_nearest(tmp_path: Path, plots: bytes) -> None:
    with open_table(tmp_path, "made.gpkg", None, Hints()) as table:
        check_fields(table, "made.gpkg", [("fields.number", "number")])
        with pytest.raises(
            Invalid,
            match=r"`fields\.number` names the field “Numbr”, which the table lacks; the nearest is “number”",
        ):
            check_fields(table, "made.gpkg", [("fields.number", "Numbr")])
        with pytest.raises(Invalid, match="lacks; it has number"):
            check_fields(table, "made.gpkg", [("fields.ulpin", "XYZ")])


def test_a_table_without_any_field_is_called_empty_and_not_the_mapping_wrong(tmp_path: Path) -> None:
    (tmp_path / "made.geojson").write_text('{"type": "FeatureCollection", "features": []}', encoding="utf-8")
    with open_table(tmp_path, "made.geojson", None, Hints()) as table:
        check_fields(table, "made.geojson", [])
        with pytest.raises(
            Invalid, match=r"^made.geojson, table made: it is empty, or .* Get the file again"
        ):
            check_fields(table, "made.geojson", [("fields.number", "number")])


def test_letters_in_another_encoding_need_its_name(tmp_path: Path) -> None:
    write(tmp_path / "plots.shp", [in_degrees(a_box())], name=["Pala XX"])
    table = tmp_path / "plots.dbf"
    table.write_bytes(table.read_bytes().replace(b"XX", b"\xe9\xe8"))
    with open_table(tmp_path, "plots.shp", None, Hints(encoding="cp1252")) as opened:
        (batch,) = opened.batches(["name"])
        assert batch.columns["name"].to_pylist() == ["Pala éè"]
    with pytest.raises(Invalid, match=r"plots\.shp.*encoding"):
        read_named(tmp_path, "plots.shp")


def read_named(folder: Path, file: str) -> list[str]:
    """The names that a file gives."""
    with open_table(folder, file, None, Hints()) as opened:
        return [name for batch in opened.batches(["name"]) for name in batch.columns["name"].to_pylist()]


def test_an_archive_whose_entries_contradict_each_other_is_refused(tmp_path: Path, space: Path) -> None:
    name = archive(tmp_path, {"plots": b"x", "plots/town.gpkg": b"y"})
    with pytest.raises(Invalid, match=r"town\.zip cannot be unpacked"):
        read_all(tmp_path, name)
    assert list(space.iterdir()) == []
