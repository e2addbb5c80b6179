"""The town hall put together: which services there are, and who listens to whom.

In: an engine in the service's role.  Out: the `TownHall` behind the doors, and what the worker does every night.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from api.settings import Settings
from civic.core.bodies import LocalBody, bodies_of, enter, inside, local_bodies
from civic.core.case import InboxLine, cases_on
from civic.core.clocks import run_clocks, stranded
from civic.core.confirming import with_passkeys
from civic.core.desk import Advanced
from civic.core.events import subscribe
from civic.core.http import TownHall, cookie_of
from civic.core.jobs import Every, Repeated, Work, whole
from civic.core.messages.wire import check_address
from civic.core.money.model import HeldForPayer, Paying, Settled
from civic.core.oidc import Provider
from civic.core.owners import owns
from civic.core.people import Actor
from civic.core.privacy.looks import forget_old
from civic.core.services import Services, service_kept
from civic.core.sign_in import actor
from civic.core.working_days import day_there
from civic.land_records import service as land_records
from civic.objections import service as objections
from civic.permits import service as permits
from civic.permits.appeals import service as permit_appeals
from civic.permits.audits import nightly as draw_audits
from civic.permits.register import permits_on
from gis.asof import AsOf
from gis.db.session import transaction
from gis.errors import Invalid
from gis.jurisdictions import jurisdiction
from gis.parcels.queries import forebears
from web.plot_halls import CaseOfPlot, DisputeOfPlot, HallOfPlot, PermitOfPlot, Start
from web.town import town_page

SERVICES: Services = MappingProxyType(
    {
        each.name: each
        for each in (land_records.SERVICE, objections.SERVICE, permits.SERVICE, permit_appeals.SERVICE)
    }
)
CLOCKS = Repeated(kind="clocks", every=Every.NIGHT)


def town_hall(engine: Engine, *, passkey_steps: str = "") -> TownHall:
    """The town hall over a database; its services listen to each other from now on."""
    listen()
    named = [each.strip() for each in passkey_steps.split(",") if each.strip()]
    return TownHall(engine=engine, services=with_passkeys(SERVICES, named), render=town_page)


def provider_of(settings: Settings) -> Provider | None:
    """The staff's identity provider, where the settings name one whole."""
    if settings.oidc_issuer is None:
        return None
    if not settings.oidc_client or not settings.oidc_secret:
        raise Invalid("BHUMIKA_OIDC_ISSUER needs BHUMIKA_OIDC_CLIENT and BHUMIKA_OIDC_SECRET beside it.")
    issuer = check_address(settings.oidc_issuer, "BHUMIKA_OIDC_ISSUER")
    return Provider(issuer=issuer, client=settings.oidc_client, secret=settings.oidc_secret)


def listen() -> None:
    """Subscribe every service to what concerns it; again changes nothing."""
    subscribe(Settled, land_records.when_paid)
    subscribe(Advanced, land_records.when_advanced)
    subscribe(Settled, permits.when_paid)
    subscribe(Advanced, permits.when_advanced)
    subscribe(Advanced, permit_appeals.when_advanced)
    for service in (land_records, permits):
        subscribe(Paying, service.when_paying)
        subscribe(HeldForPayer, service.when_held)


def halls_of_plot(
    hall: TownHall, cookies: Mapping[str, str], jurisdiction: str, number: str, *, now: datetime
) -> tuple[HallOfPlot, ...]:
    """What the town halls of a plot's land have on it, according to who looks."""
    with transaction(hall.engine) as session:
        return tuple(
            _hall_of_plot(hall, session, cookies, body.code, number, now=now)
            for body in bodies_of(session, jurisdiction)
        )


def _hall_of_plot(
    hall: TownHall, session: Session, cookies: Mapping[str, str], code: str, number: str, *, now: datetime
) -> HallOfPlot:
    body = enter(session, code)
    secret = cookies.get(cookie_of(code))
    today = day_there(now, body.time_zone)
    who = actor(session, secret, today=today, now=now) if secret else None
    numbers = _numbers_of(session, body, number, AsOf(on=today, known=now))
    lines, own = _cases_for(session, body, who, numbers, today) if who else ([], set())
    disputes = objections.disputes_on(
        session, numbers, jurisdiction=body.jurisdiction, time_zone=body.time_zone
    )
    return HallOfPlot(
        body=body,
        path=f"/town/{code}",
        name=who.person.name if who else None,
        cases=tuple(
            CaseOfPlot(
                number=line.case.number,
                title=service_kept(hall.services, line.case.service).flow.title,
                state=service_kept(hall.services, line.case.service).flow.state_title(line.case.state),
                opened=day_there(line.case.opened, body.time_zone),
                is_open=line.case.id in own,
                former=_former(numbers, line.parcels),
            )
            for line in lines
        ),
        starts=tuple(
            Start(title=each.flow.title, href=f"/town/{code}/{each.begins_at}")
            for each in hall.services.values()
            if each.begins_at
        ),
        permits=tuple(
            PermitOfPlot(
                number=each.number,
                kind=each.kind,
                state=each.state,
                issued=each.issued,
                former=_former(numbers, each.plots),
            )
            for each in permits_on(session, numbers, on=today)
        ),
        disputes={
            each.theme: DisputeOfPlot(
                number=each.number,
                since=each.since,
                upheld=each.upheld,
                former=_former(numbers, [each.plot]),
            )
            for each in reversed(disputes)
        },
    )


def _numbers_of(session: Session, body: LocalBody, number: str, at: AsOf) -> list[str]:
    """The number of a plot, and then those that its land had before: what stands under them is not ended by a change of number."""
    before = forebears(session, jurisdiction(session, body.jurisdiction), number, at=at)
    return [number, *(each for each in before if each != number)]


def _former(numbers: Sequence[str], plots: Collection[str]) -> str | None:
    """The former number of a plot under which something stands; None where it stands under today's, the first."""
    found = [each for each in numbers if each in plots]
    return found[0] if found and found[0] != numbers[0] else None


def _cases_for(
    session: Session, body: LocalBody, who: Actor, numbers: Sequence[str], today: date
) -> tuple[list[InboxLine], set[int]]:
    """The cases on a plot, today's number first, that somebody is told of, and those of them that they may open.

    The office sees and opens all; a party its own; a known owner of today's plot is told of all, and opens only what they have
    a part in.
    """
    if who.is_office:
        lines = cases_on(session, numbers)
        return lines, {each.case.id for each in lines}
    mine = cases_on(session, numbers, person_id=who.person.id)
    own = {each.case.id for each in mine}
    is_theirs = owns(session, body, who.person.id, numbers[:1], on=today)
    return (cases_on(session, numbers) if is_theirs else mine), own


def stranded_cases(engine: Engine) -> list[str]:
    """Open cases that stand in a state which the workflows of this version no longer have, one line for each."""
    with transaction(engine) as session:
        codes = [body.code for body in local_bodies(session)]
    lines = []
    for code in codes:
        with inside(engine, code) as (session, _):
            lines += [
                f"{number} of {code}: {service}/{state}"
                for number, service, state in stranded(session, SERVICES)
            ]
    return lines


def _run_clocks(session: Session, body: LocalBody, work: Work) -> None:
    run_clocks(session, body, SERVICES, now=work.now)
    forget_old(session, now=work.now)
    draw_audits(session, body, now=work.now)


run_clocks_job = whole(_run_clocks)
"""What the worker does for `CLOCKS`."""
