-- What each staged parcel is to the register: held, unchanged, changed or new.
-- Held: its state was begun by a change of the register that is later than the file, or its number was ended by one.
-- Unchanged: a believed state covers its days with the same fields and the same boundary, to 1 mm at every vertex.
CREATE TEMPORARY TABLE stage_fate ON COMMIT DROP AS
WITH later AS (
    SELECT DISTINCT ON (number) number, kind, on_date
    FROM stage_believed
    WHERE kind <> 'import' AND lower(valid) > CAST(:source_date AS date)
    ORDER BY number, on_date DESC
),
ended AS (
    SELECT DISTINCT ON (lineage.predecessor) lineage.predecessor AS number, change.kind, change.on_date
    FROM parcel_lineage AS lineage
    JOIN parcel_change AS change ON change.id = lineage.change_id
    WHERE lineage.jurisdiction = :j
        AND NOT EXISTS (
            SELECT 1 FROM stage_believed AS still
            WHERE still.number = lineage.predecessor AND upper_inf(still.valid)
        )
    ORDER BY lineage.predecessor, change.on_date DESC
),
same AS (
    SELECT DISTINCT staged.number
    FROM stage_parcel AS staged
    JOIN stage_believed AS believed USING (number)
    JOIN parcel ON parcel.id = believed.id
    WHERE believed.valid @> daterange(staged.valid_from, staged.valid_to)
        AND parcel.accuracy = CAST(:accuracy AS float8)
        AND (
            parcel.district, parcel.taluk, parcel.village, parcel.block, parcel.survey, parcel.subdivision,
            parcel.ulpin, parcel.address, parcel.land_type, parcel.recorded_extent, parcel.recorded_unit
        ) IS NOT DISTINCT FROM (
            staged.district, staged.taluk, staged.village, staged.block, staged.survey, staged.subdivision,
            staged.ulpin, staged.address, staged.land_type, CAST(staged.recorded_extent AS numeric), staged.recorded_unit
        )
        AND (
            parcel.boundary = staged.boundary
            OR (
                ST_NPoints(parcel.boundary) = ST_NPoints(staged.boundary)
                AND ST_HausdorffDistance(parcel.boundary, staged.boundary) < 0.001
            )
        )
),
met AS (
    SELECT DISTINCT staged.number
    FROM stage_parcel AS staged
    JOIN stage_believed AS believed USING (number)
    WHERE believed.valid && daterange(staged.valid_from, staged.valid_to)
)
SELECT
    staged.position,
    staged.number,
    coalesce(later.kind, ended.kind) AS held_by,
    coalesce(later.on_date, ended.on_date) AS held_on,
    CASE
        WHEN later.number IS NOT NULL OR ended.number IS NOT NULL THEN 'held'
        WHEN same.number IS NOT NULL THEN 'unchanged'
        WHEN met.number IS NOT NULL THEN 'changed'
        ELSE 'new'
    END AS fate
FROM stage_parcel AS staged
LEFT JOIN later USING (number)
LEFT JOIN ended USING (number)
LEFT JOIN same USING (number)
LEFT JOIN met USING (number)
