-- Pieces of features are tied to the metres of their jurisdiction like every other shape: their system is read off the
-- shape, the import's jurisdiction says which it must be, and the box has the same.
ALTER TABLE layer_piece ADD COLUMN srid INTEGER NOT NULL GENERATED ALWAYS AS (ST_SRID(shape)) STORED;
ALTER TABLE layer_piece
    ADD CONSTRAINT layer_piece_shape_check CHECK (ST_SRID(shape) = srid AND ST_SRID(reach) = srid),
    ADD CONSTRAINT layer_piece_import_id_srid_fkey FOREIGN KEY (import_id, srid) REFERENCES dataset_import (id, srid),
    DROP CONSTRAINT layer_piece_import_id_fkey;
