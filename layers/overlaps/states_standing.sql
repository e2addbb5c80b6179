-- The states of some numbers at a point in both times.
SELECT id, measured_area, ST_AsBinary(boundary) AS shape, number
FROM parcel
WHERE jurisdiction = :jurisdiction AND number = ANY(CAST(:numbers AS text[]))
    AND range_contains_elem(valid, CAST(:on AS date))
    AND range_contains_elem(recorded, CAST(:known AS timestamptz))
ORDER BY id
