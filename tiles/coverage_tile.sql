-- Features of one catalogue layer in one tile, as a vector tile layer, in shapes that were simplified together before.
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
            ST_Transform(ST_GeomFromWKB(simplified.shape, :srid), 3857), bounds.tile, 4096, 64, true
        ) AS geom
    FROM unnest(CAST(:ids AS bigint[]), CAST(:shapes AS bytea[])) AS simplified (id, shape)
        JOIN layer_feature AS feature ON feature.id = simplified.id
        CROSS JOIN ST_TileEnvelope(:z, :x, :y) AS bounds (tile)
    ORDER BY feature.id
) AS drawn
WHERE drawn.geom IS NOT NULL
