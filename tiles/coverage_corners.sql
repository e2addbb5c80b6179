-- How many corners the shapes of some imports have that hold on a date, and whether all of them are areas; and the days around that
-- date on which the same shapes hold: from the first to before the last.
SELECT
    coalesce(sum(ST_NPoints(shape)) FILTER (WHERE valid @> CAST(:on AS date)), 0) AS corners,
    coalesce(bool_and(ST_Dimension(shape) = 2), true) AS are_areas,
    greatest(
        max(lower(valid)) FILTER (WHERE lower(valid) <= CAST(:on AS date)),
        max(upper(valid)) FILTER (WHERE upper(valid) <= CAST(:on AS date))
    ) AS first,
    least(
        min(lower(valid)) FILTER (WHERE lower(valid) > CAST(:on AS date)),
        min(upper(valid)) FILTER (WHERE upper(valid) > CAST(:on AS date))
    ) AS until
FROM layer_feature
WHERE import_id = ANY(:imports)
