"""The town hall: services in which every case points at a parcel."""
