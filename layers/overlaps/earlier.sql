-- The import of the same series before this one that has been measured last, and how far.
SELECT earlier.id, measured.parcels_to
FROM dataset_import AS import
JOIN dataset_import AS earlier
    ON earlier.jurisdiction = import.jurisdiction AND earlier.target = import.target AND earlier.series = import.series
    AND earlier.id <> import.id
JOIN overlap_measured AS measured ON measured.import_id = earlier.id AND measured.ways = :ways
WHERE import.id = :import
ORDER BY upper(earlier.recorded) DESC
LIMIT 1
