-- SPDX-License-Identifier: Apache-2.0
-- Verify pledge:roll_up on pg
BEGIN;

SELECT authority_id, revision, rule, green_from, amber_from, principal_id, recorded_at
  FROM pledge.roll_up WHERE false;
SELECT authority_id, revision, owner_id, weight, recorded_at FROM pledge.roll_up_weight WHERE false;
SELECT 1 / (count(*) = 2)::int FROM pg_class
 WHERE oid IN ('pledge.roll_up'::regclass, 'pledge.roll_up_weight'::regclass)
   AND relrowsecurity AND relforcerowsecurity;
SELECT 'pledge.roll_up_on(date, timestamptz)'::regprocedure;
SELECT 'pledge.roll_up_rank(text, integer, integer, integer, integer, boolean, boolean, boolean)'::regprocedure;
SELECT 'pledge.owner_rank(integer, boolean, boolean)'::regprocedure;
SELECT 'pledge.rating_score(bigint, bigint)'::regprocedure;
SELECT 'pledge.roll_up_set(text, integer, integer, text[], integer[], text)'::regprocedure;
SELECT 'pledge.roll_up_shown(date, timestamptz)'::regprocedure;

ROLLBACK;
