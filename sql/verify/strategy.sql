-- SPDX-License-Identifier: Apache-2.0
-- Verify pledge:strategy on pg
BEGIN;

SELECT authority_id, strategy_id, kind, title, summary, owner_id, runs_from, runs_to,
       review_due_on, create_time, update_time, revision FROM pledge.strategy WHERE false;
SELECT authority_id, strategy_id, pledge_id, version_number, statement_id, position, recorded_at,
       ended_at FROM pledge.strategy_statement WHERE false;
SELECT authority_id, strategy_id, review, reviewed_on, outcome, note, next_due_on, principal_id,
       recorded_at FROM pledge.strategy_review WHERE false;
SELECT 1 / (count(*) = 3)::int FROM pg_class
 WHERE oid IN ('pledge.strategy'::regclass,
               'pledge.strategy_statement'::regclass,
               'pledge.strategy_review'::regclass)
   AND relrowsecurity AND relforcerowsecurity;
SELECT authority_id FROM pledge.strategy_carries WHERE false;
SELECT authority_id FROM pledge.strategy_review_due WHERE false;
SELECT 'pledge.strategy_standing(date, date)'::regprocedure;
SELECT 'pledge.review_horizon(date, integer)'::regprocedure;
SELECT 'pledge.strategy_statement_violations(text[], text[], text[])'::regprocedure;
SELECT 'pledge.strategy_statements_set(text, text[], text[], text[])'::regprocedure;
SELECT 'pledge.strategy_create(text, text, text, text, text, date, date, date, text[], text[], text[])'::regprocedure;
SELECT 'pledge.strategy_update(text, text, text, date, date, text[], text[], text[], text, text[])'::regprocedure;
SELECT 'pledge.strategy_review_record(text, date, text, text, date)'::regprocedure;
SELECT 1 / (count(*) > 0)::int FROM pledge.role_permission WHERE permission = 'strategy.read';

ROLLBACK;
