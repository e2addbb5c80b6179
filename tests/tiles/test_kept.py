"""What is kept of drawn tiles is what was drawn, never takes more room than it has, and gives way in the order of asking."""

import pytest

from tiles.kept import Body, Kept, _size


def body(length: int) -> Body:
    return Body(content=b"x" * length, is_packed=False)


def test_a_tile_is_found_under_its_own_key_alone() -> None:
    kept = Kept()
    kept.put(("town", 1), body(3))
    assert kept.get(("town", 1)) == body(3)
    assert kept.get(("town", 2)) is None


def test_what_was_asked_for_longest_ago_gives_way() -> None:
    kept = Kept(3 * _size(body(10)))
    for key in "abc":
        kept.put(key, body(10))
    kept.get("a")
    kept.put("d", body(10))
    assert [key for key in "abcd" if kept.get(key)] == ["a", "c", "d"]


@pytest.mark.parametrize(("length", "stays"), [(100, True), (101, False)])
def test_what_is_larger_than_all_the_room_is_not_kept(length: int, stays: bool) -> None:
    kept = Kept(_size(body(100)))
    kept.put("a", body(length))
    assert (kept.get("a") is not None) == stays


def test_the_same_tile_put_down_again_takes_its_room_once() -> None:
    kept = Kept(2 * _size(body(10)))
    for _ in range(5):
        kept.put("a", body(10))
    kept.put("b", body(10))
    assert kept.get("a")
    assert kept.get("b")
    kept.put("c", body(10))
    assert kept.get("a") is None


def test_empty_tiles_take_room_too() -> None:
    kept = Kept(10 * _size(body(0)))
    for key in range(11):
        kept.put(key, body(0))
    assert kept.get(0) is None
    assert kept.get(10) is not None


def test_without_room_nothing_is_kept() -> None:
    kept = Kept(0)
    kept.put("a", body(0))
    assert kept.get("a") is None
