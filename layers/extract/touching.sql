-- Features that concern a plot: one row each, with the parts on the plot and the way to the nearest point of it.
-- Pieces are found by the box in which they matter (`reach`), one index scan whatever the number of layers; they are a
-- search aid only: parts go out by feature, to be joined again without seams. Streets go out as they lie, for frontages.
WITH plot AS MATERIALIZED (
    SELECT ST_SetSRID(ST_GeomFromWKB(:plot), :srid) AS shape
),
close AS MATERIALIZED (
    SELECT
        piece.feature_id,
        CASE
            WHEN piece.import_id = ANY(:streets) THEN piece.shape
            WHEN piece.shape && plot.shape THEN ST_Intersection(piece.shape, plot.shape)
        END AS part,
        ST_ShortestLine(plot.shape, piece.shape) AS way
    FROM layer_piece AS piece, plot
    WHERE piece.reach && plot.shape AND piece.import_id = ANY(:imports)
)
SELECT
    feature.import_id,
    feature.position,
    feature.ref,
    feature.label,
    feature.label_ml,
    feature.width,
    feature.attributes,
    lower(feature.valid) AS since,
    upper(feature.valid) AS until,
    found.parts,
    found.way
FROM (
    SELECT
        feature_id,
        ST_AsBinary(ST_Collect(part) FILTER (WHERE NOT ST_IsEmpty(part))) AS parts,
        (array_agg(ST_AsBinary(way) ORDER BY ST_Length(way)))[1] AS way
    FROM close
    GROUP BY feature_id
) AS found
JOIN layer_feature AS feature ON feature.id = found.feature_id
WHERE feature.valid @> CAST(:on AS date)
ORDER BY feature.import_id, feature.position
