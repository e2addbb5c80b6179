-- Blocks of one tile at a point in both times, as a vector tile layer: what touches, dissolved, without holes; nothing where more
-- plots than so many would have to be. The tile is moved, never the column. Blocks are known whole as far as 500 m around the tile.
WITH bounds AS MATERIALIZED (
    SELECT
        tile,
        ST_Transform(ST_Expand(tile, (ST_XMax(tile) - ST_XMin(tile)) / 64), :srid) AS area
    FROM ST_TileEnvelope(:z, :x, :y) AS tile
), plots AS MATERIALIZED (
    SELECT parcel.id, parcel.boundary
    FROM parcel, bounds
    WHERE parcel.boundary && ST_Expand(bounds.area, 500)
        AND parcel.jurisdiction = :jurisdiction
        AND parcel.valid @> CAST(:on AS date)
        AND parcel.recorded @> CAST(:known AS timestamptz)
    LIMIT :most + 1
), clustered AS (
    SELECT id, boundary, ST_ClusterDBSCAN(boundary, 0, 1) OVER () AS block
    FROM plots
    WHERE (SELECT count(*) FROM plots) <= :most
), blocks AS (
    SELECT min(id) AS id, count(*) AS plots, ST_Union(boundary) AS ground
    FROM clustered, bounds
    GROUP BY block
    HAVING bool_or(boundary && bounds.area)
), filled AS (
    SELECT
        blocks.id,
        blocks.plots,
        (SELECT ST_Union(ST_MakePolygon(ST_ExteriorRing(part.geom))) FROM ST_Dump(blocks.ground) AS part) AS ground
    FROM blocks
)
SELECT (SELECT count(*) FROM plots) AS plots, (
    SELECT ST_AsMVT(drawn, 'parcels', 4096, 'geom', 'id')
    FROM (
        -- A ring that a coarse grid pinches is mended into a hole, and holes are none of a block's.
        SELECT rounded.id, rounded.plots, CASE
            WHEN ST_NRings(rounded.geom) = ST_NumGeometries(rounded.geom) THEN rounded.geom
            ELSE (
                SELECT ST_ForcePolygonCCW(ST_Union(ST_MakePolygon(ST_ExteriorRing(part.geom))))
                FROM ST_Dump(rounded.geom) AS part
            ) END AS geom
        FROM (
            SELECT
                filled.id,
                filled.plots,
                ST_AsMVTGeom(ST_Transform(filled.ground, 3857), bounds.tile, 4096, 64, true) AS geom
            FROM filled, bounds
        ) AS rounded
        WHERE rounded.geom IS NOT NULL
        ORDER BY rounded.id
    ) AS drawn
) AS content
