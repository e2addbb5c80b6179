-- Studies of reforms: what a change of the rules that is thought of would do, kept with the editions that it rests on.
CREATE TABLE reform_study (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    body TEXT NOT NULL,
    key TEXT NOT NULL,
    title_en TEXT NOT NULL,
    title_ml TEXT NOT NULL,
    begins DATE NOT NULL,
    text TEXT NOT NULL,
    reform JSONB NOT NULL,
    ward TEXT,
    occupancy TEXT NOT NULL,
    storey NUMERIC NOT NULL,
    with_permits BOOLEAN NOT NULL,
    is_open BOOLEAN NOT NULL,
    asked TIMESTAMP WITH TIME ZONE NOT NULL,
    asked_by BIGINT NOT NULL,
    state TEXT NOT NULL,
    steps INTEGER,
    steps_done INTEGER NOT NULL,
    ended TIMESTAMP WITH TIME ZONE,
    why TEXT,
    book_digest TEXT,
    known TIMESTAMP WITH TIME ZONE,
    sources JSONB,
    found JSONB,
    CONSTRAINT reform_study_pkey PRIMARY KEY (id),
    CONSTRAINT reform_study_body_asked_by_fkey FOREIGN KEY(body, asked_by) REFERENCES person (body, id),
    CONSTRAINT reform_study_body_id_key UNIQUE (body, id),
    CONSTRAINT reform_study_key_key UNIQUE (key),
    CONSTRAINT reform_study_key_check CHECK (key ~ '^[A-Za-z0-9_-]{22}$'),
    CONSTRAINT reform_study_state_check CHECK (state IN ('waiting', 'running', 'done', 'failed', 'cancelled')),
    CONSTRAINT reform_study_numbers_check CHECK (storey > 0 AND steps_done >= 0 AND steps >= 0),
    CONSTRAINT reform_study_found_check CHECK ((found IS NULL) = (state <> 'done')),
    CONSTRAINT reform_study_ended_check CHECK ((ended IS NULL) = (state IN ('waiting', 'running'))),
    CONSTRAINT reform_study_body_fkey FOREIGN KEY(body) REFERENCES local_body (code)
);
CREATE INDEX reform_study_body_asked_idx ON reform_study (body, asked);
CREATE TABLE reform_file (
    study_id BIGINT NOT NULL,
    form TEXT NOT NULL,
    body TEXT NOT NULL,
    content BYTEA NOT NULL,
    CONSTRAINT reform_file_pkey PRIMARY KEY (study_id, form),
    CONSTRAINT reform_file_body_study_id_fkey FOREIGN KEY(body, study_id) REFERENCES reform_study (body, id),
    CONSTRAINT reform_file_form_check CHECK (form IN ('plots', 'permits')),
    CONSTRAINT reform_file_body_fkey FOREIGN KEY(body) REFERENCES local_body (code)
);

SELECT close_between_bodies('reform_study', 'INSERT');
GRANT UPDATE (is_open, state, steps, steps_done, ended, why, book_digest, known, sources, found) ON reform_study TO bhumika_service;
SELECT close_between_bodies('reform_file', 'INSERT');

-- What was drawn for each permit, to be judged again: where the file lies, and what was said beside it without who said it.
-- Of a permit that no check stands behind, the newest drawing among its plans.  Planners may read this and no more of it.
CREATE VIEW permit_drawn WITH (security_barrier) AS
SELECT p.body, p.number, p.kind, p.issued, p.revoked, p.case_id, c.verdict,
    CASE jsonb_typeof(c.answers) WHEN 'object' THEN c.answers - 'declared_by' - 'confirmed_by' END AS said, v.sha256, v.media_type, v.size, v.place, v.scan
FROM permit p
LEFT JOIN permit_check c ON c.body = p.body AND c.id = p.check_id
LEFT JOIN LATERAL (
    SELECT f.sha256, f.media_type, f.size, f.place, f.scan
    FROM document_version f JOIN document d ON d.body = f.body AND d.id = f.document_id
    WHERE f.body = p.body AND f.record = 'full' AND CASE
        WHEN c.id IS NOT NULL THEN (f.document_id, f.record, f.seq) = (c.document_id, c.record, c.document_seq)
        ELSE d.case_id = p.case_id AND d.kind = 'plan' END
    ORDER BY f.media_type IN ('image/vnd.dxf', 'application/x-step') DESC, f.document_id DESC, f.seq DESC LIMIT 1
) v ON TRUE
WHERE p.body = entered_body();
COMMENT ON VIEW permit_drawn IS 'What was drawn for each permit of the entered body, without anything about persons.';
GRANT SELECT ON permit_drawn TO bhumika_service, bhumika_planner;

-- What the checked drawing of each permit measures, to be added up: areas, height, cars.  No word that anybody said is in it.
CREATE VIEW permit_measured WITH (security_barrier) AS
SELECT p.body, p.number, p.kind, p.route, p.issued, p.until, p.revoked, p.case_id, k.of_permit, c."on" AS checked,
    (SELECT jsonb_object_agg(m.key, jsonb_build_object('amount', m.value -> 'amount', 'unit', m.value -> 'unit',
            'is_declared', m.value -> 'is_declared'))
        FROM jsonb_each(d.whole -> 'measures') m WHERE jsonb_typeof(m.value) = 'object') AS measures,
    d.whole #> '{site,measured_area}' AS plot_measured,
    d.whole #> '{site,recorded_area}' AS plot_recorded,
    (SELECT jsonb_object_agg(f ->> 'rule', jsonb_build_object('outcome', f -> 'outcome', 'measured', f #> '{measured,amount}',
            'is_declared', f #> '{measured,is_declared}', 'required', f #> '{required,amount}'))
        FROM jsonb_path_query(d.whole, '$.findings[*] ? (@.rule == "parking_count" || @.rule == "coverage")') f) AS findings
FROM permit p
JOIN permit_case k ON k.body = p.body AND k.case_id = p.case_id
LEFT JOIN permit_check c ON c.body = p.body AND c.id = p.check_id
LEFT JOIN LATERAL (SELECT c.found::jsonb AS whole OFFSET 0) d ON TRUE  -- read once: a document has some hundred kilobytes
WHERE p.body = entered_body();
COMMENT ON VIEW permit_measured IS 'What the drawings of the entered body''s permits measure, without anything about persons.';
GRANT SELECT ON permit_measured TO bhumika_planner;
