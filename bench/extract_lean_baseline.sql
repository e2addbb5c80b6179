-- The same by hand without theme totals, shares and coverages: the parcel, every feature near it with its part on the plot,
-- every street along the plot, every neighbour.
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
found AS (
    SELECT
        near.feature_id,
        bool_or(near.is_street) AS is_street,
        CASE count(near.part) WHEN 1 THEN (array_agg(near.part) FILTER (WHERE near.part IS NOT NULL))[1]
            ELSE ST_Union(near.part) END AS part,
        min(CASE WHEN near.part IS NULL OR ST_IsEmpty(near.part) THEN ST_Distance(near.shape, plot.boundary) ELSE 0 END)
            AS distance
    FROM near
    CROSS JOIN plot
    GROUP BY near.feature_id
)
SELECT
    'parcel' AS kind, NULL::bigint AS import_id, NULL::integer AS position, number AS ref, land_type AS label,
    NULL::text AS label_ml, NULL::jsonb AS attributes, lower(valid) AS since, upper(valid) AS until,
    measured_area AS area, NULL::double precision AS length, NULL::double precision AS distance,
    ST_AsBinary(boundary) AS shape
FROM plot
UNION ALL
SELECT
    'feature', feature.import_id, feature.position, feature.ref, feature.label, feature.label_ml, feature.attributes,
    lower(feature.valid), upper(feature.valid), ST_Area(found.part) / plot.areal, ST_Length(found.part) / plot.linear,
    found.distance / plot.linear, ST_AsBinary(found.part)
FROM found
CROSS JOIN plot
JOIN layer_feature AS feature ON feature.id = found.feature_id
WHERE range_contains_elem(feature.valid, %(on)s)
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
