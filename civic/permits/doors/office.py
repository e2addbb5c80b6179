"""What officers do: a word on each finding, an override, a question, a fee that cannot be told, the decision on one screen.

In: forms.  Out: the page of the decision, or of the case.
"""

from decimal import Decimal, InvalidOperation

from fastapi import APIRouter, Request, Response

from civic.core.case import Case, history, tasks_of
from civic.core.desk import Desk
from civic.core.doors.cases import refused_page
from civic.core.doors.form import FormDep, see
from civic.core.http import OFFICE, Town, TownDep, TownRoute, allowed, page
from civic.permits.asking import KINDS, ask, questions_from
from civic.permits.checking import Check, drawn_of, newest_check
from civic.permits.deciding import BEFORE_THE_OFFICE, DECIDERS, SPEAKERS, STANCES, overrule, say
from civic.permits.doors.common import REFUSALS, Number, Refusal, matter, room_of, status_of
from civic.permits.fees import FeeSet
from civic.permits.issuing import permit_of
from civic.permits.model import CheckMissing, NoSuchPermit
from civic.permits.queries import shown
from civic.permits.rechecking import check_by_hand
from civic.permits.revoking import revoke
from civic.permits.service import SERVICE
from civic.permits.signing import FEE_SET_IN, set_open_fee
from civic.permits.town_words import STANCES as TOWN_STANCES
from civic.permits.town_words import TOWN_HALL, say_of_reason, town_reasons
from civic.permits.visits import visits_of
from gis.errors import Conflict, Invalid, NotAllowed

router = APIRouter(route_class=TownRoute, include_in_schema=False)
STANCE, REASON = "stance-", "reason-"
"""How the fields of a word on a finding begin; its place among the open findings follows."""
TICK, TICKED_STANCE, TICKED_REASON = "tick-", "ticked-stance", "ticked-reason"
"""How the field of a finding begins that takes the one word on all that are ticked, and the fields of that word."""
ANSWER = "answer:"
"""How the history names the answer of an authority; the kind of what it was asked follows."""
OFFICERS = ("verifier", "approver", "secretary")
DECISIONS = ("verify", "verify_plain", "approve", "refuse", "send_back", "council_approve", "council_refuse")


@router.get("/town/{body}/permits/{number}/decision", dependencies=[allowed(OFFICE)])
def decision_page(request: Request, town: TownDep, number: Number) -> Response:
    """Drawing, findings with a word for each, other authorities, and the steps that can be taken: one screen."""
    return _decision(request, town, number, refused=None)


@router.post("/town/{body}/permits/{number}/words", dependencies=[allowed(*OFFICERS)])
def keep_words(request: Request, town: TownDep, number: Number, form: FormDep) -> Response:
    """Keep the words on all findings of the newest check at once, or those on the reasons of the town hall."""
    desk, standing, _ = matter(town, number)
    try:
        if form.get("about") == TOWN_HALL:
            _keep_reasons(town, desk, standing, form)
        else:
            _keep_points(town, desk, standing, form)
    except REFUSALS as error:
        town.undo()
        return _decision(request, town, number, refused=error, form=form)
    return see(f"{town.path}/permits/{number}/decision")


@router.post("/town/{body}/permits/{number}/overrides", dependencies=[allowed("approver", "secretary")])
def keep_override(request: Request, town: TownDep, number: Number, form: FormDep) -> Response:
    """Overrule a finding that fails, with a reason that is published."""
    desk, standing, _ = matter(town, number)
    rule, _, subject = form.get("finding", "").partition("|")
    try:
        check = _newest(town, standing.id, form.get("seq", ""))
        overrule(desk, check, rule=rule, subject=subject, reason=form.get("reason", ""), actor=town.who())
    except REFUSALS as error:
        town.undo()
        return _decision(request, town, number, refused=error, form=form)
    return see(f"{town.path}/permits/{number}/decision")


@router.post("/town/{body}/permits/{number}/queries", dependencies=[allowed("verifier", "approver")])
def ask_query(request: Request, town: TownDep, number: Number, form: FormDep) -> Response:
    """Ask the applicant about a finding or a paper."""
    desk, standing, _ = matter(town, number)
    try:
        ask(desk, standing, questions_from(form), actor=town.who(), version=standing.version)
    except REFUSALS as error:
        town.undo()
        return _decision(request, town, number, refused=error, form=form)
    return see(f"{town.path}/cases/{number}")


@router.post("/town/{body}/permits/{number}/fees", dependencies=[allowed("verifier")])
def set_fee(request: Request, town: TownDep, number: Number, form: FormDep) -> Response:
    """Set a fee that could not be told, with reason and source."""
    desk, standing, _ = matter(town, number)
    try:
        fee = FeeSet(
            head=form.get("head", ""),
            paise=_paise(form.get("rupees", "")),
            reason=form.get("reason", ""),
            source=form.get("source", ""),
        )
        set_open_fee(desk, standing, fee, actor=town.who())
    except REFUSALS as error:
        town.undo()
        return _decision(request, town, number, refused=error, form=form)
    return see(f"{town.path}/cases/{number}")


