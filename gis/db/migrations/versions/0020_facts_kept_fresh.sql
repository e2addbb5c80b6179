-- The worker of a town hall measures shared ground again when its cases have changed parcels.  Facts tell of land alone, can all be
-- made anew, and say themselves how far they hold; so the service may write them, and nobody else but their owner.
GRANT INSERT, DELETE ON parcel_overlap TO bhumika_service;
GRANT INSERT, UPDATE (parcels_to, known), DELETE ON overlap_measured TO bhumika_service;

-- What the checked drawing of each permit measures, to be added up: areas, height, cars, and now the water that rule 76 has stored.  No word that anybody said is in it.
CREATE OR REPLACE VIEW permit_measured WITH (security_barrier) AS
SELECT p.body, p.number, p.kind, p.route, p.issued, p.until, p.revoked, p.case_id, k.of_permit, c."on" AS checked,
    (SELECT jsonb_object_agg(m.key, jsonb_build_object('amount', m.value -> 'amount', 'unit', m.value -> 'unit',
            'is_declared', m.value -> 'is_declared'))
        FROM jsonb_each(d.whole -> 'measures') m WHERE jsonb_typeof(m.value) = 'object') AS measures,
    d.whole #> '{site,measured_area}' AS plot_measured,
    d.whole #> '{site,recorded_area}' AS plot_recorded,
    (SELECT jsonb_object_agg(f ->> 'rule', jsonb_build_object('outcome', f -> 'outcome', 'measured', f #> '{measured,amount}',
            'is_declared', f #> '{measured,is_declared}', 'required', f #> '{required,amount}'))
        FROM jsonb_path_query(d.whole, '$.findings[*] ? (@.rule == "parking_count" || @.rule == "coverage"
            || (@.rule == "rain_water" && !(@.subject == "recharge")))') f) AS findings
FROM permit p
JOIN permit_case k ON k.body = p.body AND k.case_id = p.case_id
LEFT JOIN permit_check c ON c.body = p.body AND c.id = p.check_id
LEFT JOIN LATERAL (SELECT c.found::jsonb AS whole OFFSET 0) d ON TRUE  -- read once: a document has some hundred kilobytes
WHERE p.body = entered_body();
COMMENT ON VIEW permit_measured IS 'What the drawings of the entered body''s permits measure, without anything about persons.';
