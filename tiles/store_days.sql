-- The days around a date on which a place's parcels are the same, as known at an instant: from the first to before the last;
-- and the highest id of a state.
SELECT
    max(day) FILTER (WHERE isfinite(day) AND day <= CAST(:on AS date)) AS first,
    min(day) FILTER (WHERE isfinite(day) AND day > CAST(:on AS date)) AS until,
    (SELECT max(id) FROM parcel WHERE jurisdiction = :jurisdiction AND lower(recorded) <= CAST(:known AS timestamptz)) AS newest
FROM (
    SELECT unnest(ARRAY[lower(parcel.valid), upper(parcel.valid)]) AS day
    FROM parcel
    WHERE parcel.jurisdiction = :jurisdiction AND parcel.recorded @> CAST(:known AS timestamptz)
) AS turns
