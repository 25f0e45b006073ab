-- SPDX-License-Identifier: Apache-2.0
-- Verify pledge:return_check on pg
BEGIN;

SELECT code, field, layer, asks, rule, remedy FROM pledge.return_check WHERE false;
SELECT 1 / (count(*) >= 30)::int FROM pledge.return_check;
SELECT 'pledge.measure_number(text)'::regprocedure;
SELECT 'pledge.round_before(text, date, text)'::regprocedure;
SELECT 'pledge.line_is_plain(text, text, text, text, numeric, text, date, text, text, date, date,'
    'text, text, numeric)'::regprocedure;
SELECT 'pledge.return_is_plain(pledge.round, text, text[], text[], text[], text[], text[], text[], text[],'
    'text[])'::regprocedure;
SELECT 'pledge.progress_problems(boolean, text[], text[], text[], text[], text[], text[],'
    'text[], text[], text[], text[], text[], text[])'::regprocedure;
SELECT 'pledge.problem_violation(text, text, text, text)'::regprocedure;
SELECT 'pledge.progress_violations(boolean, text[], text[], text[], text[], text[], text[],'
    'text[], text[], text[], text[], text[], text[])'::regprocedure;
SELECT 'pledge.observed_violations(pledge.round, text, text)'::regprocedure;
SELECT 'pledge.received_on_violations(text, text)'::regprocedure;
SELECT 'pledge.violations_check(jsonb, text)'::regprocedure;

ROLLBACK;
