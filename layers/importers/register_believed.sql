-- States that the register believes now, under numbers that the file has or that came from earlier files of its series.
CREATE TEMPORARY TABLE stage_believed ON COMMIT DROP AS
SELECT
    parcel.id,
    parcel.number,
    parcel.valid,
    import.series,
    change.kind,
    change.on_date
FROM parcel
JOIN parcel_change AS change ON change.id = parcel.change_id
LEFT JOIN dataset_import AS import ON import.id = parcel.import_id
WHERE parcel.jurisdiction = :j
    AND upper_inf(parcel.recorded)
    AND (import.series = :series OR parcel.number IN (SELECT number FROM stage_parcel))
