-- Who records the answers of authorities that came on paper: each local body orders it for itself, and what it ordered before stays on record.
CREATE TABLE paper_desk (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    body TEXT NOT NULL,
    roles TEXT NOT NULL,
    source TEXT NOT NULL,
    since TIMESTAMP WITH TIME ZONE NOT NULL,
    by_id BIGINT,
    CONSTRAINT paper_desk_pkey PRIMARY KEY (id),
    CONSTRAINT paper_desk_body_by_id_fkey FOREIGN KEY(body, by_id) REFERENCES person (body, id),
    CONSTRAINT paper_desk_roles_check CHECK (roles ~ '^(front_office|verifier|front_office,verifier)?$'),
    CONSTRAINT paper_desk_source_check CHECK (source <> ''),
    CONSTRAINT paper_desk_body_fkey FOREIGN KEY(body) REFERENCES local_body (code)
);
CREATE INDEX paper_desk_body_id_idx ON paper_desk (body, id);
SELECT close_between_bodies('paper_desk', 'INSERT');
CREATE TRIGGER paper_desk_history BEFORE UPDATE OR DELETE OR TRUNCATE ON paper_desk
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The board counts the cases that were closed in a span of days; open cases are not in it, so that a step costs no more.
CREATE INDEX civic_case_closed_idx ON civic_case (body, closed) WHERE closed IS NOT NULL;
