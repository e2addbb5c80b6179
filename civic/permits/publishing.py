"""Words of an officer that are published: they must tell of the building, and of no person.

In: words, a case with its parties.  Out: nothing, or `Invalid` that says what must be taken out.  Names are those of the case's parties and
of the owners in the register; numbers and addresses are whatever looks like one, whoever's it is.
"""

import re
from collections.abc import Iterator

from sqlalchemy import or_, select

from civic.core.case import parcels_of
from civic.core.desk import Desk
from civic.core.owners import recorded_owners
from civic.core.tables import CasePartyRow, PersonRow
from civic.permits.tables import PermitCaseRow
from gis.errors import Invalid

SHORTEST = 4
"""Letters of a part of a name that is looked for by itself; shorter ones are initials and everyday words."""
NUMBERS = (
    (re.compile(r"[^@\s]+@[\w-]+(\.[\w-]+)+"), "an e-mail address"),
    (re.compile(r"(?<!\d)(?:\+?91[\s-]?)?[6-9]\d{4}[\s-]?\d{5}(?!\d)"), "a telephone number"),
    (re.compile(r"(?<!\d)0\d{2,4}[\s-]\d{6,8}(?!\d)"), "a telephone number"),
    (re.compile(r"(?<!\d)\d{4}[\s-]?\d{4}[\s-]?\d{4}(?!\d)"), "a number of identity"),
)


def check_publishable(desk: Desk, case_id: int, words: str) -> None:
    """Refuse words to be published that name a party of a case, or tell a telephone number, an address or a number of identity."""
    for pattern, what in NUMBERS:
        if found := pattern.search(words):
            raise _private(f"“{found[0].strip()}” is {what}")
    for name in _names(desk, case_id):
        if part := _named_in(name, words):
            raise _private(f"“{part}” is the name of a party")


def _private(what: str) -> Invalid:
    return Invalid(
        f"These words are published for everyone, and {what}; take it out and say “the owner” or “the licensee”.",
        code="names-a-person",
    )


def _named_in(name: str, words: str) -> str | None:
    """The part of a name that stands in words: the whole of it in any case, or a longer part of it as it is written."""
    if _stands(name.casefold(), words.casefold()):
        return name
    parts = [each.strip(".,") for each in name.split()]
    return next((each for each in parts if len(each) >= SHORTEST and _stands(each, words)), None)


def _stands(name: str, words: str) -> bool:
    """Whether a name stands in words; a Malayalam one also with an ending, since endings are written to it."""
    if not name:
        return False
    ending = r"(?!\w)" if name.isascii() else ""
    return re.search(rf"(?<!\w){re.escape(name)}{ending}", words) is not None


def _names(desk: Desk, case_id: int) -> Iterator[str]:
    """The names of a case's parties, of whom its form names, and of the owners of its plots in the register."""
    session = desk.session
    row = session.get_one(PermitCaseRow, case_id)
    parties = select(CasePartyRow.person_id).where(CasePartyRow.case_id == case_id)
    query = select(PersonRow.name).where(or_(PersonRow.id.in_(parties), PersonRow.id == row.licensee_id))
    yield from session.scalars(query.order_by(PersonRow.id))
    if said := row.asked.get("new_holder"):
        yield str(said)
    held = recorded_owners(session, desk.body, parcels_of(session, case_id), on=desk.today)
    yield from (each.name for each in held)
