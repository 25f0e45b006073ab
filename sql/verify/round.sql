-- SPDX-License-Identifier: Apache-2.0
-- Verify pledge:round on pg
BEGIN;

SELECT authority_id, round_id, title, pledge_id, version_number, observed_from, observed_to,
       opens_on, due_on, closes_on, close_time, create_time, update_time, revision
  FROM pledge.round WHERE false;
SELECT 1 / count(*) FROM pg_class
 WHERE oid = 'pledge.round'::regclass AND relrowsecurity AND relforcerowsecurity;
SELECT 1 / (count(*) >= 1)::int FROM pg_policies
 WHERE schemaname = 'pledge' AND tablename = 'round';
SELECT 1 / count(*) FROM pg_trigger
 WHERE tgrelid = 'pledge.round'::regclass AND tgname = 'round_touch' AND tgenabled = 'O';
SELECT authority_id, round_id, commitment_id, statement_id, owner_id, recorded_at
  FROM pledge.round_commitment WHERE false;
SELECT 1 / count(*) FROM pg_class
 WHERE oid = 'pledge.round_commitment'::regclass AND relrowsecurity AND relforcerowsecurity;
SELECT 1 / (count(*) >= 1)::int FROM pg_policies
 WHERE schemaname = 'pledge' AND tablename = 'round_commitment';
SELECT authority_id, round_id, statement_id, rank, recorded_at
  FROM pledge.round_standing WHERE false;
SELECT 1 / count(*) FROM pg_class
 WHERE oid = 'pledge.round_standing'::regclass AND relrowsecurity AND relforcerowsecurity;
SELECT 'pledge.round_state(date, date, date, timestamp with time zone, date)'::regprocedure;
SELECT authority_id, round_id, name, title, version, observed_from, observed_to, opens_on, due_on,
       closes_on, state, close_time, create_time, update_time, etag
  FROM pledge.round_resource WHERE false;
SELECT authority_id, pledge_id, version_number, owner_id, commitment_id, statement_id
  FROM pledge.version_owed WHERE false;
SELECT authority_id, round_id, owner_id, commitment_id, statement_id
  FROM pledge.round_owed WHERE false;
SELECT 'pledge.is_closed_on(timestamp with time zone, date, date)'::regprocedure;
SELECT 'pledge.round_owed_on(text, date, date)'::regprocedure;
SELECT 'pledge.round_create(text, text, text, text, date, date, date, date, date)'::regprocedure;
SELECT 'pledge.round_lock(text, text, text, text)'::regprocedure;
SELECT 'pledge.round_update(text, text, date, date, date, date, date, text,'
    'text[])'::regprocedure;
SELECT 'pledge.round_close(text, text)'::regprocedure;
SELECT 'pledge.round_extend(text, text, date, text)'::regprocedure;
SELECT authority_id, round_id, owner_id, extension, due_on, reason, principal_id, recorded_at
  FROM pledge.round_extension WHERE false;
SELECT 1 / count(*) FROM pg_class
 WHERE oid = 'pledge.round_extension'::regclass AND relrowsecurity AND relforcerowsecurity;
SELECT authority_id, round_id, owner_id, due_on, reason FROM pledge.round_extended WHERE false;

ROLLBACK;
