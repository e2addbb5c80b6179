"""The place of a question in time."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from gis.asof import AsOf
from gis.errors import Invalid

INDIA = timezone(timedelta(hours=5, minutes=30))


def test_an_instant_without_a_time_zone_is_refused() -> None:
    with pytest.raises(Invalid, match="time zone"):
        AsOf(on=date(2026, 1, 1), known=datetime(2026, 5, 3))  # noqa: DTZ001


def test_a_day_is_not_an_instant() -> None:
    with pytest.raises(Invalid, match="day"):
        AsOf(on=datetime(2026, 1, 1, tzinfo=UTC), known=datetime(2026, 5, 3, tzinfo=UTC))


def test_the_same_instant_in_another_time_zone_is_the_same_question() -> None:
    india = AsOf(on=date(2026, 1, 1), known=datetime(2026, 5, 3, 5, 30, tzinfo=INDIA))
    utc = AsOf(on=date(2026, 1, 1), known=datetime(2026, 5, 3, tzinfo=UTC))
    assert india == utc
    assert india.known.utcoffset() == timedelta(0)


def test_a_question_needs_both_times_by_name() -> None:
    with pytest.raises(TypeError):
        AsOf(date(2026, 1, 1), datetime(2026, 5, 3, tzinfo=UTC))  # type: ignore[misc]
    with pytest.raises(TypeError):
        AsOf(on=date(2026, 1, 1))  # type: ignore[call-arg]
