-- Ground m² of a parcel under each feature, the figures alone: pieces are found by their boxes, and what their overlap with
-- the plot measures decides whether they meet; a touch measures nothing.
WITH latest AS MATERIALIZED (
    SELECT max(instant) AS instant FROM recording WHERE jurisdiction = :jurisdiction
),
plot AS MATERIALIZED (
    SELECT parcel.boundary, ST_Area(parcel.boundary) / parcel.measured_area AS areal, latest.instant
    FROM latest
    JOIN parcel ON parcel.jurisdiction = :jurisdiction AND parcel.number = ANY(ARRAY[CAST(:number AS text)])
        AND range_contains_elem(parcel.valid, CAST(:on AS date))
        AND range_contains_elem(parcel.recorded, latest.instant)
)
SELECT
    plot.instant,
    lies.import_id,
    feature.position,
    lies.area / plot.areal
FROM plot
LEFT JOIN LATERAL (
    SELECT
        piece.import_id,
        piece.feature_id,
        sum(ST_Area(ST_Intersection(piece.shape, plot.boundary))) AS area
    FROM layer_piece AS piece
    WHERE piece.reach && plot.boundary AND piece.shape && plot.boundary
        AND piece.import_id = ANY(CAST(:imports AS bigint[]))
    GROUP BY piece.import_id, piece.feature_id
) AS lies ON lies.area > 0
LEFT JOIN layer_feature AS feature ON feature.id = lies.feature_id
    AND range_contains_elem(feature.valid, CAST(:on AS date))
ORDER BY lies.import_id, feature.position
