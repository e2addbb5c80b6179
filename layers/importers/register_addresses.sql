-- Addresses of the staged parcels, for the search.
INSERT INTO place_name (import_id, srid, kind, name_en, name_ml, folded, sound_key, parcel_number, position)
SELECT
    :import_id, :srid, 'address',
    CASE WHEN address !~ '[\u0d00-\u0d7f]' THEN address END,
    CASE WHEN address ~ '[\u0d00-\u0d7f]' THEN address END,
    address_folded, address_sound, number, ST_PointOnSurface(boundary)
FROM stage_parcel
WHERE address_folded IS NOT NULL
ORDER BY position
