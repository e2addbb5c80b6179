-- What people hold and build on the ground: parties, rights, instruments (all private), and buildings.
CREATE TABLE party (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    jurisdiction TEXT NOT NULL,
    kind TEXT NOT NULL,
    recording_id BIGINT NOT NULL,
    CONSTRAINT party_pkey PRIMARY KEY (id),
    CONSTRAINT party_id_jurisdiction_key UNIQUE (id, jurisdiction),
    CONSTRAINT party_kind_check CHECK (kind IN ('person', 'group', 'body', 'state')),
    CONSTRAINT party_jurisdiction_fkey FOREIGN KEY(jurisdiction) REFERENCES jurisdiction (code),
    CONSTRAINT party_recording_id_fkey FOREIGN KEY(recording_id) REFERENCES recording (id)
);

CREATE TABLE party_name (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    party_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    valid DATERANGE NOT NULL,
    recorded TSTZRANGE NOT NULL,
    CONSTRAINT party_name_pkey PRIMARY KEY (id),
    CONSTRAINT party_name_party_id_fkey FOREIGN KEY(party_id) REFERENCES party (id),
    CONSTRAINT party_name_name_check CHECK (name <> ''),
    CONSTRAINT party_name_ranges_check CHECK (lower_inc(valid) AND lower_inc(recorded) AND NOT upper_inc(recorded)),
    CONSTRAINT party_name_one_at_a_time EXCLUDE USING gist (party_id WITH =, valid WITH &&, recorded WITH &&)
);

CREATE TABLE instrument (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    jurisdiction TEXT NOT NULL,
    recording_id BIGINT NOT NULL,
    title TEXT NOT NULL,
    dated DATE NOT NULL,
    CONSTRAINT instrument_pkey PRIMARY KEY (id),
    CONSTRAINT instrument_id_jurisdiction_key UNIQUE (id, jurisdiction),
    CONSTRAINT instrument_title_check CHECK (title <> ''),
    CONSTRAINT instrument_jurisdiction_fkey FOREIGN KEY(jurisdiction) REFERENCES jurisdiction (code),
    CONSTRAINT instrument_recording_id_fkey FOREIGN KEY(recording_id) REFERENCES recording (id)
);

CREATE TABLE parcel_right (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    jurisdiction TEXT NOT NULL,
    number TEXT NOT NULL,
    kind TEXT NOT NULL,
    party_id BIGINT NOT NULL,
    numerator BIGINT NOT NULL,
    denominator BIGINT NOT NULL,
    source TEXT NOT NULL,
    terms TEXT,
    begun_by BIGINT NOT NULL,
    ended_by BIGINT,
    valid DATERANGE NOT NULL,
    recorded TSTZRANGE NOT NULL,
    CONSTRAINT parcel_right_pkey PRIMARY KEY (id),
    CONSTRAINT parcel_right_kind_check CHECK (kind IN ('ownership', 'lease', 'tenancy', 'usufruct', 'easement', 'mortgage', 'charge')),
    CONSTRAINT parcel_right_source_check CHECK (source IN ('declared', 'register', 'verified')),
    CONSTRAINT parcel_right_share_check CHECK (0 < numerator AND numerator <= denominator),
    CONSTRAINT parcel_right_ranges_check CHECK (lower_inc(valid) AND lower_inc(recorded) AND NOT upper_inc(recorded)),
    CONSTRAINT parcel_right_party_id_jurisdiction_fkey FOREIGN KEY(party_id, jurisdiction) REFERENCES party (id, jurisdiction),
    CONSTRAINT parcel_right_begun_by_jurisdiction_fkey FOREIGN KEY(begun_by, jurisdiction) REFERENCES instrument (id, jurisdiction),
    CONSTRAINT parcel_right_ended_by_jurisdiction_fkey FOREIGN KEY(ended_by, jurisdiction) REFERENCES instrument (id, jurisdiction),
    CONSTRAINT parcel_right_one_share EXCLUDE USING gist (jurisdiction WITH =, number WITH =, party_id WITH =, valid WITH &&, recorded WITH &&)
        WHERE (kind = 'ownership')
);
CREATE INDEX parcel_right_jurisdiction_number_idx ON parcel_right (jurisdiction, number);
CREATE INDEX parcel_right_party_id_idx ON parcel_right (party_id);

CREATE TABLE building (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    jurisdiction TEXT NOT NULL,
    recording_id BIGINT NOT NULL,
    CONSTRAINT building_pkey PRIMARY KEY (id),
    CONSTRAINT building_id_jurisdiction_key UNIQUE (id, jurisdiction),
    CONSTRAINT building_jurisdiction_fkey FOREIGN KEY(jurisdiction) REFERENCES jurisdiction (code),
    CONSTRAINT building_recording_id_fkey FOREIGN KEY(recording_id) REFERENCES recording (id)
);

