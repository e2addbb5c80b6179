-- What one application of a change of record writes, by hand: the same rows, the same locks, the same walls.
-- Each statement stands under its name; `bench.town` runs them in this order in one transaction.
-- enter
SELECT set_config('bhumika.body', %(body)s, true);
-- known
SELECT s.id, p.id FROM sign_in s JOIN person p ON p.id = s.person_id WHERE s.digest = %(digest)s AND s.ended IS NULL;
-- serial
INSERT INTO case_serial (body, service, year, last) VALUES (%(body)s, 'land_records', %(year)s, 1)
    ON CONFLICT (body, service, year) DO UPDATE SET last = case_serial.last + 1 RETURNING last;
-- case
INSERT INTO civic_case (body, service, workflow, year, serial, number, state, turn, since, due, opened, opened_by, version)
    VALUES (%(body)s, 'land_records', '1', %(year)s, %(serial)s, 'LR-' || %(year)s || '-' || lpad(%(serial)s::text, 5, '0'),
        'fee_due', 'applicant', now(), current_date + 30, now(), %(person)s, 1) RETURNING id;
-- parcel
INSERT INTO case_parcel (body, case_id, number, jurisdiction) VALUES (%(body)s, %(case)s, '1/1', %(land)s);
-- party
INSERT INTO case_party (body, case_id, person_id, part) VALUES (%(body)s, %(case)s, %(person)s, 'applicant');
-- event
INSERT INTO case_event (case_id, seq, body, instant, step, state_after, role, person_id, sign_in_id, seen_by, told)
    VALUES (%(case)s, 1, %(body)s, now(), 'open', 'fee_due', 'applicant', %(person)s, %(sign_in)s, 'parties', '{"kind": "x"}');
-- message
INSERT INTO message (body, case_id, person_id, channel, address, template, language, subject, text, blanks, state, made)
    VALUES (%(body)s, %(case)s, %(person)s, 'email', 'a@example.org', 'case_opened', 'en', 'A subject', repeat('word ', 60),
        '{}', 'waiting', now()) RETURNING id;
-- job
SELECT (jobs.procrastinate_defer_jobs_v1(ARRAY[ROW('town', 'messages.send', 0, NULL, NULL,
    jsonb_build_object('body', %(body)s::text, 'values', jsonb_build_object('message', %(message)s::bigint)), NULL)
    ::jobs.procrastinate_job_to_defer_v1]))[1];
-- record
INSERT INTO land_record (case_id, body, kind, wanted) VALUES (%(case)s, %(body)s, 'correct_land_type', '{"why": "bench"}');
-- demand
INSERT INTO demand (body, case_id, token, amount, state, due, raised)
    VALUES (%(body)s, %(case)s, %(token)s, 5000, 'open', current_date + 30, now()) RETURNING id;
-- line
INSERT INTO demand_line (demand_id, line, body, head, title_en, title_ml, amount, clause)
    VALUES (%(demand)s, 1, %(body)s, 'land_record_fee', 'Fee', 'ഫീസ്', 5000, 'bench');
-- journal
INSERT INTO journal (body, kind, lines, day, instant, demand_id) VALUES (%(body)s, 'demand', 2, current_date, now(), %(demand)s)
    RETURNING id;
-- entries
INSERT INTO journal_entry (journal_id, line, body, account, amount)
    VALUES (%(journal)s, 1, %(body)s, %(owed)s, 5000), (%(journal)s, 2, %(body)s, %(earned)s, -5000);
