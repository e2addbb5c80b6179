-- Squares of a grid anchored at the origin that parcels reach into, a margin included, and how many do.
SELECT x, y, count(*) AS parcels
FROM parcel
CROSS JOIN LATERAL generate_series(
    CAST(floor((ST_XMin(boundary) - :margin) / :side) AS integer),
    CAST(floor((ST_XMax(boundary) + :margin) / :side) AS integer)
) AS x
CROSS JOIN LATERAL generate_series(
    CAST(floor((ST_YMin(boundary) - :margin) / :side) AS integer),
    CAST(floor((ST_YMax(boundary) + :margin) / :side) AS integer)
) AS y
WHERE jurisdiction = :jurisdiction
  AND boundary && ST_MakeEnvelope(:west, :south, :east, :north, CAST(:srid AS integer))
  AND valid @> CAST(:on AS date)
  AND recorded @> CAST(:known AS timestamptz)
GROUP BY x, y
ORDER BY x, y
