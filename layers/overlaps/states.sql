-- States of a place's parcels between two numbers that were believed after an instant, some at a time.
SELECT id, measured_area, ST_AsBinary(boundary) AS shape
FROM parcel
WHERE jurisdiction = :jurisdiction AND id > :after AND id <= :upto
    AND (upper_inf(recorded) OR upper(recorded) > CAST(:since AS timestamptz))
ORDER BY id
LIMIT :most
