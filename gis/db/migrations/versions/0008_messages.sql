-- The queue of jobs; messages, their delivery, and who watches a plot.

-- Functions of the queue find its tables whatever the caller's path is.
DO $$
DECLARE
    made REGPROCEDURE;
BEGIN
    FOR made IN SELECT p.oid FROM pg_proc p WHERE p.pronamespace = 'jobs'::REGNAMESPACE LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = jobs, pg_temp', made);
    END LOOP;
END $$;
COMMENT ON SCHEMA jobs IS 'The queue of procrastinate 3.10; it names local bodies and identifiers, never a person.';
GRANT USAGE ON SCHEMA jobs TO bhumika_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA jobs TO bhumika_service;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA jobs TO bhumika_service;

CREATE TABLE job_done (
    job_id BIGINT NOT NULL,
    body TEXT NOT NULL,
    kind TEXT NOT NULL,
    done TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT job_done_pkey PRIMARY KEY (job_id),
    CONSTRAINT job_done_body_fkey FOREIGN KEY(body) REFERENCES local_body (code)
);
CREATE INDEX job_done_body_done_idx ON job_done (body, done);

CREATE TABLE job_round (
    body TEXT NOT NULL,
    kind TEXT NOT NULL,
    due TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT job_round_pkey PRIMARY KEY (body, kind, due),
    CONSTRAINT job_round_body_fkey FOREIGN KEY(body) REFERENCES local_body (code)
);

SELECT close_between_bodies('job_done', 'INSERT, DELETE');
SELECT close_between_bodies('job_round', 'INSERT, DELETE');

CREATE TABLE message (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    body TEXT NOT NULL,
    case_id BIGINT,
    person_id BIGINT,
    channel TEXT NOT NULL,
    address TEXT NOT NULL,
    template TEXT NOT NULL,
    language TEXT NOT NULL,
    subject TEXT NOT NULL,
    text TEXT NOT NULL,
    blanks TEXT[] NOT NULL,
    state TEXT NOT NULL,
    made TIMESTAMP WITH TIME ZONE NOT NULL,
    tries INTEGER DEFAULT 0 NOT NULL,
    sent TIMESTAMP WITH TIME ZONE,
    reference TEXT,
    failure TEXT,
    CONSTRAINT message_pkey PRIMARY KEY (id),
    CONSTRAINT message_body_id_key UNIQUE (body, id),
    CONSTRAINT message_body_case_id_fkey FOREIGN KEY(body, case_id) REFERENCES civic_case (body, id),
    CONSTRAINT message_body_person_id_fkey FOREIGN KEY(body, person_id) REFERENCES person (body, id),
    CONSTRAINT message_channel_check CHECK (channel IN ('email', 'sms', 'whatsapp')),
    CONSTRAINT message_language_check CHECK (language IN ('en', 'ml')),
    CONSTRAINT message_state_check CHECK (state IN ('waiting', 'sending', 'sent', 'delivered', 'failed', 'unsent')),
    CONSTRAINT message_tries_check CHECK (tries >= 0),
    CONSTRAINT message_failure_check CHECK ((state = 'failed') = (failure IS NOT NULL)),
    CONSTRAINT message_body_fkey FOREIGN KEY(body) REFERENCES local_body (code)
);
CREATE INDEX message_body_case_id_idx ON message (body, case_id);
CREATE INDEX message_body_made_id_idx ON message (body, made, id);

CREATE TABLE message_try (
    message_id BIGINT NOT NULL,
    seq INTEGER NOT NULL,
    body TEXT NOT NULL,
    instant TIMESTAMP WITH TIME ZONE NOT NULL,
    outcome TEXT NOT NULL,
    answer TEXT NOT NULL,
    CONSTRAINT message_try_pkey PRIMARY KEY (message_id, seq),
    CONSTRAINT message_try_body_message_id_fkey FOREIGN KEY(body, message_id) REFERENCES message (body, id),
    CONSTRAINT message_try_outcome_check CHECK (outcome IN ('sent', 'postponed', 'refused', 'unsent', 'delivered', 'undelivered')),
    CONSTRAINT message_try_body_fkey FOREIGN KEY(body) REFERENCES local_body (code)
);

