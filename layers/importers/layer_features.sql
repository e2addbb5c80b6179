-- Features, a slice of the staging table at a time.
INSERT INTO layer_feature (import_id, srid, position, ref, label, label_ml, width, attributes, shape, valid)
SELECT
    :import_id, :srid, position, ref, label, label_ml, width, CAST(attributes AS jsonb), shape,
    daterange(valid_from, valid_to)
FROM stage_feature
WHERE ctid >= CAST(:from_page AS tid) AND ctid < CAST(:to_page AS tid)
