-- By which version of the key-making the keys of `place_name` were made; empty before the first.
CREATE TABLE search_key_version (
    version TEXT NOT NULL,
    CONSTRAINT search_key_version_pkey PRIMARY KEY (version)
);
