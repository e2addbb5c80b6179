-- Under which clause a permit was revoked, and by whom; the history of its case keeps the same, and whatever followed.
ALTER TABLE permit
    ADD COLUMN revoked_clause TEXT,
    ADD COLUMN revoked_by BIGINT,
    ADD CONSTRAINT permit_body_revoked_by_fkey FOREIGN KEY (body, revoked_by) REFERENCES person (body, id),
    ADD CONSTRAINT permit_revoked_how_check CHECK (revoked IS NOT NULL OR (revoked_clause IS NULL AND revoked_by IS NULL));
GRANT UPDATE (revoked_clause, revoked_by) ON permit TO bhumika_service;

-- The last day that was looked at for a wish to watch a plot: a layer that was recorded long before comes into force on a day of its own.
ALTER TABLE plot_watch ADD COLUMN looked DATE;
GRANT UPDATE (looked) ON plot_watch TO bhumika_service;
