-- The shapes of some imports that hold on a date.
SELECT id, ST_AsBinary(shape) AS shape
FROM layer_feature
WHERE import_id = ANY(:imports) AND valid @> CAST(:on AS date)
ORDER BY id
