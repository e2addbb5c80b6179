-- The town hall: the role that serves it, local bodies, people, cases.

-- Server and workers are this role: it owns nothing, and row-level security binds it.  Making a role is a right that the
-- owner of a database may lack; then whoever administers the server makes it beforehand.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'bhumika_service') THEN
        CREATE ROLE bhumika_service NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
    END IF;
EXCEPTION
    WHEN insufficient_privilege THEN
        RAISE EXCEPTION 'The role bhumika_service is missing and this account may not make it. As an administrator of the server run: CREATE ROLE bhumika_service LOGIN; GRANT bhumika_service TO %;', current_user;
    WHEN duplicate_object OR unique_violation THEN NULL;  -- another database of this server was migrated at the same moment
END $$;
GRANT USAGE ON SCHEMA public TO bhumika_service;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO bhumika_service;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO bhumika_service;

-- The land may be changed by a decision of the town hall; the triggers keep its history.
GRANT INSERT ON recording, parcel_change, parcel, parcel_lineage, party, party_name, instrument, parcel_right
    TO bhumika_service;
GRANT UPDATE (recorded) ON parcel, party_name, parcel_right TO bhumika_service;

CREATE FUNCTION entered_body() RETURNS TEXT LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT nullif(current_setting('bhumika.body', true), '')
$$;
COMMENT ON FUNCTION entered_body() IS 'The local body that this transaction has entered; null before it has entered one.';

CREATE FUNCTION close_between_bodies(town_table REGCLASS, allowed TEXT) RETURNS VOID LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', town_table);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', town_table);
    EXECUTE format(
        'CREATE POLICY own_body ON %s USING (body = entered_body()) WITH CHECK (body = entered_body())', town_table
    );
    EXECUTE format('GRANT %s ON %s TO bhumika_service', allowed, town_table);
END $$;
COMMENT ON FUNCTION close_between_bodies(REGCLASS, TEXT) IS
    'Rows of a table are seen and written by their own body only; the service may do what is allowed, such as SELECT, INSERT.';

CREATE TABLE local_body (
    code TEXT NOT NULL,
    jurisdiction TEXT NOT NULL,
    name_en TEXT NOT NULL,
    name_ml TEXT NOT NULL,
    kind TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    rest_days TEXT NOT NULL,
    synthetic BOOLEAN NOT NULL,
    CONSTRAINT local_body_pkey PRIMARY KEY (code),
    CONSTRAINT local_body_code_jurisdiction_key UNIQUE (code, jurisdiction),
    CONSTRAINT local_body_kind_check CHECK (kind IN ('grama_panchayat', 'municipality', 'corporation', 'other')),
    CONSTRAINT local_body_jurisdiction_fkey FOREIGN KEY(jurisdiction) REFERENCES jurisdiction (code)
);
CREATE INDEX local_body_jurisdiction_idx ON local_body (jurisdiction);

CREATE TABLE holiday (
    body TEXT NOT NULL,
    day DATE NOT NULL,
    name_en TEXT NOT NULL,
    name_ml TEXT NOT NULL,
    CONSTRAINT holiday_pkey PRIMARY KEY (body, day),
    CONSTRAINT holiday_body_fkey FOREIGN KEY(body) REFERENCES local_body (code)
);

CREATE TABLE person (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    body TEXT NOT NULL,
    name TEXT NOT NULL,
    email TEXT,
    phone TEXT,
    language TEXT NOT NULL,
    since TIMESTAMP WITH TIME ZONE NOT NULL,
    erased TIMESTAMP WITH TIME ZONE,
    CONSTRAINT person_pkey PRIMARY KEY (id),
    CONSTRAINT person_body_id_key UNIQUE (body, id),
    CONSTRAINT person_body_email_key UNIQUE (body, email),
    CONSTRAINT person_body_phone_key UNIQUE (body, phone),
    CONSTRAINT person_name_check CHECK (name <> ''),
    CONSTRAINT person_language_check CHECK (language IN ('en', 'ml')),
    CONSTRAINT person_reach_check CHECK (email IS NOT NULL OR phone IS NOT NULL OR erased IS NOT NULL),
    CONSTRAINT person_body_fkey FOREIGN KEY(body) REFERENCES local_body (code)
);

