"""A photograph says where and when it was taken, if it does; a published copy says neither."""

import io
from datetime import UTC, datetime

import pytest
from PIL import ExifTags, Image

from civic.permits.nearness import Fix
from civic.permits.photos import LONGEST_SIDE, Inside, inside, without_metadata
from gis.errors import Invalid, TooLarge
from tests.civic.permits.pictures import a_photo

KOCHI, TAKEN = (76.2673, 9.9312), datetime(2026, 11, 18, 6, 30, tzinfo=UTC)


def test_place_and_time_are_read_out_of_the_file() -> None:
    found = inside(a_photo(at=KOCHI, taken=TAKEN, accuracy=4.5), time_zone="Asia/Kolkata")
    assert found.fix is not None
    assert (found.fix.longitude, found.fix.latitude) == pytest.approx(KOCHI, abs=1e-6)
    assert found.fix.accuracy == pytest.approx(4.5)
    assert found.taken == TAKEN


def test_south_and_west_are_negative() -> None:
    assert inside(a_photo(at=(-70.5, -33.25)), time_zone="UTC").fix == Fix(longitude=-70.5, latitude=-33.25)


@pytest.mark.parametrize(
    ("written", "offset", "expected"),
    [
        ("2026:11:18 12:00:00", None, TAKEN),
        ("2026:11:18 06:30:00", "+00:00", TAKEN),
        ("2026:02:30 06:30:00", None, None),
        ("    :  :     :  :  ", None, None),
    ],
)
def test_a_clock_without_zone_is_the_local_bodys(
    written: str, offset: str | None, expected: datetime | None
) -> None:
    picture = Image.new("RGB", (8, 8))
    exif = picture.getexif()
    own = exif.get_ifd(ExifTags.IFD.Exif)
    own[ExifTags.Base.DateTimeOriginal] = written
    if offset:
        own[ExifTags.Base.OffsetTimeOriginal] = offset
    made = io.BytesIO()
    picture.save(made, "JPEG", exif=exif)
    assert inside(made.getvalue(), time_zone="Asia/Kolkata").taken == expected


@pytest.mark.parametrize(
    "data",
    [b"", b"no picture", a_photo(at=KOCHI)[:200], b"%PDF-1.7\n", a_photo(at=(0.0, 0.0)), a_photo()],
)
def test_a_file_that_tells_nothing_is_no_fault(data: bytes) -> None:
    assert inside(data, time_zone="Asia/Kolkata") == Inside()


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_every_byte_of_a_picture_may_be_harmed() -> None:
    whole = a_photo(at=KOCHI, taken=TAKEN)
    for place in range(0, len(whole), 7):
        harmed = bytearray(whole)
        harmed[place] ^= 0xFF
        found = inside(bytes(harmed), time_zone="Asia/Kolkata")
        assert found.fix is None or abs(found.fix.latitude) <= 90


def test_a_published_copy_keeps_the_picture_and_nothing_else() -> None:
    whole = a_photo(at=KOCHI, taken=TAKEN, size=(LONGEST_SIDE + 400, 100), orientation=6)
    assert b"Privatha" in whole
    copy = without_metadata(whole)
    assert b"Privatha" not in copy
    assert b"Exif" not in copy
    with Image.open(io.BytesIO(copy)) as picture:
        assert not dict(picture.getexif())
        assert picture.height == LONGEST_SIDE, "turned upright, and no longer than that"
        assert picture.width < picture.height


def test_what_is_no_picture_has_no_copy() -> None:
    with pytest.raises(Invalid):
        without_metadata(b"%PDF-1.7\n")


def test_a_picture_that_swells_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("civic.permits.photos.MOST_PIXELS", 64 * 48 - 1)
    with pytest.raises(TooLarge):
        without_metadata(a_photo())
