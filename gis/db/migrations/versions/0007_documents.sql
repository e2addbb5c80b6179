-- Documents of a case, their versions, and uploads on their way.

CREATE TABLE document (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    body TEXT NOT NULL,
    case_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    made TIMESTAMP WITH TIME ZONE NOT NULL,
    made_by BIGINT,
    CONSTRAINT document_pkey PRIMARY KEY (id),
    CONSTRAINT document_body_id_key UNIQUE (body, id),
    CONSTRAINT document_body_case_id_fkey FOREIGN KEY(body, case_id) REFERENCES civic_case (body, id),
    CONSTRAINT document_body_made_by_fkey FOREIGN KEY(body, made_by) REFERENCES person (body, id),
    CONSTRAINT document_title_check CHECK (title <> ''),
    CONSTRAINT document_body_fkey FOREIGN KEY(body) REFERENCES local_body (code)
);
CREATE INDEX document_body_case_id_idx ON document (body, case_id);

CREATE TABLE document_version (
    document_id BIGINT NOT NULL,
    record TEXT NOT NULL,
    seq INTEGER NOT NULL,
    body TEXT NOT NULL,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    place TEXT NOT NULL,
    added TIMESTAMP WITH TIME ZONE NOT NULL,
    added_by BIGINT,
    scan TEXT NOT NULL,
    scanned TIMESTAMP WITH TIME ZONE,
    found TEXT,
    CONSTRAINT document_version_pkey PRIMARY KEY (document_id, record, seq),
    CONSTRAINT document_version_body_document_id_fkey FOREIGN KEY(body, document_id) REFERENCES document (body, id),
    CONSTRAINT document_version_body_added_by_fkey FOREIGN KEY(body, added_by) REFERENCES person (body, id),
    CONSTRAINT document_version_place_key UNIQUE (place),
    CONSTRAINT document_version_record_check CHECK (record IN ('full', 'published')),
    CONSTRAINT document_version_scan_check CHECK (scan IN ('unscanned', 'clean', 'infected')),
    CONSTRAINT document_version_seq_check CHECK (seq > 0),
    CONSTRAINT document_version_size_check CHECK (size > 0),
    CONSTRAINT document_version_sha256_check CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    CONSTRAINT document_version_body_fkey FOREIGN KEY(body) REFERENCES local_body (code)
);
CREATE INDEX document_version_unscanned_idx ON document_version (body, added) WHERE scan = 'unscanned';

CREATE TABLE upload (
    id UUID NOT NULL,
    body TEXT NOT NULL,
    case_id BIGINT NOT NULL,
    document_id BIGINT,
    person_id BIGINT,
    record TEXT NOT NULL,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    name TEXT NOT NULL,
    size BIGINT NOT NULL,
    sha256 TEXT,
    arrived BIGINT NOT NULL,
    begun TIMESTAMP WITH TIME ZONE NOT NULL,
    ends TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT upload_pkey PRIMARY KEY (id),
    CONSTRAINT upload_body_id_key UNIQUE (body, id),
    CONSTRAINT upload_body_case_id_fkey FOREIGN KEY(body, case_id) REFERENCES civic_case (body, id),
    CONSTRAINT upload_body_document_id_fkey FOREIGN KEY(body, document_id) REFERENCES document (body, id),
    CONSTRAINT upload_body_person_id_fkey FOREIGN KEY(body, person_id) REFERENCES person (body, id),
    CONSTRAINT upload_record_check CHECK (record IN ('full', 'published')),
    CONSTRAINT upload_size_check CHECK (size > 0),
    CONSTRAINT upload_arrived_check CHECK (arrived >= 0 AND arrived <= size),
    CONSTRAINT upload_sha256_check CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    CONSTRAINT upload_body_fkey FOREIGN KEY(body) REFERENCES local_body (code)
);
CREATE INDEX upload_body_ends_idx ON upload (body, ends);

CREATE TABLE upload_part (
    upload_id UUID NOT NULL,
    starts BIGINT NOT NULL,
    body TEXT NOT NULL,
    size BIGINT NOT NULL,
    place TEXT NOT NULL,
    CONSTRAINT upload_part_pkey PRIMARY KEY (upload_id, starts),
    CONSTRAINT upload_part_body_upload_id_fkey FOREIGN KEY(body, upload_id) REFERENCES upload (body, id) ON DELETE CASCADE,
    CONSTRAINT upload_part_place_key UNIQUE (place),
    CONSTRAINT upload_part_size_check CHECK (size > 0),
    CONSTRAINT upload_part_body_fkey FOREIGN KEY(body) REFERENCES local_body (code)
);

SELECT close_between_bodies('document', 'INSERT');
SELECT close_between_bodies('document_version', 'INSERT');
GRANT UPDATE (place, scan, scanned, found) ON document_version TO bhumika_service;
SELECT close_between_bodies('upload', 'INSERT, DELETE');
GRANT UPDATE (arrived, ends) ON upload TO bhumika_service;
SELECT close_between_bodies('upload_part', 'INSERT, DELETE');
