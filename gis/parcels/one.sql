-- The state of one number at a point in both times; by functions, not `@>`: see `queries.holding`.
SELECT parcel.id, parcel.jurisdiction, parcel.number, parcel.district, parcel.taluk, parcel.village, parcel.block, parcel.survey,
    parcel.subdivision, parcel.ulpin, parcel.address, parcel.land_type, parcel.recorded_extent, parcel.recorded_unit,
    parcel.measured_area, parcel.accuracy, parcel.import_id, parcel.valid, parcel.recorded, change.kind, change.instrument,
    ST_AsBinary(parcel.boundary) AS wkb
FROM parcel JOIN parcel_change change ON change.id = parcel.change_id
WHERE parcel.jurisdiction = :place AND parcel.number = :number
    AND range_contains_elem(parcel.valid, CAST(:on AS date))
    AND range_contains_elem(parcel.recorded, CAST(:known AS timestamptz))
ORDER BY parcel.id
