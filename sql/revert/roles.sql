-- SPDX-License-Identifier: Apache-2.0
-- Revert pledge:roles from pg
-- The role stays: another database of the cluster may use it.
BEGIN;

DO $$
BEGIN
    EXECUTE format('ALTER ROLE pledged IN DATABASE %I RESET search_path', current_database());
END
$$;
DROP SCHEMA pledge;

COMMIT;
