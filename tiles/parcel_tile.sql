-- Parcels of one tile at a point in both times, as a vector tile layer. The tile is moved, never the column.
WITH bounds AS MATERIALIZED (
    SELECT tile, ST_Transform(ST_Expand(tile, (ST_XMax(tile) - ST_XMin(tile)) / 64), :srid) AS area
    FROM ST_TileEnvelope(:z, :x, :y) AS tile
)
SELECT ST_AsMVT(drawn, 'parcels', 4096, 'geom', 'id')
FROM (
    SELECT
        parcel.id,
        parcel.number,
        parcel.survey,
        parcel.subdivision,
        parcel.land_type,
        ST_AsMVTGeom(ST_Transform(parcel.boundary, 3857), bounds.tile, 4096, 64, true) AS geom
    FROM parcel, bounds
    WHERE parcel.boundary && bounds.area
        AND parcel.jurisdiction = :jurisdiction
        AND parcel.valid @> CAST(:on AS date)
        AND parcel.recorded @> CAST(:known AS timestamptz)
    ORDER BY parcel.id
) AS drawn
WHERE drawn.geom IS NOT NULL
