-- Pieces of features that hold on a day, in the columns of an extract's own question (layers/extract/around.sql).
SELECT
    feature.import_id, feature.position, feature.ref, piece.id, feature.label, feature.label_ml, feature.width,
    CAST(feature.attributes AS text), lower(feature.valid), upper(feature.valid),
    ST_SRID(piece.shape), ST_AsBinary(piece.shape)
FROM layer_piece AS piece
JOIN layer_feature AS feature ON feature.id = piece.feature_id
WHERE piece.id = ANY(CAST(:pieces AS bigint[])) AND range_contains_elem(feature.valid, CAST(:on AS date))