CREATE TABLE posting (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    body TEXT NOT NULL,
    person_id BIGINT NOT NULL,
    role TEXT NOT NULL,
    grade TEXT,
    order_ref TEXT NOT NULL,
    begins DATE NOT NULL,
    ends DATE,
    posted_by BIGINT,
    ended_by BIGINT,
    CONSTRAINT posting_pkey PRIMARY KEY (id),
    CONSTRAINT posting_body_person_id_fkey FOREIGN KEY(body, person_id) REFERENCES person (body, id),
    CONSTRAINT posting_body_posted_by_fkey FOREIGN KEY(body, posted_by) REFERENCES person (body, id),
    CONSTRAINT posting_body_ended_by_fkey FOREIGN KEY(body, ended_by) REFERENCES person (body, id),
    CONSTRAINT posting_own_check CHECK (posted_by <> person_id),
    CONSTRAINT posting_role_check CHECK (role IN ('licensee', 'front_office', 'verifier', 'field_inspector', 'approver', 'secretary', 'agency', 'auditor', 'counter', 'admin')),
    CONSTRAINT posting_days_check CHECK (ends IS NULL OR ends > begins),
    CONSTRAINT posting_order_ref_check CHECK (order_ref <> ''),
    CONSTRAINT posting_body_fkey FOREIGN KEY(body) REFERENCES local_body (code)
);
CREATE INDEX posting_body_person_id_idx ON posting (body, person_id);

CREATE TABLE sign_in_code (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    body TEXT NOT NULL,
    reach TEXT NOT NULL,
    sender TEXT NOT NULL,
    digest TEXT NOT NULL,
    made TIMESTAMP WITH TIME ZONE NOT NULL,
    ends TIMESTAMP WITH TIME ZONE NOT NULL,
    tries INTEGER DEFAULT 0 NOT NULL,
    used TIMESTAMP WITH TIME ZONE,
    CONSTRAINT sign_in_code_pkey PRIMARY KEY (id),
    CONSTRAINT sign_in_code_tries_check CHECK (tries >= 0),
    CONSTRAINT sign_in_code_body_fkey FOREIGN KEY(body) REFERENCES local_body (code)
);
CREATE INDEX sign_in_code_body_made_idx ON sign_in_code (body, made);
CREATE INDEX sign_in_code_body_reach_idx ON sign_in_code (body, reach);

CREATE TABLE sign_in (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    body TEXT NOT NULL,
    digest TEXT NOT NULL,
    person_id BIGINT NOT NULL,
    way TEXT NOT NULL,
    device TEXT NOT NULL,
    begun TIMESTAMP WITH TIME ZONE NOT NULL,
    ends TIMESTAMP WITH TIME ZONE NOT NULL,
    ended TIMESTAMP WITH TIME ZONE,
    CONSTRAINT sign_in_pkey PRIMARY KEY (id),
    CONSTRAINT sign_in_body_person_id_fkey FOREIGN KEY(body, person_id) REFERENCES person (body, id),
    CONSTRAINT sign_in_body_id_key UNIQUE (body, id),
    CONSTRAINT sign_in_way_check CHECK (way IN ('code', 'oidc', 'passkey', 'demo')),
    CONSTRAINT sign_in_body_fkey FOREIGN KEY(body) REFERENCES local_body (code),
    CONSTRAINT sign_in_digest_key UNIQUE (digest)
);
CREATE INDEX sign_in_body_person_id_idx ON sign_in (body, person_id);

CREATE TABLE case_serial (
    body TEXT NOT NULL,
    service TEXT NOT NULL,
    year INTEGER NOT NULL,
    last INTEGER NOT NULL,
    CONSTRAINT case_serial_pkey PRIMARY KEY (body, service, year),
    CONSTRAINT case_serial_body_fkey FOREIGN KEY(body) REFERENCES local_body (code)
);

