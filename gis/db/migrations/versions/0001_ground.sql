-- The ground: jurisdictions, recordings, parcels, layers and names.
CREATE EXTENSION IF NOT EXISTS postgis;
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE TABLE jurisdiction (
    code TEXT NOT NULL,
    name_en TEXT NOT NULL,
    name_ml TEXT NOT NULL,
    metric INTEGER NOT NULL,
    catalogue TEXT NOT NULL,
    rule_book TEXT,
    synthetic BOOLEAN NOT NULL,
    CONSTRAINT jurisdiction_pkey PRIMARY KEY (code),
    CONSTRAINT jurisdiction_code_metric_key UNIQUE (code, metric)
);

CREATE TABLE recording (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    jurisdiction TEXT NOT NULL,
    instant TIMESTAMP WITH TIME ZONE NOT NULL,
    what TEXT NOT NULL,
    CONSTRAINT recording_pkey PRIMARY KEY (id),
    CONSTRAINT recording_jurisdiction_instant_key UNIQUE (jurisdiction, instant),
    CONSTRAINT recording_jurisdiction_fkey FOREIGN KEY(jurisdiction) REFERENCES jurisdiction (code)
);

CREATE TABLE dataset_import (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    jurisdiction TEXT NOT NULL,
    srid INTEGER NOT NULL,
    recording_id BIGINT NOT NULL,
    target TEXT NOT NULL,
    series TEXT NOT NULL,
    file TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    source JSONB NOT NULL,
    source_date DATE NOT NULL,
    holds TEXT,
    accuracy DOUBLE PRECISION NOT NULL,
    accuracy_basis TEXT NOT NULL,
    report JSONB NOT NULL,
    recorded TSTZRANGE NOT NULL,
    CONSTRAINT dataset_import_pkey PRIMARY KEY (id),
    CONSTRAINT dataset_import_jurisdiction_srid_fkey FOREIGN KEY(jurisdiction, srid) REFERENCES jurisdiction (code, metric),
    CONSTRAINT dataset_import_id_srid_key UNIQUE (id, srid),
    CONSTRAINT dataset_import_one_version EXCLUDE USING gist (jurisdiction WITH =, target WITH =, series WITH =, recorded WITH &&),
    CONSTRAINT dataset_import_recorded_check CHECK (NOT isempty(recorded)),
    CONSTRAINT dataset_import_accuracy_check CHECK (accuracy > 0),
    CONSTRAINT dataset_import_recording_id_fkey FOREIGN KEY(recording_id) REFERENCES recording (id)
);
CREATE INDEX dataset_import_recording_id_idx ON dataset_import (recording_id);

CREATE TABLE parcel_change (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    jurisdiction TEXT NOT NULL,
    recording_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    on_date DATE NOT NULL,
    instrument TEXT NOT NULL,
    CONSTRAINT parcel_change_pkey PRIMARY KEY (id),
    CONSTRAINT parcel_change_kind_check CHECK (kind IN ('import', 'divide', 'merge', 'correct', 'resurvey')),
    CONSTRAINT parcel_change_jurisdiction_fkey FOREIGN KEY(jurisdiction) REFERENCES jurisdiction (code),
    CONSTRAINT parcel_change_recording_id_fkey FOREIGN KEY(recording_id) REFERENCES recording (id)
);
CREATE INDEX parcel_change_recording_id_idx ON parcel_change (recording_id);

CREATE TABLE layer_coverage (
    import_id BIGINT NOT NULL,
    srid INTEGER NOT NULL,
    digest TEXT NOT NULL,
    shape geometry NOT NULL,
    CONSTRAINT layer_coverage_pkey PRIMARY KEY (import_id),
    CONSTRAINT layer_coverage_import_id_srid_fkey FOREIGN KEY(import_id, srid) REFERENCES dataset_import (id, srid),
    CONSTRAINT layer_coverage_shape_check CHECK (ST_SRID(shape) = srid)
);

