-- One statement, written by hand for one question, that returns the rows of an extract with their figures: the parcel,
-- every feature near it with its part on the plot, every theme's ground counted once, the table of shares of layers that
-- tile the ground, what each coverage says, every street along the plot, every neighbour.  It judges nothing, names no law
-- and no source, and is told which imports stand and what their layers are.  What the coverages say comes from a table of
-- their pieces, since unpacking a whole coverage takes longer than all the rest.
WITH plot AS MATERIALIZED (
    SELECT
        parcel.*,
        ST_Boundary(boundary) AS edge,
        ST_Area(boundary) / measured_area AS areal,
        sqrt(ST_Area(boundary) / measured_area) AS linear
    FROM parcel
    WHERE jurisdiction = %(jurisdiction)s AND number = ANY(ARRAY[%(number)s])
        AND range_contains_elem(valid, %(on)s)
        AND range_contains_elem(
            recorded, (SELECT max(instant) FROM recording WHERE jurisdiction = %(jurisdiction)s)
        )
),
near AS MATERIALIZED (
    SELECT
        piece.feature_id,
        piece.shape,
        piece.import_id = ANY(%(streets)s) AS is_street,
        CASE
            WHEN piece.import_id <> ALL(%(streets)s) AND piece.shape && plot.boundary
                THEN ST_Intersection(piece.shape, plot.boundary)
        END AS part
    FROM plot
    JOIN layer_piece AS piece ON piece.reach && plot.boundary
    WHERE piece.import_id = ANY(%(imports)s)
),
found AS MATERIALIZED (
    SELECT
        feature.*,
        lies.part,
        lies.distance,
        ST_Area(lies.part) AS area
    FROM (
        SELECT
            near.feature_id,
            CASE count(near.part)
                WHEN 1 THEN (array_agg(near.part) FILTER (WHERE near.part IS NOT NULL))[1]
                ELSE ST_Union(near.part)
            END AS part,
            min(
                CASE
                    WHEN near.part IS NULL OR ST_IsEmpty(near.part) THEN ST_Distance(near.shape, plot.boundary)
                    ELSE 0
                END
            ) AS distance
        FROM near
        CROSS JOIN plot
        GROUP BY near.feature_id
    ) AS lies
    JOIN layer_feature AS feature ON feature.id = lies.feature_id
    WHERE range_contains_elem(feature.valid, %(on)s)
),
theme AS MATERIALIZED (
    SELECT
        import_id,
        sum(area) AS total,
        CASE count(*) WHEN 1 THEN (array_agg(part))[1] ELSE ST_Union(part) END AS part
    FROM found
    WHERE area > 0
    GROUP BY import_id
),
tiling AS MATERIALIZED (
    SELECT theme.import_id, theme.total, theme.part, coverage.digest, ST_Difference(plot.boundary, theme.part) AS rest
    FROM theme
    CROSS JOIN plot
    JOIN layer_coverage AS coverage ON coverage.import_id = theme.import_id
    WHERE theme.import_id = ANY(%(tilings)s)
)
SELECT
    'parcel' AS kind, NULL::bigint AS import_id, NULL::integer AS position, number AS ref, land_type AS label,
    NULL::text AS label_ml, NULL::jsonb AS attributes, lower(valid) AS since, upper(valid) AS until,
    measured_area AS area, NULL::double precision AS length, NULL::double precision AS distance,
    ST_AsBinary(boundary) AS shape
FROM plot
UNION ALL
SELECT
    'feature', found.import_id, found.position, found.ref, found.label, found.label_ml, found.attributes,
    lower(found.valid), upper(found.valid), found.area / plot.areal, ST_Length(found.part) / plot.linear,
    found.distance / plot.linear, ST_AsBinary(found.part)
FROM found
CROSS JOIN plot
UNION ALL
SELECT
    'theme', theme.import_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, ST_Area(theme.part) / plot.areal, NULL, NULL,
    NULL
FROM theme
CROSS JOIN plot
UNION ALL
SELECT
    'class', found.import_id, NULL, NULL, found.label, found.label_ml, NULL, NULL, NULL,
    CASE count(*) WHEN 1 THEN min(found.area) ELSE ST_Area(ST_Union(found.part)) END / min(plot.areal), NULL, NULL, NULL
FROM found
CROSS JOIN plot
WHERE found.import_id = ANY(%(tilings)s) AND found.area > 0
GROUP BY found.import_id, found.label, found.label_ml
UNION ALL
SELECT
    remainder.kind, tiling.import_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, remainder.area / plot.areal, NULL, NULL,
    NULL
FROM tiling
CROSS JOIN plot
CROSS JOIN LATERAL (
    SELECT
        CASE
            WHEN ST_Area(tiling.rest) < 1e-6 THEN 0
            ELSE ST_Area(tiling.rest) - coalesce(
                (
                    SELECT sum(ST_Area(ST_Intersection(coverage.shape, tiling.rest)))
                    FROM bench.coverage AS coverage
                    WHERE coverage.digest = tiling.digest AND coverage.shape && tiling.rest
                ),
                0
            )
        END AS area
) AS outside
CROSS JOIN LATERAL (
    VALUES
    ('unmapped', ST_Area(tiling.rest) - outside.area),
    ('outside', outside.area),
    ('overlap', tiling.total - ST_Area(tiling.part))
) AS remainder (kind, area)
UNION ALL
SELECT
    'coverage', NULL, NULL, coverage.digest, NULL, NULL, NULL, NULL, NULL,
    sum(ST_Area(ST_Intersection(coverage.shape, plot.boundary))) / plot.areal, NULL, NULL, NULL
FROM plot
JOIN bench.coverage AS coverage ON coverage.shape && plot.boundary
GROUP BY coverage.digest, plot.areal
UNION ALL
SELECT
    'street', min(feature.import_id), NULL, min(feature.ref), street.name, NULL, NULL, NULL, NULL, feature.width,
    ST_Length(
        ST_Intersection(plot.edge, ST_Buffer(ST_Union(near.shape), feature.width / 2 + %(street_accuracy)s, 16))
    ) / plot.linear,
    NULL, NULL
FROM near
CROSS JOIN plot
JOIN layer_feature AS feature ON feature.id = near.feature_id
CROSS JOIN LATERAL (SELECT coalesce(feature.label, feature.ref) AS name) AS street
WHERE near.is_street AND range_contains_elem(feature.valid, %(on)s)
    AND ST_DWithin(near.shape, plot.boundary, feature.width / 2 + %(street_accuracy)s)
GROUP BY street.name, feature.width, plot.edge, plot.linear
UNION ALL
SELECT
    'neighbour', NULL, NULL, other.number, other.land_type, NULL, NULL, NULL, NULL,
    ST_Area(ST_Intersection(other.boundary, plot.boundary)) / plot.areal,
    ST_Length(ST_Intersection(plot.edge, ST_Buffer(other.boundary, plot.accuracy, 16))) / plot.linear,
    NULL, NULL
FROM plot
JOIN parcel AS other ON other.boundary && ST_Expand(plot.boundary, plot.accuracy)
WHERE other.jurisdiction = plot.jurisdiction AND other.id <> plot.id
    AND range_contains_elem(other.valid, %(on)s)
    AND range_contains_elem(
        other.recorded, (SELECT max(instant) FROM recording WHERE jurisdiction = %(jurisdiction)s)
    )
    AND ST_DWithin(other.boundary, plot.boundary, plot.accuracy)
