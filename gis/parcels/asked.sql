-- The newest recording of a jurisdiction and, beside it, the state of one number at a point in both times.
-- `= ANY` and the functions in place of `=` and `@>` keep the planner from the index behind the exclusion constraint, which
-- it takes for as good as the plain one of numbers: it is eight times as slow.
SELECT
    latest.instant,
    state.*
FROM (SELECT max(instant) AS instant FROM recording WHERE jurisdiction = :jurisdiction) AS latest
LEFT JOIN LATERAL (
    SELECT
        parcel.id,
        parcel.number,
        parcel.district,
        parcel.taluk,
        parcel.village,
        parcel.block,
        parcel.survey,
        parcel.subdivision,
        parcel.ulpin,
        parcel.address,
        parcel.land_type,
        parcel.recorded_extent,
        parcel.recorded_unit,
        parcel.measured_area,
        parcel.accuracy,
        parcel.import_id,
        lower(parcel.valid) AS begins,
        upper(parcel.valid) AS ends,
        lower(parcel.recorded) AS recorded,
        upper(parcel.recorded) AS replaced,
        parcel_change.kind,
        parcel_change.instrument,
        ST_AsBinary(parcel.boundary) AS boundary
    FROM parcel
    JOIN parcel_change ON parcel_change.id = parcel.change_id
    WHERE parcel.jurisdiction = :jurisdiction AND parcel.number = ANY(ARRAY[CAST(:number AS text)])
        AND range_contains_elem(parcel.valid, CAST(:on AS date))
        AND range_contains_elem(parcel.recorded, coalesce(CAST(:known AS timestamptz), latest.instant))
) AS state ON TRUE
