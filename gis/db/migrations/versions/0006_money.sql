-- Money: the ledger, demands, receipts, refunds; orders and events of a payment gateway; the nightly comparison.

CREATE TABLE ledger_account (
    body TEXT NOT NULL,
    code TEXT NOT NULL,
    kind TEXT NOT NULL,
    CONSTRAINT ledger_account_pkey PRIMARY KEY (body, code),
    CONSTRAINT ledger_account_kind_check CHECK (kind IN ('asset', 'liability', 'income', 'expense')),
    CONSTRAINT ledger_account_body_fkey FOREIGN KEY(body) REFERENCES local_body (code)
);

CREATE TABLE demand (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    body TEXT NOT NULL,
    case_id BIGINT,
    token TEXT NOT NULL,
    amount BIGINT NOT NULL,
    state TEXT NOT NULL,
    due DATE,
    raised TIMESTAMP WITH TIME ZONE NOT NULL,
    raised_by BIGINT,
    closed TIMESTAMP WITH TIME ZONE,
    closed_by BIGINT,
    closed_reason TEXT,
    CONSTRAINT demand_pkey PRIMARY KEY (id),
    CONSTRAINT demand_body_id_key UNIQUE (body, id),
    CONSTRAINT demand_token_key UNIQUE (token),
    CONSTRAINT demand_body_case_id_fkey FOREIGN KEY(body, case_id) REFERENCES civic_case (body, id),
    CONSTRAINT demand_body_raised_by_fkey FOREIGN KEY(body, raised_by) REFERENCES person (body, id),
    CONSTRAINT demand_body_closed_by_fkey FOREIGN KEY(body, closed_by) REFERENCES person (body, id),
    CONSTRAINT demand_amount_check CHECK (amount > 0),
    CONSTRAINT demand_state_check CHECK (state IN ('open', 'paid', 'cancelled')),
    CONSTRAINT demand_closed_check CHECK ((state = 'open') = (closed IS NULL)),
    CONSTRAINT demand_closed_reason_check CHECK (state <> 'cancelled' OR closed_reason <> ''),
    CONSTRAINT demand_two_check CHECK (state <> 'cancelled' OR closed_by <> raised_by OR raised_by IS NULL),
    CONSTRAINT demand_body_fkey FOREIGN KEY(body) REFERENCES local_body (code)
);
CREATE INDEX demand_body_case_id_idx ON demand (body, case_id);
CREATE INDEX demand_open_idx ON demand (body, due, id) WHERE state = 'open';

CREATE TABLE demand_line (
    demand_id BIGINT NOT NULL,
    line INTEGER NOT NULL,
    body TEXT NOT NULL,
    head TEXT NOT NULL,
    title_en TEXT NOT NULL,
    title_ml TEXT NOT NULL,
    amount BIGINT NOT NULL,
    clause TEXT NOT NULL,
    CONSTRAINT demand_line_pkey PRIMARY KEY (demand_id, line),
    CONSTRAINT demand_line_body_demand_id_fkey FOREIGN KEY(body, demand_id) REFERENCES demand (body, id),
    CONSTRAINT demand_line_amount_check CHECK (amount > 0),
    CONSTRAINT demand_line_clause_check CHECK (clause <> ''),
    CONSTRAINT demand_line_head_check CHECK (head ~ '^[a-z][a-z0-9_]*$'),
    CONSTRAINT demand_line_body_fkey FOREIGN KEY(body) REFERENCES local_body (code)
);

