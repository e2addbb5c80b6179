-- Believed states that the file contradicts, and between which days: of changed parcels the days of the new state, of
-- parcels that the file no longer has (and did not merely spoil) all days from the date of the data.
CREATE TEMPORARY TABLE stage_closed ON COMMIT DROP AS
SELECT
    believed.id,
    believed.number,
    daterange(staged.valid_from, staged.valid_to) AS days,
    FALSE AS gone
FROM stage_fate AS fate
JOIN stage_parcel AS staged USING (position)
JOIN stage_believed AS believed ON believed.number = fate.number
WHERE fate.fate = 'changed' AND believed.valid && daterange(staged.valid_from, staged.valid_to)
UNION ALL
SELECT
    believed.id,
    believed.number,
    daterange(:begins, NULL) AS days,
    TRUE AS gone
FROM stage_believed AS believed
WHERE believed.series = :series
    AND upper_inf(believed.valid)
    AND NOT EXISTS (SELECT 1 FROM stage_parcel AS staged WHERE staged.number = believed.number)
    AND NOT EXISTS (SELECT 1 FROM stage_refused AS refused WHERE refused.number = believed.number)
