-- Whether anything was recorded since an instant, or came into force or ended since a day, that concerns some plots or a plot beside one
-- of them: a parcel among them, a data set of a layer of the catalogue (a page rests on it wherever it lies), a feature that lies on a
-- plot beside, or reaches the plot itself.
-- Beside is what touches, or is parted by no more than a strip too narrow to be a way.
WITH plot AS MATERIALIZED (
    SELECT boundary, greatest(accuracy, CAST(:strip AS double precision)) AS strip
    FROM parcel
    WHERE jurisdiction = :jurisdiction AND number = ANY(CAST(:numbers AS text[]))
        AND range_contains_elem(valid, CAST(:judged AS date)) AND range_contains_elem(recorded, CAST(:known AS timestamptz))
), beside AS MATERIALIZED (
    SELECT beside.boundary, beside.valid, beside.recorded, beside.number = ANY(CAST(:numbers AS text[])) AS is_own
    FROM plot JOIN parcel AS beside ON ST_DWithin(beside.boundary, plot.boundary, plot.strip)
    WHERE beside.jurisdiction = :jurisdiction
)
SELECT EXISTS (
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
        SELECT FROM beside
        WHERE lower(recorded) > :known OR upper(recorded) > :known
            OR (
                upper_inf(recorded)
                AND (
                    (lower(valid) > :judged AND lower(valid) <= :on) OR (upper(valid) > :judged AND upper(valid) <= :on)
                )
            )
    )
    OR (
        CAST(:judged AS date) < CAST(:on AS date) AND EXISTS (
            SELECT FROM beside
            JOIN layer_piece AS piece ON piece.reach && beside.boundary
                AND CASE WHEN ST_SRID(piece.reach) = ST_SRID(beside.boundary)
                    THEN ST_Intersects(CASE WHEN is_own THEN piece.reach ELSE piece.shape END, beside.boundary) ELSE false END
            JOIN layer_feature AS feature ON feature.id = piece.feature_id
            JOIN dataset_import AS brought ON brought.id = feature.import_id
            WHERE upper_inf(beside.recorded) AND range_contains_elem(beside.valid, CAST(:on AS date))
                AND brought.jurisdiction = :jurisdiction AND upper_inf(brought.recorded)
                AND (
                    (lower(feature.valid) > :judged AND lower(feature.valid) <= :on)
                    OR (upper(feature.valid) > :judged AND upper(feature.valid) <= :on)
                )
        )
    )