CREATE TABLE message_template (
    body TEXT NOT NULL,
    name TEXT NOT NULL,
    language TEXT NOT NULL,
    subject TEXT NOT NULL,
    text TEXT NOT NULL,
    sms TEXT NOT NULL,
    sms_header TEXT,
    sms_template TEXT,
    whatsapp_template TEXT,
    CONSTRAINT message_template_pkey PRIMARY KEY (body, name, language),
    CONSTRAINT message_template_language_check CHECK (language IN ('en', 'ml')),
    CONSTRAINT message_template_body_fkey FOREIGN KEY(body) REFERENCES local_body (code)
);

CREATE TABLE message_consent (
    body TEXT NOT NULL,
    person_id BIGINT NOT NULL,
    channel TEXT NOT NULL,
    given TIMESTAMP WITH TIME ZONE NOT NULL,
    withdrawn TIMESTAMP WITH TIME ZONE,
    CONSTRAINT message_consent_pkey PRIMARY KEY (person_id, channel),
    CONSTRAINT message_consent_body_person_id_fkey FOREIGN KEY(body, person_id) REFERENCES person (body, id),
    CONSTRAINT message_consent_channel_check CHECK (channel IN ('whatsapp')),
    CONSTRAINT message_consent_body_fkey FOREIGN KEY(body) REFERENCES local_body (code)
);

CREATE TABLE plot_watch (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    body TEXT NOT NULL,
    person_id BIGINT NOT NULL,
    jurisdiction TEXT NOT NULL,
    number TEXT NOT NULL,
    ground TEXT NOT NULL,
    reason TEXT NOT NULL,
    state TEXT NOT NULL,
    asked TIMESTAMP WITH TIME ZONE NOT NULL,
    decided TIMESTAMP WITH TIME ZONE,
    decided_by BIGINT,
    stop TEXT NOT NULL,
    CONSTRAINT plot_watch_pkey PRIMARY KEY (id),
    CONSTRAINT plot_watch_stop_key UNIQUE (stop),
    CONSTRAINT plot_watch_body_person_id_fkey FOREIGN KEY(body, person_id) REFERENCES person (body, id),
    CONSTRAINT plot_watch_body_decided_by_fkey FOREIGN KEY(body, decided_by) REFERENCES person (body, id),
    CONSTRAINT plot_watch_body_jurisdiction_fkey FOREIGN KEY(body, jurisdiction) REFERENCES local_body (code, jurisdiction),
    CONSTRAINT plot_watch_ground_check CHECK (ground IN ('party', 'declared')),
    CONSTRAINT plot_watch_state_check CHECK (state IN ('asked', 'watching', 'refused', 'stopped')),
    CONSTRAINT plot_watch_reason_check CHECK (ground <> 'declared' OR reason <> ''),
    CONSTRAINT plot_watch_body_fkey FOREIGN KEY(body) REFERENCES local_body (code)
);
CREATE INDEX plot_watch_number_idx ON plot_watch (body, number) WHERE state = 'watching';
CREATE UNIQUE INDEX plot_watch_person_idx ON plot_watch (body, person_id, number) WHERE state IN ('asked', 'watching');

SELECT close_between_bodies('message', 'INSERT');
GRANT UPDATE (address, subject, text, blanks, state, tries, sent, reference, failure) ON message TO bhumika_service;
SELECT close_between_bodies('message_try', 'INSERT');
SELECT close_between_bodies('message_template', 'INSERT, UPDATE, DELETE');
SELECT close_between_bodies('message_consent', 'INSERT');
GRANT UPDATE (given, withdrawn) ON message_consent TO bhumika_service;
SELECT close_between_bodies('plot_watch', 'INSERT');
GRANT UPDATE (reason, state, decided, decided_by) ON plot_watch TO bhumika_service;

CREATE TRIGGER message_try_history BEFORE UPDATE OR DELETE OR TRUNCATE ON message_try
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
