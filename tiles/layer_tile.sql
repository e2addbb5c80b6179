-- Features of one catalogue layer in one tile on a date, as a vector tile layer; coarser by some metres, or as they are recorded.
WITH bounds AS MATERIALIZED (
    SELECT tile, ST_Transform(ST_Expand(tile, (ST_XMax(tile) - ST_XMin(tile)) / 64), :srid) AS area
    FROM ST_TileEnvelope(:z, :x, :y) AS tile
)
SELECT ST_AsMVT(drawn, :layer, 4096, 'geom', 'id')
FROM (
    SELECT
        feature.id,
        feature.ref,
        feature.label,
        feature.label_ml,
        feature.width,
        CASE WHEN CAST(:own AS text) IS NOT NULL AND feature.attributes ? CAST(:own AS text)
            THEN jsonb_build_object(CAST(:own AS text), feature.attributes -> CAST(:own AS text)) END AS own,
        ST_AsMVTGeom(
            ST_Transform(
                CASE WHEN CAST(:coarseness AS float8) > 0
                    THEN ST_Simplify(feature.shape, CAST(:coarseness AS float8), true) ELSE feature.shape END,
                3857
            ),
            bounds.tile, 4096, 64, true
        ) AS geom
    FROM layer_feature AS feature, bounds
    WHERE feature.shape && bounds.area
        AND feature.import_id = ANY(:imports)
        AND feature.valid @> CAST(:on AS date)
    ORDER BY feature.id
) AS drawn
WHERE drawn.geom IS NOT NULL
