-- Which pieces of features some parcels lie in the reach of: the question of an extract, for many plots, without what is found.
SELECT parcel.id, piece.id
FROM parcel
JOIN layer_piece AS piece ON piece.reach && parcel.boundary
WHERE parcel.id = ANY(CAST(:states AS bigint[])) AND piece.import_id = ANY(CAST(:imports AS bigint[]))
