-- The days around a date on which a place's parcels are the same, as known at an instant: from the first to before the last.
SELECT
    max(day) FILTER (WHERE day <= CAST(:on AS date)) AS first,
    min(day) FILTER (WHERE day > CAST(:on AS date)) AS until
FROM (
    SELECT unnest(ARRAY[lower(parcel.valid), upper(parcel.valid)]) AS day
    FROM parcel
    WHERE parcel.jurisdiction = :jurisdiction AND parcel.recorded @> CAST(:known AS timestamptz)
) AS turns
WHERE isfinite(day)
