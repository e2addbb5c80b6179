-- The next version of a case that is locked already, and the line of its history, which the version numbers.
WITH moved AS (
    UPDATE civic_case SET state = :state, turn = :turn, since = :since, due = :due, closed = :closed, version = version + 1
    WHERE id = :case
    RETURNING id, body, service, workflow, number, state, turn, since, due, opened, opened_by, closed, version
), told AS (
    INSERT INTO case_event
        (case_id, seq, body, instant, step, state_before, state_after, role, person_id, sign_in_id, note, seen_by, told)
    SELECT id, version, body, :now, :step, :before, state, :role, :person, :sign_in, :note, :seen, CAST(:told AS jsonb) FROM moved
)
SELECT * FROM moved
