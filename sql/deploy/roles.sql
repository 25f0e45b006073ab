-- SPDX-License-Identifier: Apache-2.0
-- Deploy pledge:roles to pg
-- The daemon connects as pledged, which owns nothing and bypasses nothing. Roles belong to the
-- whole cluster, so the role is made only where it is not there yet. Whoever deploys owns all
-- objects and needs CREATEROLE, or an administrator who has made both settings beforehand.
BEGIN;

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'pledged') THEN
        CREATE ROLE pledged LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
    END IF;
END
$$;

CREATE SCHEMA pledge;
COMMENT ON SCHEMA pledge IS 'Pledges of councils to the children in their care';
GRANT USAGE ON SCHEMA pledge TO pledged;

DO $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM pg_db_role_setting AS s
          JOIN pg_database AS d ON d.oid = s.setdatabase AND d.datname = current_database()
         WHERE s.setrole = 'pledged'::regrole
           AND 'search_path=pledge, pg_temp' = ANY (s.setconfig)
    ) THEN
        EXECUTE format('ALTER ROLE pledged IN DATABASE %I SET search_path = pledge, pg_temp',
                       current_database());
    END IF;
END
$$;

COMMIT;
