-- Features cut to at most 64 vertices, each with the box in which a plot has to be told of it; none where no plot ever is: what
-- nobody looks for, half a million buildings of a town, only stands in the way of what is.
CREATE TEMPORARY TABLE stage_piece ON COMMIT DROP AS
SELECT
    feature.position,
    piece.shape,
    ST_Expand(piece.shape, (CAST(:reach AS float8) + coalesce(feature.width, 0) / 2) * :scale) AS reach
FROM stage_feature AS feature
CROSS JOIN LATERAL ST_Subdivide(feature.shape, 64) AS piece (shape)
WHERE CAST(:reach AS float8) IS NOT NULL
