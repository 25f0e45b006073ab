-- SPDX-License-Identifier: Apache-2.0
-- Verify pledge:pledge on pg
BEGIN;

SELECT authority_id, pledge_id, title, audience, create_time, update_time, revision
  FROM pledge.pledge WHERE false;
SELECT 1 / count(*) FROM pg_class
 WHERE oid = 'pledge.pledge'::regclass AND relrowsecurity AND relforcerowsecurity;
SELECT 1 / (count(*) >= 1)::int FROM pg_policies
 WHERE schemaname = 'pledge' AND tablename = 'pledge';
SELECT 1 / count(*) FROM pg_trigger
 WHERE tgrelid = 'pledge.pledge'::regclass AND tgname = 'pledge_touch' AND tgenabled = 'O';
SELECT authority_id, pledge_id, version_number, title, note, state, adopted_on, adopted_by,
       content_hash, adopt_time, create_time, update_time, revision
  FROM pledge.version WHERE false;
SELECT 1 / count(*) FROM pg_class
 WHERE oid = 'pledge.version'::regclass AND relrowsecurity AND relforcerowsecurity;
SELECT 1 / (count(*) >= 1)::int FROM pg_policies
 WHERE schemaname = 'pledge' AND tablename = 'version';
SELECT 1 / count(*) FROM pg_trigger
 WHERE tgrelid = 'pledge.version'::regclass AND tgname = 'version_sealed' AND tgenabled = 'O';
SELECT 1 / count(*) FROM pg_trigger
 WHERE tgrelid = 'pledge.version'::regclass AND tgname = 'version_touch' AND tgenabled = 'O';
SELECT authority_id, pledge_id, version_number, outcome_id, position, title
  FROM pledge.outcome WHERE false;
SELECT 1 / count(*) FROM pg_class
 WHERE oid = 'pledge.outcome'::regclass AND relrowsecurity AND relforcerowsecurity;
SELECT 1 / (count(*) >= 1)::int FROM pg_policies
 WHERE schemaname = 'pledge' AND tablename = 'outcome';
SELECT 1 / count(*) FROM pg_trigger
 WHERE tgrelid = 'pledge.outcome'::regclass AND tgname = 'outcome_sealed' AND tgenabled = 'O';
SELECT authority_id, pledge_id, version_number, statement_id, outcome_id, position, title, text,
       easy_read, audience
  FROM pledge.statement WHERE false;
SELECT 1 / count(*) FROM pg_class
 WHERE oid = 'pledge.statement'::regclass AND relrowsecurity AND relforcerowsecurity;
SELECT 1 / (count(*) >= 1)::int FROM pg_policies
 WHERE schemaname = 'pledge' AND tablename = 'statement';
SELECT 1 / count(*) FROM pg_trigger
 WHERE tgrelid = 'pledge.statement'::regclass AND tgname = 'statement_sealed' AND tgenabled = 'O';
SELECT authority_id, pledge_id, version_number, position, base_number, from_statement_id,
       to_statement_id, change, reason
  FROM pledge.lineage WHERE false;
SELECT 1 / count(*) FROM pg_class
 WHERE oid = 'pledge.lineage'::regclass AND relrowsecurity AND relforcerowsecurity;
SELECT 1 / (count(*) >= 1)::int FROM pg_policies
 WHERE schemaname = 'pledge' AND tablename = 'lineage';
SELECT 1 / count(*) FROM pg_trigger
 WHERE tgrelid = 'pledge.lineage'::regclass AND tgname = 'lineage_sealed' AND tgenabled = 'O';
SELECT 'pledge.version_sealed()'::regprocedure;
SELECT 'pledge.part_sealed()'::regprocedure;
SELECT authority_id, pledge_id, name, title, audience, current_version, create_time, update_time,
       etag
  FROM pledge.pledge_resource WHERE false;
SELECT authority_id, pledge_id, version_number, name, number, title, note, state, adopted_on,
       adopted_by, content_hash, outcome_count, statement_count, create_time, update_time, etag
  FROM pledge.version_resource WHERE false;
SELECT authority_id, pledge_id, version_number, position, name, statement_id, outcome_id, title,
       text, easy_read, audience
  FROM pledge.statement_resource WHERE false;
SELECT authority_id, pledge_id, version_number, position, from_statement_id, to_statement_id,
       change, reason
  FROM pledge.lineage_resource WHERE false;
SELECT 'pledge.pledge_create(text, text, text)'::regprocedure;
SELECT 'pledge.pledge_update(text, text, text, text, text[])'::regprocedure;

ROLLBACK;
