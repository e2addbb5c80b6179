-- Square metres of a parcel under each feature, on the ground, the figures alone.  What the overlap of a piece with the
-- plot measures decides whether they meet; a touch measures nothing.  On the conditions see around.sql.
SELECT * FROM (
    SELECT
        latest.instant,
        piece.import_id,
        feature.position,
        sum(ST_Area(ST_Intersection(piece.shape, plot.boundary))) * plot.measured_area / ST_Area(plot.boundary) AS area
    FROM (SELECT max(instant) AS instant FROM recording WHERE jurisdiction = :jurisdiction) AS latest
    JOIN parcel AS plot ON plot.jurisdiction = :jurisdiction AND plot.number = ANY(ARRAY[CAST(:number AS text)])
        AND range_contains_elem(plot.valid, CAST(:on AS date))
        AND range_contains_elem(plot.recorded, latest.instant)
    JOIN layer_piece AS piece ON piece.reach && plot.boundary AND piece.shape && plot.boundary
        AND piece.import_id = ANY(CAST(:imports AS bigint[]))
    JOIN layer_feature AS feature ON feature.id = piece.feature_id
        AND range_contains_elem(feature.valid, CAST(:on AS date))
    GROUP BY latest.instant, piece.import_id, feature.position, plot.measured_area, plot.boundary
    OFFSET 0
) AS lies
WHERE area > 0
