-- Features of some imports whose boxes meet one of a few states of parcels.
SELECT DISTINCT feature.id
FROM parcel
JOIN layer_feature AS feature ON feature.shape && parcel.boundary
WHERE parcel.id = ANY(CAST(:parcels AS bigint[])) AND feature.import_id = ANY(CAST(:imports AS bigint[]))
ORDER BY feature.id
