"""Shares stay whole and history stays written, whoever writes: what the database itself refuses."""

from datetime import date, datetime
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from gis.asof import AsOf
from gis.errors import Conflict
from gis.parties.changes import correct, transfer
from gis.parties.model import (
    Share,
)
from gis.parties.queries import owners
from gis.place import Jurisdiction
from gis.recordings import last_recording
from tests.builders import a_parcel, a_place, now
from tests.gis.parties.holders import DEED, REGISTER, a_mortgage, a_party, a_town, parties, settle


@pytest.fixture
def place(session: Session) -> Jurisdiction:
    return a_town(session)


def insert_share(session: Session, holder: int, part: str, **other: str) -> None:
    """A share as somebody would write it past our code, with the instrument of the newest right."""
    numerator, denominator = part.split("/")
    values = {
        "jurisdiction": "'test'",
        "number": "'12/104'",
        "kind": "'ownership'",
        "party_id": str(holder),
        "numerator": numerator,
        "denominator": denominator,
        "source": "'declared'",
        "begun_by": "(SELECT max(id) FROM instrument)",
        "valid": "'[2015-03-02,)'",
        "recorded": "'[2020-01-01,)'",
        **other,
    }
    columns, expressions = ", ".join(values), ", ".join(values.values())
    session.execute(text(f"INSERT INTO parcel_right ({columns}) VALUES ({expressions})"))


@pytest.fixture
def two(session: Session, place: Jurisdiction) -> list[int]:
    """Two parties, and an instrument, without any ownership."""
    a_mortgage(session, place)
    return [holder.id for holder in parties(session, place, "Ammini", "Beeran")]


@pytest.mark.parametrize(
    ("first", "second", "is_whole"),
    [
        ({"part": "1/2"}, {"part": "1/2"}, True),
        ({"part": "1/3"}, {"part": "2/3"}, True),
        ({"part": "999999999999/1000000000000"}, {"part": "1/1000000000000"}, True),
        ({"part": "1/2"}, {"part": "1/3"}, False),
        ({"part": "1/2"}, {"part": "500001/1000000"}, False),
        # The second begins a day later, or is recorded an instant later, or ends: 1/2 alone stands in between.
        ({"part": "1/2"}, {"part": "1/2", "valid": "'[2015-03-03,)'"}, False),
        ({"part": "1/2"}, {"part": "1/2", "recorded": "'[2020-01-01 00:00:00.000001,)'"}, False),
        ({"part": "1/2"}, {"part": "1/2", "valid": "'[2015-03-02,2016-01-01)'"}, False),
        ({"part": "1/1"}, {"part": "1/1", "valid": "'[2010-01-01,2015-03-02)'"}, True),
        ({"part": "1/1"}, {"part": "1/1", "valid": "'[2010-01-01,2015-03-03)'"}, False),
        ({"part": "1/1"}, {"part": "1/1", "recorded": "'[2019-01-01,2020-01-01)'"}, True),
        ({"part": "1/1"}, {"part": "1/1", "number": "'12/105'"}, True),
        ({"part": "1/1"}, {"part": "1/2", "kind": "'lease'"}, True),
    ],
)
def test_the_database_keeps_shares_whole_at_every_point_of_both_times(
    session: Session, two: list[int], first: dict[str, str], second: dict[str, str], is_whole: bool
) -> None:
    insert_share(session, two[0], **first)
    insert_share(
        session, two[1], **second
    )  # nothing is said before the commit: a set of shares comes row by row
    if is_whole:
        settle(session)
        return
    with pytest.raises(IntegrityError, match="not to 1"):
        settle(session)


def test_closing_one_share_alone_breaks_the_whole(session: Session, two: list[int]) -> None:
    for holder in two:
        insert_share(session, holder, "1/2")
    settle(session)
    session.execute(
        text(
            "UPDATE parcel_right SET recorded = tstzrange(lower(recorded), '2021-01-01') WHERE party_id = :p"
        ),
        {"p": two[0]},
    )
    with pytest.raises(IntegrityError, match="add up to 1/2, not to 1"):
        settle(session)