CREATE TABLE gateway_order (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    body TEXT NOT NULL,
    demand_id BIGINT NOT NULL,
    gateway TEXT NOT NULL,
    order_ref TEXT NOT NULL,
    amount BIGINT NOT NULL,
    currency TEXT NOT NULL,
    made TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT gateway_order_pkey PRIMARY KEY (id),
    CONSTRAINT gateway_order_body_id_key UNIQUE (body, id),
    CONSTRAINT gateway_order_gateway_order_ref_key UNIQUE (gateway, order_ref),
    CONSTRAINT gateway_order_body_demand_id_fkey FOREIGN KEY(body, demand_id) REFERENCES demand (body, id),
    CONSTRAINT gateway_order_amount_check CHECK (amount > 0),
    CONSTRAINT gateway_order_body_fkey FOREIGN KEY(body) REFERENCES local_body (code)
);
CREATE INDEX gateway_order_body_demand_id_idx ON gateway_order (body, demand_id);
CREATE INDEX gateway_order_body_made_idx ON gateway_order (body, made);

CREATE TABLE gateway_event (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    body TEXT NOT NULL,
    gateway TEXT NOT NULL,
    event_ref TEXT NOT NULL,
    raw BYTEA NOT NULL,
    signature TEXT NOT NULL,
    received TIMESTAMP WITH TIME ZONE NOT NULL,
    booked TIMESTAMP WITH TIME ZONE,
    outcome TEXT,
    CONSTRAINT gateway_event_pkey PRIMARY KEY (id),
    CONSTRAINT gateway_event_body_id_key UNIQUE (body, id),
    CONSTRAINT gateway_event_body_gateway_event_ref_key UNIQUE (body, gateway, event_ref),
    CONSTRAINT gateway_event_outcome_check CHECK ((booked IS NULL) = (outcome IS NULL)),
    CONSTRAINT gateway_event_body_fkey FOREIGN KEY(body) REFERENCES local_body (code)
);
CREATE INDEX gateway_event_waiting_idx ON gateway_event (body, id) WHERE booked IS NULL;

CREATE TABLE gateway_payment (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    body TEXT NOT NULL,
    gateway TEXT NOT NULL,
    payment_ref TEXT NOT NULL,
    order_id BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    currency TEXT NOT NULL,
    seen TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT gateway_payment_pkey PRIMARY KEY (id),
    CONSTRAINT gateway_payment_body_id_key UNIQUE (body, id),
    CONSTRAINT gateway_payment_gateway_payment_ref_key UNIQUE (gateway, payment_ref),
    CONSTRAINT gateway_payment_body_order_id_fkey FOREIGN KEY(body, order_id) REFERENCES gateway_order (body, id),
    CONSTRAINT gateway_payment_amount_check CHECK (amount > 0),
    CONSTRAINT gateway_payment_body_fkey FOREIGN KEY(body) REFERENCES local_body (code)
);
CREATE INDEX gateway_payment_body_order_id_idx ON gateway_payment (body, order_id);

CREATE TABLE receipt_serial (
    body TEXT NOT NULL,
    year INTEGER NOT NULL,
    last INTEGER NOT NULL,
    CONSTRAINT receipt_serial_pkey PRIMARY KEY (body, year),
    CONSTRAINT receipt_serial_body_fkey FOREIGN KEY(body) REFERENCES local_body (code)
);

