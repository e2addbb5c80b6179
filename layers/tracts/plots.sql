-- The states of parcels at a point in both times, by their numbers.
SELECT
    parcel.number, parcel.id, ST_SRID(parcel.boundary), ST_AsBinary(parcel.boundary), parcel.measured_area,
    parcel.recorded_extent, parcel.recorded_unit, parcel.accuracy
FROM parcel
WHERE parcel.jurisdiction = :jurisdiction AND parcel.number = ANY(CAST(:numbers AS text[]))
    AND range_contains_elem(parcel.valid, CAST(:on AS date))
    AND range_contains_elem(parcel.recorded, CAST(:known AS timestamptz))