CREATE TABLE civic_case (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    body TEXT NOT NULL,
    service TEXT NOT NULL,
    workflow TEXT NOT NULL,
    year INTEGER NOT NULL,
    serial INTEGER NOT NULL,
    number TEXT NOT NULL,
    state TEXT NOT NULL,
    turn TEXT,
    since TIMESTAMP WITH TIME ZONE NOT NULL,
    due DATE NOT NULL,
    opened TIMESTAMP WITH TIME ZONE NOT NULL,
    opened_by BIGINT NOT NULL,
    closed TIMESTAMP WITH TIME ZONE,
    version INTEGER NOT NULL,
    CONSTRAINT civic_case_pkey PRIMARY KEY (id),
    CONSTRAINT civic_case_body_id_key UNIQUE (body, id),
    CONSTRAINT civic_case_body_number_key UNIQUE (body, number),
    CONSTRAINT civic_case_body_service_year_serial_key UNIQUE (body, service, year, serial),
    CONSTRAINT civic_case_body_opened_by_fkey FOREIGN KEY(body, opened_by) REFERENCES person (body, id),
    CONSTRAINT civic_case_serial_check CHECK (serial > 0),
    CONSTRAINT civic_case_version_check CHECK (version > 0),
    CONSTRAINT civic_case_turn_check CHECK ((closed IS NULL) = (turn IS NOT NULL)),
    CONSTRAINT civic_case_body_fkey FOREIGN KEY(body) REFERENCES local_body (code)
);
CREATE INDEX civic_case_body_opened_idx ON civic_case (body, opened);
CREATE INDEX civic_case_body_opened_by_idx ON civic_case (body, opened_by);
CREATE INDEX civic_case_inbox_idx ON civic_case (body, turn, due, id) WHERE closed IS NULL;

CREATE TABLE case_parcel (
    body TEXT NOT NULL,
    case_id BIGINT NOT NULL,
    number TEXT NOT NULL,
    jurisdiction TEXT NOT NULL,
    CONSTRAINT case_parcel_pkey PRIMARY KEY (case_id, number),
    CONSTRAINT case_parcel_body_case_id_fkey FOREIGN KEY(body, case_id) REFERENCES civic_case (body, id),
    CONSTRAINT case_parcel_body_jurisdiction_fkey FOREIGN KEY(body, jurisdiction) REFERENCES local_body (code, jurisdiction),
    CONSTRAINT case_parcel_body_fkey FOREIGN KEY(body) REFERENCES local_body (code)
);
CREATE INDEX case_parcel_body_number_idx ON case_parcel (body, number);

CREATE TABLE case_party (
    body TEXT NOT NULL,
    case_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    part TEXT NOT NULL,
    CONSTRAINT case_party_pkey PRIMARY KEY (case_id, person_id, part),
    CONSTRAINT case_party_body_case_id_fkey FOREIGN KEY(body, case_id) REFERENCES civic_case (body, id),
    CONSTRAINT case_party_body_person_id_fkey FOREIGN KEY(body, person_id) REFERENCES person (body, id),
    CONSTRAINT case_party_part_check CHECK (part IN ('applicant', 'owner', 'licensee', 'neighbour')),
    CONSTRAINT case_party_body_fkey FOREIGN KEY(body) REFERENCES local_body (code)
);
CREATE INDEX case_party_body_person_id_idx ON case_party (body, person_id);

CREATE TABLE case_event (
    case_id BIGINT NOT NULL,
    seq INTEGER NOT NULL,
    body TEXT NOT NULL,
    instant TIMESTAMP WITH TIME ZONE NOT NULL,
    step TEXT NOT NULL,
    state_before TEXT,
    state_after TEXT NOT NULL,
    role TEXT NOT NULL,
    person_id BIGINT,
    sign_in_id BIGINT,
    note TEXT,
    seen_by TEXT NOT NULL,
    told JSONB NOT NULL,
    CONSTRAINT case_event_pkey PRIMARY KEY (case_id, seq),
    CONSTRAINT case_event_body_case_id_fkey FOREIGN KEY(body, case_id) REFERENCES civic_case (body, id),
    CONSTRAINT case_event_body_person_id_fkey FOREIGN KEY(body, person_id) REFERENCES person (body, id),
    CONSTRAINT case_event_body_sign_in_id_fkey FOREIGN KEY(body, sign_in_id) REFERENCES sign_in (body, id),
    CONSTRAINT case_event_seen_by_check CHECK (seen_by IN ('everyone', 'parties', 'staff')),
    CONSTRAINT case_event_body_fkey FOREIGN KEY(body) REFERENCES local_body (code)
);
CREATE INDEX case_event_body_instant_idx ON case_event (body, instant);