CREATE TABLE receipt (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    body TEXT NOT NULL,
    token TEXT NOT NULL,
    year INTEGER NOT NULL,
    serial INTEGER NOT NULL,
    number TEXT NOT NULL,
    demand_id BIGINT,
    means TEXT NOT NULL,
    amount BIGINT NOT NULL,
    held BIGINT NOT NULL,
    payment_id BIGINT,
    received_by BIGINT,
    device TEXT,
    day DATE NOT NULL,
    instant TIMESTAMP WITH TIME ZONE NOT NULL,
    cancelled TIMESTAMP WITH TIME ZONE,
    cancelled_by BIGINT,
    cancelled_reason TEXT,
    CONSTRAINT receipt_pkey PRIMARY KEY (id),
    CONSTRAINT receipt_body_id_key UNIQUE (body, id),
    CONSTRAINT receipt_token_key UNIQUE (token),
    CONSTRAINT receipt_body_year_serial_key UNIQUE (body, year, serial),
    CONSTRAINT receipt_body_number_key UNIQUE (body, number),
    CONSTRAINT receipt_body_payment_id_key UNIQUE (body, payment_id),
    CONSTRAINT receipt_body_demand_id_fkey FOREIGN KEY(body, demand_id) REFERENCES demand (body, id),
    CONSTRAINT receipt_body_payment_id_fkey FOREIGN KEY(body, payment_id) REFERENCES gateway_payment (body, id),
    CONSTRAINT receipt_body_received_by_fkey FOREIGN KEY(body, received_by) REFERENCES person (body, id),
    CONSTRAINT receipt_body_cancelled_by_fkey FOREIGN KEY(body, cancelled_by) REFERENCES person (body, id),
    CONSTRAINT receipt_amount_check CHECK (amount > 0),
    CONSTRAINT receipt_held_check CHECK (held BETWEEN 0 AND amount),
    CONSTRAINT receipt_serial_check CHECK (serial > 0),
    CONSTRAINT receipt_means_check CHECK ((means = 'gateway' AND payment_id IS NOT NULL AND received_by IS NULL) OR (means = 'cash' AND payment_id IS NULL AND received_by IS NOT NULL)),
    CONSTRAINT receipt_cancelled_check CHECK (cancelled IS NULL OR (means = 'cash' AND held = 0 AND cancelled_reason <> '' AND cancelled_by <> received_by)),
    CONSTRAINT receipt_body_fkey FOREIGN KEY(body) REFERENCES local_body (code)
);
CREATE INDEX receipt_body_day_received_by_idx ON receipt (body, day, received_by);
CREATE INDEX receipt_held_idx ON receipt (body, id) WHERE held > 0;
CREATE UNIQUE INDEX receipt_one_of_demand_idx ON receipt (body, demand_id) WHERE demand_id IS NOT NULL AND cancelled IS NULL;

CREATE TABLE refund (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    body TEXT NOT NULL,
    receipt_id BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    reason TEXT NOT NULL,
    state TEXT NOT NULL,
    asked TIMESTAMP WITH TIME ZONE NOT NULL,
    asked_by BIGINT,
    device TEXT,
    decided TIMESTAMP WITH TIME ZONE,
    decided_by BIGINT,
    paid TIMESTAMP WITH TIME ZONE,
    paid_by BIGINT,
    refund_ref TEXT,
    CONSTRAINT refund_pkey PRIMARY KEY (id),
    CONSTRAINT refund_body_id_key UNIQUE (body, id),
    CONSTRAINT refund_body_receipt_id_fkey FOREIGN KEY(body, receipt_id) REFERENCES receipt (body, id),
    CONSTRAINT refund_body_asked_by_fkey FOREIGN KEY(body, asked_by) REFERENCES person (body, id),
    CONSTRAINT refund_body_decided_by_fkey FOREIGN KEY(body, decided_by) REFERENCES person (body, id),
    CONSTRAINT refund_body_paid_by_fkey FOREIGN KEY(body, paid_by) REFERENCES person (body, id),
    CONSTRAINT refund_amount_check CHECK (amount > 0),
    CONSTRAINT refund_reason_check CHECK (reason <> ''),
    CONSTRAINT refund_state_check CHECK (state IN ('asked', 'granted', 'refused', 'paid')),
    CONSTRAINT refund_decided_check CHECK ((state = 'asked') = (decided_by IS NULL)),
    CONSTRAINT refund_two_check CHECK (decided_by <> asked_by OR asked_by IS NULL),
    CONSTRAINT refund_paid_check CHECK ((state = 'paid') = (paid IS NOT NULL)),
    CONSTRAINT refund_body_fkey FOREIGN KEY(body) REFERENCES local_body (code)
);
CREATE UNIQUE INDEX refund_one_asked_idx ON refund (body, receipt_id) WHERE state IN ('asked', 'granted');

