-- States of all numbers that single changes have touched since an instant: whether each stood on a day as known then, and as known
-- later.  No row where an import is among the changes: it may touch anything.
WITH changed AS (
    SELECT parcel_change.id, parcel_change.kind
    FROM recording JOIN parcel_change ON parcel_change.recording_id = recording.id
    WHERE recording.jurisdiction = :jurisdiction
        AND recording.instant > CAST(:since AS timestamptz)
        AND recording.instant <= CAST(:known AS timestamptz)
), touched AS (
    SELECT number FROM parcel WHERE id > :newest AND jurisdiction = :jurisdiction
    UNION
    SELECT predecessor FROM parcel_lineage WHERE change_id IN (SELECT id FROM changed)
    UNION
    SELECT successor FROM parcel_lineage WHERE change_id IN (SELECT id FROM changed)
)
SELECT
    parcel.id,
    parcel.number,
    parcel.survey,
    parcel.subdivision,
    parcel.land_type,
    ST_AsBinary(ST_Transform(parcel.boundary, 3857)) AS shape,
    parcel.valid @> CAST(:on AS date) AND parcel.recorded @> CAST(:since AS timestamptz) AS stood,
    parcel.valid @> CAST(:on AS date) AND parcel.recorded @> CAST(:known AS timestamptz) AS stands,
    parcel.recorded @> CAST(:known AS timestamptz) AS is_believed,
    CASE WHEN isfinite(lower(parcel.valid)) THEN lower(parcel.valid) END AS begins,
    CASE WHEN isfinite(upper(parcel.valid)) THEN upper(parcel.valid) END AS ends
FROM parcel
WHERE parcel.jurisdiction = :jurisdiction
    AND parcel.number = ANY(ARRAY(SELECT number FROM touched))  -- an array: the GiST index, far slower here, cannot search for one
    AND NOT EXISTS (SELECT FROM changed WHERE kind = 'import')
ORDER BY parcel.id
LIMIT :most