CREATE TABLE building_state (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    building_id BIGINT NOT NULL,
    jurisdiction TEXT NOT NULL,
    srid INTEGER NOT NULL,
    numbers TEXT[] NOT NULL,
    door_number TEXT,
    storeys INTEGER,
    use TEXT,
    footprint geometry,
    origin TEXT NOT NULL,
    instrument TEXT NOT NULL,
    ended_by TEXT,
    valid DATERANGE NOT NULL,
    recorded TSTZRANGE NOT NULL,
    CONSTRAINT building_state_pkey PRIMARY KEY (id),
    CONSTRAINT building_state_building_id_jurisdiction_fkey FOREIGN KEY(building_id, jurisdiction) REFERENCES building (id, jurisdiction),
    CONSTRAINT building_state_jurisdiction_srid_fkey FOREIGN KEY(jurisdiction, srid) REFERENCES jurisdiction (code, metric),
    CONSTRAINT building_state_footprint_check CHECK (ST_SRID(footprint) = srid AND NOT ST_IsEmpty(footprint)),
    CONSTRAINT building_state_numbers_check CHECK (cardinality(numbers) > 0 AND array_position(numbers, NULL) IS NULL),
    CONSTRAINT building_state_storeys_check CHECK (storeys > 0),
    CONSTRAINT building_state_origin_check CHECK (origin IN ('permit', 'survey', 'claim')),
    CONSTRAINT building_state_ranges_check CHECK (lower_inc(valid) AND lower_inc(recorded) AND NOT upper_inc(recorded)),
    CONSTRAINT building_state_one_state EXCLUDE USING gist (building_id WITH =, valid WITH &&, recorded WITH &&)
);
CREATE INDEX building_state_footprint_idx ON building_state USING gist (footprint);
CREATE INDEX building_state_numbers_idx ON building_state USING gin (numbers);

CREATE AGGREGATE lcm_of(numeric) (SFUNC = lcm, STYPE = numeric);

-- The shares of owners are whole: 1 on every day on which a parcel has owners, in every belief about that day.
CREATE FUNCTION check_shares_whole() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    broken record;
BEGIN
    WITH share AS (
        SELECT numerator, denominator, valid, recorded FROM parcel_right
        WHERE jurisdiction = NEW.jurisdiction AND number = NEW.number AND kind = 'ownership'
    ),
    -- Sums change only where a range begins or ends, so these corners stand for every point of both times.
    day AS (SELECT lower(valid) AS starts FROM share UNION SELECT upper(valid) FROM share),
    instant AS (SELECT lower(recorded) AS starts FROM share UNION SELECT upper(recorded) FROM share),
    whole AS (SELECT lcm_of(CAST(denominator AS numeric)) AS parts FROM share)
    SELECT day.starts AS on_day, instant.starts AS known, whole.parts,
           sum(share.numerator * div(whole.parts, share.denominator)) AS held
    INTO broken
    FROM day CROSS JOIN instant CROSS JOIN whole
    JOIN share ON share.valid @> day.starts AND share.recorded @> instant.starts
    GROUP BY day.starts, instant.starts, whole.parts
    HAVING sum(share.numerator * div(whole.parts, share.denominator)) <> whole.parts
    ORDER BY day.starts, instant.starts
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'the shares of the owners of % on % add up to %/%, not to 1',
            NEW.number, broken.on_day, broken.held, broken.parts
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'parcel_right_whole';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER parcel_right_whole AFTER INSERT OR UPDATE ON parcel_right
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.kind = 'ownership') EXECUTE FUNCTION check_shares_whole();

CREATE TRIGGER party_history BEFORE UPDATE OR DELETE OR TRUNCATE ON party
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER instrument_history BEFORE UPDATE OR DELETE OR TRUNCATE ON instrument
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER building_history BEFORE UPDATE OR DELETE OR TRUNCATE ON building
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER party_name_history BEFORE UPDATE OR DELETE ON party_name
    FOR EACH ROW EXECUTE FUNCTION keep_recorded_history();
CREATE TRIGGER party_name_kept BEFORE TRUNCATE ON party_name
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER parcel_right_history BEFORE UPDATE OR DELETE ON parcel_right
    FOR EACH ROW EXECUTE FUNCTION keep_recorded_history();
CREATE TRIGGER parcel_right_kept BEFORE TRUNCATE ON parcel_right
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER building_state_history BEFORE UPDATE OR DELETE ON building_state
    FOR EACH ROW EXECUTE FUNCTION keep_recorded_history();
CREATE TRIGGER building_state_kept BEFORE TRUNCATE ON building_state
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
