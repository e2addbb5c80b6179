"""The spatial core: parcels, jurisdictions, measuring, and the database they live in."""