CREATE TABLE journal (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    body TEXT NOT NULL,
    kind TEXT NOT NULL,
    lines INTEGER NOT NULL,
    day DATE NOT NULL,
    instant TIMESTAMP WITH TIME ZONE NOT NULL,
    person_id BIGINT,
    reason TEXT,
    reverses BIGINT,
    demand_id BIGINT,
    receipt_id BIGINT,
    refund_id BIGINT,
    CONSTRAINT journal_pkey PRIMARY KEY (id),
    CONSTRAINT journal_body_id_key UNIQUE (body, id),
    CONSTRAINT journal_body_reverses_key UNIQUE (body, reverses),
    CONSTRAINT journal_body_reverses_fkey FOREIGN KEY(body, reverses) REFERENCES journal (body, id),
    CONSTRAINT journal_body_demand_id_fkey FOREIGN KEY(body, demand_id) REFERENCES demand (body, id),
    CONSTRAINT journal_body_receipt_id_fkey FOREIGN KEY(body, receipt_id) REFERENCES receipt (body, id),
    CONSTRAINT journal_body_refund_id_fkey FOREIGN KEY(body, refund_id) REFERENCES refund (body, id),
    CONSTRAINT journal_body_person_id_fkey FOREIGN KEY(body, person_id) REFERENCES person (body, id),
    CONSTRAINT journal_kind_check CHECK (kind IN ('demand', 'demand_cancelled', 'receipt', 'receipt_cancelled', 'released', 'refund_granted', 'refund_paid', 'handed_over')),
    CONSTRAINT journal_lines_check CHECK (lines >= 2),
    CONSTRAINT journal_body_fkey FOREIGN KEY(body) REFERENCES local_body (code)
);
CREATE INDEX journal_body_day_idx ON journal (body, day);
CREATE UNIQUE INDEX journal_demand_once_idx ON journal (body, demand_id) WHERE kind = 'demand';
CREATE UNIQUE INDEX journal_receipt_once_idx ON journal (body, receipt_id) WHERE kind = 'receipt';
CREATE UNIQUE INDEX journal_refund_once_idx ON journal (body, refund_id, kind) WHERE refund_id IS NOT NULL;

CREATE TABLE journal_entry (
    journal_id BIGINT NOT NULL,
    line INTEGER NOT NULL,
    body TEXT NOT NULL,
    account TEXT NOT NULL,
    amount BIGINT NOT NULL,
    CONSTRAINT journal_entry_pkey PRIMARY KEY (journal_id, line),
    CONSTRAINT journal_entry_body_journal_id_fkey FOREIGN KEY(body, journal_id) REFERENCES journal (body, id),
    CONSTRAINT journal_entry_body_account_fkey FOREIGN KEY(body, account) REFERENCES ledger_account (body, code),
    CONSTRAINT journal_entry_amount_check CHECK (amount <> 0),
    CONSTRAINT journal_entry_body_fkey FOREIGN KEY(body) REFERENCES local_body (code)
);
CREATE INDEX journal_entry_balance_idx ON journal_entry (body, account) INCLUDE (amount);

CREATE TABLE day_book (
    body TEXT NOT NULL,
    person_id BIGINT NOT NULL,
    day DATE NOT NULL,
    expected BIGINT NOT NULL,
    counted BIGINT NOT NULL,
    note TEXT,
    closed TIMESTAMP WITH TIME ZONE NOT NULL,
    checked_by BIGINT,
    CONSTRAINT day_book_pkey PRIMARY KEY (body, person_id, day),
    CONSTRAINT day_book_body_person_id_fkey FOREIGN KEY(body, person_id) REFERENCES person (body, id),
    CONSTRAINT day_book_body_checked_by_fkey FOREIGN KEY(body, checked_by) REFERENCES person (body, id),
    CONSTRAINT day_book_sums_check CHECK (expected >= 0 AND counted >= 0),
    CONSTRAINT day_book_two_check CHECK (checked_by <> person_id),
    CONSTRAINT day_book_note_check CHECK (counted = expected OR note <> ''),
    CONSTRAINT day_book_body_fkey FOREIGN KEY(body) REFERENCES local_body (code)
);

