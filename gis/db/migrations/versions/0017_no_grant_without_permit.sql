-- No case is granted without its permit, no permit stands without a granted case of its kind, none that is drawn without its check.

-- What is drawn was checked, and the check is of this very case.  An earlier permit was checked by nobody here.
ALTER TABLE permit_check ADD CONSTRAINT permit_check_body_case_id_id_key UNIQUE (body, case_id, id);
ALTER TABLE permit DROP CONSTRAINT permit_body_check_id_fkey;
ALTER TABLE permit_check DROP CONSTRAINT permit_check_body_id_key;
ALTER TABLE permit ADD CONSTRAINT permit_body_case_id_check_id_fkey
    FOREIGN KEY (body, case_id, check_id) REFERENCES permit_check (body, case_id, id);
ALTER TABLE permit ADD CONSTRAINT permit_check_id_check CHECK (
    CASE WHEN route = 'earlier' OR kind IN ('renewal', 'extension', 'transfer', 'plinth') THEN check_id IS NULL
         ELSE check_id IS NOT NULL END
);

-- A permit is revoked, replaced or prolonged; it never goes away, nor over to another case.
CREATE TRIGGER permit_stays BEFORE DELETE OR TRUNCATE OR UPDATE OF body, number, case_id, kind, route ON permit
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Checked when the transaction ends, in the case's own body, whichever the transaction is in by then.
CREATE FUNCTION granted_with_permit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    entered TEXT := current_setting('bhumika.body', true);
    which BIGINT;
    called TEXT;
    stands TEXT;
    asked TEXT;
    issued_as TEXT;
    came_by TEXT;
    wanted BOOLEAN;
BEGIN
    which := CASE TG_TABLE_NAME WHEN 'permit' THEN (to_jsonb(NEW) ->> 'case_id')::BIGINT
                                ELSE (to_jsonb(NEW) ->> 'id')::BIGINT END;
    PERFORM set_config('bhumika.body', NEW.body, true);
    SELECT c.number, CASE c.service WHEN 'permits' THEN c.state END, a.kind, p.kind, p.route
        INTO called, stands, asked, issued_as, came_by
        FROM civic_case c
        LEFT JOIN permit_case a ON a.body = c.body AND a.case_id = c.id
        LEFT JOIN permit p ON p.body = c.body AND p.case_id = c.id
        WHERE c.body = NEW.body AND c.id = which;
    PERFORM set_config('bhumika.body', coalesce(entered, ''), true);
    wanted := CASE stands WHEN 'permitted' THEN came_by IN ('self_certified', 'officer')
                          WHEN 'deemed' THEN came_by = 'deemed'
                          WHEN 'recorded' THEN came_by = 'earlier'
                          ELSE came_by IS NULL END;
    IF wanted IS NOT TRUE OR issued_as IS DISTINCT FROM (CASE WHEN came_by IS NOT NULL THEN asked END) THEN
        RAISE EXCEPTION 'Case % (% in %) does not go with its permit (% by %): what is granted has one permit, of its kind, and nothing else has.',
            called, coalesce(asked, 'of no kind'), coalesce(stands, 'another service'),
            coalesce(issued_as, 'none'), coalesce(came_by, 'nobody')
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION granted_with_permit() IS
    'A case of the permits is in a state that grants if and only if one permit stands on it: of its kind, by the way of that state.';

CREATE CONSTRAINT TRIGGER civic_case_opened_with_permit AFTER INSERT ON civic_case
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.service = 'permits' AND NEW.state IN ('permitted', 'deemed', 'recorded'))
    EXECUTE FUNCTION granted_with_permit();
CREATE CONSTRAINT TRIGGER civic_case_granted_with_permit AFTER UPDATE ON civic_case
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.service = 'permits' AND NEW.state <> OLD.state
          AND (NEW.state IN ('permitted', 'deemed', 'recorded') OR OLD.state IN ('permitted', 'deemed', 'recorded')))
    EXECUTE FUNCTION granted_with_permit();
CREATE CONSTRAINT TRIGGER permit_granted_with_case AFTER INSERT ON permit
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION granted_with_permit();

-- Who answers for an authority is asked of all services: it says who sees a case in which that authority was asked.
ALTER TABLE permit_agency RENAME TO answers_for;
ALTER SEQUENCE permit_agency_id_seq RENAME TO answers_for_id_seq;
ALTER INDEX permit_agency_open_idx RENAME TO answers_for_open_idx;
ALTER TABLE answers_for RENAME CONSTRAINT permit_agency_pkey TO answers_for_pkey;
ALTER TABLE answers_for RENAME CONSTRAINT permit_agency_body_fkey TO answers_for_body_fkey;
ALTER TABLE answers_for RENAME CONSTRAINT permit_agency_body_person_id_fkey TO answers_for_body_person_id_fkey;
ALTER TABLE answers_for RENAME CONSTRAINT permit_agency_body_by_id_fkey TO answers_for_body_by_id_fkey;
ALTER TABLE answers_for RENAME CONSTRAINT permit_agency_body_ended_by_fkey TO answers_for_body_ended_by_fkey;
ALTER TABLE answers_for RENAME CONSTRAINT permit_agency_authority_check TO answers_for_authority_check;
ALTER TABLE answers_for RENAME CONSTRAINT permit_agency_own_check TO answers_for_own_check;
