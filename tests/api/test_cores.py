"""Work shared out to processors comes back in order, never runs far ahead of who takes it, and its errors arrive."""

import operator
from collections.abc import Iterator

import pytest

from api.planner.cores import AHEAD, processors, shared_out, side_by_side

NOTHING = (bool, ())


@pytest.mark.parametrize("cores", [1, 2])
def test_answers_come_in_the_order_of_their_pieces(cores: int) -> None:
    assert list(shared_out(operator.neg, range(12), cores=cores, begun_with=NOTHING)) == [
        -each for each in range(12)
    ]


def test_pieces_wait_until_somebody_takes_what_is_done() -> None:
    asked: list[int] = []

    def pieces() -> Iterator[int]:
        for each in range(100):
            asked.append(each)
            yield each

    answers = shared_out(operator.neg, pieces(), cores=2, begun_with=NOTHING)
    assert [next(answers) for _ in range(3)] == [0, -1, -2]
    assert len(asked) <= 3 + 2 * AHEAD
    answers.close()  # type: ignore[attr-defined]
    assert len(asked) < 100


@pytest.mark.parametrize("cores", [1, 3])
def test_what_waits_is_done_side_by_side_and_comes_in_order(cores: int) -> None:
    asked: list[int] = []
    answers = side_by_side(operator.neg, (asked.append(each) or each for each in range(40)), cores=cores)
    assert [next(answers) for _ in range(3)] == [0, -1, -2]
    assert len(asked) <= 3 + cores * AHEAD
    assert list(answers) == [-each for each in range(3, 40)]
    broken = side_by_side(operator.neg, ["one", 2], cores=cores)
    with pytest.raises(TypeError, match="unary"):
        next(broken)


def test_what_goes_wrong_elsewhere_is_raised_here() -> None:
    answers = shared_out(operator.neg, [1, "two", 3], cores=2, begun_with=NOTHING)
    assert next(answers) == -1
    with pytest.raises(TypeError, match="unary"):
        next(answers)


def test_there_is_a_processor() -> None:
    assert processors() >= 1
