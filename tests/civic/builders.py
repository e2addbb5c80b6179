"""Town-hall words for tests: a workflow, people in roles, a desk.

In: what a test names.  Out: values with everything else filled in.
"""

from datetime import UTC, date, datetime
from itertools import count

from sqlalchemy.orm import Session

from civic.core.bodies import LocalBody
from civic.core.desk import Desk, Guard
from civic.core.people import Actor, introduce, post, roles_on
from civic.core.workflow import Workflow, workflow

NOW = datetime(2026, 11, 18, 6, 30, tzinfo=UTC)  # a Wednesday, noon in Kerala
_COUNT = count(1)

FLOW = """
service: test_service
prefix: TS
edition: "1"
title: {en: A test, ml: പരീക്ഷണം}
begin: draft
states:
  draft: {title: {en: Draft, ml: കരട്}, turn: applicant}
  filed:
    title: {en: Filed, ml: സമർപ്പിച്ചു}
    turn: verifier
    within: {working_days: 3}
    escalates_to: secretary
  verified: {title: {en: Verified, ml: പരിശോധിച്ചു}, turn: approver, within: {days: 2}}
  granted: {title: {en: Granted, ml: അനുവദിച്ചു}, outcome: granted}
  refused: {title: {en: Refused, ml: നിരസിച്ചു}, outcome: refused}
  lapsed: {title: {en: Lapsed, ml: കാലഹരണപ്പെട്ടു}, outcome: lapsed}
steps:
  file: {title: {en: File, ml: സമർപ്പിക്കുക}, from: [draft], to: filed, by: [applicant]}
  lapse: {title: {en: Lapse, ml: കാലഹരണം}, from: [draft], to: lapsed, by: [clock], after: {working_days: 10}}
  verify:
    title: {en: Verify, ml: പരിശോധിക്കുക}
    from: [filed]
    to: verified
    by: [verifier]
    guards: [papers]
    note: required
    seen_by: staff
  grant:
    title: {en: Grant, ml: അനുവദിക്കുക}
    from: [verified]
    to: granted
    by: [approver]
    guards: [tasks_answered]
    apart: [verify]
  refuse: {title: {en: Refuse, ml: നിരസിക്കുക}, from: [filed, verified], to: refused, by: [approver, verifier], note: required}
tasks:
  visit: {title: {en: Site visit, ml: സ്ഥലപരിശോധന}, role: field_inspector, asked_in: verified, within: {working_days: 5}}
  fire: {title: {en: Fire, ml: അഗ്നിശമനം}, role: agency, asked_in: verified}
"""


def a_flow(text: str = FLOW) -> Workflow:
    """The workflow of the tests."""
    return workflow(text, guards=frozenset({"papers"}))


def a_desk(
    session: Session, body: LocalBody, *, now: datetime = NOW, papers: Guard = lambda _session, _case: None
) -> Desk:
    """A desk of the test service."""
    return Desk(session=session, body=body, flow=a_flow(), guards={"papers": papers}, now=now)


def an_actor(session: Session, body: LocalBody, *roles: str, device: str = "") -> Actor:
    """Somebody new who holds some roles."""
    number = next(_COUNT)
    person = introduce(
        session, body, name=f"Person {number}", address=f"p{number}@example.org", language="en", now=NOW
    )
    for role in roles:
        post(session, body, person.id, role=role, order_ref="O-1/2026", begins=date(2026, 1, 1))
    return Actor(
        person=person,
        roles=roles_on(session, person.id, on=NOW.date()),
        device=device or f"machine-{number}",
    )