CREATE TABLE known_owner (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    body TEXT NOT NULL,
    person_id BIGINT NOT NULL,
    party_id BIGINT NOT NULL,
    case_id BIGINT,
    known TIMESTAMP WITH TIME ZONE NOT NULL,
    known_by BIGINT,
    ended TIMESTAMP WITH TIME ZONE,
    ended_by BIGINT,
    CONSTRAINT known_owner_pkey PRIMARY KEY (id),
    CONSTRAINT known_owner_body_person_id_fkey FOREIGN KEY(body, person_id) REFERENCES person (body, id),
    CONSTRAINT known_owner_body_case_id_fkey FOREIGN KEY(body, case_id) REFERENCES civic_case (body, id),
    CONSTRAINT known_owner_body_known_by_fkey FOREIGN KEY(body, known_by) REFERENCES person (body, id),
    CONSTRAINT known_owner_body_ended_by_fkey FOREIGN KEY(body, ended_by) REFERENCES person (body, id),
    CONSTRAINT known_owner_own_check CHECK (known_by <> person_id),
    CONSTRAINT known_owner_body_fkey FOREIGN KEY(body) REFERENCES local_body (code)
);
CREATE INDEX known_owner_party_idx ON known_owner (body, party_id) WHERE ended IS NULL;
CREATE UNIQUE INDEX known_owner_person_idx ON known_owner (body, person_id, party_id) WHERE ended IS NULL;

CREATE TABLE sent_form (
    body TEXT NOT NULL,
    person_id BIGINT NOT NULL,
    digest TEXT NOT NULL,
    case_id BIGINT NOT NULL,
    sent TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT sent_form_pkey PRIMARY KEY (body, person_id, digest),
    CONSTRAINT sent_form_body_person_id_fkey FOREIGN KEY(body, person_id) REFERENCES person (body, id),
    CONSTRAINT sent_form_body_case_id_fkey FOREIGN KEY(body, case_id) REFERENCES civic_case (body, id),
    CONSTRAINT sent_form_body_fkey FOREIGN KEY(body) REFERENCES local_body (code)
);
CREATE INDEX sent_form_body_sent_idx ON sent_form (body, sent);

CREATE TABLE case_task (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    body TEXT NOT NULL,
    case_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    role TEXT NOT NULL,
    asked TIMESTAMP WITH TIME ZONE NOT NULL,
    due DATE NOT NULL,
    answered TIMESTAMP WITH TIME ZONE,
    answered_by BIGINT,
    answer TEXT,
    told JSONB NOT NULL,
    CONSTRAINT case_task_pkey PRIMARY KEY (id),
    CONSTRAINT case_task_body_id_key UNIQUE (body, id),
    CONSTRAINT case_task_body_case_id_fkey FOREIGN KEY(body, case_id) REFERENCES civic_case (body, id),
    CONSTRAINT case_task_body_answered_by_fkey FOREIGN KEY(body, answered_by) REFERENCES person (body, id),
    CONSTRAINT case_task_answer_check CHECK ((answered IS NULL) = (answer IS NULL)),
    CONSTRAINT case_task_body_fkey FOREIGN KEY(body) REFERENCES local_body (code)
);
CREATE INDEX case_task_body_case_id_idx ON case_task (body, case_id);
CREATE INDEX case_task_open_idx ON case_task (body, role, due, case_id) WHERE answered IS NULL;

CREATE TABLE personal_look (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    body TEXT NOT NULL,
    instant TIMESTAMP WITH TIME ZONE NOT NULL,
    subject_id BIGINT NOT NULL,
    reader_id BIGINT NOT NULL,
    roles TEXT NOT NULL,
    page TEXT NOT NULL,
    CONSTRAINT personal_look_pkey PRIMARY KEY (id),
    CONSTRAINT personal_look_body_subject_id_fkey FOREIGN KEY(body, subject_id) REFERENCES person (body, id),
    CONSTRAINT personal_look_body_reader_id_fkey FOREIGN KEY(body, reader_id) REFERENCES person (body, id),
    CONSTRAINT personal_look_body_fkey FOREIGN KEY(body) REFERENCES local_body (code)
);
CREATE INDEX personal_look_body_subject_id_id_idx ON personal_look (body, subject_id, id);

