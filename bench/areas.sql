-- Ground m² of a parcel under each feature.  What the overlap of a piece with the plot measures decides whether they meet; a
-- touch measures nothing.  On the other conditions see layers/extract/around.sql.
SELECT
    piece.import_id,
    piece.feature_id,
    sum(ST_Area(ST_Intersection(piece.shape, plot.boundary))) * plot.scale
FROM (
    SELECT boundary, measured_area / ST_Area(boundary) AS scale
    FROM parcel
    WHERE jurisdiction = :jurisdiction AND number = ANY(ARRAY[CAST(:number AS text)])
        AND range_contains_elem(valid, CAST(:on AS date))
        AND range_contains_elem(recorded, CAST(:known AS timestamptz))
    OFFSET 0
) AS plot
JOIN layer_piece AS piece ON piece.reach && plot.boundary AND piece.shape && plot.boundary
WHERE piece.import_id = ANY(CAST(:imports AS bigint[]))
GROUP BY piece.import_id, piece.feature_id, plot.scale
HAVING sum(ST_Area(ST_Intersection(piece.shape, plot.boundary))) > 0
