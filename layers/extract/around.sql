-- A plot, the parcels beside it and the pieces of features in whose reach it lies: everything that an extract rests on, in
-- one round trip and one index scan whatever the number of layers.  The plot is a parcel of the register or, without a
-- number, a box around something else; only boxes are compared here.  How shapes meet the plot is measured by whoever
-- asked: that is four times as quick outside the database, where the plot is unpacked once and not for every piece.
-- Functions in place of `@>` on ranges, and `= ANY` in place of `=`, keep the planner from the index behind the exclusion
-- constraint on parcels, which it takes for better than it is.
WITH latest AS MATERIALIZED (
    SELECT instant, coalesce(CAST(:known AS timestamptz), instant) AS known
    FROM (SELECT max(instant) AS instant FROM recording WHERE jurisdiction = :jurisdiction) AS newest
),
plot AS MATERIALIZED (
    SELECT parcel.*, latest.known
    FROM latest
    JOIN parcel ON parcel.jurisdiction = :jurisdiction AND parcel.number = ANY(ARRAY[CAST(:number AS text)])
        AND range_contains_elem(parcel.valid, CAST(:on AS date))
        AND range_contains_elem(parcel.recorded, latest.known)
),
place AS MATERIALIZED (
    SELECT id, known, boundary AS ground, ST_Expand(boundary, accuracy) AS edge FROM plot
    UNION ALL
    SELECT CAST(:own AS bigint), latest.known, drawn.box, ST_Expand(drawn.box, :accuracy)
    FROM latest
    CROSS JOIN (SELECT ST_MakeEnvelope(:west, :south, :east, :north, :srid) AS box) AS drawn
    WHERE CAST(:number AS text) IS NULL
)
SELECT
    CAST(-1 AS bigint) AS import_id,
    0 AS position,
    plot.number AS ref,
    plot.id AS piece,
    plot.land_type AS label,
    CAST(NULL AS text) AS label_ml,
    CAST(NULL AS double precision) AS width,
    CAST(NULL AS text) AS attributes,
    lower(plot.valid) AS since,
    upper(plot.valid) AS until,
    ST_SRID(plot.boundary) AS srid,
    ST_AsBinary(plot.boundary) AS shape,
    latest.instant,
    plot.district,
    plot.taluk,
    plot.village,
    plot.block,
    plot.survey,
    plot.subdivision,
    plot.ulpin,
    plot.address,
    plot.recorded_extent,
    plot.recorded_unit,
    plot.measured_area,
    plot.accuracy,
    plot.import_id AS parcel_import,
    lower(plot.recorded) AS recorded,
    upper(plot.recorded) AS replaced,
    change.kind,
    change.instrument
FROM latest
CROSS JOIN plot
JOIN parcel_change AS change ON change.id = plot.change_id
UNION ALL
SELECT
    0, 0, parcel.number, parcel.id, parcel.land_type, NULL, NULL, NULL, NULL, NULL,
    ST_SRID(parcel.boundary), ST_AsBinary(parcel.boundary),
    NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM place
JOIN parcel ON parcel.boundary && place.edge
WHERE parcel.jurisdiction = :jurisdiction AND parcel.id <> place.id
    AND range_contains_elem(parcel.valid, CAST(:on AS date))
    AND range_contains_elem(parcel.recorded, place.known)
UNION ALL
SELECT
    feature.import_id, feature.position, feature.ref, piece.id, feature.label, feature.label_ml, feature.width,
    CAST(feature.attributes AS text), lower(feature.valid), upper(feature.valid),
    ST_SRID(piece.shape), ST_AsBinary(piece.shape),
    NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM place
JOIN layer_piece AS piece ON piece.reach && place.ground
JOIN layer_feature AS feature ON feature.id = piece.feature_id
WHERE piece.import_id = ANY(CAST(:imports AS bigint[])) AND range_contains_elem(feature.valid, CAST(:on AS date))
