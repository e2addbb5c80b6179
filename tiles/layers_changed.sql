-- For each layer of a place, and its parcels, the last instant up to one at which what is recorded of it changed.
SELECT target AS layer, max(greatest(
    lower(recorded),
    CASE WHEN upper(recorded) <= CAST(:known AS timestamptz) THEN upper(recorded) END
)) AS changed
FROM dataset_import
WHERE jurisdiction = :jurisdiction
    AND lower(recorded) <= CAST(:known AS timestamptz)
    AND target NOT IN ('parcels', 'places')
GROUP BY target
UNION ALL
SELECT 'parcels', (
    SELECT recording.instant
    FROM parcel_change JOIN recording ON recording.id = parcel_change.recording_id
    WHERE parcel_change.jurisdiction = :jurisdiction AND recording.instant <= CAST(:known AS timestamptz)
    ORDER BY parcel_change.recording_id DESC
    LIMIT 1
)
