-- Numbers that hold the land of an ended number: from the last change that ended it, along the first change that ended
-- each successor after it began, to those that nothing ended.  A number used again for other land is not followed twice.
WITH RECURSIVE turn AS NOT MATERIALIZED (
    SELECT lineage.predecessor, lineage.successor, change.on_date, change.id
    FROM parcel_lineage AS lineage
    JOIN parcel_change AS change ON change.id = lineage.change_id
    JOIN recording ON recording.id = change.recording_id
    WHERE lineage.jurisdiction = :jurisdiction AND change.on_date <= :on AND recording.instant <= :known
),
step AS (
    SELECT turn.successor AS number, turn.on_date, turn.id
    FROM turn
    WHERE turn.predecessor = :number
      AND turn.id = (
          SELECT last.id FROM turn AS last WHERE last.predecessor = :number
          ORDER BY last.on_date DESC, last.id DESC LIMIT 1
      )
    UNION
    SELECT turn.successor, turn.on_date, turn.id
    FROM step
    JOIN turn ON turn.predecessor = step.number
    WHERE turn.id = (
        SELECT next.id FROM turn AS next
        WHERE next.predecessor = step.number AND (next.on_date, next.id) > (step.on_date, step.id)
        ORDER BY next.on_date, next.id LIMIT 1
    )
)
SELECT DISTINCT step.number
FROM step
JOIN parcel ON parcel.jurisdiction = :jurisdiction AND parcel.number = step.number
    AND parcel.valid @> CAST(:on AS date) AND parcel.recorded @> CAST(:known AS timestamptz)
WHERE NOT EXISTS (
    SELECT FROM turn
    WHERE turn.predecessor = step.number AND (turn.on_date, turn.id) > (step.on_date, step.id)
)
ORDER BY step.number
