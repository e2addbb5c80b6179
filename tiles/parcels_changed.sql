-- When anything of a place was last recorded, when a change of its parcels was, and whether it has at least so many.
SELECT
    (SELECT max(instant) FROM recording WHERE jurisdiction = :jurisdiction) AS last,
    (
        SELECT recording.instant
        FROM parcel_change JOIN recording ON recording.id = parcel_change.recording_id
        WHERE parcel_change.jurisdiction = :jurisdiction
        ORDER BY parcel_change.recording_id DESC
        LIMIT 1
    ) AS changed,
    (
        SELECT count(*) FROM (SELECT 1 FROM parcel WHERE jurisdiction = :jurisdiction LIMIT :worth) AS counted
    ) = :worth AS is_worth
