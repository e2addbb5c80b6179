-- Imports of areas of a place that stood at an instant, how far each has been measured, and whether states of parcels have been recorded
-- since that it has not been measured against.
SELECT
    import.id,
    import.target,
    lower(import.recorded) AS begins,
    measured.parcels_to,
    measured.known,
    coalesce(measured.parcels_to >= newest.id, FALSE) AS is_fresh
FROM dataset_import AS import
LEFT JOIN overlap_measured AS measured ON measured.import_id = import.id AND measured.ways = :ways
CROSS JOIN (
    SELECT coalesce((
        SELECT parcel.id FROM parcel
        WHERE parcel.jurisdiction = :jurisdiction AND lower(parcel.recorded) <= CAST(:known AS timestamptz)
        ORDER BY parcel.id DESC
        LIMIT 1
    ), 0) AS id
) AS newest
WHERE import.jurisdiction = :jurisdiction AND import.recorded @> CAST(:known AS timestamptz) AND import.holds = 'polygon'
ORDER BY import.target, import.id
