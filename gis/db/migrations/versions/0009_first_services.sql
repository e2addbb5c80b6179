-- The first services: changes of a plot's record with what they cost, objections to what is said of a plot.
CREATE TABLE land_record (
    case_id BIGINT NOT NULL,
    body TEXT NOT NULL,
    kind TEXT NOT NULL,
    wanted JSONB NOT NULL,
    measured JSONB,
    made JSONB,
    CONSTRAINT land_record_pkey PRIMARY KEY (case_id),
    CONSTRAINT land_record_body_case_id_fkey FOREIGN KEY(body, case_id) REFERENCES civic_case (body, id),
    CONSTRAINT land_record_kind_check CHECK (kind IN ('correct_name', 'correct_area', 'correct_land_type', 'divide', 'merge')),
    CONSTRAINT land_record_body_fkey FOREIGN KEY(body) REFERENCES local_body (code)
);

CREATE TABLE land_record_fee (
    body TEXT NOT NULL,
    kind TEXT NOT NULL,
    begins DATE NOT NULL,
    paise BIGINT NOT NULL,
    source TEXT NOT NULL,
    CONSTRAINT land_record_fee_pkey PRIMARY KEY (body, kind, begins),
    CONSTRAINT land_record_fee_kind_check CHECK (kind IN ('correct_name', 'correct_area', 'correct_land_type', 'divide', 'merge')),
    CONSTRAINT land_record_fee_paise_check CHECK (paise > 0),
    CONSTRAINT land_record_fee_source_check CHECK (source <> ''),
    CONSTRAINT land_record_fee_body_fkey FOREIGN KEY(body) REFERENCES local_body (code)
);

SELECT close_between_bodies('land_record', 'INSERT');
GRANT UPDATE (measured, made) ON land_record TO bhumika_service;
SELECT close_between_bodies('land_record_fee', 'INSERT');

CREATE TABLE objection (
    case_id BIGINT NOT NULL,
    body TEXT NOT NULL,
    number TEXT NOT NULL,
    theme TEXT NOT NULL,
    title_en TEXT NOT NULL,
    title_ml TEXT NOT NULL,
    shown_en TEXT NOT NULL,
    shown_ml TEXT NOT NULL,
    why TEXT NOT NULL,
    evidence TEXT NOT NULL,
    sketch JSONB,
    CONSTRAINT objection_pkey PRIMARY KEY (case_id),
    CONSTRAINT objection_body_case_id_fkey FOREIGN KEY(body, case_id) REFERENCES civic_case (body, id),
    CONSTRAINT objection_why_check CHECK (why <> ''),
    CONSTRAINT objection_body_fkey FOREIGN KEY(body) REFERENCES local_body (code)
);
CREATE INDEX objection_body_number_idx ON objection (body, number);

SELECT close_between_bodies('objection', 'INSERT');
