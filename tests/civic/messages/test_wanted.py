"""By WhatsApp goes only what its reader wants by WhatsApp at the moment in which it leaves."""

import pytest
from sqlalchemy import Engine

from civic.core.bodies import LocalBody, inside
from civic.core.messages.outbox import set_whatsapp, tell
from civic.core.messages.sending import UNWANTED, Senders
from civic.core.people import introduce
from tests.civic.messages.test_outbox import MOVED, NOW, Postman, state_of, work_on


@pytest.mark.parametrize("wants", [True, False])
def test_a_word_that_was_taken_back_holds_for_what_waits(
    service_engine: Engine, own_body: LocalBody, wants: bool
) -> None:
    with inside(service_engine, own_body.code) as (session, _):
        who = introduce(session, own_body, name="A", address="9876543210", language="en", now=NOW).id
        set_whatsapp(session, own_body.code, who, wants=True, now=NOW)
        (number,) = tell(session, case_id=None, person_id=who, template="case_moved", values=MOVED, now=NOW)
    if not wants:
        with inside(service_engine, own_body.code) as (session, _):
            set_whatsapp(session, own_body.code, who, wants=False, now=NOW)
    postman = Postman()
    Senders(carriers={"whatsapp": postman}).send(work_on(service_engine, own_body, number))
    assert len(postman.took) == wants
    expected = ("sent", 1, None) if wants else ("failed", 1, UNWANTED)
    assert state_of(service_engine, own_body, number) == expected
