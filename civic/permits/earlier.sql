-- An earlier permit's case, ended as it begins: numbered in the year in which it was issued, on its plot, with one line of history.
-- Nobody is a party of it: the papers of that time do not say who may read it here.
WITH numbered AS (
    INSERT INTO case_serial (body, service, year, last) VALUES (:body, :service, :year, 1)
    ON CONFLICT (body, service, year) DO UPDATE SET last = case_serial.last + 1
    RETURNING last
), opened AS (
    INSERT INTO civic_case
        (body, service, workflow, year, serial, number, state, turn, since, due, opened, opened_by, closed, version)
    SELECT :body, :service, :workflow, :year, last,
        CAST(:prefix AS text) || lpad(last::text, greatest(5, length(last::text)), '0'),
        :state, NULL, :now, :due, :now, :person, :now, 1
    FROM numbered
    RETURNING id, body, version, state
), parcels AS (
    INSERT INTO case_parcel (body, case_id, number, jurisdiction) SELECT body, id, :plot, :jurisdiction FROM opened
), told AS (
    INSERT INTO case_event (case_id, seq, body, instant, step, state_after, role, person_id, sign_in_id, note, seen_by, told)
    SELECT id, version, body, :now, :step, state, 'admin', :person, :sign_in, NULLIF(:words, ''), 'staff', CAST(:told AS jsonb)
    FROM opened
)
SELECT id FROM opened