CREATE TABLE reconciliation (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    body TEXT NOT NULL,
    instant TIMESTAMP WITH TIME ZONE NOT NULL,
    day DATE NOT NULL,
    orders INTEGER NOT NULL,
    payments INTEGER NOT NULL,
    mended INTEGER NOT NULL,
    totals JSONB NOT NULL,
    mismatches JSONB NOT NULL,
    CONSTRAINT reconciliation_pkey PRIMARY KEY (id),
    CONSTRAINT reconciliation_counts_check CHECK (orders >= 0 AND payments >= 0 AND mended >= 0),
    CONSTRAINT reconciliation_body_fkey FOREIGN KEY(body) REFERENCES local_body (code)
);

-- A journal stands only if its entries are as many as it says and add up to zero.  Checked when the transaction ends, in
-- the journal's own body, whichever the transaction is in by then.
CREATE FUNCTION journal_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    entered TEXT := current_setting('bhumika.body', true);
    number BIGINT;
    wanted INTEGER;
    found INTEGER;
    total NUMERIC;
BEGIN
    number := CASE TG_TABLE_NAME WHEN 'journal' THEN (to_jsonb(NEW) ->> 'id')::BIGINT
                                 ELSE (to_jsonb(NEW) ->> 'journal_id')::BIGINT END;
    PERFORM set_config('bhumika.body', NEW.body, true);
    SELECT j.lines INTO wanted FROM journal j WHERE j.body = NEW.body AND j.id = number;
    SELECT count(*), coalesce(sum(e.amount), 0) INTO found, total
        FROM journal_entry e WHERE e.body = NEW.body AND e.journal_id = number;
    PERFORM set_config('bhumika.body', coalesce(entered, ''), true);
    IF found IS DISTINCT FROM wanted OR total <> 0 THEN
        RAISE EXCEPTION 'Journal % has % of % entries, adding up to % paise; it must be complete and add up to zero.',
            number, found, wanted, total USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER journal_adds_up AFTER INSERT ON journal
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION journal_adds_up();
CREATE CONSTRAINT TRIGGER journal_entry_adds_up AFTER INSERT ON journal_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION journal_adds_up();

CREATE TRIGGER journal_history BEFORE UPDATE OR DELETE OR TRUNCATE ON journal
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER journal_entry_history BEFORE UPDATE OR DELETE OR TRUNCATE ON journal_entry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER demand_line_history BEFORE UPDATE OR DELETE OR TRUNCATE ON demand_line
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

SELECT close_between_bodies('ledger_account', 'INSERT');
SELECT close_between_bodies('demand', 'INSERT');
GRANT UPDATE (state, closed, closed_by, closed_reason) ON demand TO bhumika_service;
SELECT close_between_bodies('demand_line', 'INSERT');
SELECT close_between_bodies('gateway_order', 'INSERT');
SELECT close_between_bodies('gateway_event', 'INSERT');
GRANT UPDATE (booked, outcome) ON gateway_event TO bhumika_service;
SELECT close_between_bodies('gateway_payment', 'INSERT');
SELECT close_between_bodies('receipt_serial', 'INSERT');
GRANT UPDATE (last) ON receipt_serial TO bhumika_service;
SELECT close_between_bodies('receipt', 'INSERT');
GRANT UPDATE (held, cancelled, cancelled_by, cancelled_reason) ON receipt TO bhumika_service;
SELECT close_between_bodies('refund', 'INSERT');
GRANT UPDATE (state, decided, decided_by, paid, paid_by, refund_ref) ON refund TO bhumika_service;
SELECT close_between_bodies('journal', 'INSERT');
SELECT close_between_bodies('journal_entry', 'INSERT');
SELECT close_between_bodies('day_book', 'INSERT');
SELECT close_between_bodies('reconciliation', 'INSERT');
