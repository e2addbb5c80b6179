-- What lies in one import: between which numbers, from which day, where, of which dimensions, how large, and which attributes with values of which kinds.
SELECT
    min(id) AS first,
    max(id) AS last,
    CASE WHEN bool_or(lower_inf(valid)) THEN NULL ELSE min(lower(valid)) END AS begins,
    ST_XMin(ST_Extent(shape)) AS west,
    ST_YMin(ST_Extent(shape)) AS south,
    ST_XMax(ST_Extent(shape)) AS east,
    ST_YMax(ST_Extent(shape)) AS north,
    max(ST_MemSize(shape)) AS largest,
    array_agg(DISTINCT ST_Dimension(shape)) AS dimensions,
    (
        SELECT json_agg(json_build_array(key, kind) ORDER BY key, kind)
        FROM (
            SELECT DISTINCT given.key, jsonb_typeof(given.value) AS kind
            FROM layer_feature AS feature, jsonb_each(feature.attributes) AS given
            WHERE feature.import_id = :import AND jsonb_typeof(given.value) <> 'null'
        ) AS attribute
    ) AS attributes
FROM layer_feature
WHERE import_id = :import