CREATE TABLE passkey (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    body TEXT NOT NULL,
    person_id BIGINT NOT NULL,
    credential TEXT NOT NULL,
    public_key TEXT NOT NULL,
    count BIGINT NOT NULL,
    name TEXT NOT NULL,
    made TIMESTAMP WITH TIME ZONE NOT NULL,
    used TIMESTAMP WITH TIME ZONE,
    CONSTRAINT passkey_pkey PRIMARY KEY (id),
    CONSTRAINT passkey_body_person_id_fkey FOREIGN KEY(body, person_id) REFERENCES person (body, id),
    CONSTRAINT passkey_count_check CHECK (count >= 0),
    CONSTRAINT passkey_body_fkey FOREIGN KEY(body) REFERENCES local_body (code),
    CONSTRAINT passkey_credential_key UNIQUE (credential)
);
CREATE INDEX passkey_body_person_id_idx ON passkey (body, person_id);

CREATE TABLE passkey_challenge (
    challenge TEXT NOT NULL,
    body TEXT NOT NULL,
    person_id BIGINT,
    sender TEXT NOT NULL,
    ends TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT passkey_challenge_pkey PRIMARY KEY (challenge),
    CONSTRAINT passkey_challenge_body_fkey FOREIGN KEY(body) REFERENCES local_body (code)
);
CREATE INDEX passkey_challenge_body_ends_idx ON passkey_challenge (body, ends);

-- A town hall is shown by name to everyone; what is in it is not.

SELECT close_between_bodies('holiday', 'INSERT, DELETE');
SELECT close_between_bodies('person', 'INSERT, UPDATE');
SELECT close_between_bodies('posting', 'INSERT');
GRANT UPDATE (ends, ended_by) ON posting TO bhumika_service;
SELECT close_between_bodies('sign_in_code', 'INSERT, DELETE');
GRANT UPDATE (tries, used) ON sign_in_code TO bhumika_service;
SELECT close_between_bodies('sign_in', 'INSERT');
GRANT UPDATE (ended) ON sign_in TO bhumika_service;
SELECT close_between_bodies('passkey', 'INSERT, DELETE');
GRANT UPDATE (count, used) ON passkey TO bhumika_service;
SELECT close_between_bodies('passkey_challenge', 'INSERT, DELETE');
SELECT close_between_bodies('case_serial', 'INSERT');
GRANT UPDATE (last) ON case_serial TO bhumika_service;
SELECT close_between_bodies('civic_case', 'INSERT');
GRANT UPDATE (state, turn, since, due, closed, version) ON civic_case TO bhumika_service;
SELECT close_between_bodies('case_parcel', 'INSERT');
SELECT close_between_bodies('case_party', 'INSERT, DELETE');
SELECT close_between_bodies('case_event', 'INSERT');
SELECT close_between_bodies('known_owner', 'INSERT');
GRANT UPDATE (ended, ended_by) ON known_owner TO bhumika_service;
SELECT close_between_bodies('sent_form', 'INSERT, DELETE');
SELECT close_between_bodies('case_task', 'INSERT');
GRANT UPDATE (answered, answered_by, answer, told) ON case_task TO bhumika_service;

SELECT close_between_bodies('personal_look', 'INSERT');

CREATE TRIGGER personal_look_history BEFORE UPDATE OR DELETE OR TRUNCATE ON personal_look
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER case_event_history BEFORE UPDATE OR DELETE OR TRUNCATE ON case_event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Parties and rights are private: the service sees them only inside a body whose land they are on.
ALTER TABLE party ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_land ON party TO bhumika_service
    USING (jurisdiction = (SELECT b.jurisdiction FROM local_body b WHERE b.code = entered_body()));
ALTER TABLE instrument ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_land ON instrument TO bhumika_service
    USING (jurisdiction = (SELECT b.jurisdiction FROM local_body b WHERE b.code = entered_body()));
ALTER TABLE parcel_right ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_land ON parcel_right TO bhumika_service
    USING (jurisdiction = (SELECT b.jurisdiction FROM local_body b WHERE b.code = entered_body()));
ALTER TABLE party_name ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_land ON party_name TO bhumika_service
    USING (EXISTS (SELECT FROM party p WHERE p.id = party_id));
