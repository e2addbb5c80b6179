-- What one application for a change of record writes, by hand: the same rows, the same locks, the same walls, and as few
-- statements as the service takes for them.  Each stands under its name; `bench.town` runs them in this order in one
-- transaction, those of a message twice.
-- enter
SELECT jurisdiction, set_config('bhumika.body', code, true) FROM local_body WHERE code = %(body)s;
-- known
SELECT s.id, p.id, p.email, p.language, ARRAY(SELECT o.role FROM posting o WHERE o.person_id = p.id AND o.begins <= current_date
        AND (o.ends IS NULL OR o.ends > current_date))
    FROM sign_in s JOIN person p ON p.id = s.person_id WHERE s.digest = %(digest)s AND s.ends > now() AND s.ended IS NULL;
-- case
WITH numbered AS (
    INSERT INTO case_serial (body, service, year, last) VALUES (%(body)s, 'land_records', %(year)s, 1)
    ON CONFLICT (body, service, year) DO UPDATE SET last = case_serial.last + 1 RETURNING last
), opened AS (
    INSERT INTO civic_case (body, service, workflow, year, serial, number, state, turn, since, due, opened, opened_by, version)
    SELECT %(body)s, 'land_records', '1', %(year)s, last, 'LR-' || %(year)s::int || '-' || lpad(last::text, greatest(5, length(last::text)), '0'),
        'fee_due', 'applicant', now(), current_date + 30, now(), %(person)s, 1 FROM numbered
    RETURNING id
), parcels AS (
    INSERT INTO case_parcel (body, case_id, number, jurisdiction) SELECT %(body)s, id, %(number)s, %(land)s FROM opened
), party AS (
    INSERT INTO case_party (body, case_id, person_id, part) SELECT %(body)s, id, %(person)s, 'applicant' FROM opened
), event AS (
    INSERT INTO case_event (case_id, seq, body, instant, step, state_after, role, person_id, sign_in_id, seen_by, told)
    SELECT id, 1, %(body)s, now(), 'open', 'fee_due', 'applicant', %(person)s, %(sign_in)s, 'parties', '{"kind": "x"}' FROM opened
)
SELECT id FROM opened;
-- message
WITH told AS (
    INSERT INTO message (body, case_id, person_id, channel, address, template, language, subject, text, blanks, state, made)
    VALUES (%(body)s, %(case)s, %(person)s, 'email', %(email)s, 'case_opened', 'en', %(subject)s, %(text)s, %(blanks)s, 'waiting', now())
    RETURNING id
)
SELECT (jobs.procrastinate_defer_jobs_v1(ARRAY[ROW('town', 'messages.send', 0, 'message ' || id, NULL,
    jsonb_build_object('body', %(body)s::text, 'values', jsonb_build_object('message', id)), NULL)
    ::jobs.procrastinate_job_to_defer_v1]))[1] FROM told;
-- record
INSERT INTO land_record (case_id, body, kind, wanted) VALUES (%(case)s, %(body)s, 'correct_land_type', %(wanted)s);
-- demand
WITH raised AS (
    INSERT INTO demand (body, case_id, token, amount, state, due, raised)
    VALUES (%(body)s, %(case)s, %(token)s, 5000, 'open', current_date + 30, now()) RETURNING id
), lines AS (
    INSERT INTO demand_line (demand_id, line, body, head, title_en, title_ml, amount, clause)
    SELECT id, 1, %(body)s, 'land_record_fee', 'Fee for a change of a plot''s record', 'ഭൂരേഖ മാറ്റത്തിനുള്ള ഫീസ്', 5000, 'bench' FROM raised
), made AS (
    INSERT INTO journal (body, kind, lines, day, instant, demand_id) SELECT %(body)s, 'demand', 2, current_date, now(), id FROM raised
    RETURNING id
)
INSERT INTO journal_entry (journal_id, line, body, account, amount)
    SELECT id, 1, %(body)s, %(owed)s, 5000 FROM made UNION ALL SELECT id, 2, %(body)s, %(earned)s, -5000 FROM made;
