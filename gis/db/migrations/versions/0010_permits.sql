-- The building permit: what it keeps beside its case, what was issued, and what was seen on the plot.
CREATE TABLE permit_check (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    body TEXT NOT NULL,
    case_id BIGINT NOT NULL,
    seq INTEGER NOT NULL,
    document_id BIGINT NOT NULL,
    record TEXT NOT NULL,
    document_seq INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    answers JSONB,
    made TIMESTAMP WITH TIME ZONE NOT NULL,
    made_by BIGINT,
    "on" DATE NOT NULL,
    known TIMESTAMP WITH TIME ZONE NOT NULL,
    book_digest TEXT,
    verdict TEXT NOT NULL,
    found JSON NOT NULL,
    svg TEXT NOT NULL,
    ground JSON,
    CONSTRAINT permit_check_pkey PRIMARY KEY (id),
    CONSTRAINT permit_check_body_case_id_fkey FOREIGN KEY(body, case_id) REFERENCES civic_case (body, id),
    CONSTRAINT permit_check_body_document_id_fkey FOREIGN KEY(body, document_id) REFERENCES document (body, id),
    CONSTRAINT permit_check_document_id_record_document_seq_fkey FOREIGN KEY(document_id, record, document_seq) REFERENCES document_version (document_id, record, seq),
    CONSTRAINT permit_check_body_made_by_fkey FOREIGN KEY(body, made_by) REFERENCES person (body, id),
    CONSTRAINT permit_check_body_id_key UNIQUE (body, id),
    CONSTRAINT permit_check_case_id_seq_key UNIQUE (case_id, seq),
    CONSTRAINT permit_check_seq_check CHECK (seq > 0),
    CONSTRAINT permit_check_sha256_check CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    CONSTRAINT permit_check_body_fkey FOREIGN KEY(body) REFERENCES local_body (code)
);

CREATE TABLE permit (
    body TEXT NOT NULL,
    number TEXT NOT NULL,
    year INTEGER,
    serial INTEGER,
    case_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    route TEXT NOT NULL,
    issued DATE NOT NULL,
    until DATE,
    check_id BIGINT,
    terms JSONB NOT NULL,
    revoked DATE,
    revoked_why TEXT,
    CONSTRAINT permit_pkey PRIMARY KEY (body, number),
    CONSTRAINT permit_body_case_id_fkey FOREIGN KEY(body, case_id) REFERENCES civic_case (body, id),
    CONSTRAINT permit_body_check_id_fkey FOREIGN KEY(body, check_id) REFERENCES permit_check (body, id),
    CONSTRAINT permit_body_case_id_key UNIQUE (body, case_id),
    CONSTRAINT permit_body_year_serial_key UNIQUE (body, year, serial),
    CONSTRAINT permit_kind_check CHECK (kind IN ('new', 'addition', 'change_of_use', 'demolition', 'layout', 'well', 'compound_wall', 'renewal', 'extension', 'transfer', 'revision', 'regularisation', 'plinth', 'occupancy')),
    CONSTRAINT permit_route_check CHECK (route IN ('self_certified', 'officer', 'deemed', 'earlier')),
    CONSTRAINT permit_serial_check CHECK ((serial IS NULL) = (route = 'earlier') AND (year IS NULL) = (serial IS NULL)),
    CONSTRAINT permit_revoked_check CHECK ((revoked IS NULL) = (revoked_why IS NULL)),
    CONSTRAINT permit_body_fkey FOREIGN KEY(body) REFERENCES local_body (code)
);
CREATE INDEX permit_body_issued_idx ON permit (body, issued);

CREATE TABLE permit_case (
    case_id BIGINT NOT NULL,
    body TEXT NOT NULL,
    kind TEXT NOT NULL,
    of_permit TEXT,
    licensee_id BIGINT,
    title TEXT NOT NULL,
    asked JSONB NOT NULL,
    route TEXT,
    why JSONB NOT NULL,
    CONSTRAINT permit_case_pkey PRIMARY KEY (case_id),
    CONSTRAINT permit_case_body_case_id_fkey FOREIGN KEY(body, case_id) REFERENCES civic_case (body, id),
    CONSTRAINT permit_case_body_of_permit_fkey FOREIGN KEY(body, of_permit) REFERENCES permit (body, number),
    CONSTRAINT permit_case_body_licensee_id_fkey FOREIGN KEY(body, licensee_id) REFERENCES person (body, id),
    CONSTRAINT permit_case_kind_check CHECK (kind IN ('new', 'addition', 'change_of_use', 'demolition', 'layout', 'well', 'compound_wall', 'renewal', 'extension', 'transfer', 'revision', 'regularisation', 'plinth', 'occupancy')),
    CONSTRAINT permit_case_route_check CHECK (route IN ('self_certified', 'officer')),
    CONSTRAINT permit_case_title_check CHECK (title <> ''),
    CONSTRAINT permit_case_body_fkey FOREIGN KEY(body) REFERENCES local_body (code)
);
CREATE INDEX permit_case_body_of_permit_idx ON permit_case (body, of_permit);

