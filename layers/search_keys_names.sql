-- Places under their new keys.
INSERT INTO place_name (import_id, srid, kind, name_en, name_ml, folded, sound_key, parcel_number, position)
SELECT
    place.import_id, place.srid, place.kind, place.name_en, place.name_ml, made.folded, made.sound_key,
    place.parcel_number, place.position
FROM stage_key AS made
JOIN place_name AS place USING (id)
ORDER BY place.id, made.folded
