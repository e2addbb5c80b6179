-- A journal whole, with its entries; an account is opened when it is first used.
WITH opened AS (
    INSERT INTO ledger_account (body, code, kind)
    SELECT :body, code, kind FROM unnest(CAST(:accounts AS text[]), CAST(:kinds AS text[])) AS account (code, kind) ORDER BY code
    ON CONFLICT DO NOTHING
), made AS (
    INSERT INTO journal (body, kind, lines, day, instant, person_id, reason, reverses, demand_id, receipt_id, refund_id)
    VALUES (:body, :kind, cardinality(CAST(:accounts AS text[])), :day, :now, :person, :reason, :reverses, :demand, :receipt, :refund)
    RETURNING id
), entries AS (
    INSERT INTO journal_entry (journal_id, line, body, account, amount)
    SELECT made.id, entry.line, :body, entry.account, entry.amount
    FROM made, unnest(CAST(:accounts AS text[]), CAST(:amounts AS bigint[])) WITH ORDINALITY AS entry (account, amount, line)
)
SELECT id FROM made
