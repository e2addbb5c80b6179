-- What receipts, refunds, demands and cases say of each other, one row per contradiction: kind, reference, said, expected.
SELECT 'ledger_' || s.account AS kind, s.account AS ref, coalesce(l.amount, 0)::BIGINT AS said, s.amount::BIGINT AS expected
FROM (
    SELECT 'gateway' AS account,
           (SELECT coalesce(sum(r.amount), 0) FROM receipt r WHERE r.means = 'gateway')
         - (SELECT coalesce(sum(f.amount), 0) FROM refund f JOIN receipt r ON r.id = f.receipt_id
            WHERE f.state = 'paid' AND r.means = 'gateway') AS amount
    UNION ALL
    SELECT 'cash',
           (SELECT coalesce(sum(r.amount), 0) FROM receipt r WHERE r.means = 'cash' AND r.cancelled IS NULL)
         - (SELECT coalesce(sum(f.amount), 0) FROM refund f JOIN receipt r ON r.id = f.receipt_id
            WHERE f.state = 'paid' AND r.means = 'cash')
         - (SELECT coalesce(sum(d.expected), 0) FROM day_book d)
    UNION ALL
    SELECT 'safe', (SELECT coalesce(sum(d.counted), 0) FROM day_book d)
    UNION ALL
    SELECT 'demands', (SELECT coalesce(sum(d.amount), 0) FROM demand d WHERE d.state = 'open')
    UNION ALL
    SELECT 'held_for_payers', -(SELECT coalesce(sum(r.held), 0) FROM receipt r)
    UNION ALL
    SELECT 'refunds_due', -(SELECT coalesce(sum(f.amount), 0) FROM refund f WHERE f.state = 'granted')
) s
LEFT JOIN (SELECT e.account, sum(e.amount) AS amount FROM journal_entry e GROUP BY e.account) l USING (account)
WHERE coalesce(l.amount, 0) <> s.amount
UNION ALL
SELECT 'ledger_total', 'ledger', sum(e.amount)::BIGINT, 0 FROM journal_entry e HAVING sum(e.amount) <> 0
UNION ALL
SELECT 'receipt_gap', s.year::TEXT, count(r.id)::BIGINT, s.last
FROM receipt_serial s LEFT JOIN receipt r ON r.body = s.body AND r.year = s.year AND r.serial <= s.last
GROUP BY s.year, s.last HAVING count(r.id) <> s.last
UNION ALL
SELECT 'receipt_unjournaled', r.number, coalesce(sum(e.amount), 0)::BIGINT, r.amount
FROM receipt r
LEFT JOIN journal j ON j.body = r.body AND j.receipt_id = r.id AND j.kind = 'receipt'
LEFT JOIN journal_entry e ON e.journal_id = j.id AND e.amount > 0
GROUP BY r.number, r.amount HAVING coalesce(sum(e.amount), 0) <> r.amount
UNION ALL
SELECT 'paid_without_receipt', 'D' || d.id, coalesce(sum(r.amount), 0)::BIGINT, d.amount
FROM demand d
LEFT JOIN receipt r ON r.body = d.body AND r.demand_id = d.id AND r.cancelled IS NULL
WHERE d.state = 'paid' GROUP BY d.id, d.amount HAVING coalesce(sum(r.amount), 0) <> d.amount
UNION ALL
SELECT 'receipt_of_open_demand', r.number, r.amount, 0
FROM receipt r JOIN demand d ON d.body = r.body AND d.id = r.demand_id
WHERE r.cancelled IS NULL AND d.state = 'open'
UNION ALL
SELECT 'demand_of_closed_case', c.number, d.amount, 0
FROM demand d JOIN civic_case c ON c.body = d.body AND c.id = d.case_id
WHERE d.state = 'open' AND c.closed IS NOT NULL
UNION ALL
SELECT 'held_without_refund', r.number, r.held, 0
FROM receipt r
WHERE r.held > 0 AND NOT EXISTS (
    SELECT FROM refund f WHERE f.body = r.body AND f.receipt_id = r.id AND f.state IN ('asked', 'granted')
)
UNION ALL
SELECT 'refund_stuck', r.number, f.amount, 0
FROM refund f JOIN receipt r ON r.body = f.body AND r.id = f.receipt_id
WHERE f.state = 'granted' AND f.decided < :stuck
UNION ALL
SELECT 'event_waiting', e.event_ref, 0, 0 FROM gateway_event e WHERE e.booked IS NULL
UNION ALL
SELECT 'payment_without_receipt', p.payment_ref, p.amount, 0
FROM gateway_payment p LEFT JOIN receipt r ON r.body = p.body AND r.payment_id = p.id
WHERE r.id IS NULL AND p.currency = 'INR'
ORDER BY 1, 2
