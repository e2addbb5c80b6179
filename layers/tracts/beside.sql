-- Parcels whose box meets that of some parcels, grown by the accuracy of each.
SELECT parcel.id, ST_SRID(other.boundary), ST_AsBinary(other.boundary)
FROM parcel
JOIN parcel AS other ON other.boundary && ST_Expand(parcel.boundary, parcel.accuracy)
WHERE parcel.id = ANY(CAST(:states AS bigint[])) AND other.jurisdiction = parcel.jurisdiction AND other.id <> parcel.id
    AND range_contains_elem(other.valid, CAST(:on AS date))
    AND range_contains_elem(other.recorded, CAST(:known AS timestamptz))
