"""Who holds what: shares that add up, dates on both sides, what was believed."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from sqlalchemy.orm import Session

from gis.asof import AsOf
from gis.errors import Conflict, Invalid
from gis.parcels.changes import divide, merge, resurvey
from gis.parcels.model import ParcelGone, ParcelNotFound, Span
from gis.parcels.queries import lifetime
from gis.parties.changes import correct, discharge, grant, transfer
from gis.parties.model import (
    WHOLE,
    Instrument,
    NewRight,
    PartyKind,
    PartyNotFound,
    Right,
    RightKind,
    RightNotFound,
    Share,
    SharesNotWhole,
    Source,
)
from gis.parties.people import rename
from gis.parties.queries import owners, party, rights_of, rights_on, title_history
from gis.place import Jurisdiction
from gis.recordings import last_recording
from tests.builders import LONG_AGO, a_new_parcel, a_parcel, a_place, halves, now
from tests.gis.parties.holders import (
    DAY_BEFORE,
    DEED,
    REGISTER,
    SOLD,
    a_mortgage,
    a_party,
    a_town,
    equal,
    held,
    parties,
    settle,
    sold,
)


@pytest.fixture
def place(session: Session) -> Jurisdiction:
    return a_town(session)


# Owners.


def test_nothing_recorded_is_not_nobody(session: Session, place: Jurisdiction) -> None:
    assert owners(session, place, "12/104", at=now(session, place)) == []


def test_a_transfer_holds_from_its_day_and_not_the_day_before(session: Session, place: Jurisdiction) -> None:
    ammini, beeran, chacko = parties(session, place, "Ammini", "Beeran", "Chacko")
    sold(session, place, equal([ammini]), on=LONG_AGO)
    sold(session, place, equal([beeran, chacko]))
    assert held(session, place, DAY_BEFORE) == {"Ammini": WHOLE}
    assert held(session, place, SOLD) == {"Beeran": Fraction(1, 2), "Chacko": Fraction(1, 2)}
    settle(session)


def test_a_right_says_all_about_itself(session: Session, place: Jurisdiction) -> None:
    ammini = a_party(session, place)
    (right,) = sold(session, place, equal([ammini]))
    assert (right.number, right.kind, right.party) == ("12/104", RightKind.OWNERSHIP, ammini)
    assert (right.source, right.begun_by, right.ended_by) == (REGISTER, DEED, None)
    assert (right.valid, right.recorded.ends) == (Span(begins=SOLD, ends=None), None)


def test_what_ended_says_by_which_instrument(session: Session, place: Jurisdiction) -> None:
    ammini, beeran = parties(session, place, "Ammini", "Beeran")
    patta = Instrument(title="patta 7/1990", dated=LONG_AGO)
    transfer(session, place, "12/104", to=equal([ammini]), on=LONG_AGO, instrument=patta, source=REGISTER)
    sold(session, place, equal([beeran]))
    first, second = title_history(session, place, "12/104", known=last_recording(session, place.code))
    assert (first.party.name, first.begun_by, first.ended_by) == ("Ammini", patta, DEED)
    assert (first.valid, second.valid) == (Span(begins=LONG_AGO, ends=SOLD), Span(begins=SOLD, ends=None))
    assert (second.party.name, second.begun_by, second.ended_by) == ("Beeran", DEED, None)


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        (["1/2", "1/3"], "add up to 5/6, not to 1: 1/6 is missing"),
        (["1/2", "1/3", "1/5"], "add up to 31/30, not to 1: 1/30 too much"),
        (["999999/1000000"], "1/1000000 is missing"),
        ([], "add up to 0"),
    ],
)
def test_shares_that_do_not_add_up_are_refused(
    session: Session, place: Jurisdiction, parts: list[str], message: str
) -> None:
    holders = parties(session, place, *(f"Heir {i}" for i in range(len(parts))))
    to = [Share(party=holder.id, part=Fraction(part)) for holder, part in zip(holders, parts, strict=True)]
    before = last_recording(session, place.code)
    with pytest.raises(SharesNotWhole, match=message):
        sold(session, place, to)
    assert last_recording(session, place.code) == before
    assert held(session, place, SOLD) == {}


@pytest.mark.parametrize(
    "parts", [["1/3", "1/3", "1/3"], ["1/7", "2/7", "4/7"], ["1/6", "1/10", "11/15"], ["1"]]
)
def test_thirds_and_sevenths_add_up_exactly(session: Session, place: Jurisdiction, parts: list[str]) -> None:
    holders = parties(session, place, *(f"Heir {i}" for i in range(len(parts))))
    to = [Share(party=holder.id, part=Fraction(part)) for holder, part in zip(holders, parts, strict=True)]
    assert sum(right.part for right in sold(session, place, to)) == 1
    settle(session)


@pytest.mark.parametrize("part", ["0", "-1/2", "3/2"])
def test_a_share_is_more_than_nothing_and_at_most_all(
    session: Session, place: Jurisdiction, part: str
) -> None:
    holders = parties(session, place, "Ammini", "Beeran")
    to = [
        Share(party=holders[0].id, part=Fraction(part)),
        Share(party=holders[1].id, part=1 - Fraction(part)),
    ]
    with pytest.raises(Invalid, match="cannot be held"):
        sold(session, place, to)


def test_nobody_is_an_owner_twice(session: Session, place: Jurisdiction) -> None:
    ammini = a_party(session, place)
    with pytest.raises(Invalid, match="named twice"):
        sold(session, place, [Share(party=ammini.id, part=Fraction(1, 2))] * 2)


def test_only_who_is_known_on_the_day_can_own(session: Session, place: Jurisdiction) -> None:
    later = a_party(session, place, on=date(2015, 3, 3))
    elsewhere = a_party(session, a_place(session, "elsewhere"))
    for holder in (later.id, elsewhere.id, 10**9):
        with pytest.raises(PartyNotFound, match="record it first"):
            sold(session, place, [Share(party=holder, part=WHOLE)])


def test_only_standing_land_is_owned(session: Session, place: Jurisdiction) -> None:
    ammini = a_party(session, place, on=date(1900, 1, 1))
    with pytest.raises(ParcelNotFound, match="does not exist yet"):
        sold(session, place, equal([ammini]), on=date(1989, 12, 31))
    with pytest.raises(ParcelNotFound):
        transfer(session, place, "99/9", to=equal([ammini]), on=SOLD, instrument=DEED, source=REGISTER)


def test_a_right_rests_on_an_instrument(session: Session, place: Jurisdiction) -> None:
    ammini = a_party(session, place)
    nameless = replace(DEED, title="  ")
    with pytest.raises(Invalid, match="instrument"):
        transfer(session, place, "12/104", to=equal([ammini]), on=SOLD, instrument=nameless, source=REGISTER)


def test_a_sale_between_recorded_ones_must_be_corrected_first(session: Session, place: Jurisdiction) -> None:
    ammini, beeran = parties(session, place, "Ammini", "Beeran")
    sold(session, place, equal([ammini]), on=LONG_AGO)
    sold(session, place, equal([beeran]))
    with pytest.raises(Conflict, match="change on 2015-03-02 already"):
        sold(session, place, equal([beeran]), on=DAY_BEFORE)


def test_a_correction_reaches_to_the_next_change_and_no_further(
    session: Session, place: Jurisdiction
) -> None:
    ammini, beeran, chacko = parties(session, place, "Ammini", "Beeran", "Chacko")
    sold(session, place, equal([ammini]), on=LONG_AGO)
    sold(session, place, equal([beeran]))
    decree = Instrument(title="decree in O.S. 12/2020", dated=date(2020, 1, 1))
    since = date(2000, 1, 1)
    correct(
        session,
        place,
        "12/104",
        to=equal([ammini, chacko]),
        on=since,
        instrument=decree,
        source=Source.VERIFIED,
    )
    assert held(session, place, date(1999, 12, 31)) == {"Ammini": WHOLE}
    assert held(session, place, since) == {"Ammini": Fraction(1, 2), "Chacko": Fraction(1, 2)}
    assert held(session, place, DAY_BEFORE) == {"Ammini": Fraction(1, 2), "Chacko": Fraction(1, 2)}
    assert held(session, place, SOLD) == {"Beeran": WHOLE}
    settle(session)


def test_there_is_nothing_to_correct_where_nothing_is_recorded(session: Session, place: Jurisdiction) -> None:
    ammini = a_party(session, place)
    with pytest.raises(Conflict, match="record a transfer"):
        correct(session, place, "12/104", to=equal([ammini]), on=SOLD, instrument=DEED, source=REGISTER)


@pytest.mark.parametrize(
    ("known_from", "then", "is_taken"),
    [
        (Source.DECLARED, Source.DECLARED, True),
        (Source.DECLARED, Source.REGISTER, True),
        (Source.REGISTER, Source.DECLARED, False),
        (Source.VERIFIED, Source.DECLARED, False),
        (Source.VERIFIED, Source.REGISTER, True),
    ],
)
def test_a_declaration_does_not_displace_what_is_known_better(
    session: Session, place: Jurisdiction, known_from: Source, then: Source, is_taken: bool
) -> None:
    ammini, beeran = parties(session, place, "Ammini", "Beeran")
    sold(session, place, equal([ammini]), on=LONG_AGO, source=known_from)
    if is_taken:
        assert sold(session, place, equal([beeran]), source=then)[0].source == then
        return
    with pytest.raises(Conflict, match=f"known from {known_from}"):
        sold(session, place, equal([beeran]), source=then)
    assert held(session, place, SOLD) == {"Ammini": WHOLE}


def test_what_we_believed_in_may_about_january(session: Session, place: Jurisdiction) -> None:
    ammini, beeran = parties(session, place, "Ammini", "Beeran")
    sold(session, place, equal([ammini]), on=LONG_AGO)
    before = last_recording(session, place.code)
    sold(session, place, equal([beeran]), on=LONG_AGO)
    then = AsOf(on=SOLD, known=before)
    assert [right.party.name for right in owners(session, place, "12/104", at=then)] == ["Ammini"]
    assert held(session, place, SOLD) == {"Beeran": WHOLE}
    settle(session)


# The land under the rights.


def test_what_was_held_on_a_divided_parcel_is_history(session: Session, place: Jurisdiction) -> None:
    ammini = a_party(session, place)
    sold(session, place, equal([ammini]), on=LONG_AGO)
    land = a_new_parcel(width=40).boundary
    divide(session, place, "12/104", into=halves(land), on=SOLD, instrument="partition")  # type: ignore[arg-type]
    with pytest.raises(ParcelGone):
        owners(session, place, "12/104", at=now(session, place, SOLD))
    assert held(session, place, DAY_BEFORE) == {"Ammini": WHOLE}
    assert held(session, place, SOLD, "12/104-1") == {}
    assert rights_of(session, place, ammini.id, at=now(session, place, SOLD)) == []
    assert len(rights_of(session, place, ammini.id, at=now(session, place, DAY_BEFORE))) == 1


def test_what_remains_under_its_number_keeps_its_owner(session: Session, place: Jurisdiction) -> None:
    ammini = a_party(session, place)
    sold(session, place, equal([ammini]), on=LONG_AGO)
    rest, part = halves(a_new_parcel(width=40).boundary, ("12/104", "12/104-1"))  # type: ignore[arg-type]
    divide(session, place, "12/104", into=[rest, part], on=SOLD, instrument="partition")
    assert held(session, place, SOLD) == {"Ammini": WHOLE}
    assert lifetime(session, place, "12/104", at=now(session, place)) == Span(begins=LONG_AGO, ends=None)
    assert [right.number for right in rights_of(session, place, ammini.id, at=now(session, place))] == [
        "12/104"
    ]


@pytest.mark.parametrize("again_on", [SOLD, date(2018, 1, 1)])
def test_a_number_used_again_does_not_inherit_an_owner(
    session: Session, place: Jurisdiction, again_on: date
) -> None:
    ammini, beeran = parties(session, place, "Ammini", "Beeran")
    sold(session, place, equal([ammini]), on=LONG_AGO)
    land = a_new_parcel(width=40).boundary
    divide(session, place, "12/104", into=halves(land), on=SOLD, instrument="partition")  # type: ignore[arg-type]
    a_parcel(session, place, "12/300", x=500)
    resurvey(session, place, ["12/300"], into=[a_new_parcel(x=500)], on=again_on, instrument="resurvey")
    today = now(session, place)
    assert lifetime(session, place, "12/104", at=today).begins == again_on
    assert lifetime(session, place, "12/104", at=now(session, place, DAY_BEFORE)).ends == SOLD
    assert held(session, place, today.on) == {}
    assert rights_of(session, place, ammini.id, at=today) == []
    sold(session, place, equal([beeran]), on=again_on)
    assert held(session, place, today.on) == {"Beeran": WHOLE}
    settle(session)


def test_a_division_that_was_undone_leaves_the_owner(session: Session, place: Jurisdiction) -> None:
    ammini = a_party(session, place)
    sold(session, place, equal([ammini]), on=LONG_AGO)
    whole = a_new_parcel(width=40)
    divide(session, place, "12/104", into=halves(whole.boundary), on=SOLD, instrument="deed")  # type: ignore[arg-type]
    merge(session, place, ["12/104-1", "12/104-2"], into=whole, on=SOLD, instrument="decree: set aside")
    assert held(session, place, SOLD) == {"Ammini": WHOLE}


# Rights beside ownership.


def mortgages(session: Session, place: Jurisdiction, on: date) -> list[Right]:
    return rights_on(session, place, "12/104", at=now(session, place, on), kind=RightKind.MORTGAGE)


def test_a_mortgage_stands_beside_the_owners(session: Session, place: Jurisdiction) -> None:
    sold(session, place, equal([a_party(session, place)]), on=LONG_AGO)
    mortgage = a_mortgage(session, place)
    assert (mortgage.kind, mortgage.part, mortgage.terms) == (RightKind.MORTGAGE, WHOLE, "loan 88/2015")
    assert mortgages(session, place, DAY_BEFORE) == []
    assert mortgages(session, place, SOLD) == [mortgage]
    all_rights = rights_on(session, place, "12/104", at=now(session, place, SOLD))
    assert [right.kind for right in all_rights] == [RightKind.MORTGAGE, RightKind.OWNERSHIP]
    settle(session)


@pytest.mark.parametrize(("on", "holds"), [(date(2019, 12, 31), True), (date(2020, 1, 1), False)])
def test_a_lease_for_a_term_ends_by_itself(
    session: Session, place: Jurisdiction, on: date, holds: bool
) -> None:
    tenant = a_party(session, place)
    lease = NewRight(kind=RightKind.LEASE, party=tenant.id)
    how = {"on": SOLD, "until": date(2020, 1, 1), "instrument": DEED, "source": REGISTER}
    grant(session, place, "12/104", right=lease, **how)  # type: ignore[arg-type]
    assert bool(rights_on(session, place, "12/104", at=now(session, place, on))) is holds


def test_a_discharge_holds_from_its_day_and_names_its_instrument(
    session: Session, place: Jurisdiction
) -> None:
    mortgage = a_mortgage(session, place)
    release = Instrument(title="release deed 9/2019", dated=date(2019, 5, 30))
    paid = date(2019, 6, 1)
    discharge(session, place, "12/104", mortgage.id, on=paid, instrument=release)
    (was,) = mortgages(session, place, date(2019, 5, 31))
    assert (was.begun_by, was.ended_by, was.valid) == (DEED, release, Span(begins=SOLD, ends=paid))
    assert mortgages(session, place, paid) == []
    with pytest.raises(RightNotFound):
        discharge(session, place, "12/104", mortgage.id, on=paid, instrument=release)


def test_a_right_discharged_from_its_first_day_never_was(session: Session, place: Jurisdiction) -> None:
    mortgage = a_mortgage(session, place)
    before = last_recording(session, place.code)
    discharge(session, place, "12/104", mortgage.id, on=SOLD, instrument=DEED)
    assert title_history(session, place, "12/104", known=last_recording(session, place.code)) == []
    (was,) = title_history(session, place, "12/104", known=before)
    assert (was.id, was.valid) == (mortgage.id, mortgage.valid)


def test_ownership_is_neither_granted_nor_discharged(session: Session, place: Jurisdiction) -> None:
    ammini = a_party(session, place)
    (right,) = sold(session, place, equal([ammini]))
    new = NewRight(kind=RightKind.OWNERSHIP, party=ammini.id)
    with pytest.raises(Invalid, match="transferred"):
        grant(session, place, "12/104", right=new, on=SOLD, instrument=DEED, source=REGISTER)
    with pytest.raises(Invalid, match="transfer it"):
        discharge(session, place, "12/104", right.id, on=date(2020, 1, 1), instrument=DEED)


def test_a_term_that_ends_before_it_begins_is_refused(session: Session, place: Jurisdiction) -> None:
    with pytest.raises(Invalid, match="cannot end"):
        a_mortgage(session, place, until=SOLD)


# Names.


def test_a_name_holds_from_its_day_and_not_the_day_before(session: Session, place: Jurisdiction) -> None:
    ammini = a_party(session, place, "Ammini")
    renamed = rename(session, place, ammini.id, name="  Ammini   Amma ", on=SOLD)
    assert (renamed.name, renamed.id, renamed.kind) == ("Ammini Amma", ammini.id, PartyKind.PERSON)
    assert party(session, place, ammini.id, at=now(session, place, DAY_BEFORE)).name == "Ammini"
    assert party(session, place, ammini.id, at=now(session, place, SOLD)).name == "Ammini Amma"


def test_an_owner_answers_under_the_name_of_the_day(session: Session, place: Jurisdiction) -> None:
    ammini = a_party(session, place, "Ammini")
    sold(session, place, equal([ammini]), on=LONG_AGO)
    before = last_recording(session, place.code)
    rename(session, place, ammini.id, name="Ammini Amma", on=SOLD)
    assert held(session, place, DAY_BEFORE) == {"Ammini": WHOLE}
    assert held(session, place, SOLD) == {"Ammini Amma": WHOLE}
    then = owners(session, place, "12/104", at=AsOf(on=SOLD, known=before))
    assert [right.party.name for right in then] == ["Ammini"]


def test_a_party_needs_a_name_and_is_not_known_before_it(session: Session, place: Jurisdiction) -> None:
    with pytest.raises(Invalid, match="name"):
        a_party(session, place, "  ")
    ammini = a_party(session, place, on=SOLD)
    with pytest.raises(PartyNotFound):
        party(session, place, ammini.id, at=now(session, place, DAY_BEFORE))
