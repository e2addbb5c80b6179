-- New states, a slice of the staging table at a time.
INSERT INTO parcel (
    jurisdiction, srid, number, district, taluk, village, block, survey, subdivision, ulpin, address, land_type,
    recorded_extent, recorded_unit, measured_area, accuracy, boundary, change_id, import_id, valid, recorded
)
SELECT
    :j, :srid, staged.number, staged.district, staged.taluk, staged.village, staged.block, staged.survey,
    staged.subdivision, staged.ulpin, staged.address, staged.land_type, CAST(staged.recorded_extent AS numeric),
    staged.recorded_unit, staged.measured_area, :accuracy, staged.boundary, :change, :import_id,
    daterange(staged.valid_from, staged.valid_to), tstzrange(:instant, NULL)
FROM stage_parcel AS staged
WHERE staged.ctid >= CAST(:from_page AS tid) AND staged.ctid < CAST(:to_page AS tid)
    AND (
        :everything
        OR EXISTS (
            SELECT 1 FROM stage_fate AS fate
            WHERE fate.position = staged.position AND fate.fate IN ('new', 'changed')
        )
    )
