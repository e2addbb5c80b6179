"""Two who each have a paper of one case on the way do not wait for each other in a circle when they act on it."""

from sqlalchemy import Engine, text

from civic.core.bodies import LocalBody, inside
from civic.core.case import Case, case
from civic.core.documents.tables import DocumentRow
from civic.core.people import Actor
from tests.civic.builders import NOW


def test_a_paper_on_its_way_holds_up_nobody_who_acts(
    service_engine: Engine, own_body: LocalBody, kept_case: tuple[Case, Actor]
) -> None:
    """A row that points at a case keeps its number only; whoever acts on the case keeps others from acting, not from sending."""
    of, who = kept_case
    with (
        inside(service_engine, own_body.code) as (mine, _),
        inside(service_engine, own_body.code) as (theirs, _),
    ):
        for session in (mine, theirs):
            session.execute(text("SET LOCAL lock_timeout = '2s'"))
            session.add(
                DocumentRow(
                    body=own_body.code,
                    case_id=of.id,
                    kind="letter",
                    title="A",
                    made=NOW,
                    made_by=who.person.id,
                )
            )
            session.flush()
        assert case(mine, of.id, lock=True).number == of.number
        taken = theirs.execute(
            text("SELECT id FROM civic_case WHERE id = :id FOR NO KEY UPDATE SKIP LOCKED"), {"id": of.id}
        ).all()
        assert taken == []  # of two who act, the second waits
