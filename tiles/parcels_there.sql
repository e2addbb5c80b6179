-- When anything of a place was last recorded, and whether it has at least so many parcels.
SELECT
    (SELECT max(instant) FROM recording WHERE jurisdiction = :jurisdiction) AS last,
    (
        SELECT count(*) FROM (SELECT 1 FROM parcel WHERE jurisdiction = :jurisdiction LIMIT :worth) AS counted
    ) = :worth AS is_worth
