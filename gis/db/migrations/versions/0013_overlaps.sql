-- What plots and areas have in common, measured once.  A state of a parcel never changes and neither does a feature, so a fact about
-- two of them holds for good; what can be missing is a pair that nobody has measured yet, and that is written down beside.
CREATE TABLE overlap_measured (
    import_id BIGINT NOT NULL,
    parcels_to BIGINT NOT NULL,
    known TIMESTAMP WITH TIME ZONE NOT NULL,
    ways INTEGER NOT NULL,
    features BIGINT NOT NULL,
    CONSTRAINT overlap_measured_pkey PRIMARY KEY (import_id),
    CONSTRAINT overlap_measured_import_id_fkey FOREIGN KEY(import_id) REFERENCES dataset_import (id),
    CONSTRAINT overlap_measured_features_check CHECK (features >= 0)
);

-- Without keys to parcel and feature: neither is ever deleted, one command alone writes here, and looking up three keys for each of some
-- million rows would cost more than measuring them.
CREATE TABLE parcel_overlap (
    import_id BIGINT NOT NULL,
    parcel_id BIGINT NOT NULL,
    feature_id BIGINT NOT NULL,
    area DOUBLE PRECISION,
    CONSTRAINT parcel_overlap_pkey PRIMARY KEY (import_id, parcel_id, feature_id),
    CONSTRAINT parcel_overlap_area_check CHECK (area > 0 AND area < 'Infinity')
);

GRANT SELECT ON overlap_measured, parcel_overlap TO bhumika_planner;
