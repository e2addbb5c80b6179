-- A permit that a revised one has replaced names it, and keeps its own number.
ALTER TABLE permit ADD COLUMN replaced DATE;
ALTER TABLE permit ADD COLUMN replaced_by TEXT;
ALTER TABLE permit ADD CONSTRAINT permit_body_replaced_by_fkey FOREIGN KEY (body, replaced_by) REFERENCES permit (body, number);
ALTER TABLE permit ADD CONSTRAINT permit_replaced_check CHECK ((replaced IS NULL) = (replaced_by IS NULL));
GRANT UPDATE (replaced, replaced_by) ON permit TO bhumika_service;

-- Who answers for an authority that a plan's findings call for.
CREATE TABLE permit_agency (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    body TEXT NOT NULL,
    authority TEXT NOT NULL,
    person_id BIGINT NOT NULL,
    since TIMESTAMP WITH TIME ZONE NOT NULL,
    by_id BIGINT,
    ended TIMESTAMP WITH TIME ZONE,
    ended_by BIGINT,
    CONSTRAINT permit_agency_pkey PRIMARY KEY (id),
    CONSTRAINT permit_agency_body_person_id_fkey FOREIGN KEY(body, person_id) REFERENCES person (body, id),
    CONSTRAINT permit_agency_body_by_id_fkey FOREIGN KEY(body, by_id) REFERENCES person (body, id),
    CONSTRAINT permit_agency_body_ended_by_fkey FOREIGN KEY(body, ended_by) REFERENCES person (body, id),
    CONSTRAINT permit_agency_authority_check CHECK (authority <> ''),
    CONSTRAINT permit_agency_own_check CHECK (by_id <> person_id),
    CONSTRAINT permit_agency_body_fkey FOREIGN KEY(body) REFERENCES local_body (code)
);
CREATE UNIQUE INDEX permit_agency_open_idx ON permit_agency (body, authority, person_id) WHERE ended IS NULL;

-- An appeal to the Tribunal against a refusal or a revocation: a case of its own.
CREATE TABLE permit_appeal (
    case_id BIGINT NOT NULL,
    body TEXT NOT NULL,
    of_case BIGINT NOT NULL,
    against TEXT NOT NULL,
    of_permit TEXT,
    decided_on DATE NOT NULL,
    lodged DATE NOT NULL,
    reference TEXT NOT NULL,
    ordered DATE,
    order_ref TEXT,
    CONSTRAINT permit_appeal_pkey PRIMARY KEY (case_id),
    CONSTRAINT permit_appeal_body_case_id_fkey FOREIGN KEY(body, case_id) REFERENCES civic_case (body, id),
    CONSTRAINT permit_appeal_body_of_case_fkey FOREIGN KEY(body, of_case) REFERENCES civic_case (body, id),
    CONSTRAINT permit_appeal_body_of_permit_fkey FOREIGN KEY(body, of_permit) REFERENCES permit (body, number),
    CONSTRAINT permit_appeal_against_check CHECK (against IN ('refusal', 'revocation')),
    CONSTRAINT permit_appeal_reference_check CHECK (reference <> ''),
    CONSTRAINT permit_appeal_lodged_check CHECK (lodged >= decided_on),
    CONSTRAINT permit_appeal_ordered_check CHECK ((ordered IS NULL) = (order_ref IS NULL)),
    CONSTRAINT permit_appeal_body_fkey FOREIGN KEY(body) REFERENCES local_body (code)
);
CREATE INDEX permit_appeal_body_of_case_idx ON permit_appeal (body, of_case);

SELECT close_between_bodies('permit_agency', 'INSERT');
GRANT UPDATE (ended, ended_by) ON permit_agency TO bhumika_service;
SELECT close_between_bodies('permit_appeal', 'INSERT');
GRANT UPDATE (ordered, order_ref) ON permit_appeal TO bhumika_service;
