-- One line for each case that was opened, closed or paid for in a span of days: what anyone needs to count again, and nothing of a person.
-- A case lies in the ward that holds a point of its first plot, as both stood on the day it was opened.  Its office is the role whose turn
-- it is, or that took the step which closed it: time and the ledger, too, close cases.
WITH paid AS (
    SELECT d.case_id AS id, sum(r.amount - r.held) AS paise
    FROM receipt r JOIN demand d ON d.id = r.demand_id
    WHERE r.cancelled IS NULL AND r.day BETWEEN :first AND :last AND d.case_id IS NOT NULL
    GROUP BY d.case_id HAVING sum(r.amount - r.held) > 0
), moved AS (
    SELECT c.id FROM civic_case c WHERE c.opened >= CAST(:begin AS timestamptz) AND c.opened < CAST(:end AS timestamptz)
    UNION
    SELECT c.id FROM civic_case c WHERE c.closed >= CAST(:begin AS timestamptz) AND c.closed < CAST(:end AS timestamptz)
    UNION
    SELECT paid.id FROM paid
), counted AS (
    SELECT c.id, c.number, c.service, c.state, c.turn, c.due,
        (c.opened AT TIME ZONE :zone)::date AS opened,
        (c.closed AT TIME ZONE :zone)::date AS closed,
        coalesce(c.turn, (
            SELECT e.role FROM case_event e
            WHERE e.case_id = c.id AND e.state_after = c.state AND e.state_before IS DISTINCT FROM e.state_after
            ORDER BY e.seq DESC LIMIT 1
        )) AS office,
        (SELECT min(p.number) FROM case_parcel p WHERE p.case_id = c.id) AS plot
    FROM civic_case c JOIN moved ON moved.id = c.id
)
SELECT o.number, o.service, o.state, o.turn, o.due, o.opened, o.closed,
    coalesce(paid.paise, 0)::bigint AS paise, o.office, w.ref AS ward, w.label AS ward_en, w.label_ml AS ward_ml
FROM counted o
LEFT JOIN paid ON paid.id = o.id
LEFT JOIN LATERAL (
    SELECT f.ref, f.label, f.label_ml
    FROM parcel p
    JOIN layer_feature f ON f.import_id = ANY(:wards) AND f.valid @> o.opened
        AND ST_Intersects(f.shape, ST_PointOnSurface(p.boundary))
    WHERE p.jurisdiction = :jurisdiction AND p.number = o.plot AND p.valid @> o.opened AND upper_inf(p.recorded)
    ORDER BY f.position LIMIT 1
) w ON true
ORDER BY o.opened, o.number