CREATE TABLE layer_feature (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    import_id BIGINT NOT NULL,
    srid INTEGER NOT NULL,
    position INTEGER NOT NULL,
    ref TEXT NOT NULL,
    label TEXT,
    label_ml TEXT,
    width DOUBLE PRECISION,
    attributes JSONB NOT NULL,
    shape geometry NOT NULL,
    valid DATERANGE NOT NULL,
    CONSTRAINT layer_feature_pkey PRIMARY KEY (id),
    CONSTRAINT layer_feature_import_id_srid_fkey FOREIGN KEY(import_id, srid) REFERENCES dataset_import (id, srid),
    CONSTRAINT layer_feature_shape_check CHECK (ST_SRID(shape) = srid AND NOT ST_IsEmpty(shape)),
    CONSTRAINT layer_feature_width_check CHECK (width > 0),
    CONSTRAINT layer_feature_valid_check CHECK (NOT isempty(valid))
);
CREATE UNIQUE INDEX layer_feature_import_id_position_idx ON layer_feature (import_id, position);
CREATE INDEX layer_feature_shape_idx ON layer_feature USING gist (shape);

CREATE TABLE layer_raster (
    import_id BIGINT NOT NULL,
    path TEXT NOT NULL,
    epsg INTEGER NOT NULL,
    unit TEXT NOT NULL,
    datum TEXT NOT NULL,
    CONSTRAINT layer_raster_pkey PRIMARY KEY (import_id),
    CONSTRAINT layer_raster_import_id_fkey FOREIGN KEY(import_id) REFERENCES dataset_import (id)
);

CREATE TABLE parcel (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    jurisdiction TEXT NOT NULL,
    srid INTEGER NOT NULL,
    number TEXT NOT NULL,
    district TEXT,
    taluk TEXT,
    village TEXT,
    block TEXT,
    survey TEXT,
    subdivision TEXT,
    ulpin TEXT,
    address TEXT,
    land_type TEXT,
    recorded_extent NUMERIC,
    recorded_unit TEXT,
    measured_area DOUBLE PRECISION NOT NULL,
    accuracy DOUBLE PRECISION NOT NULL,
    boundary geometry NOT NULL,
    change_id BIGINT NOT NULL,
    import_id BIGINT,
    valid DATERANGE NOT NULL,
    recorded TSTZRANGE NOT NULL,
    CONSTRAINT parcel_pkey PRIMARY KEY (id),
    CONSTRAINT parcel_jurisdiction_srid_fkey FOREIGN KEY(jurisdiction, srid) REFERENCES jurisdiction (code, metric),
    CONSTRAINT parcel_srid_check CHECK (ST_SRID(boundary) = srid),
    CONSTRAINT parcel_area_check CHECK (NOT ST_IsEmpty(boundary) AND measured_area > 0 AND measured_area < 'Infinity'),
    CONSTRAINT parcel_accuracy_check CHECK (accuracy > 0 AND accuracy < 'Infinity'),
    CONSTRAINT parcel_recorded_unit_check CHECK ((recorded_extent IS NULL) = (recorded_unit IS NULL)),
    CONSTRAINT parcel_ranges_check CHECK (lower_inc(valid) AND lower_inc(recorded) AND NOT upper_inc(recorded)),
    -- The hash stands first because GiST finds a number among millions by it; jurisdiction and number keep it exact.
    CONSTRAINT parcel_one_state EXCLUDE USING gist (
        hashtextextended(jurisdiction || ' ' || number, 0) WITH =, jurisdiction WITH =, number WITH =,
        valid WITH &&, recorded WITH &&
    ),
    CONSTRAINT parcel_change_id_fkey FOREIGN KEY(change_id) REFERENCES parcel_change (id),
    CONSTRAINT parcel_import_id_fkey FOREIGN KEY(import_id) REFERENCES dataset_import (id)
);
CREATE INDEX parcel_boundary_idx ON parcel USING gist (boundary);
CREATE INDEX parcel_jurisdiction_number_idx ON parcel (jurisdiction, number);
CREATE INDEX parcel_jurisdiction_survey_idx ON parcel (jurisdiction, survey);
CREATE INDEX parcel_jurisdiction_ulpin_idx ON parcel (jurisdiction, ulpin) WHERE ulpin IS NOT NULL;

