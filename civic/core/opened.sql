-- A new case whole: the next number without a gap, the case, its parcels, its first party, the first line of its history.
-- The number stays locked until the transaction ends: everything that can be asked before is asked before.
WITH numbered AS (
    INSERT INTO case_serial (body, service, year, last) VALUES (:body, :service, :year, 1)
    ON CONFLICT (body, service, year) DO UPDATE SET last = case_serial.last + 1
    RETURNING last
), opened AS (
    INSERT INTO civic_case (body, service, workflow, year, serial, number, state, turn, since, due, opened, opened_by, version)
    SELECT :body, :service, :workflow, :year, last,
        CAST(:prefix AS text) || lpad(last::text, greatest(5, length(last::text)), '0'),
        :state, :turn, :now, :due, :now, :person, 1
    FROM numbered
    RETURNING id, body, service, workflow, number, state, turn, since, due, opened, opened_by, closed, version
), parcels AS (
    INSERT INTO case_parcel (body, case_id, number, jurisdiction)
    SELECT body, id, unnest(CAST(:parcels AS text[])), :jurisdiction FROM opened
), party AS (
    INSERT INTO case_party (body, case_id, person_id, part) SELECT body, id, :person, :part FROM opened
), told AS (
    INSERT INTO case_event (case_id, seq, body, instant, step, state_after, role, person_id, sign_in_id, seen_by, told)
    SELECT id, version, body, :now, 'open', state, :part, :person, :sign_in, 'parties', CAST(:told AS jsonb) FROM opened
)
SELECT * FROM opened
