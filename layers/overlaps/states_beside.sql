-- The same, those alone that the box of a piece of some features meets.
SELECT DISTINCT parcel.id
FROM layer_piece AS piece
JOIN parcel ON parcel.boundary && piece.shape
WHERE piece.feature_id = ANY(CAST(:features AS bigint[]))
    AND parcel.jurisdiction = :jurisdiction AND parcel.id > :after AND parcel.id <= :upto
    AND (upper_inf(parcel.recorded) OR upper(parcel.recorded) > CAST(:since AS timestamptz))
ORDER BY parcel.id