CREATE TABLE permit_consent (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    body TEXT NOT NULL,
    case_id BIGINT NOT NULL,
    check_seq INTEGER,
    sha256 TEXT,
    person_id BIGINT NOT NULL,
    part TEXT NOT NULL,
    words TEXT NOT NULL,
    declared JSONB NOT NULL,
    given TIMESTAMP WITH TIME ZONE NOT NULL,
    withdrawn TIMESTAMP WITH TIME ZONE,
    CONSTRAINT permit_consent_pkey PRIMARY KEY (id),
    CONSTRAINT permit_consent_body_case_id_fkey FOREIGN KEY(body, case_id) REFERENCES civic_case (body, id),
    CONSTRAINT permit_consent_case_id_check_seq_fkey FOREIGN KEY(case_id, check_seq) REFERENCES permit_check (case_id, seq),
    CONSTRAINT permit_consent_body_person_id_fkey FOREIGN KEY(body, person_id) REFERENCES person (body, id),
    CONSTRAINT permit_consent_part_check CHECK (part IN ('owner', 'licensee')),
    CONSTRAINT permit_consent_sha256_check CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    CONSTRAINT permit_consent_words_check CHECK (words <> ''),
    CONSTRAINT permit_consent_body_fkey FOREIGN KEY(body) REFERENCES local_body (code)
);
CREATE INDEX permit_consent_body_case_id_idx ON permit_consent (body, case_id);

CREATE TABLE permit_query (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    body TEXT NOT NULL,
    case_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    rule TEXT,
    subject TEXT,
    words TEXT NOT NULL,
    asked TIMESTAMP WITH TIME ZONE NOT NULL,
    asked_by BIGINT NOT NULL,
    due DATE NOT NULL,
    answered TIMESTAMP WITH TIME ZONE,
    answer TEXT,
    answered_check INTEGER,
    CONSTRAINT permit_query_pkey PRIMARY KEY (id),
    CONSTRAINT permit_query_body_case_id_fkey FOREIGN KEY(body, case_id) REFERENCES civic_case (body, id),
    CONSTRAINT permit_query_case_id_answered_check_fkey FOREIGN KEY(case_id, answered_check) REFERENCES permit_check (case_id, seq),
    CONSTRAINT permit_query_body_asked_by_fkey FOREIGN KEY(body, asked_by) REFERENCES person (body, id),
    CONSTRAINT permit_query_words_check CHECK (words <> ''),
    CONSTRAINT permit_query_answer_check CHECK ((answered IS NULL) = (answer IS NULL)),
    CONSTRAINT permit_query_body_fkey FOREIGN KEY(body) REFERENCES local_body (code)
);
CREATE INDEX permit_query_body_case_id_idx ON permit_query (body, case_id);

CREATE TABLE permit_word (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    body TEXT NOT NULL,
    case_id BIGINT NOT NULL,
    check_seq INTEGER NOT NULL,
    rule TEXT NOT NULL,
    subject TEXT,
    stance TEXT NOT NULL,
    reason TEXT NOT NULL,
    by_id BIGINT NOT NULL,
    made TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT permit_word_pkey PRIMARY KEY (id),
    CONSTRAINT permit_word_case_id_check_seq_fkey FOREIGN KEY(case_id, check_seq) REFERENCES permit_check (case_id, seq),
    CONSTRAINT permit_word_body_case_id_fkey FOREIGN KEY(body, case_id) REFERENCES civic_case (body, id),
    CONSTRAINT permit_word_body_by_id_fkey FOREIGN KEY(body, by_id) REFERENCES person (body, id),
    CONSTRAINT permit_word_stance_check CHECK (stance IN ('accepted', 'condition', 'refused')),
    CONSTRAINT permit_word_reason_check CHECK (reason <> ''),
    CONSTRAINT permit_word_body_fkey FOREIGN KEY(body) REFERENCES local_body (code)
);
CREATE INDEX permit_word_body_case_id_idx ON permit_word (body, case_id);

