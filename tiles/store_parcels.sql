-- Parcels of a place at a point in both times, with what a tile says of them; shapes in Web Mercator.
SELECT
    parcel.id,
    parcel.number,
    parcel.survey,
    parcel.subdivision,
    parcel.land_type,
    ST_AsBinary(ST_Transform(parcel.boundary, 3857)) AS shape
FROM parcel
WHERE parcel.jurisdiction = :jurisdiction
    AND parcel.valid @> CAST(:on AS date)
    AND parcel.recorded @> CAST(:known AS timestamptz)
