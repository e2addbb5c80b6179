-- A demand with its lines.
WITH raised AS (
    INSERT INTO demand (body, case_id, token, amount, state, due, raised, raised_by)
    VALUES (:body, :case, :token, :amount, 'open', :due, :now, :by)
    RETURNING id
), lines AS (
    INSERT INTO demand_line (demand_id, line, body, head, title_en, title_ml, amount, clause)
    SELECT raised.id, asked.line, :body, asked.head, asked.title_en, asked.title_ml, asked.amount, asked.clause
    FROM raised, unnest(
        CAST(:heads AS text[]), CAST(:titles_en AS text[]), CAST(:titles_ml AS text[]), CAST(:amounts AS bigint[]),
        CAST(:clauses AS text[])
    ) WITH ORDINALITY AS asked (head, title_en, title_ml, amount, clause, line)
)
SELECT id FROM raised