CREATE TABLE permit_override (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    body TEXT NOT NULL,
    case_id BIGINT NOT NULL,
    check_seq INTEGER NOT NULL,
    rule TEXT NOT NULL,
    subject TEXT,
    outcome_before TEXT NOT NULL,
    reason TEXT NOT NULL,
    by_id BIGINT NOT NULL,
    made TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT permit_override_pkey PRIMARY KEY (id),
    CONSTRAINT permit_override_case_id_check_seq_fkey FOREIGN KEY(case_id, check_seq) REFERENCES permit_check (case_id, seq),
    CONSTRAINT permit_override_body_case_id_fkey FOREIGN KEY(body, case_id) REFERENCES civic_case (body, id),
    CONSTRAINT permit_override_body_by_id_fkey FOREIGN KEY(body, by_id) REFERENCES person (body, id),
    CONSTRAINT permit_override_reason_check CHECK (reason <> ''),
    CONSTRAINT permit_override_body_fkey FOREIGN KEY(body) REFERENCES local_body (code)
);
CREATE INDEX permit_override_body_case_id_idx ON permit_override (body, case_id);

CREATE TABLE permit_fee_set (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    body TEXT NOT NULL,
    case_id BIGINT NOT NULL,
    check_seq INTEGER NOT NULL,
    head TEXT NOT NULL,
    paise BIGINT NOT NULL,
    reason TEXT NOT NULL,
    source TEXT NOT NULL,
    by_id BIGINT NOT NULL,
    made TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT permit_fee_set_pkey PRIMARY KEY (id),
    CONSTRAINT permit_fee_set_case_id_check_seq_fkey FOREIGN KEY(case_id, check_seq) REFERENCES permit_check (case_id, seq),
    CONSTRAINT permit_fee_set_body_case_id_fkey FOREIGN KEY(body, case_id) REFERENCES civic_case (body, id),
    CONSTRAINT permit_fee_set_body_by_id_fkey FOREIGN KEY(body, by_id) REFERENCES person (body, id),
    CONSTRAINT permit_fee_set_paise_check CHECK (paise >= 0),
    CONSTRAINT permit_fee_set_reason_check CHECK (reason <> '' AND source <> ''),
    CONSTRAINT permit_fee_set_body_fkey FOREIGN KEY(body) REFERENCES local_body (code)
);
CREATE INDEX permit_fee_set_body_case_id_idx ON permit_fee_set (body, case_id);

CREATE TABLE permit_visit (
    id UUID NOT NULL,
    body TEXT NOT NULL,
    case_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    begun TIMESTAMP WITH TIME ZONE NOT NULL,
    ended TIMESTAMP WITH TIME ZONE NOT NULL,
    received TIMESTAMP WITH TIME ZONE NOT NULL,
    by_id BIGINT NOT NULL,
    answers JSONB NOT NULL,
    words TEXT NOT NULL,
    place JSONB NOT NULL,
    photos JSONB NOT NULL,
    digest TEXT NOT NULL,
    CONSTRAINT permit_visit_pkey PRIMARY KEY (id),
    CONSTRAINT permit_visit_body_case_id_fkey FOREIGN KEY(body, case_id) REFERENCES civic_case (body, id),
    CONSTRAINT permit_visit_body_by_id_fkey FOREIGN KEY(body, by_id) REFERENCES person (body, id),
    CONSTRAINT permit_visit_body_id_key UNIQUE (body, id),
    CONSTRAINT permit_visit_ended_check CHECK (ended >= begun),
    CONSTRAINT permit_visit_digest_check CHECK (digest ~ '^[0-9a-f]{64}$'),
    CONSTRAINT permit_visit_body_fkey FOREIGN KEY(body) REFERENCES local_body (code)
);
CREATE INDEX permit_visit_body_case_id_idx ON permit_visit (body, case_id);

CREATE TABLE permit_photo (
    visit_id UUID NOT NULL,
    sha256 TEXT NOT NULL,
    document_id BIGINT NOT NULL,
    body TEXT NOT NULL,
    taken TIMESTAMP WITH TIME ZONE,
    longitude FLOAT,
    latitude FLOAT,
    accuracy_m FLOAT,
    distance_m FLOAT,
    verdict TEXT NOT NULL,
    inside JSONB NOT NULL,
    CONSTRAINT permit_photo_pkey PRIMARY KEY (visit_id, sha256),
    CONSTRAINT permit_photo_body_visit_id_fkey FOREIGN KEY(body, visit_id) REFERENCES permit_visit (body, id),
    CONSTRAINT permit_photo_body_document_id_fkey FOREIGN KEY(body, document_id) REFERENCES document (body, id),
    CONSTRAINT permit_photo_place_check CHECK ((longitude IS NULL) = (latitude IS NULL)),
    CONSTRAINT permit_photo_metres_check CHECK (accuracy_m >= 0 AND distance_m >= 0),
    CONSTRAINT permit_photo_sha256_check CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    CONSTRAINT permit_photo_body_fkey FOREIGN KEY(body) REFERENCES local_body (code)
);
CREATE INDEX permit_photo_body_sha256_idx ON permit_photo (body, sha256);

