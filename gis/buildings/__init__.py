"""Buildings: dated objects on one or more parcels."""
