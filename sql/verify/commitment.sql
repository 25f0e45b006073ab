-- SPDX-License-Identifier: Apache-2.0
-- Verify pledge:commitment on pg
BEGIN;

SELECT authority_id, commitment_id, owner_id, pledge_id, version_number, summary, theme,
       expected_outcome, measure, target, due_on, cost_note, plan_links, withdrawn, create_time,
       update_time, revision
  FROM pledge.commitment WHERE false;
SELECT 1 / count(*) FROM pg_class
 WHERE oid = 'pledge.commitment'::regclass AND relrowsecurity AND relforcerowsecurity;
SELECT 1 / (count(*) >= 1)::int FROM pg_policies
 WHERE schemaname = 'pledge' AND tablename = 'commitment';
SELECT 1 / count(*) FROM pg_trigger
 WHERE tgrelid = 'pledge.commitment'::regclass AND tgname = 'commitment_touch' AND tgenabled = 'O';
SELECT authority_id, commitment_id, pledge_id, version_number, statement_id, position,
       recorded_at, ended_at
  FROM pledge.commitment_statement WHERE false;
SELECT 1 / count(*) FROM pg_class
 WHERE oid = 'pledge.commitment_statement'::regclass AND relrowsecurity AND relforcerowsecurity;
SELECT 1 / (count(*) >= 1)::int FROM pg_policies
 WHERE schemaname = 'pledge' AND tablename = 'commitment_statement';
SELECT authority_id, commitment_id, owner_id, name, owner, statements, summary, theme,
       expected_outcome, measure, target, due_on, cost_note, plan_links, withdrawn, create_time,
       update_time, etag
  FROM pledge.commitment_resource WHERE false;
SELECT 'pledge.commitment_statements_check(text[], text[], text[])'::regprocedure;
SELECT 'pledge.commitment_create(text, text, text[], text[], text[], text, text, text, text, text,'
    'date, text, text[], boolean)'::regprocedure;
SELECT 'pledge.commitment_update(text, text[], text[], text[], text, text, text, text, text, date,'
    'text, text[], boolean, text, text[])'::regprocedure;
SELECT authority_id, commitment_id, statement_id, turn, owed, recorded_at
  FROM pledge.commitment_turn WHERE false;
SELECT 1 / count(*) FROM pg_class
 WHERE oid = 'pledge.commitment_turn'::regclass AND relrowsecurity AND relforcerowsecurity;
SELECT 'pledge.commitment_turns()'::regprocedure;
SELECT 'pledge.commitment_owed_on(text, text, text, date)'::regprocedure;

ROLLBACK;