CREATE TABLE permit_draw (
    body TEXT NOT NULL,
    day DATE NOT NULL,
    method TEXT NOT NULL,
    pool JSONB NOT NULL,
    seed TEXT NOT NULL,
    taken INTEGER NOT NULL,
    published TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT permit_draw_pkey PRIMARY KEY (body, day),
    CONSTRAINT permit_draw_seed_check CHECK (seed ~ '^[0-9a-f]{64}$'),
    CONSTRAINT permit_draw_taken_check CHECK (taken >= 0),
    CONSTRAINT permit_draw_body_fkey FOREIGN KEY(body) REFERENCES local_body (code)
);

CREATE TABLE permit_audit (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    body TEXT NOT NULL,
    number TEXT NOT NULL,
    case_id BIGINT NOT NULL,
    drawn DATE NOT NULL,
    why TEXT NOT NULL,
    seed TEXT NOT NULL,
    reasons JSONB NOT NULL,
    outcome TEXT,
    words TEXT,
    done TIMESTAMP WITH TIME ZONE,
    done_by BIGINT,
    CONSTRAINT permit_audit_pkey PRIMARY KEY (id),
    CONSTRAINT permit_audit_body_case_id_fkey FOREIGN KEY(body, case_id) REFERENCES civic_case (body, id),
    CONSTRAINT permit_audit_body_number_fkey FOREIGN KEY(body, number) REFERENCES permit (body, number),
    CONSTRAINT permit_audit_body_done_by_fkey FOREIGN KEY(body, done_by) REFERENCES person (body, id),
    CONSTRAINT permit_audit_body_number_drawn_why_key UNIQUE (body, number, drawn, why),
    CONSTRAINT permit_audit_why_check CHECK (why IN ('random', 'risk')),
    CONSTRAINT permit_audit_done_check CHECK ((outcome IS NULL) = (done IS NULL)),
    CONSTRAINT permit_audit_body_fkey FOREIGN KEY(body) REFERENCES local_body (code)
);
CREATE INDEX permit_audit_open_idx ON permit_audit (body, drawn, id) WHERE outcome IS NULL;

SELECT close_between_bodies('permit_case', 'INSERT');
GRANT UPDATE (licensee_id, title, asked, route, why) ON permit_case TO bhumika_service;
SELECT close_between_bodies('permit_check', 'INSERT');
SELECT close_between_bodies('permit_consent', 'INSERT');
GRANT UPDATE (withdrawn) ON permit_consent TO bhumika_service;
SELECT close_between_bodies('permit_query', 'INSERT');
GRANT UPDATE (answered, answer, answered_check) ON permit_query TO bhumika_service;
SELECT close_between_bodies('permit_word', 'INSERT');
SELECT close_between_bodies('permit_override', 'INSERT');
SELECT close_between_bodies('permit_fee_set', 'INSERT');
SELECT close_between_bodies('permit', 'INSERT');
GRANT UPDATE (until, revoked, revoked_why) ON permit TO bhumika_service;
SELECT close_between_bodies('permit_visit', 'INSERT');
SELECT close_between_bodies('permit_photo', 'INSERT');
SELECT close_between_bodies('permit_draw', 'INSERT');
SELECT close_between_bodies('permit_audit', 'INSERT');
GRANT UPDATE (outcome, words, done, done_by) ON permit_audit TO bhumika_service;

CREATE TRIGGER permit_check_history BEFORE UPDATE OR DELETE OR TRUNCATE ON permit_check
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER permit_word_history BEFORE UPDATE OR DELETE OR TRUNCATE ON permit_word
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER permit_override_history BEFORE UPDATE OR DELETE OR TRUNCATE ON permit_override
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER permit_fee_set_history BEFORE UPDATE OR DELETE OR TRUNCATE ON permit_fee_set
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER permit_visit_history BEFORE UPDATE OR DELETE OR TRUNCATE ON permit_visit
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER permit_draw_history BEFORE UPDATE OR DELETE OR TRUNCATE ON permit_draw
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER permit_photo_history BEFORE UPDATE OR DELETE OR TRUNCATE ON permit_photo
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
