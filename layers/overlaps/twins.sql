-- Features of an import, and for each the one of an earlier import with the very same shape, or none.
WITH earlier AS (
    SELECT DISTINCT ON (digest) digest, id
    FROM (SELECT id, md5(ST_AsBinary(shape)) AS digest FROM layer_feature WHERE import_id = :earlier) AS held
    ORDER BY digest, id
)
SELECT feature.id, earlier.id AS twin
FROM layer_feature AS feature
LEFT JOIN earlier ON earlier.digest = md5(ST_AsBinary(feature.shape))
WHERE feature.import_id = :import
ORDER BY feature.id
