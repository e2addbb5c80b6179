-- Numbers that the land of a number had before: from the change that last began it, along the change that last began each
-- predecessor before it ended.  What a number meant before it ended and was used again is not followed.
WITH RECURSIVE turn AS NOT MATERIALIZED (
    SELECT lineage.predecessor, lineage.successor, change.on_date, change.id
    FROM parcel_lineage AS lineage
    JOIN parcel_change AS change ON change.id = lineage.change_id
    JOIN recording ON recording.id = change.recording_id
    WHERE lineage.jurisdiction = :jurisdiction AND change.on_date <= :on AND recording.instant <= :known
),
step AS (
    SELECT CAST(:number AS text) AS number, CAST('infinity' AS date) AS on_date, CAST(0 AS bigint) AS id
    UNION
    SELECT turn.predecessor, turn.on_date, turn.id
    FROM step
    JOIN turn ON turn.successor = step.number
    WHERE turn.id = (
        SELECT last.id FROM turn AS last
        WHERE last.successor = step.number AND (last.on_date, last.id) < (step.on_date, step.id)
        ORDER BY last.on_date DESC, last.id DESC LIMIT 1
    )
    AND NOT EXISTS (
        SELECT FROM turn AS ended
        WHERE ended.predecessor = step.number
          AND (ended.on_date, ended.id) > (turn.on_date, turn.id)
          AND (ended.on_date, ended.id) < (step.on_date, step.id)
    )
)
SELECT DISTINCT number FROM step WHERE on_date < 'infinity' ORDER BY number
