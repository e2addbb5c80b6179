-- Who only reads: notebooks ask in this role, which may change nothing and see nothing about persons.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'bhumika_planner') THEN
        CREATE ROLE bhumika_planner NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
    END IF;
EXCEPTION
    WHEN insufficient_privilege THEN
        RAISE EXCEPTION 'The role bhumika_planner is missing and this account may not make it. As an administrator of the server run: CREATE ROLE bhumika_planner LOGIN; GRANT bhumika_planner TO %;', current_user;
    WHEN duplicate_object OR unique_violation THEN NULL;  -- another database of this server was migrated at the same moment
END $$;
GRANT USAGE ON SCHEMA public TO bhumika_planner;
GRANT SELECT ON jurisdiction, recording, parcel, parcel_change, parcel_lineage, building, building_state,
    dataset_import, layer_feature, layer_piece, layer_coverage, layer_raster, place_name, search_key_version,
    spatial_ref_sys, local_body, holiday, case_parcel TO bhumika_planner;
GRANT SELECT (id, body, service, workflow, year, serial, number, state, turn, since, due, opened, closed, version)
    ON civic_case TO bhumika_planner;
-- What a case brought in, and what was permitted: sums, days and kinds, nobody's name.
GRANT SELECT (body, id, case_id, amount, state) ON demand TO bhumika_planner;
GRANT SELECT (body, demand_id, amount, held, day, cancelled) ON receipt TO bhumika_planner;
GRANT SELECT (body, case_id, kind, of_permit, route) ON permit_case TO bhumika_planner;
GRANT SELECT (body, number, case_id, kind, route, issued, until, revoked) ON permit TO bhumika_planner;
