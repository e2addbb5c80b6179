-- What stays true of the closed states, before and after the days in question, recorded anew.
INSERT INTO parcel (
    jurisdiction, srid, number, district, taluk, village, block, survey, subdivision, ulpin, address, land_type,
    recorded_extent, recorded_unit, measured_area, accuracy, boundary, change_id, import_id, valid, recorded
)
SELECT
    parcel.jurisdiction, parcel.srid, parcel.number, parcel.district, parcel.taluk, parcel.village, parcel.block,
    parcel.survey, parcel.subdivision, parcel.ulpin, parcel.address, parcel.land_type, parcel.recorded_extent,
    parcel.recorded_unit, parcel.measured_area, parcel.accuracy, parcel.boundary, parcel.change_id, parcel.import_id,
    rest.days, tstzrange(:instant, NULL)
FROM stage_closed AS closed
JOIN parcel ON parcel.id = closed.id
CROSS JOIN LATERAL unnest(datemultirange(parcel.valid) - datemultirange(closed.days)) AS rest (days)
ORDER BY parcel.id, rest.days
