-- The tables of the fastest statement known before: one of parcels, one of restrictions cut to at most 64 vertices.
-- No history, no sources, no law: nothing but shapes, their layer and the feature they belong to.
CREATE SCHEMA bench;

CREATE TABLE bench.parcel AS
SELECT number, boundary AS shape FROM parcel WHERE upper_inf(valid) AND upper_inf(recorded) ORDER BY id;
ALTER TABLE bench.parcel ADD PRIMARY KEY (number);
CREATE INDEX ON bench.parcel USING gist (shape);

CREATE TABLE bench.piece AS
SELECT import.target AS layer, feature.id AS feature, ST_Subdivide(feature.shape, 64) AS shape
FROM layer_feature AS feature
JOIN dataset_import AS import ON import.id = feature.import_id
WHERE import.target NOT IN ('building', 'road') AND upper_inf(import.recorded)
ORDER BY feature.id;
CREATE INDEX ON bench.piece USING gist (shape);

CREATE TABLE bench.coverage AS
SELECT coverage.digest, ST_Subdivide(coverage.shape, 64) AS shape
FROM (SELECT DISTINCT ON (digest) * FROM layer_coverage ORDER BY digest) AS coverage;
CREATE INDEX ON bench.coverage USING gist (shape);