CREATE TABLE parcel_lineage (
    change_id BIGINT NOT NULL,
    jurisdiction TEXT NOT NULL,
    predecessor TEXT NOT NULL,
    successor TEXT NOT NULL,
    CONSTRAINT parcel_lineage_pkey PRIMARY KEY (change_id, predecessor, successor),
    CONSTRAINT parcel_lineage_change_id_fkey FOREIGN KEY(change_id) REFERENCES parcel_change (id),
    CONSTRAINT parcel_lineage_jurisdiction_fkey FOREIGN KEY(jurisdiction) REFERENCES jurisdiction (code)
);
CREATE INDEX parcel_lineage_jurisdiction_predecessor_idx ON parcel_lineage (jurisdiction, predecessor);
CREATE INDEX parcel_lineage_jurisdiction_successor_idx ON parcel_lineage (jurisdiction, successor);

CREATE TABLE place_name (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    import_id BIGINT NOT NULL,
    srid INTEGER NOT NULL,
    kind TEXT NOT NULL,
    name_en TEXT,
    name_ml TEXT,
    folded TEXT NOT NULL,
    sound_key TEXT NOT NULL,
    parcel_number TEXT,
    position geometry NOT NULL,
    CONSTRAINT place_name_pkey PRIMARY KEY (id),
    CONSTRAINT place_name_import_id_srid_fkey FOREIGN KEY(import_id, srid) REFERENCES dataset_import (id, srid),
    CONSTRAINT place_name_position_check CHECK (ST_SRID(position) = srid)
);
CREATE INDEX place_name_import_id_folded_idx ON place_name (import_id, folded);
CREATE INDEX place_name_sound_key_idx ON place_name USING gin (sound_key gin_trgm_ops);

CREATE TABLE layer_piece (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    import_id BIGINT NOT NULL,
    feature_id BIGINT NOT NULL,
    shape geometry NOT NULL,
    reach geometry NOT NULL,
    CONSTRAINT layer_piece_pkey PRIMARY KEY (id),
    CONSTRAINT layer_piece_import_id_fkey FOREIGN KEY(import_id) REFERENCES dataset_import (id),
    CONSTRAINT layer_piece_feature_id_fkey FOREIGN KEY(feature_id) REFERENCES layer_feature (id)
);
CREATE INDEX layer_piece_feature_id_idx ON layer_piece (feature_id);
CREATE INDEX layer_piece_reach_idx ON layer_piece USING gist (reach);

-- What was recorded is never rewritten: of a state or an import only the end of `recorded` may be set, once.
CREATE FUNCTION keep_recorded_history() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    unchanged record;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION '% is history and cannot be deleted', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    unchanged := NEW;
    unchanged.recorded := OLD.recorded;
    IF unchanged *<> OLD OR NOT upper_inf(OLD.recorded) OR upper_inf(NEW.recorded)
       OR lower(NEW.recorded) IS DISTINCT FROM lower(OLD.recorded) THEN
        RAISE EXCEPTION '% is history: only an open end of "recorded" may be set', TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER parcel_history BEFORE UPDATE OR DELETE ON parcel
    FOR EACH ROW EXECUTE FUNCTION keep_recorded_history();
CREATE TRIGGER dataset_import_history BEFORE UPDATE OR DELETE ON dataset_import
    FOR EACH ROW EXECUTE FUNCTION keep_recorded_history();

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is never changed, only followed by a newer import', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER layer_feature_history BEFORE UPDATE OR DELETE OR TRUNCATE ON layer_feature
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER layer_coverage_history BEFORE UPDATE OR DELETE OR TRUNCATE ON layer_coverage
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER parcel_change_history BEFORE UPDATE OR DELETE OR TRUNCATE ON parcel_change
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER parcel_lineage_history BEFORE UPDATE OR DELETE OR TRUNCATE ON parcel_lineage
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER recording_history BEFORE UPDATE OR DELETE OR TRUNCATE ON recording
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER parcel_kept BEFORE TRUNCATE ON parcel
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER dataset_import_kept BEFORE TRUNCATE ON dataset_import
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
