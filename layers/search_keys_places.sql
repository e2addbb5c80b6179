-- Every place once, by its first row: a place has a row for each of its names that sounds otherwise.
CREATE TEMPORARY TABLE stage_place_of ON COMMIT DROP AS
SELECT min(id) AS id, name_en, name_ml
FROM place_name
GROUP BY import_id, kind, name_en, name_ml, parcel_number, ST_AsBinary(position)
ORDER BY 1
