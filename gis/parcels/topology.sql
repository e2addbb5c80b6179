-- The parcels of one window: those whose box meets it, as they stand at a point in both times.
SELECT number, accuracy, ST_AsBinary(boundary) AS wkb
FROM parcel
WHERE jurisdiction = :jurisdiction
  AND boundary && ST_MakeEnvelope(:west, :south, :east, :north, CAST(:srid AS integer))
  AND valid @> CAST(:on AS date)
  AND recorded @> CAST(:known AS timestamptz)
ORDER BY number
