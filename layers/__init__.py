"""What else lies on the ground: the catalogue of layers, their imports, and the extract of a parcel."""
