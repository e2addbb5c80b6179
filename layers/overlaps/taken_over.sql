-- Facts of an earlier import, for those features of a new one that have the same shape.
INSERT INTO parcel_overlap (import_id, parcel_id, feature_id, area)
SELECT :import, fact.parcel_id, twin.id, fact.area
FROM unnest(CAST(:features AS bigint[]), CAST(:twins AS bigint[])) AS twin (id, twin)
JOIN parcel_overlap AS fact ON fact.import_id = :earlier AND fact.feature_id = twin.twin
