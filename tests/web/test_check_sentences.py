"""Amounts in sentences are written alike, and different amounts never look the same."""

import pytest

from web.check_sentences import days_told, tidy, tidy_step
from web.languages import Language, Wording

NB = "\u00a0"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Move the wall back to 3.0 m.", f"Move the wall back to 3.00{NB}m."),
        ("It is 0.926 m wide.", f"It is 0.93{NB}m wide."),
        ("The plot has 405.00 m², more than 125 m2.", f"The plot has 405.00{NB}m², more than 125.00{NB}m²."),
        ("It is 15568.73 m away.", f"It is 15,568.73{NB}m away."),
        ("Only 2.996 m of 3.0 m.", f"Only 2.996{NB}m of 3.00{NB}m."),
        ("25 litre/m2 of 290.58 m² covered", f"25 litre/m2 of 290.58{NB}m² covered"),
        ("0.0023 kW/m2", "0.0023 kW/m2"),
        ("S.R.O. 1240/2025, 26(4) Table 4", "S.R.O. 1240/2025, 26(4) Table 4"),
        ("2 months and 5 floors", "2 months and 5 floors"),
        ("written on ROOM_4 m", "written on ROOM_4 m"),
        ("", ""),
        ("581.17 m² × Rs 150/m2 = Rs 87175.5", f"581.17{NB}m² × ₹150/m² = ₹87,175.50"),
        ("Rs 703671 in all.", "₹7,03,671 in all."),
        ("Rs 3000.05", "₹3,000.05"),
        ("Rs 5/m of wall", "₹5/m of wall"),
        ("over 1.5 crore Rs.", "over 1.5 crore Rs."),
        ("62.5 percent", f"62.5{NB}%"),
        ("at most 65 percent of the plot", f"at most 65{NB}% of the plot"),
        ("3 ratio, S.R.O. 1240/2025, 27 Table 6", "3, S.R.O. 1240/2025, 27 Table 6"),
        ("1 count", "1"),
        ("26.57 degree", "26.57°"),
        ("of which 2 count as floors", "of which 2 count as floors"),
    ],
)
def test_a_sentence_has_two_decimals(said: str, told: str) -> None:
    assert tidy(said) == told


def test_what_is_tidy_stays_so() -> None:
    once = tidy("Less than 1.0 m of 16.932 m and 15.6 m2.")
    assert tidy(once) == once


def test_a_step_keeps_its_millimetres() -> None:
    step = "average: 15.67 m² between the walls and the boundary / 16.932 m = 0.926 m of 1 m"
    assert tidy_step(step) == (
        f"average: 15.67{NB}m² between the walls and the boundary / 16.932{NB}m = 0.926{NB}m of 1.00{NB}m"
    )


def test_a_day_is_written_as_people_write_it() -> None:
    said = "The office has until 2026-12-07 (BP-2026-00001, 2026-02-30)."
    english, malayalam = (days_told(said, Wording(language=each)) for each in Language)
    assert english == "The office has until 7 December 2026 (BP-2026-00001, 2026-02-30)."
    assert malayalam == "The office has until 2026 ഡിസംബർ 7 (BP-2026-00001, 2026-02-30)."
