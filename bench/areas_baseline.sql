-- The fastest statement known before: one table, subdivided, `&&` only, overlaps with an area.
SELECT * FROM (
    SELECT piece.layer, piece.feature, sum(ST_Area(ST_Intersection(piece.shape, parcel.shape))) AS area
    FROM bench.parcel AS parcel
    JOIN bench.piece AS piece ON piece.shape && parcel.shape
    WHERE parcel.number = %(number)s
    GROUP BY piece.layer, piece.feature
    OFFSET 0
) AS lies
WHERE area > 0
