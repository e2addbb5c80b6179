-- What lies on and around a plot, found by boxes alone: parcels beside it, and pieces of features in whose reach it lies,
-- one index scan whatever the number of layers.  How they meet the plot is measured by whoever asked: that is four times
-- as quick outside the database, where the plot is unpacked once and not for every piece.
-- Functions in place of `@>` on ranges: see gis/parcels/asked.sql.
SELECT
    CAST(NULL AS bigint) AS import_id,
    CAST(NULL AS integer) AS position,
    parcel.id AS piece,
    parcel.number AS ref,
    parcel.land_type AS label,
    CAST(NULL AS text) AS label_ml,
    CAST(NULL AS double precision) AS width,
    CAST(NULL AS jsonb) AS attributes,
    CAST(NULL AS date) AS since,
    CAST(NULL AS date) AS until,
    ST_SRID(parcel.boundary) AS srid,
    ST_AsBinary(parcel.boundary) AS wkb
FROM parcel
WHERE parcel.boundary && ST_MakeEnvelope(:west, :south, :east, :north, :srid)
    AND parcel.jurisdiction = :jurisdiction AND parcel.id <> :own
    AND range_contains_elem(parcel.valid, CAST(:on AS date))
    AND range_contains_elem(parcel.recorded, CAST(:known AS timestamptz))
UNION ALL
SELECT
    feature.import_id,
    feature.position,
    piece.id,
    feature.ref,
    feature.label,
    feature.label_ml,
    feature.width,
    feature.attributes,
    lower(feature.valid),
    upper(feature.valid),
    ST_SRID(piece.shape),
    ST_AsBinary(piece.shape)
FROM layer_piece AS piece
JOIN layer_feature AS feature ON feature.id = piece.feature_id
WHERE piece.reach && ST_MakeEnvelope(:west, :south, :east, :north, :srid)
    AND piece.import_id = ANY(:imports)
    AND range_contains_elem(feature.valid, CAST(:on AS date))