@router.post("/town/{body}/permits/{number}/check-again", dependencies=[allowed(*OFFICERS)])
def check_once_more(request: Request, town: TownDep, number: Number) -> Response:
    """Check the drawing again by today's book and land."""
    desk, standing, _ = matter(town, number)
    try:
        check_by_hand(room_of(request), desk, standing, actor=town.who(), apart=town.apart)
    except REFUSALS as error:
        town.undo()
        return _decision(request, town, number, refused=error)
    return see(f"{town.path}/permits/{number}/decision")


@router.post("/town/{body}/permits/{number}/revoke", dependencies=[allowed("secretary")])
def take_back(request: Request, town: TownDep, number: Number, form: FormDep) -> Response:
    """Revoke the permit of a case, with a reason and a clause that are published; what is refused stands on the page of the case."""
    desk, standing, _ = matter(town, number)
    permit = permit_of(town.session, standing.id)
    if permit is None:
        raise NoSuchPermit("This case has no permit.")
    why, clause = form.get("reason", ""), form.get("clause", "")
    try:
        revoke(desk, permit.number, why=why, clause=clause, actor=town.who())
    except (Conflict, Invalid, NotAllowed) as error:
        return refused_page(request, town, number, error, tried="revoke", form=form)
    return see(f"{town.path}/cases/{number}")


def _decision(
    request: Request,
    town: Town,
    number: str,
    *,
    refused: Refusal | None,
    form: FormDep | None = None,
) -> Response:
    desk, standing, roles = matter(town, number)
    told = shown(desk, standing)
    steps = SERVICE.steps_of(desk, standing, roles)
    return page(
        request,
        "town/permits/decision.html",
        town=town,
        status=status_of(refused),
        case=standing,
        flow=SERVICE.flow,
        roles=roles,
        speaks=bool(roles & SPEAKERS) and standing.state in BEFORE_THE_OFFICE,
        decides=bool(roles & DECIDERS) and standing.state in BEFORE_THE_OFFICE,
        checks_again=not roles.isdisjoint(OFFICERS),
        shown=told,
        svg=drawn_of(town.session, told.check.id).svg if told.check else "",
        stances=STANCES,
        town_stances=TOWN_STANCES,
        sets_fee="verifier" in roles and standing.state in FEE_SET_IN,
        kinds=KINDS,
        steps={name: step for name, step in steps.items() if name in DECISIONS},
        can_ask="ask" in steps,
        tasks=tasks_of(town.session, standing.id),
        notes=_answers_in_words(town, standing.id),
        visits=visits_of(town.session, standing.id),
        refused=refused,
        form=form or {},
    )


def _answers_in_words(town: Town, case_id: int) -> dict[str, str]:
    """What other authorities wrote with their answers, by the kind of what they were asked."""
    told = history(town.session, case_id, for_staff=True)
    return {
        each.step.removeprefix(ANSWER): each.note
        for each in told
        if each.step.startswith(ANSWER) and each.note
    }


def _keep_reasons(town: Town, desk: Desk, standing: Case, form: FormDep) -> None:
    for each in town_reasons(town.session, town.body, standing, on=desk.today):
        if stance := form.get(f"{STANCE}{each.code}", ""):
            why = form.get(f"{REASON}{each.code}", "")
            say_of_reason(desk, standing, code=each.code, stance=stance, reason=why, actor=town.who())


def _keep_points(town: Town, desk: Desk, standing: Case, form: FormDep) -> None:
    check = _newest(town, standing.id, form.get("seq", ""))
    _check_ticked(form)
    for place, each in enumerate(check.of("fail", "unknown")):
        own = f"{STANCE}{place}", f"{REASON}{place}"
        is_ticked = f"{TICK}{place}" in form and not form.get(own[0])
        which, why = (TICKED_STANCE, TICKED_REASON) if is_ticked else own
        if stance := form.get(which, ""):
            say(
                desk,
                check,
                rule=each["rule"],
                subject=each["subject"] or "",
                stance=stance,
                reason=form.get(why, ""),
                actor=town.who(),
            )


def _check_ticked(form: FormDep) -> None:
    """The word on all that is ticked, and what it is on, come together."""
    is_said, is_any = bool(form.get(TICKED_STANCE)), any(name.startswith(TICK) for name in form)
    if is_said and not is_any:
        raise Invalid("Tick the findings that this word is on.", code="nothing-ticked")
    if is_any and not is_said:
        raise Invalid("Choose the word on the findings that are ticked.", code="no-word-on-ticked")


def _newest(town: Town, case_id: int, seq: str) -> Check:
    """The newest check, if it is the one that the form was made from."""
    check = newest_check(town.session, case_id)
    if check is None or str(check.seq) != seq:
        raise CheckMissing("The drawing was checked again meanwhile; look at the findings as they are now.")
    return check


def _paise(rupees: str) -> int:
    try:
        value = Decimal(rupees.strip())
    except InvalidOperation as error:
        raise Invalid("A fee is written in rupees, such as 1500.", code="wrong-amount") from error
    if not value.is_finite() or abs(value) > 10**10 or value != value.quantize(Decimal("0.01")):
        raise Invalid("A fee is written in rupees and whole paise.", code="wrong-amount")
    return int(value * 100)
