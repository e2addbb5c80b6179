-- A demand with its lines and its journal with its entries, an account being opened when it is first used: one statement, because
-- whoever opens a case with a fee keeps the next case's number waiting for as long as it takes.
WITH raised AS (
    INSERT INTO demand (body, case_id, token, amount, state, due, raised, raised_by)
    VALUES (:body, :case, :token, :amount, 'open', :due, :now, :person)
    RETURNING id
), lines AS (
    INSERT INTO demand_line (demand_id, line, body, head, title_en, title_ml, amount, clause)
    SELECT raised.id, asked.line, :body, asked.head, asked.title_en, asked.title_ml, asked.amount, asked.clause
    FROM raised, unnest(
        CAST(:heads AS text[]), CAST(:titles_en AS text[]), CAST(:titles_ml AS text[]), CAST(:asked AS bigint[]),
        CAST(:clauses AS text[])
    ) WITH ORDINALITY AS asked (head, title_en, title_ml, amount, clause, line)
), opened AS (
    INSERT INTO ledger_account (body, code, kind)
    SELECT :body, code, kind FROM unnest(CAST(:accounts AS text[]), CAST(:kinds AS text[])) AS account (code, kind) ORDER BY code
    ON CONFLICT DO NOTHING
), made AS (
    INSERT INTO journal (body, kind, lines, day, instant, person_id, demand_id)
    SELECT :body, :kind, cardinality(CAST(:accounts AS text[])), :day, :now, :person, raised.id FROM raised
    RETURNING id
), entries AS (
    INSERT INTO journal_entry (journal_id, line, body, account, amount)
    SELECT made.id, entry.line, :body, entry.account, entry.amount
    FROM made, unnest(CAST(:accounts AS text[]), CAST(:amounts AS bigint[])) WITH ORDINALITY AS entry (account, amount, line)
)
SELECT raised.id, ARRAY(SELECT DISTINCT person_id FROM case_party WHERE case_id = :case ORDER BY person_id) AS parties FROM raised
