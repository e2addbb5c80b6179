"""What is kept of whom: the notice for everyone, and each person's own page.

In: requests.  Out: pages; after erasure, the first page.
"""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from civic.core.doors.form import FormDep, Identifier, see
from civic.core.http import ANYONE, SIGNED_IN, TownDep, TownRoute, allowed, cookie_of, page
from civic.core.owners import know_no_more, known_owners, plots_of_party
from civic.core.passkeys import passkeys_of
from civic.core.people import postings
from civic.core.privacy.looks import MOST, erase, looks_at
from civic.core.privacy.notice import notice
from gis.errors import Invalid, NotFound

router = APIRouter(route_class=TownRoute, include_in_schema=False)


@router.get("/town/{body}/privacy", dependencies=[allowed(ANYONE)])
def privacy(request: Request, town: TownDep) -> Response:
    """Every personal field, why it is kept, for how long."""
    return page(request, "town/privacy/notice.html", town=town, fields=notice())


@router.get("/town/{body}/me", dependencies=[allowed(SIGNED_IN)])
def me(
    request: Request, town: TownDep, before: Annotated[int | None, Query(ge=0, lt=2**62)] = None
) -> Response:
    """What is kept of who reads, and who looked at it: the newest looks, and from there back to the first."""
    who = town.who().person
    looks = looks_at(town.session, who.id, before=before)
    known = known_owners(town.session, person_id=who.id)
    return page(
        request,
        "town/privacy/me.html",
        town=town,
        who=who,
        looks=looks,
        onward=f"{town.path}/me?before={looks[-1].id}#looks" if len(looks) == MOST else None,
        is_first=before is None,
        passkeys=passkeys_of(town.session, who.id),
        held=postings(town.session, on=None, person_id=who.id),
        known=[
            (each, plots_of_party(town.session, town.body, each.party_id, on=town.today)) for each in known
        ],
    )


@router.post("/town/{body}/me/owner/{known}/end", dependencies=[allowed(SIGNED_IN)])
def not_an_owner(town: TownDep, known: Identifier) -> Response:
    """Take back that I am known as an owner."""
    who = town.who().person.id
    if known not in {each.id for each in known_owners(town.session, person_id=who)}:
        raise NotFound("You are not known as an owner under this number.")
    know_no_more(town.session, known, by=who, now=town.now)
    return see(f"{town.path}/me")


@router.post("/town/{body}/me/erase", dependencies=[allowed(SIGNED_IN)])
def erase_me(town: TownDep, form: FormDep) -> Response:
    """Forget who asks for it, once they have said so twice."""
    if form.get("sure") != "yes":
        raise Invalid("Tick that you are sure; it cannot be undone.")
    erase(town.session, town.who().person.id, on=town.today, now=town.now)
    answer = see(town.path)
    answer.delete_cookie(cookie_of(town.body.code), path="/")
    return answer
