-- Whether what a plot was judged by is another now: the plot itself or a parcel beside it was recorded anew or begins or ends with the days
-- gone by, a data set of a layer came in or was replaced (a theme is complete where all of its data sets are, wherever they lie), or a
-- feature that concerns the plot begins or ends.
WITH plot AS MATERIALIZED (
    SELECT boundary, ST_Expand(boundary, accuracy) AS edge
    FROM parcel
    WHERE jurisdiction = :jurisdiction AND number = ANY(ARRAY[CAST(:number AS text)])
        AND range_contains_elem(valid, CAST(:judged AS date)) AND range_contains_elem(recorded, CAST(:known AS timestamptz))
)
SELECT NOT EXISTS (SELECT FROM plot)
    OR EXISTS (
        SELECT FROM dataset_import
        WHERE jurisdiction = :jurisdiction AND target = ANY(CAST(:targets AS text[]))
            AND (
                lower(recorded) > :known OR upper(recorded) > :known
                OR (
                    upper_inf(recorded)
                    AND coalesce(CAST(source ->> 'valid_from' AS date), source_date) > :judged
                    AND coalesce(CAST(source ->> 'valid_from' AS date), source_date) <= :on
                )
            )
    )
    OR EXISTS (
        SELECT FROM plot
        JOIN parcel AS beside ON beside.boundary && plot.edge
        WHERE beside.jurisdiction = :jurisdiction
            AND (
                lower(beside.recorded) > :known OR upper(beside.recorded) > :known
                OR (
                    upper_inf(beside.recorded)
                    AND (
                        (lower(beside.valid) > :judged AND lower(beside.valid) <= :on)
                        OR (upper(beside.valid) > :judged AND upper(beside.valid) <= :on)
                    )
                )
            )
    )
    OR (
        CAST(:judged AS date) < CAST(:on AS date) AND EXISTS (
            SELECT FROM plot
            JOIN layer_piece AS piece ON piece.reach && plot.boundary
            JOIN layer_feature AS feature ON feature.id = piece.feature_id
            JOIN dataset_import AS brought ON brought.id = feature.import_id
            WHERE brought.jurisdiction = :jurisdiction AND upper_inf(brought.recorded)
                AND (
                    (lower(feature.valid) > :judged AND lower(feature.valid) <= :on)
                    OR (upper(feature.valid) > :judged AND upper(feature.valid) <= :on)
                )
        )
    )