def test_a_commit_with_broken_shares_fails_and_keeps_nothing(fresh_engine: Engine) -> None:
    with Session(fresh_engine) as session, session.begin():
        place = a_place(session)
        a_parcel(session, place)
        a_mortgage(session, place)
        ammini = a_party(session, place)
    with Session(fresh_engine) as session:
        insert_share(session, ammini.id, "1/2")
        with pytest.raises(IntegrityError, match="1/2"):
            session.commit()
    with Session(fresh_engine) as session:
        assert owners(session, place, "12/104", at=now(session, place)) == []


@pytest.mark.parametrize(
    ("constraint", "part", "other"),
    [
        ("parcel_right_share_check", "0/1", {}),
        ("parcel_right_share_check", "2/1", {}),
        ("parcel_right_share_check", "-1/-1", {}),
        ("parcel_right_kind_check", "1/1", {"kind": "'gift'"}),
        ("parcel_right_source_check", "1/1", {"source": "'hearsay'"}),
        ("parcel_right_ranges_check", "1/1", {"valid": "'(,2020-01-01)'"}),
        ("parcel_right_ranges_check", "1/1", {"recorded": "'empty'"}),
        ("parcel_right_begun_by_jurisdiction_fkey", "1/1", {"begun_by": "-1"}),
        ("parcel_right_party_id_jurisdiction_fkey", "1/1", {"party_id": "-1"}),
        ("parcel_right_party_id_jurisdiction_fkey", "1/1", {"jurisdiction": "'elsewhere'"}),
    ],
)
def test_a_right_that_cannot_be_is_refused(
    session: Session, two: list[int], constraint: str, part: str, other: dict[str, str]
) -> None:
    a_place(session, "elsewhere")
    with pytest.raises(IntegrityError, match=constraint):
        insert_share(session, two[0], part, **other)


def test_one_party_has_one_share_at_a_time(session: Session, two: list[int]) -> None:
    insert_share(session, two[0], "1/2")
    with pytest.raises(IntegrityError, match="parcel_right_one_share"):
        insert_share(session, two[0], "1/2")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE parcel_right SET numerator = 2, denominator = 2",
        "UPDATE parcel_right SET terms = NULL",
        "UPDATE party SET kind = 'state'",
        "UPDATE party_name SET name = 'Somebody'",
        "UPDATE instrument SET title = 'another deed'",
        "DELETE FROM parcel_right",
        "DELETE FROM party_name",
        "DELETE FROM instrument",
        "TRUNCATE party CASCADE",
        "TRUNCATE parcel_right",
    ],
)
def test_history_is_never_rewritten(session: Session, two: list[int], change: str) -> None:
    with pytest.raises(IntegrityError, match=r"history|never changed"):
        session.execute(text(change))


# Whatever is transferred and corrected, on whatever dates.

DATES = [date(2000 + year, 1, 1) for year in range(6)]
STEP = st.tuples(st.booleans(), st.sampled_from(DATES), st.lists(st.integers(1, 12), min_size=1, max_size=4))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=st.lists(STEP, min_size=1, max_size=6))
def test_owners_are_whole_and_answers_stay_given(
    engine: Engine, steps: list[tuple[bool, date, list[int]]]
) -> None:
    with engine.connect() as connection, connection.begin() as outer:
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            town = a_place(session, "shares")
            a_parcel(session, town)
            holders = parties(session, town, "A", "B", "C", "D")
            given_before: dict[AsOf, dict[str, Fraction]] = {}
            instants: list[datetime] = []
            for is_transfer, on, weights in steps:
                to = [
                    Share(party=holder.id, part=Fraction(weight, sum(weights)))
                    for holder, weight in zip(holders, weights, strict=False)
                ]
                change = transfer if is_transfer else correct
                try:
                    change(session, town, "12/104", to=to, on=on, instrument=DEED, source=REGISTER)
                except Conflict:
                    continue
                settle(session)
                instants.append(last_recording(session, "shares"))
                for at in (AsOf(on=day, known=known) for day in DATES for known in instants):
                    answer = {r.party.name: r.part for r in owners(session, town, "12/104", at=at)}
                    assert sum(answer.values()) == (1 if answer else 0)
                    assert given_before.setdefault(at, answer) == answer
        outer.rollback()
