-- Staged parcels that would go in with a ULPIN which, on some of their days, stays that of a parcel of another number.
WITH closed AS (
    SELECT id, range_agg(days) AS days FROM stage_closed GROUP BY id
)
SELECT staged.position, staged.number, staged.ulpin, min(standing.number) AS other
FROM stage_parcel AS staged
JOIN stage_fate AS fate USING (position)
JOIN parcel AS standing ON standing.ulpin = staged.ulpin
LEFT JOIN closed ON closed.id = standing.id
WHERE standing.jurisdiction = :j
    AND upper_inf(standing.recorded)
    AND standing.number <> staged.number
    AND fate.fate IN ('new', 'changed')
    AND datemultirange(standing.valid) - coalesce(closed.days, '{}') && daterange(staged.valid_from, staged.valid_to)
GROUP BY staged.position, staged.number, staged.ulpin
ORDER BY staged.position
