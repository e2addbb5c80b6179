"""The town hall: services in which every case points at a parcel; what they share is in `civic.core`."""
