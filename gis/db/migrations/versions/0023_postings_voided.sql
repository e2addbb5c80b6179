-- A posting that was made by mistake is voided on the day on which it begins, or before: it ends as it begins and holds on no day.
ALTER TABLE posting
    DROP CONSTRAINT posting_days_check,
    ADD CONSTRAINT posting_days_check CHECK (ends IS NULL OR ends >= begins);
